//! Personal data that have served their time.

use chrono::{DateTime, Utc};

use crate::visit_date::VisitDate;

use super::Stored;

/// Erases personal data in bounded batches (rule 10.3). What was erased is never erased again:
/// each call answers how many rows it changed, and 0 when there is nothing left.
pub trait ErasureStore {
    /// At most `limit` visit dates up to `last` that have tickets and are not noted as erased, in
    /// order.
    fn dates_to_erase(&mut self, last: VisitDate, limit: u32) -> Stored<Vec<VisitDate>>;
    /// Erases name, number and hash of at most `limit` tickets of `date`, in whatever state they
    /// are.
    fn erase_tickets(&mut self, date: VisitDate, limit: u32) -> Stored<u64>;
    /// Erases the phone number of at most `limit` orders of `date`.
    fn erase_phones(&mut self, date: VisitDate, limit: u32) -> Stored<u64>;
    /// Erases the details of at most `limit` invoices, of whatever state, whose orders' visit was
    /// on `last` or before, and with each the letter and the file of the mail about it. Takes the
    /// locks on their orders.
    fn erase_invoices(&mut self, last: VisitDate, limit: u32) -> Stored<u64>;
    /// Erases name, number, hash and birth date of at most `limit` annual passes of `last_year` or
    /// before.
    fn erase_passes(&mut self, last_year: i32, limit: u32) -> Stored<u64>;
    /// Notes that nothing personal is left of `date`; noting it again changes nothing.
    fn note_erased(&mut self, date: VisitDate, at: DateTime<Utc>) -> Stored<()>;
    /// Deletes at most `limit` no-shows of days up to `last`, but none that a ban of its document
    /// rests on that was not lifted and whose last day is `today` or later.
    fn delete_no_shows(&mut self, last: VisitDate, today: VisitDate, limit: u32) -> Stored<u64>;
    /// Deletes at most `limit` bans whose third day is `last` or before and whose last day is
    /// before `today`: until then a served ban still tells which no-shows it has consumed.
    fn delete_bans(&mut self, last: VisitDate, today: VisitDate, limit: u32) -> Stored<u64>;
}
