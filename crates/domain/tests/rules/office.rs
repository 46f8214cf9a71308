//! A ticket office for tests: what tourists type goes in, outcomes come out.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use chrono::{DateTime, TimeDelta, Utc};
use domain::account::Account;
use domain::category::Category;
use domain::id::{BodyDigest, RefundId, RequestKey, TicketId};
use domain::identity::DocumentType;
use domain::order::Order;
use domain::payment::PaymentNews;
use domain::ports::{AccountQueries, CalendarQueries, OrderQueries, Sweep};
use domain::refund::{Refund, Selection};
use domain::refusal::{Reason, Refusal};
use domain::sealed::DocumentHash;
use domain::testing::{MemoryStore, Museum, Person, ScriptedPayments, session, venue};
use domain::use_cases::confirm_payment::{Confirmation, PaymentNotice, confirm_payment};
use domain::use_cases::order_request::{
    OrderDraft, OrderRequest, StatedPerson, VisitorDraft, Who, prepare_order,
};
use domain::use_cases::place_orders::{Placed, place_orders};
use domain::use_cases::refund_tickets::{
    NoShowConsent, RefundError, RefundRequest, Refunded, refund_tickets,
};
use domain::use_cases::start_payment::start_payment;
use domain::visit_date::VisitDate;

/// A museum in memory with one open day.
pub(crate) struct Office {
    pub(crate) museum: Museum,
    pub(crate) store: Arc<MemoryStore>,
    keys: AtomicU8,
}

/// A visitor as typed into the form.
pub(crate) fn visitor(person: &Person, date: VisitDate, add_ons: &[&str]) -> VisitorDraft {
    VisitorDraft {
        who: Who::Stated(stated(person)),
        category: person.category_on(date),
        add_ons: add_ons.iter().map(|code| venue(code)).collect(),
    }
}

/// The same visitor in another category.
pub(crate) fn visitor_as(person: &Person, category: Category) -> VisitorDraft {
    VisitorDraft {
        who: Who::Stated(stated(person)),
        category,
        add_ons: BTreeSet::new(),
    }
}

/// A person as typed into the form.
pub(crate) fn stated(person: &Person) -> StatedPerson {
    StatedPerson {
        name: person.name.as_str().to_owned(),
        document_type: DocumentType::IdCard,
        document_number: person.document.number().to_owned(),
        nationality: None,
        birth_date: None,
    }
}

/// The order that was created.
pub(crate) fn created(placed: &Placed) -> Order {
    match placed {
        Placed::Created(order) => (**order).clone(),
        other => panic!("not created: {other:?}"),
    }
}

/// The objections, as place of the visitor and code.
pub(crate) fn codes(placed: &Placed) -> Vec<(Option<usize>, &'static str)> {
    let objections = refusal(placed).objections.iter();
    objections
        .map(|objection| (objection.visitor, objection.reason.code()))
        .collect()
}

/// The one reason of a refusal.
pub(crate) fn reason(placed: &Placed) -> &Reason {
    &refusal(placed).objections[0].reason
}

