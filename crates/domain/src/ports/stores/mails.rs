//! Mail that waits to be sent.

use chrono::{DateTime, TimeDelta, Utc};

use crate::id::MailId;
use crate::mail::Mail;

use super::Stored;

/// Mail, written in the transaction that gives the reason for it.
pub trait MailStore {
    /// Adds one. [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) if one of that
    /// kind and reference is there.
    fn add(&mut self, mail: &Mail) -> Stored<()>;
    /// Claims at most `limit` queued mails whose next attempt is at `now` or earlier, the longest
    /// due first: each is returned whole to one caller only, with its next attempt moved to `now`
    /// plus `pause`.
    fn claim_due(&mut self, now: DateTime<Utc>, pause: TimeDelta, limit: u32) -> Stored<Vec<Mail>>;
    /// Writes state, attempts, the time of the next one, the last error and when it was sent.
    /// Does nothing, and says so by `false`, unless what is stored is queued. The attachment of a
    /// mail that was sent is not kept: it names a person, and unlike the letter it is not sealed.
    fn settle(&mut self, mail: &Mail) -> Stored<bool>;
    /// Makes a dead mail queued again, without attempts and due at `now`. Does nothing, and says
    /// so by `false`, unless it is dead.
    fn reopen(&mut self, id: MailId, now: DateTime<Utc>) -> Stored<bool>;
    /// How many are dead.
    fn dead(&mut self) -> Stored<u64>;
}
