//! The visit day is over: what was not used expires, and who did not come has a no-show
//! (rules 6.3, 7.1, 7.4 and 8.3).

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::calendar::OpeningDay;
use crate::id::OrderId;
use crate::no_show::NoShowCause;
use crate::ports::{StoreError, Stores, UnitOfWork};
use crate::rules::Rules;
use crate::visit_date::VisitDate;

use super::no_shows::{Added, Missed, record};
use super::pass_entries::PassEntries;

/// How many orders one transaction goes through. Its cost is that of its statements, which are
/// hardly more for many orders than for few; a larger one would be long to run again.
const GROUP: usize = 128;

/// What a round has done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RecordedNoShows {
    /// How many orders with something unused were found; fewer than the limit means that there
    /// were no more.
    pub found: usize,
    /// The last of them; the next round goes on after it.
    pub last: Option<OrderId>,
    /// How many admissions expired.
    pub expired: usize,
    /// How many no-shows were new.
    pub no_shows: usize,
    /// How many bans they brought.
    pub bans: usize,
    /// Orders that cannot be gone through because what is stored of them contradicts itself.
    pub faulty: Vec<OrderId>,
}

impl RecordedNoShows {
    /// Adds what the next round has done.
    pub fn add(&mut self, next: &Self) {
        self.found = self.found.saturating_add(next.found);
        self.last = next.last.or(self.last);
        self.expired = self.expired.saturating_add(next.expired);
        self.no_shows = self.no_shows.saturating_add(next.no_shows);
        self.bans = self.bans.saturating_add(next.bans);
        self.faulty.extend(&next.faulty);
    }
}

/// Why nothing was recorded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RecordError {
    /// It is not yet 20:05 of that day (rule 7.4).
    #[error("the day is not over: no-shows are recorded from {0} on")]
    TooEarly(DateTime<Utc>),
    /// Nobody could have come (rule 7.1).
    #[error("the museum was not open that day")]
    NotOpen,
    /// The store failed; groups that were recorded before it stay recorded.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The open days that are over at `now` and have tickets or add-ons that are still valid: today
/// from 20:05 on, and whatever was left over while nothing ran.
///
/// # Errors
/// [`StoreError`].
pub fn days_to_record(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Result<Vec<VisitDate>, StoreError> {
    let today = VisitDate::containing(now);
    let last = if now >= today.at(rules.no_shows_at) {
        today
    } else {
        today.plus_days(-1)
    };
    unit_of_work.run(|stores| {
        let dates = stores.tickets().unused_dates(last)?;
        let mut open = Vec::new();
        for date in dates {
            let day = stores.days().range(date, date)?;
            if day.iter().any(OpeningDay::is_open) {
                open.push(date);
            }
        }
        Ok(open)
    })
}

/// Goes through at most `limit` orders of `date` after the order `after`: every ticket and add-on
/// that is still valid expires, and each document whose admission did has a no-show. Run again it
/// finds nothing more to do.
///
/// Unpaid orders are the expiry's matter. An order that is faulty does not hold up the others.
///
/// # Errors
/// [`RecordError`].
pub fn record_no_shows(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    date: VisitDate,
    now: DateTime<Utc>,
    after: Option<OrderId>,
    limit: u32,
) -> Result<RecordedNoShows, RecordError> {
    let begins_at = date.at(rules.no_shows_at);
    if now < begins_at {
        return Err(RecordError::TooEarly(begins_at));
    }
    let orders = unit_of_work.run(|stores| {
        let days = stores.days().range(date, date)?;
        if !days.iter().any(OpeningDay::is_open) {
            return Err(RecordError::NotOpen);
        }
        Ok(stores.tickets().unused_orders(date, after, limit)?)
    })?;
    let mut recorded = RecordedNoShows {
        found: orders.len(),
        last: orders.last().copied(),
        ..RecordedNoShows::default()
    };
    let day = Day { rules, date, now };
    for group in orders.chunks(GROUP) {
        day.record(unit_of_work, group, &mut recorded)?;
    }
    Ok(recorded)
}

/// A day that is gone through.
struct Day<'a> {
    rules: &'a Rules,
    date: VisitDate,
    now: DateTime<Utc>,
}

impl Day<'_> {
    /// Goes through a group; one that contains a faulty order is taken apart.
    fn record(
        &self,
        unit_of_work: &dyn UnitOfWork,
        group: &[OrderId],
        recorded: &mut RecordedNoShows,
    ) -> Result<(), StoreError> {
        match unit_of_work.run(|stores| self.record_group(stores, group)) {
            Ok((expired, added)) => {
                recorded.expired = recorded.expired.saturating_add(expired);
                recorded.no_shows = recorded.no_shows.saturating_add(added.no_shows);
                recorded.bans = recorded.bans.saturating_add(added.bans);
            }
            Err(StoreError::Fault(_)) => match group {
                [faulty] => recorded.faulty.push(*faulty),
                _ => {
                    for order in group {
                        self.record(unit_of_work, std::slice::from_ref(order), recorded)?;
                    }
                }
            },
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// No place comes free, but the day is taken all the same: one that is being closed at this
    /// moment has no no-shows.
    fn record_group(
        &self,
        stores: &mut dyn Stores,
        group: &[OrderId],
    ) -> Result<(usize, Added), StoreError> {
        let day = stores.days().take(self.date)?;
        if !day.is_some_and(|day| day.is_open()) {
            return Ok((0, Added::default()));
        }
        // Absence uses the entry of a visit on an annual pass (rule 8.3).
        let passes = stores.orders().passes_of(group)?;
        let mut passes = PassEntries::lock_ids(stores, passes.into_iter().collect())?;
        let mut orders = stores.orders().lock(group)?;
        let mut missed = Vec::with_capacity(orders.len());
        for order in &mut orders {
            let tickets = order.expire_unused();
            for _ in &tickets {
                passes.use_one(order)?;
            }
            missed.push(tickets);
        }
        passes.save(stores)?;
        stores.orders().save(&orders)?;
        let expired = missed.iter().map(Vec::len).sum();
        let missed: Vec<Missed<'_>> = orders
            .iter()
            .zip(missed)
            .map(|(order, tickets)| Missed {
                order,
                tickets,
                cause: NoShowCause::Absent,
            })
            .collect();
        Ok((expired, record(stores, &missed, self.now, self.rules)?))
    }
}