fn refusal(placed: &Placed) -> &Refusal {
    match placed {
        Placed::Refused(refusal) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

impl Office {
    /// An office whose one open day has `capacity` places in every venue and session.
    pub(crate) fn with_capacity(capacity: u32) -> Self {
        let (museum, store) = Museum::in_memory();
        museum.open(museum.day(), capacity);
        Self {
            museum,
            store,
            keys: AtomicU8::new(1),
        }
    }

    pub(crate) fn day(&self) -> VisitDate {
        self.museum.day()
    }

    /// The open day, from a fixed instant: [`Museum::day`] moves with the clock.
    pub(crate) fn fixed_day() -> VisitDate {
        VisitDate::parse("2026-12-01").unwrap()
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        self.museum.clock.advance(by);
    }

    pub(crate) fn set(&self, rfc3339: &str) {
        self.museum.clock.set(instant(rfc3339));
    }

    pub(crate) fn next_key(&self) -> RequestKey {
        RequestKey([self.keys.fetch_add(1, Ordering::SeqCst); 32])
    }

    /// A draft for the open day's morning.
    pub(crate) fn draft(&self, account: &Account, visitors: Vec<VisitorDraft>) -> OrderDraft {
        OrderDraft {
            account: account.id,
            date: Self::fixed_day(),
            session: session("morning"),
            phone: account.phone.clone().unwrap(),
            visitors,
            request_key: self.next_key(),
            body_digest: BodyDigest([1; 32]),
            received_at: self.museum.now(),
        }
    }

    pub(crate) fn request(&self, draft: OrderDraft) -> OrderRequest {
        prepare_order(&*self.store, &self.museum.cipher, &self.museum.ids, draft).unwrap()
    }

    pub(crate) fn place(&self, draft: OrderDraft) -> Placed {
        self.place_group(vec![draft]).remove(0)
    }

    pub(crate) fn place_group(&self, drafts: Vec<OrderDraft>) -> Vec<Placed> {
        let requests: Vec<OrderRequest> = drafts
            .into_iter()
            .map(|draft| self.request(draft))
            .collect();
        let unit_of_work = self.museum.unit_of_work();
        place_orders(unit_of_work, &self.museum.rules, &requests).unwrap()
    }

    /// Places an order for persons without add-ons.
    pub(crate) fn order(&self, account: &Account, persons: &[&Person]) -> Placed {
        let visitors = persons
            .iter()
            .map(|person| visitor(person, Self::fixed_day(), &[]))
            .collect();
        self.place(self.draft(account, visitors))
    }

    /// A paid order for persons without add-ons.
    pub(crate) fn paid(&self, account: &Account, persons: &[&Person]) -> Order {
        let order = created(&self.order(account, persons));
        self.pay(&order)
    }

    /// Pays an unpaid order now.
    pub(crate) fn pay(&self, order: &Order) -> Order {
        let news = self.news(order, self.museum.now());
        assert_eq!(self.confirm(&news), Confirmation::Confirmed);
        self.reload(order)
    }

    /// Prepares the payment and makes the news of its success.
    pub(crate) fn news(&self, order: &Order, success_time: DateTime<Utc>) -> PaymentNews {
        let provider = ScriptedPayments::new();
        let _ = start_payment(
            self.museum.unit_of_work(),
            &provider,
            &self.museum.clock,
            order.account,
            order.id,
        );
        let payer = self.museum.run(|stores| {
            let account = stores.accounts().find(order.account)?;
            Ok(account.unwrap().open_id)
        });
        PaymentNews {
            number: order.number.clone(),
            transaction_id: format!("T{}", order.number),
            amount: order.total,
            payer,
            success_time,
        }
    }

    pub(crate) fn confirm(&self, news: &PaymentNews) -> Confirmation {
        let notice = self.notice(news);
        confirm_payment(self.museum.unit_of_work(), &self.museum.rules, &notice).unwrap()
    }

    /// The news as it comes in now.
    pub(crate) fn notice(&self, news: &PaymentNews) -> PaymentNotice {
        PaymentNotice {
            news: news.clone(),
            refund: RefundId::next(&self.museum.ids),
            received_at: self.museum.now(),
        }
    }

    pub(crate) fn refund(
        &self,
        order: &Order,
        tickets: &[TicketId],
    ) -> Result<Refund, RefundError> {
        let request = self.refund_request(order, of_tickets(tickets));
        match refund_tickets(self.museum.unit_of_work(), &self.museum.rules, &request)? {
            Refunded::Created(refund) | Refunded::Existing(refund) => Ok(refund),
        }
    }

    pub(crate) fn refund_request(&self, order: &Order, selection: Selection) -> RefundRequest {
        RefundRequest {
            refund: RefundId::next(&self.museum.ids),
            order: order.id,
            account: Some(order.account),
            selection,
            no_show: NoShowConsent::Given,
            request_key: self.next_key(),
            body_digest: BodyDigest([2; 32]),
            received_at: self.museum.now(),
        }
    }

    pub(crate) fn reload(&self, order: &Order) -> Order {
        self.store.order(order.id).unwrap().unwrap()
    }

    /// The days that a document has missed and that count.
    pub(crate) fn missed_days(&self, document: DocumentHash) -> Vec<VisitDate> {
        self.store.no_show_history(document).unwrap().days
    }

    /// The places taken of a venue in the morning of the open day.
    pub(crate) fn taken(&self, code: &str) -> u32 {
        self.quota(code).0
    }

    pub(crate) fn remaining(&self, code: &str) -> u32 {
        self.quota(code).1
    }

    fn quota(&self, code: &str) -> (u32, u32) {
        let day = Self::fixed_day();
        let quotas = self.store.quotas(day, day).unwrap();
        let quota = quotas
            .iter()
            .find(|quota| {
                quota.key().venue == venue(code) && quota.key().session == session("morning")
            })
            .unwrap();
        (quota.taken(), quota.remaining())
    }

    /// Ends a test: the sweep finds nothing.
    pub(crate) fn sweep(&self) {
        assert_eq!(self.store.check_date(Self::fixed_day()).unwrap(), []);
    }
}

pub(crate) fn of_tickets(tickets: &[TicketId]) -> Selection {
    Selection::Of {
        tickets: tickets.iter().copied().collect(),
        add_ons: BTreeSet::new(),
    }
}

pub(crate) fn instant(rfc3339: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(rfc3339).unwrap().to_utc()
}
