//! Payment attempts whose orders are locked, and the booking of payments on them.

use std::collections::{BTreeMap, BTreeSet};

use crate::id::{OrderId, OrderNumber};
use crate::ledger::{LedgerEntry, payment_entries};
use crate::order::Order;
use crate::outbox::Message;
use crate::payment::{AttemptState, DifferenceCause, PaymentAttempt, PaymentDifference, fits};
use crate::ports::{StoreError, Stores};

use super::confirm_payment::{Confirmation, PaymentNotice};
use super::place_orders::paid_message;

/// The attempts that a group of news is about, moved on with each payment that is booked.
pub(super) struct LockedPayments {
    orders: BTreeMap<OrderId, Order>,
    attempts: BTreeMap<OrderNumber, PaymentAttempt>,
}

/// An order and its attempt, to which the money of a piece of news fits.
pub(super) struct FittingPayment<'a> {
    pub(super) order: &'a mut Order,
    attempt: &'a mut PaymentAttempt,
}

impl LockedPayments {
    /// Locks the orders of the news by id, and only then reads the attempts that they guard.
    pub(super) fn lock(
        stores: &mut dyn Stores,
        notices: &[PaymentNotice],
    ) -> Result<Self, StoreError> {
        let numbers = notices.iter().map(|notice| &notice.news.number);
        let numbers: BTreeSet<&OrderNumber> = numbers.collect();
        let numbers: Vec<OrderNumber> = numbers.into_iter().cloned().collect();
        let seen = stores.payments().find_all(&numbers)?;
        let orders: Vec<OrderId> = seen.iter().map(|attempt| attempt.order).collect();
        let orders = stores.orders().lock(&orders)?;
        let numbers: Vec<OrderNumber> = seen.into_iter().map(|attempt| attempt.number).collect();
        let attempts = stores.payments().find_all(&numbers)?;
        Ok(Self {
            orders: orders.into_iter().map(|order| (order.id, order)).collect(),
            attempts: attempts
                .into_iter()
                .map(|attempt| (attempt.number.clone(), attempt))
                .collect(),
        })
    }

    /// The payment that is to be booked, unless the news settles itself: it was booked before
    /// (rule 5.2), or fits no order and stands on the difference list from now on (rule 5.5).
    pub(super) fn judge(
        &mut self,
        stores: &mut dyn Stores,
        notice: &PaymentNotice,
    ) -> Result<Result<FittingPayment<'_>, Confirmation>, StoreError> {
        let Some(attempt) = self.attempts.get_mut(&notice.news.number) else {
            note_difference(stores, notice, None, DifferenceCause::UnknownNumber)?;
            return Ok(Err(Confirmation::Difference));
        };
        let order = self
            .orders
            .get_mut(&attempt.order)
            .ok_or_else(|| StoreError::Fault("a payment attempt without its order".to_owned()))?;
        if let Err(cause) = fits(attempt, &notice.news) {
            note_difference(stores, notice, Some(attempt), cause)?;
            if attempt.state == AttemptState::Open {
                attempt.state = AttemptState::Difference;
                stores.payments().save(attempt)?;
            }
            return Ok(Err(Confirmation::Difference));
        }
        if attempt.state == AttemptState::Paid {
            return Ok(Err(Confirmation::Already));
        }
        Ok(Ok(FittingPayment { order, attempt }))
    }
}

fn note_difference(
    stores: &mut dyn Stores,
    notice: &PaymentNotice,
    attempt: Option<&PaymentAttempt>,
    cause: DifferenceCause,
) -> Result<(), StoreError> {
    stores.payments().record_difference(&PaymentDifference {
        news: notice.news.clone(),
        expected: attempt.map(|attempt| attempt.amount),
        cause,
        noticed_at: notice.received_at,
    })
}

impl FittingPayment<'_> {
    /// Pays the order, which is unpaid, and tells the tourist.
    pub(super) fn confirm(
        self,
        notice: &PaymentNotice,
        bookings: &mut Bookings,
    ) -> Result<(), StoreError> {
        let news = &notice.news;
        self.order.confirm(news.amount, news.success_time)?;
        bookings.tell(paid_message(self.order, notice.received_at));
        self.book(notice, bookings);
        Ok(())
    }

    /// The attempt is paid, the ledger has the money, and the order is to be written as it is now.
    pub(super) fn book(self, notice: &PaymentNotice, bookings: &mut Bookings) {
        let news = &notice.news;
        self.attempt.state = AttemptState::Paid;
        self.attempt.transaction_id = Some(news.transaction_id.clone());
        let entries = payment_entries(self.order, news.success_time);
        bookings.entries.extend(entries);
        bookings.orders.push(self.order.clone());
        bookings.attempts.push(self.attempt.clone());
    }
}

/// What the booked payments of a unit change, written at its end in a few statements.
#[derive(Default)]
pub(super) struct Bookings {
    orders: Vec<Order>,
    attempts: Vec<PaymentAttempt>,
    entries: Vec<LedgerEntry>,
    messages: Vec<Message>,
}

impl Bookings {
    /// Adds a message to a tourist.
    pub(super) fn tell(&mut self, message: Message) {
        self.messages.push(message);
    }

    /// Writes everything; nothing if nothing was booked.
    pub(super) fn save(&self, stores: &mut dyn Stores) -> Result<(), StoreError> {
        if self.orders.is_empty() {
            return Ok(());
        }
        stores.orders().save(&self.orders)?;
        stores.payments().book(&self.attempts)?;
        stores.ledger().append(&self.entries)?;
        stores.outbox().add(&self.messages)
    }
}
