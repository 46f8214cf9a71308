//! What the cases have in common.

use std::sync::{Arc, Barrier};
use std::thread;

use chrono::{DateTime, TimeDelta, Utc};

use crate::account::{Account, OpenId};
use crate::id::{BodyDigest, OrderId, RefundId, RequestKey};
use crate::ledger::{payment_entries, refund_entries};
use crate::money::Fen;
use crate::order::Order;
use crate::payment::{AttemptState, PaymentAttempt};
use crate::ports::{
    Queries, RefundSubmission, StoreError, Stores, SubmissionState, Sweep, UnitOfWork,
};
use crate::quota::Quota;
use crate::refund::{Refund, RefundCause, RefundState, Selection, plan_refund};
use crate::testing::{Museum, OrderBuilder};
use crate::visit_date::VisitDate;

use super::Subject;

/// How many units contend with each other.
pub(super) const THREADS: usize = 4;

/// A museum on the store under test.
pub(super) struct Scene {
    pub(super) museum: Museum,
    pub(super) queries: Arc<dyn Queries>,
    pub(super) sweep: Arc<dyn Sweep>,
    unit_of_work: Arc<dyn UnitOfWork>,
}

impl Scene {
    /// With the catalogue of the rule book.
    pub(super) fn new(subject: &dyn Subject) -> Self {
        Self::of(Museum::on(subject.unit_of_work()), subject)
    }

    /// With nothing in it.
    pub(super) fn empty(subject: &dyn Subject) -> Self {
        Self::of(Museum::without_catalogue(subject.unit_of_work()), subject)
    }

    fn of(museum: Museum, subject: &dyn Subject) -> Self {
        Self {
            museum,
            queries: subject.queries(),
            sweep: subject.sweep(),
            unit_of_work: subject.unit_of_work(),
        }
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        self.museum.now()
    }

    /// The instant `minutes` from now.
    pub(super) fn after(&self, minutes: i64) -> DateTime<Utc> {
        self.now() + TimeDelta::minutes(minutes)
    }

    pub(super) fn day(&self) -> VisitDate {
        self.museum.day()
    }

    /// Runs one unit that succeeds.
    pub(super) fn run<T>(&self, work: impl FnMut(&mut dyn Stores) -> Result<T, StoreError>) -> T {
        self.museum.run(work)
    }

    /// Runs one unit, whatever comes of it.
    pub(super) fn attempt<T>(
        &self,
        work: impl FnMut(&mut dyn Stores) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        self.unit_of_work.run(work)
    }

    pub(super) fn unit_of_work(&self) -> &dyn UnitOfWork {
        &*self.unit_of_work
    }

