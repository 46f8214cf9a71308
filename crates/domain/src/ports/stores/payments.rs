//! Payment attempts.

use chrono::{DateTime, TimeDelta, Utc};

use crate::id::{OrderId, OrderNumber};
use crate::payment::{PaymentAttempt, PaymentDifference};

use super::Stored;

/// How far before the present a hastened attempt is due: routine checks let it pass unless they
/// have waited for longer themselves, so that they are not put off for good.
pub const HEAD_START: TimeDelta = TimeDelta::hours(1);

/// Payment attempts, one for each order at most (rule 5.6).
///
/// An attempt is guarded by the lock on its order.
pub trait PaymentStore {
    /// The attempt of that number.
    fn find(&mut self, number: &OrderNumber) -> Stored<Option<PaymentAttempt>>;
    /// The attempts of those of these numbers that have one, by number.
    fn find_all(&mut self, numbers: &[OrderNumber]) -> Stored<Vec<PaymentAttempt>>;
    /// Adds one. [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) if the order has
    /// one.
    fn insert(&mut self, attempt: &PaymentAttempt) -> Stored<()>;
    /// Writes state, prepay id, transaction id and the time of the next check.
    fn save(&mut self, attempt: &PaymentAttempt) -> Stored<()>;
    /// Writes that these attempts are paid, and by which transaction each, and nothing else of
    /// them. [`StoreError::Fault`](crate::ports::StoreError::Fault) if one is not there.
    fn book(&mut self, attempts: &[PaymentAttempt]) -> Stored<()>;
    /// Claims at most `limit` open attempts whose next check is at `now` or earlier, the longest
    /// due first: each is returned to one caller only, with its next check moved to `now` plus
    /// `pause`.
    fn claim_due(
        &mut self,
        now: DateTime<Utc>,
        pause: TimeDelta,
        limit: u32,
    ) -> Stored<Vec<PaymentAttempt>>;
    /// Makes the open attempts of these orders due since [`HEAD_START`] before `now`, so that the
    /// provider's orders are closed soon (rule 5.1): [`claim_due`](Self::claim_due) returns them
    /// before those that wait for a routine check, however many these are.
    fn hasten(&mut self, orders: &[OrderId], now: DateTime<Utc>) -> Stored<()>;
    /// Notes money that does not fit; noting the same payment for the same cause again does
    /// nothing.
    fn record_difference(&mut self, difference: &PaymentDifference) -> Stored<()>;
}
