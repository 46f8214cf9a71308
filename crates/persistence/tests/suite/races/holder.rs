//! Somebody with an annual pass, on a live server.

use chrono::{DateTime, Utc};
use domain::account::Account;
use domain::annual_pass::AnnualPass;
use domain::id::{BodyDigest, RefundId, RequestKey, SavedVisitorId};
use domain::order::Order;
use domain::ports::{AnnualPassQueries, Sweep, UnitOfWork};
use domain::testing::{Person, session};
use domain::use_cases::order_request::OrderRequest;
use domain::use_cases::pass_visits::{Cancellation, VisitDraft, cancel_visit, prepare_visit};
use domain::use_cases::refund_tickets::RefundError;
use domain::use_cases::saved_visitors::save_visitor;
use domain::visit_date::VisitDate;

use super::office::{Office, created, stated};

/// An account whose saved visitor has a pass with `left` entries left.
pub(crate) struct Holder {
    pub(crate) office: Office,
    pub(crate) account: Account,
    pub(crate) pass: AnnualPass,
}

impl Holder {
    pub(crate) fn with_entries(left: u16) -> Self {
        let office = Office::with_capacity(10);
        let museum = &office.museum;
        let (account, person) = (museum.account(), museum.adult());
        let id = SavedVisitorId::new(museum.next_id());
        save_visitor(
            museum.unit_of_work(),
            &museum.cipher,
            &museum.rules,
            account.id,
            id,
            &stated(&person),
            museum.now(),
        )
        .unwrap();
        let pass = museum.annual_pass(&person);
        let holder = Self {
            office,
            account,
            pass,
        };
        holder.register_earlier(&person, holder.pass.entries - left);
        holder
    }

    /// Visits of days long past, which are used up.
    fn register_earlier(&self, person: &Person, visits: u16) {
        let museum = &self.office.museum;
        let earlier: Vec<Order> = (1..=visits)
            .map(|days| {
                let order = museum.order(&self.account);
                let date = self.office.day.plus_days(-30 - i64::from(days));
                let mut order = order.on(date).on_pass(&self.pass, person).build_paid();
                order.tickets[0].state = domain::order::TicketState::Expired;
                order
            })
            .collect();
        museum.run(|stores| {
            let mut passes = stores.annual_passes().lock(&[self.pass.id])?;
            passes[0].used = visits;
            stores.annual_passes().save(&passes)?;
            stores.orders().insert(&earlier)
        });
    }

    pub(crate) fn request(&self, date: VisitDate) -> OrderRequest {
        let (queries, museum) = (self.office.database.queries(), &self.office.museum);
        let draft = VisitDraft {
            account: self.account.id,
            pass: self.pass.id,
            date,
            session: session("morning"),
            request_key: RequestKey::of_id(museum.next_id()),
            body_digest: BodyDigest([0; 32]),
            received_at: museum.now(),
        };
        prepare_visit(&queries, &museum.cipher, &museum.ids, draft).unwrap()
    }

    pub(crate) fn visit(&self) -> Order {
        let request = self.request(self.office.day);
        let placed = self
            .office
            .place(self.office.museum.unit_of_work(), &request);
        created(&placed).expect("a visit")
    }

    /// Cancels as the visit day begins.
    pub(crate) fn cancel(
        &self,
        unit_of_work: &dyn UnitOfWork,
        visit: &Order,
    ) -> Result<Order, RefundError> {
        self.cancel_at(unit_of_work, visit, self.office.day.start())
    }

    pub(crate) fn cancel_at(
        &self,
        unit_of_work: &dyn UnitOfWork,
        visit: &Order,
        received_at: DateTime<Utc>,
    ) -> Result<Order, RefundError> {
        let museum = &self.office.museum;
        let cancellation = Cancellation {
            account: self.account.id,
            pass: self.pass.id,
            visit: visit.id,
            refund: RefundId::next(&museum.ids),
            received_at,
        };
        cancel_visit(unit_of_work, &museum.rules, &cancellation)
    }

    /// The entries reserved and used.
    pub(crate) fn entries(&self) -> (u16, u16) {
        let queries = self.office.database.queries();
        let pass = queries.annual_pass(self.pass.id).unwrap().unwrap();
        (pass.reserved, pass.used)
    }

    pub(crate) fn sweep(&self) {
        self.office.sweep();
        let queries = self.office.database.queries();
        assert_eq!(queries.check_undated(self.office.museum.now()), Ok(vec![]));
    }
}
