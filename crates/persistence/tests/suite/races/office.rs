//! A ticket office on a live server: what tourists, gates and the provider do.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::account::Account;
use domain::check_in::Verdict;
use domain::id::{BodyDigest, OrderId, RefundId, RequestKey};
use domain::order::Order;
use domain::payment::PaymentNews;
use domain::ports::{CalendarQueries, OrderQueries, StoreError, Sweep, UnitOfWork};
use domain::quota::Quota;
use domain::refund::Selection;
use domain::testing::{Museum, Person, ScriptedPayments, phone, session, venue};
use domain::use_cases::check_in::{CheckInError, CheckInRequest, CheckedTicket, Shown, check_in};
use domain::use_cases::confirm_payment::{Confirmation, PaymentNotice, confirm_payment};
use domain::use_cases::expire_unpaid_orders::expire_unpaid_orders;
use domain::use_cases::order_request::{
    OrderDraft, OrderRequest, StatedPerson, VisitorDraft, Who, prepare_order,
};
use domain::use_cases::place_orders::{Placed, place_orders};
use domain::use_cases::refund_tickets::{
    NoShowConsent, RefundError, RefundRequest, Refunded, refund_tickets,
};
use domain::use_cases::start_payment::start_payment;
use domain::visit_date::VisitDate;
use persistence::test_support::TestDatabase;

/// An office with one open day.
pub(crate) struct Office {
    pub(crate) database: TestDatabase,
    pub(crate) museum: Museum,
    /// The open day: the museum's own moves with its clock.
    pub(crate) day: VisitDate,
}

impl Office {
    /// With `capacity` places in every venue and session of the day.
    pub(crate) fn with_capacity(capacity: u32) -> Self {
        let database = TestDatabase::create();
        let museum = Museum::on(Arc::new(database.unit_of_work()));
        let day = museum.day();
        museum.open(day, capacity);
        Self {
            database,
            museum,
            day,
        }
    }

    /// A request of `account` for these persons, in the morning.
    pub(crate) fn request(
        &self,
        account: &Account,
        date: VisitDate,
        persons: &[&Person],
    ) -> OrderRequest {
        let visitors = persons.iter().map(|person| VisitorDraft {
            who: Who::Stated(stated(person)),
            category: person.category_on(date),
            add_ons: [].into(),
        });
        let draft = OrderDraft {
            account: account.id,
            date,
            session: session("morning"),
            phone: phone(),
            visitors: visitors.collect(),
            request_key: RequestKey::of_id(self.museum.next_id()),
            body_digest: BodyDigest([0; 32]),
            received_at: self.museum.now(),
        };
        let (queries, museum) = (self.database.queries(), &self.museum);
        prepare_order(&queries, &museum.cipher, &museum.ids, draft).unwrap()
    }

    /// A request of a new account for one new adult on the open day.
    pub(crate) fn somebodys_request(&self) -> OrderRequest {
        let person = self.museum.adult();
        self.request(&self.museum.account(), self.day, &[&person])
    }

    pub(crate) fn place(
        &self,
        unit_of_work: &dyn UnitOfWork,
        request: &OrderRequest,
    ) -> Result<Placed, StoreError> {
        let requests = std::slice::from_ref(request);
        let mut placed = place_orders(unit_of_work, &self.museum.rules, requests)?;
        Ok(placed.remove(0))
    }

    /// An unpaid order whose payment has begun.
    pub(crate) fn unpaid(&self) -> Order {
        self.order_for(&self.somebodys_request())
    }

    pub(crate) fn order_for(&self, request: &OrderRequest) -> Order {
        let placed = self.place(self.museum.unit_of_work(), request);
        let order = created(&placed).expect("an order");
        let provider = ScriptedPayments::new();
        start_payment(
            self.museum.unit_of_work(),
            &provider,
            &self.museum.clock,
            order.account,
            order.id,
        )
        .unwrap();
        order
    }

    pub(crate) fn paid(&self) -> Order {
        let order = self.unpaid();
        let confirmed = self.confirm(self.museum.unit_of_work(), &self.news(&order));
        assert_eq!(confirmed, Ok(Confirmation::Confirmed));
        self.reload(order.id)
    }

    /// The news that an order is paid now.
    pub(crate) fn news(&self, order: &Order) -> PaymentNews {
        let account = self
            .museum
            .run(|stores| stores.accounts().find(order.account));
        PaymentNews {
            number: order.number.clone(),
            transaction_id: format!("T{}", order.number),
            amount: order.total,
            payer: account.unwrap().open_id,
            success_time: self.museum.now(),
        }
    }