    /// An order of a new account.
    pub(super) fn order(&self) -> OrderBuilder<'_> {
        self.museum.order(&self.museum.account())
    }

    /// An unpaid order of a new account for one adult.
    pub(super) fn unpaid(&self) -> Order {
        self.order().visitor(&self.museum.adult()).build()
    }

    /// A paid order of a new account for an adult who goes to the treasure gallery, and another.
    pub(super) fn paid(&self) -> Order {
        let (one, two) = (self.museum.adult(), self.museum.adult());
        let order = self.order().visitor_with(&one, &["treasure_gallery"]);
        order.visitor(&two).build_paid()
    }

    /// Stores orders, without quotas, money or anything else that goes with them.
    pub(super) fn store(&self, orders: &[Order]) {
        self.run(|stores| stores.orders().insert(orders));
    }

    /// Locks the order, changes it, and saves it.
    pub(super) fn change(&self, id: OrderId, mut change: impl FnMut(&mut Order)) {
        self.run(|stores| {
            let mut orders = stores.orders().lock(&[id])?;
            orders.iter_mut().for_each(&mut change);
            stores.orders().save(&orders)
        });
    }

    pub(super) fn found(&self, id: OrderId) -> Order {
        self.run(|stores| stores.orders().find(id)).unwrap()
    }

    pub(super) fn quotas(&self, date: VisitDate) -> Vec<Quota> {
        self.queries.quotas(date, date).unwrap()
    }

    /// Sells an unpaid order: its places are taken and it is stored.
    pub(super) fn sell(&self, order: &Order) {
        self.run(|stores| {
            stores.days().take(order.date)?;
            let mut quotas = stores.quotas().lock_day(order.date)?;
            for quota in &mut quotas {
                let places = order.live_places();
                if quota.key().session == order.session {
                    let wanted = places.get(&quota.key().venue).copied();
                    quota.take(wanted.unwrap_or_default()).unwrap();
                }
            }
            stores.quotas().save(&quotas)?;
            stores.orders().insert(std::slice::from_ref(order))
        });
    }

    /// Pays a stored order in full, with everything that goes with it.
    pub(super) fn pay(&self, id: OrderId) -> Order {
        let paid_at = self.after(2);
        self.run(|stores| {
            let mut order = stores.orders().lock(&[id])?.remove(0);
            order.confirm(order.total, paid_at).unwrap();
            let mut attempt = self.attempt_for(&order);
            attempt.state = AttemptState::Paid;
            attempt.transaction_id = Some(format!("transaction-{}", order.number));
            stores.payments().insert(&attempt)?;
            stores.ledger().append(&payment_entries(&order, paid_at))?;
            stores.orders().save(std::slice::from_ref(&order))?;
            Ok(order)
        })
    }

    /// Refunds everything of an order, with its places, and its ledger lines, if asked for.
    pub(super) fn refund_all(&self, id: OrderId) -> Refund {
        let rules = &self.museum.rules;
        self.run(|stores| {
            let date = stores.orders().find(id)?.unwrap().date;
            stores.days().take(date)?;
            let mut quotas = stores.quotas().lock_day(date)?;
            let mut order = stores.orders().lock(&[id])?.remove(0);
            let plan = plan_refund(&order, &Selection::All, &[], self.now(), rules).unwrap();
            let places = order.apply_refund(&plan).unwrap();
            for quota in &mut quotas {
                let freed = places.get(&quota.key().venue).copied();
                if quota.key().session == order.session {
                    quota.release(freed.unwrap_or_default()).unwrap();
                }
            }
            let mut refund = self.refund_of(&order);
            refund.items = plan.items;
            refund.amount = plan.amount;
            let lines = refund_entries(&order, refund.id, &refund.items, refund.requested_at);
            stores.quotas().save(&quotas)?;
            stores.orders().save(&[order])?;
            stores.refunds().insert(&refund)?;
            stores.ledger().append(&lines)?;
            Ok(refund)
        })
    }

    /// An open attempt to pay an order, due in ten minutes.
    pub(super) fn attempt_for(&self, order: &Order) -> PaymentAttempt {
        PaymentAttempt {
            number: order.number.clone(),
            order: order.id,
            amount: order.total,
            payer: OpenId::parse(&format!("person-{}", order.account)).unwrap(),
            time_expire: order.pay_by,
            state: AttemptState::Open,
            prepay_id: None,
            transaction_id: None,
            created_at: self.now(),
            next_check_at: self.after(10),
        }
    }

    /// A refund of an order's first ticket, without its add-ons, requested now.
    pub(super) fn refund_of(&self, order: &Order) -> Refund {
        let id = RefundId::new(self.museum.next_id());
        let ticket = &order.tickets[0];
        let item = crate::refund::RefundItem {
            ticket: ticket.id,
            add_on: None,
            venue: ticket.venue.clone(),
            category: ticket.category,
            amount: ticket.price,
        };
        Refund {
            id,
            order: order.id,
            account: order.account,
            cause: RefundCause::Tourist,
            amount: item.amount,
            state: RefundState::Requested,
            request_key: RequestKey::of_id(id.uuid()),
            body_digest: BodyDigest([9; 32]),
            items: vec![item],
            requested_at: self.now(),
            finished_at: None,
        }
    }

    /// A pending submission of `amount` for an order, formed now and due at once.
    pub(super) fn submission(&self, order: &Order, refund: &Refund) -> RefundSubmission {
        RefundSubmission {
            number: refund.id.uuid().simple().to_string(),
            order: order.id,
            order_number: order.number.clone(),
            amount: refund.amount,
            total: order.paid,
            state: SubmissionState::Pending,
            attempts: 0,
            created_at: self.now(),
            next_attempt_at: self.now(),
        }
    }

    /// Runs `work` on [`THREADS`] threads that start together; what each returned.
    pub(super) fn together<T: Send>(&self, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
        let start = Barrier::new(THREADS);
        let run = |number| {
            start.wait();
            work(number)
        };
        thread::scope(|scope| {
            let run = &run;
            let threads: Vec<_> = (0..THREADS)
                .map(|number| scope.spawn(move || run(number)))
                .collect();
            let results = threads.into_iter().map(|thread| thread.join().unwrap());
            results.collect()
        })
    }
}

/// An account that is stored nowhere, of the person `name`.
pub(super) fn account_of(scene: &Scene, name: &str) -> Account {
    Account {
        id: crate::id::AccountId::new(scene.museum.next_id()),
        open_id: OpenId::parse(name).unwrap(),
        phone: None,
        phone_verified: false,
        registered_at: scene.now(),
    }
}

pub(super) fn fen(amount: i64) -> Fen {
    Fen::new(amount).unwrap()
}

/// The ids, sorted, where a port promises no order.
pub(super) fn ids_of(orders: &[Order]) -> Vec<OrderId> {
    let mut ids: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
    ids.sort();
    ids
}
