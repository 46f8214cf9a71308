//! A sound day with an order of every fate, for the sweep to be wrong about.

use domain::ledger::{payment_entries, refund_entries};
use domain::order::{CancelCause, Order};
use domain::payment::AttemptState;
use domain::ports::{StoreError, Stores, SubmissionState};
use domain::quota::{Quota, QuotaKey};
use domain::refund::{Refund, RefundCause, RefundState, plan_everything};
use domain::venue::first_venues;
use persistence::test_support::TestDatabase;

use crate::samples::{
    admission_item, attempt, fen, gallery, morning, now, order, palace, plan, refund, run,
    submission, visit_date,
};

/// Unpaid, with an open attempt. Its tickets, like those of the others, are 1 and 2.
pub(crate) const UNPAID: u8 = 1;
/// Paid, both tickets valid.
pub(crate) const PAID: u8 = 2;
/// Paid, with the second ticket refunded and the money back; the refund is [`PARTLY`].
pub(crate) const PARTLY: u8 = 3;
/// Paid too late; all of it is on its way back in the refund [`LATE`].
pub(crate) const LATE: u8 = 4;
/// Costs nothing; the second ticket was given back in the refund [`FREE`].
pub(crate) const FREE: u8 = 5;

/// Stores the day.
pub(crate) fn store(database: &TestDatabase) {
    run(database, |stores| {
        stores.catalogue().put_venues(&first_venues())?;
        let orders = [
            unpaid(stores)?,
            paid(stores)?,
            partly(stores)?,
            late(stores)?,
            free(stores)?,
        ];
        let quotas: Vec<Quota> = [palace(), gallery()]
            .into_iter()
            .map(|venue| {
                let places = orders.iter().map(Order::live_places);
                let taken = places
                    .filter_map(|places| places.get(&venue).copied())
                    .sum();
                let key = QuotaKey {
                    date: visit_date(),
                    session: morning(),
                    venue,
                };
                Quota::restore(key, 100, 100, taken).unwrap()
            })
            .collect();
        stores.quotas().insert(&quotas)
    });
}

fn unpaid(stores: &mut dyn Stores) -> Result<Order, StoreError> {
    let order = order(UNPAID, 4000);
    stores
        .payments()
        .insert(&attempt(&order, AttemptState::Open))?;
    store_order(stores, order)
}

fn paid(stores: &mut dyn Stores) -> Result<Order, StoreError> {
    let mut order = order(PAID, 4000);
    order.confirm(order.total, now()).unwrap();
    book_payment(stores, &order)?;
    store_order(stores, order)
}

fn partly(stores: &mut dyn Stores) -> Result<Order, StoreError> {
    let mut order = order(PARTLY, 4000);
    order.confirm(order.total, now()).unwrap();
    book_payment(stores, &order)?;
    let items = vec![admission_item(&order.tickets[1])];
    order.apply_refund(&plan(items.clone())).unwrap();
    let refund = refund(PARTLY, &order, items, RefundCause::Tourist);
    book_refund(stores, &order, &refund)?;
    let mut sent = submission(&order, &refund);
    stores.refunds().submit(&sent, &[refund.id])?;
    sent.state = SubmissionState::Succeeded;
    assert!(stores.refunds().settle(&sent, now())?);
    store_order(stores, order)
}

fn late(stores: &mut dyn Stores) -> Result<Order, StoreError> {
    let mut order = order(LATE, 4000);
    order.cancel(CancelCause::Expired).unwrap();
    order.take_and_return(order.total, now()).unwrap();
    book_payment(stores, &order)?;
    let items = plan_everything(&order).unwrap().items;
    let refund = refund(LATE, &order, items, RefundCause::LatePayment);
    book_refund(stores, &order, &refund)?;
    stores
        .refunds()
        .submit(&submission(&order, &refund), &[refund.id])?;
    store_order(stores, order)
}

fn free(stores: &mut dyn Stores) -> Result<Order, StoreError> {
    let mut order = order(FREE, 0);
    order.confirm(fen(0), now()).unwrap();
    stores.ledger().append(&payment_entries(&order, now()))?;
    let items = vec![admission_item(&order.tickets[1])];
    order.apply_refund(&plan(items.clone())).unwrap();
    let mut refund = refund(FREE, &order, items, RefundCause::Tourist);
    refund.state = RefundState::Succeeded;
    refund.finished_at = Some(now());
    book_refund(stores, &order, &refund)?;
    store_order(stores, order)
}

/// The order is stored as it has become, in one step.
fn store_order(stores: &mut dyn Stores, order: Order) -> Result<Order, StoreError> {
    stores.orders().insert(std::slice::from_ref(&order))?;
    Ok(order)
}

fn book_payment(stores: &mut dyn Stores, order: &Order) -> Result<(), StoreError> {
    stores
        .payments()
        .insert(&attempt(order, AttemptState::Paid))?;
    stores.ledger().append(&payment_entries(order, now()))
}

fn book_refund(stores: &mut dyn Stores, order: &Order, refund: &Refund) -> Result<(), StoreError> {
    stores.refunds().insert(refund)?;
    let entries = refund_entries(order, refund.id, &refund.items, refund.requested_at);
    stores.ledger().append(&entries)
}
