//! Opening days and quotas: what can be sold, and how much of it.

use crate::calendar::OpeningDay;
use crate::holiday::{HolidayPeriod, Holidays};
use crate::quota::Quota;
use crate::visit_date::VisitDate;

use super::Stored;

/// Opening days (rule 1.1) and the holidays they are proposed from (rule 1.6).
pub trait DayStore {
    /// Locks the day until the end of the transaction, by writing to its row; a second unit that
    /// takes it MUST wait. `None` if the day has no row: it is not open, and nothing is locked.
    fn take(&mut self, date: VisitDate) -> Stored<Option<OpeningDay>>;
    /// The days from `first` to `last`, both inclusive, that have a row, in order; no lock.
    fn range(&mut self, first: VisitDate, last: VisitDate) -> Stored<Vec<OpeningDay>>;
    /// Adds a day's row. [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) if there is
    /// one: a row that somebody else wrote in the meantime stays as it is.
    fn add(&mut self, day: &OpeningDay) -> Stored<()>;
    /// Writes a day's row anew, whether or not there was one.
    fn put(&mut self, day: &OpeningDay) -> Stored<()>;
    /// The imported holidays.
    fn holidays(&mut self) -> Stored<Holidays>;
    /// Replaces everything known of `year` by these periods, which begin in it.
    fn put_holidays(&mut self, year: i32, periods: &[HolidayPeriod]) -> Stored<()>;
}

/// Quotas (rule 4.6).
pub trait QuotaStore {
    /// Locks and returns all quotas of a day in the order of their keys.
    fn lock_day(&mut self, date: VisitDate) -> Stored<Vec<Quota>>;
    /// Writes capacity, ceiling and taken of quotas that [`lock_day`](Self::lock_day) returned.
    /// The store MUST refuse numbers that break rule 4.6.
    fn save(&mut self, quotas: &[Quota]) -> Stored<()>;
    /// Adds quotas. [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) if one exists.
    fn insert(&mut self, quotas: &[Quota]) -> Stored<()>;
}
