//! Somebody with an annual pass (section 8), for tests.

use domain::account::{Account, SavedVisitor};
use domain::annual_pass::AnnualPass;
use domain::id::{BodyDigest, RefundId, SavedVisitorId};
use domain::order::Order;
use domain::ports::{AnnualPassQueries, Sweep};
use domain::testing::{Person, session};
use domain::use_cases::pass_visits::{Cancellation, VisitDraft, cancel_visit, prepare_visit};
use domain::use_cases::place_orders::{Placed, place_orders};
use domain::use_cases::refund_tickets::RefundError;
use domain::use_cases::saved_visitors::save_visitor;
use domain::visit_date::VisitDate;

use super::office::{Office, created, stated};

/// Somebody with a pass, who is the account's first saved visitor.
pub(crate) struct Holder {
    pub(crate) office: Office,
    pub(crate) person: Person,
    pub(crate) account: Account,
    pub(crate) pass: AnnualPass,
}

pub(crate) fn save(office: &Office, account: &Account, person: &Person) -> SavedVisitor {
    let museum = &office.museum;
    let id = SavedVisitorId::new(museum.next_id());
    let (cipher, rules, now) = (&museum.cipher, &museum.rules, museum.now());
    let unit_of_work = museum.unit_of_work();
    save_visitor(
        unit_of_work,
        cipher,
        rules,
        account.id,
        id,
        &stated(person),
        now,
    )
    .unwrap()
}

impl Holder {
    pub(crate) fn born(birth: &str) -> Self {
        let office = Office::with_capacity(10);
        let (account, person) = (office.museum.account(), office.museum.person(birth));
        save(&office, &account, &person);
        Self {
            pass: office.museum.annual_pass(&person),
            office,
            person,
            account,
        }
    }

    pub(crate) fn adult() -> Self {
        Self::born("1990-05-01")
    }

    pub(crate) fn draft(&self, account: &Account, date: VisitDate) -> VisitDraft {
        VisitDraft {
            account: account.id,
            pass: self.pass.id,
            date,
            session: session("morning"),
            request_key: self.office.next_key(),
            body_digest: BodyDigest([3; 32]),
            received_at: self.office.museum.now(),
        }
    }

    pub(crate) fn place(&self, draft: VisitDraft) -> Placed {
        let museum = &self.office.museum;
        let request = prepare_visit(&*self.office.store, &museum.cipher, &museum.ids, draft);
        let placed = place_orders(museum.unit_of_work(), &museum.rules, &[request.unwrap()]);
        placed.unwrap().remove(0)
    }

    pub(crate) fn register(&self, date: VisitDate) -> Placed {
        self.place(self.draft(&self.account, date))
    }

    /// A visit of the open day.
    pub(crate) fn visit(&self) -> Order {
        created(&self.register(Office::fixed_day()))
    }

    pub(crate) fn cancel(&self, visit: &Order) -> Result<Order, RefundError> {
        let museum = &self.office.museum;
        let cancellation = Cancellation {
            account: self.account.id,
            pass: self.pass.id,
            visit: visit.id,
            refund: RefundId::next(&museum.ids),
            received_at: museum.now(),
        };
        cancel_visit(museum.unit_of_work(), &museum.rules, &cancellation)
    }

    /// The entries reserved and used.
    pub(crate) fn entries(&self) -> (u16, u16) {
        let pass = self
            .office
            .store
            .annual_pass(self.pass.id)
            .unwrap()
            .unwrap();
        (pass.reserved, pass.used)
    }

    pub(crate) fn set_entries(&self, reserved: u16, used: u16) {
        self.office.museum.run(|stores| {
            let mut passes = stores.annual_passes().lock(&[self.pass.id])?;
            (passes[0].reserved, passes[0].used) = (reserved, used);
            stores.annual_passes().save(&passes)
        });
    }

    /// Ends a test: the open day is sound, and the entries are those of the visits.
    pub(crate) fn sweep(&self) {
        self.office.sweep();
        let findings = self.office.store.check_undated(self.office.museum.now());
        let mut findings = findings.unwrap().into_iter();
        assert_eq!(findings.find(|finding| finding.rule == "8.1"), None);
    }
}
