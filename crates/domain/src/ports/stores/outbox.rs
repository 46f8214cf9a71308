//! Messages to tourists.

use chrono::{DateTime, TimeDelta, Utc};

use crate::delivery::{Delivery, MessageKey};
use crate::id::{AccountId, OrderId, OrderNumber};
use crate::outbox::Message;
use crate::visit_date::VisitDate;

use super::Stored;

/// An order whose account has not been reminded of the visit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderToRemind {
    /// Which.
    pub order: OrderId,
    /// Whose.
    pub account: AccountId,
    /// Its number.
    pub number: OrderNumber,
}

/// Messages to tourists.
pub trait OutboxStore {
    /// Adds messages, queued and due since they were written.
    /// [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) if one of that kind and
    /// reference is there.
    fn add(&mut self, messages: &[Message]) -> Stored<()>;
    /// The message of that kind and reference, and what has become of it.
    fn find(&mut self, key: &MessageKey) -> Stored<Option<Delivery>>;
    /// Claims at most `limit` queued messages whose next attempt is at `now` or earlier, the
    /// longest due first: each is returned to one caller only, with its next attempt moved to
    /// `now` plus `pause`.
    fn claim_due(
        &mut self,
        now: DateTime<Utc>,
        pause: TimeDelta,
        limit: u32,
    ) -> Stored<Vec<Delivery>>;
    /// Writes the state of a queued message, its attempts, the time of the next one, its failure
    /// and when it was sent, and nothing else of it. Does nothing, and says so by `false`, unless
    /// it is queued: what is decided stays so.
    fn settle(&mut self, delivery: &Delivery) -> Stored<bool>;
    /// Queues a dead message again: due at `now`, queued at `now`, without attempts; its failure
    /// can still be read. Does nothing, and says so by `false`, unless it is dead.
    fn requeue(&mut self, key: &MessageKey, now: DateTime<Utc>) -> Stored<bool>;
    /// At most `limit` orders, by id, without a lock, whose accounts are to be reminded of the
    /// visit: those for `date` in state paid, paid before `paid_before`, with a valid ticket, and
    /// without a visit reminder, sent or not.
    fn to_remind(
        &mut self,
        date: VisitDate,
        paid_before: DateTime<Utc>,
        limit: u32,
    ) -> Stored<Vec<OrderToRemind>>;
}
