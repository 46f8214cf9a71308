//! What a running sale is watched by.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::id::AccountId;
use crate::visit_date::VisitDate;

use super::Read;

/// Little questions, asked several times a second while a day is on sale.
pub trait SaleQueries: Send + Sync {
    /// For each day from `first` to `last`, both inclusive, that has a row: a number that grows
    /// with every commit of a unit that took the day. Between two equal numbers no order of the
    /// day was placed and no place of it came free.
    fn day_versions(&self, first: VisitDate, last: VisitDate) -> Read<Vec<(VisitDate, u64)>>;
    /// The accounts with an order for `date`, whatever its state.
    fn customers(&self, date: VisitDate) -> Read<HashSet<AccountId>>;
    /// The earliest `pay_by` among the unpaid orders for `date`.
    fn first_lapse(&self, date: VisitDate) -> Read<Option<DateTime<Utc>>>;
}
