//! No-shows and bans, by document.

use chrono::{DateTime, Utc};

use crate::id::TicketId;
use crate::no_show::{Ban, NoShow, NoShowHistory, Waiver};
use crate::sealed::DocumentHash;
use crate::visit_date::VisitDate;

use super::Stored;

/// No-shows and bans, by document.
pub trait BanStore {
    /// The bans of these documents that were not lifted and whose last day is `day` or later.
    fn bans(&mut self, documents: &[DocumentHash], day: VisitDate) -> Stored<Vec<Ban>>;
    /// What counts of these documents, without a lock, by document: of each that has any, the
    /// no-shows that were not waived, in date order, and the bans that were not lifted, by third
    /// day.
    fn histories(&mut self, documents: &[DocumentHash]) -> Stored<Vec<NoShowHistory>>;
    /// Locks all no-shows of these documents, by document and date, and returns what
    /// [`histories`](Self::histories) does. A second unit that has recorded a no-show of one of
    /// them MUST have ended before: what counts together is seen by one of both.
    fn lock(&mut self, documents: &[DocumentHash]) -> Stored<Vec<NoShowHistory>>;
    /// The no-shows of these tickets, waived or not, without a lock, by ticket.
    fn of_tickets(&mut self, tickets: &[TicketId]) -> Stored<Vec<NoShow>>;
    /// At most `limit` no-shows of the day `date` that were not waived, without a lock, by
    /// document.
    fn counting_on(&mut self, date: VisitDate, limit: u32) -> Stored<Vec<NoShow>>;
    /// Records a no-show. One that the document already has that day, waived or not, stays as it
    /// is (rule 7.1), which `false` says.
    fn record(&mut self, no_show: &NoShow) -> Stored<bool>;
    /// Records no-shows as [`record`](Self::record) does, in their order, and says the same of each.
    fn record_all(&mut self, no_shows: &[NoShow]) -> Stored<Vec<bool>> {
        no_shows
            .iter()
            .map(|no_show| self.record(no_show))
            .collect()
    }
    /// Waives the no-show of a ticket. One that was waived before stays as it is, and where there
    /// is none nothing happens, which `false` says.
    fn waive(&mut self, ticket: TicketId, waiver: Waiver) -> Stored<bool>;
    /// Adds a ban; one with the same third day stays as it is, but if it was lifted it runs again.
    fn ban(&mut self, ban: &Ban) -> Stored<()>;
    /// Lifts a ban at `at`; it is kept, for staff to see.
    fn lift(&mut self, ban: &Ban, at: DateTime<Utc>) -> Stored<()>;
}
