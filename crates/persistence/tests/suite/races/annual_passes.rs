//! The last entry of an annual pass, and the pass itself, that two reach for at once.

use domain::account::Account;
use domain::annual_pass::AnnualPass;
use domain::check_in::Verdict;
use domain::id::{AnnualPassId, BodyDigest, RefundId, RequestKey, SavedVisitorId};
use domain::order::Order;
use domain::ports::{AnnualPassQueries, StoreError, Sweep, UnitOfWork};
use domain::testing::{Person, session};
use domain::use_cases::grant_pass::{Grant, GrantError, Granted, grant_pass};
use domain::use_cases::order_request::OrderRequest;
use domain::use_cases::pass_visits::{Cancellation, VisitDraft, cancel_visit, prepare_visit};
use domain::use_cases::place_orders::Placed;
use domain::use_cases::refund_tickets::RefundError;
use domain::use_cases::saved_visitors::save_visitor;
use domain::visit_date::VisitDate;

use super::COMMIT;
use super::office::{Office, created, objections, stated};
use super::overlap::{Stop, overlap};

/// An account whose saved visitor has a pass with `left` entries left.
struct Holder {
    office: Office,
    account: Account,
    pass: AnnualPass,
}

impl Holder {
    fn with_entries(left: u16) -> Self {
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

    fn request(&self, date: VisitDate) -> OrderRequest {
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

    fn visit(&self) -> Order {
        let request = self.request(self.office.day);
        let placed = self
            .office
            .place(self.office.museum.unit_of_work(), &request);
        created(&placed).expect("a visit")
    }

    fn cancel(&self, unit_of_work: &dyn UnitOfWork, visit: &Order) -> Result<Order, RefundError> {
        let museum = &self.office.museum;
        let cancellation = Cancellation {
            account: self.account.id,
            pass: self.pass.id,
            visit: visit.id,
            refund: RefundId::next(&museum.ids),
            received_at: self.office.day.start(),
        };
        cancel_visit(unit_of_work, &museum.rules, &cancellation)
    }

    /// The entries reserved and used.
    fn entries(&self) -> (u16, u16) {
        let queries = self.office.database.queries();
        let pass = queries.annual_pass(self.pass.id).unwrap().unwrap();
        (pass.reserved, pass.used)
    }

    fn sweep(&self) {
        self.office.sweep();
        let queries = self.office.database.queries();
        assert_eq!(queries.check_undated(self.office.museum.now()), Ok(vec![]));
    }
}

/// Two days have no lock in common: that of the pass decides.
#[test]
fn the_last_entry_goes_to_one_of_two_visits() {
    let holder = Holder::with_entries(1);
    let (day, before) = (holder.office.day, holder.office.day.plus_days(-1));
    holder.office.museum.open(before, 10);
    let requests = [day, before].map(|date| holder.request(date));
    let place = |unit_of_work: &dyn UnitOfWork,
                 request: &OrderRequest|
     -> Result<Placed, StoreError> { holder.office.place(unit_of_work, request) };
    let (first, second) = overlap(
        &holder.office.database,
        COMMIT,
        |unit_of_work| place(unit_of_work, &requests[0]),
        |unit_of_work| place(unit_of_work, &requests[1]),
    );
    assert!(created(&first).is_some(), "{first:?}");
    assert_eq!(objections(&second), ["pass.exhausted"], "{second:?}");
    assert_eq!(holder.entries(), (1, 9));
    holder.sweep();
}

#[test]
fn an_entry_that_is_being_given_back_is_registered_again() {
    let holder = Holder::with_entries(1);
    let before = holder.office.day.plus_days(-1);
    holder.office.museum.open(before, 10);
    let visit = holder.visit();
    let request = holder.request(before);
    // The first unit of a cancellation only looks.
    let (cancelled, placed) = overlap(
        &holder.office.database,
        Stop::BeforeCommitOf(1),
        |unit_of_work| holder.cancel(unit_of_work, &visit),
        |unit_of_work| holder.office.place(unit_of_work, &request),
    );
    assert!(cancelled.is_ok(), "{cancelled:?}");
    assert!(created(&placed).is_some(), "{placed:?}");
    assert_eq!(holder.entries(), (1, 9));
    holder.sweep();
}

#[test]
fn a_visit_that_is_being_cancelled_is_not_admitted() {
    let holder = Holder::with_entries(5);
    let visit = holder.visit();
    let (cancelled, admitted) = overlap(
        &holder.office.database,
        Stop::BeforeCommitOf(1),
        |unit_of_work| holder.cancel(unit_of_work, &visit),
        |unit_of_work| holder.office.admit(unit_of_work, &visit),
    );
    assert!(cancelled.is_ok(), "{cancelled:?}");
    assert_eq!(admitted, Ok(Verdict::Refunded));
    assert_eq!(holder.entries(), (0, 5));
    holder.sweep();
}

#[test]
fn a_visit_that_is_being_admitted_is_not_cancelled() {
    let holder = Holder::with_entries(5);
    let visit = holder.visit();
    let (admitted, cancelled) = overlap(
        &holder.office.database,
        COMMIT,
        |unit_of_work| holder.office.admit(unit_of_work, &visit),
        |unit_of_work| holder.cancel(unit_of_work, &visit),
    );
    assert_eq!(admitted, Ok(Verdict::Admitted));
    assert!(
        matches!(cancelled, Err(RefundError::Refused(_))),
        "{cancelled:?}"
    );
    assert_eq!(holder.entries(), (0, 6));
    holder.sweep();
}

#[test]
fn a_document_is_granted_one_pass_by_two() {
    let office = Office::with_capacity(1);
    let museum = &office.museum;
    let person = stated(&museum.adult());
    let grant = |unit_of_work: &dyn UnitOfWork| -> Result<Granted, GrantError> {
        let grant = Grant {
            pass: AnnualPassId::next(&museum.ids),
            year: office.day.year(),
            now: museum.now(),
        };
        grant_pass(unit_of_work, &museum.cipher, &museum.rules, &grant, &person)
    };
    let (first, second) = overlap(&office.database, COMMIT, grant, grant);
    let Ok(Granted::Created(pass)) = first else {
        panic!("not granted: {first:?}");
    };
    assert_eq!(second, Ok(Granted::Existing(pass)));
}