    pub(crate) fn confirm(
        &self,
        unit_of_work: &dyn UnitOfWork,
        news: &PaymentNews,
    ) -> Result<Confirmation, StoreError> {
        confirm_payment(unit_of_work, &self.museum.rules, &self.notice(news))
    }

    /// The news as it comes in now.
    pub(crate) fn notice(&self, news: &PaymentNews) -> PaymentNotice {
        PaymentNotice {
            news: news.clone(),
            refund: RefundId::next(&self.museum.ids),
            received_at: self.museum.now(),
        }
    }

    /// Expires what has lapsed; how many orders gave their places back.
    pub(crate) fn expire(&self, unit_of_work: &dyn UnitOfWork) -> usize {
        let expired = expire_unpaid_orders(unit_of_work, self.museum.now(), 10).unwrap();
        assert_eq!(expired.faulty, []);
        expired.released
    }

    /// Its tourist's request to refund all of an order.
    pub(crate) fn refund_request(&self, order: &Order) -> RefundRequest {
        RefundRequest {
            refund: RefundId::next(&self.museum.ids),
            order: order.id,
            account: Some(order.account),
            selection: Selection::All,
            no_show: NoShowConsent::Given,
            request_key: RequestKey::of_id(self.museum.next_id()),
            body_digest: BodyDigest([2; 32]),
            received_at: self.museum.now(),
        }
    }

    pub(crate) fn refund(
        &self,
        unit_of_work: &dyn UnitOfWork,
        request: &RefundRequest,
    ) -> Result<Refunded, RefundError> {
        refund_tickets(unit_of_work, &self.museum.rules, request)
    }

    /// A new request of a gate for what is shown, on the visit date's morning.
    pub(crate) fn at_gate(&self, shown: Shown, gate: &str) -> CheckInRequest {
        CheckInRequest {
            shown,
            gate: gate.to_owned(),
            venue: venue("palace"),
            certificate_checked: false,
            request_key: RequestKey::of_id(self.museum.next_id()),
            body_digest: BodyDigest([3; 32]),
            received_at: self.day.start() + TimeDelta::hours(9),
        }
    }

    /// What the gate `east` answers to an order's number: the verdict about its first ticket.
    pub(crate) fn admit(
        &self,
        unit_of_work: &dyn UnitOfWork,
        order: &Order,
    ) -> Result<Verdict, CheckInError> {
        let request = self.at_gate(Shown::Order(order.number.clone()), "east");
        let answer = self.check_in(unit_of_work, &request)?;
        Ok(answer[0].verdict)
    }

    pub(crate) fn check_in(
        &self,
        unit_of_work: &dyn UnitOfWork,
        request: &CheckInRequest,
    ) -> Result<Vec<CheckedTicket>, CheckInError> {
        check_in(unit_of_work, &self.museum.rules, request)
    }

    pub(crate) fn reload(&self, order: OrderId) -> Order {
        self.database.queries().order(order).unwrap().unwrap()
    }

    /// The places taken in all venues and sessions of the open day.
    pub(crate) fn taken(&self) -> u32 {
        let quotas = self.database.queries().quotas(self.day, self.day).unwrap();
        quotas.iter().map(Quota::taken).sum()
    }

    /// Ends a test: every number of the open day fits its tickets and its money.
    pub(crate) fn sweep(&self) {
        let findings = self.database.queries().check_date(self.day);
        assert_eq!(findings, Ok(vec![]));
    }
}

/// The order that was created, if one was.
pub(crate) fn created(placed: &Result<Placed, StoreError>) -> Option<Order> {
    match placed {
        Ok(Placed::Created(order)) => Some((**order).clone()),
        _ => None,
    }
}

/// The codes of the objections to what was refused.
pub(crate) fn objections(placed: &Result<Placed, StoreError>) -> Vec<&'static str> {
    match placed {
        Ok(Placed::Refused(refusal)) => {
            let objections = refusal.objections.iter();
            objections
                .map(|objection| objection.reason.code())
                .collect()
        }
        _ => vec![],
    }
}

/// A person as typed into the form.
pub(crate) fn stated(person: &Person) -> StatedPerson {
    StatedPerson {
        name: person.name.as_str().to_owned(),
        document_type: person.document.kind(),
        document_number: person.document.number().to_owned(),
        nationality: None,
        birth_date: None,
    }
}
