//! Opening days: proposed by the calendar, confirmed or set by staff (rules 1.1 and 1.2).

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};

use crate::calendar::{BeyondHolidays, OpeningDay, Proposal, propose};
use crate::holiday::HolidayPeriod;
use crate::ports::{StoreError, UnitOfWork};
use crate::rules::Rules;
use crate::visit_date::VisitDate;

use super::waive_no_shows::{WaivedNoShows, waive_closed_day};

/// What the calendar proposes for one day, or why it cannot.
pub type DayProposal = (VisitDate, Result<Proposal, BeyondHolidays>);

/// Proposes the days from `first` to `last`, both inclusive; nothing is stored.
///
/// # Errors
/// [`StoreError`].
pub fn propose_days(
    unit_of_work: &dyn UnitOfWork,
    first: VisitDate,
    last: VisitDate,
) -> Result<Vec<DayProposal>, StoreError> {
    let holidays = unit_of_work.run(|stores| stores.days().holidays())?;
    Ok(first
        .until(last)
        .map(|date| (date, propose(date, &holidays)))
        .collect())
}

/// What confirming has done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ConfirmedDays {
    /// The rows that were written.
    pub written: Vec<OpeningDay>,
    /// The days that had a row already and keep it.
    pub kept: usize,
    /// The days that lie beyond the imported holidays and were left without a row.
    pub beyond: Vec<VisitDate>,
}

/// Confirms the proposals for those days from `first` to `last` that have no row yet.
///
/// # Errors
/// [`StoreError`]; nothing was written.
pub fn confirm_days(
    unit_of_work: &dyn UnitOfWork,
    first: VisitDate,
    last: VisitDate,
) -> Result<ConfirmedDays, StoreError> {
    unit_of_work.run(|stores| {
        let holidays = stores.days().holidays()?;
        let existing: BTreeSet<VisitDate> = stores
            .days()
            .range(first, last)?
            .iter()
            .map(OpeningDay::date)
            .collect();
        let mut confirmed = ConfirmedDays {
            kept: existing.len(),
            ..ConfirmedDays::default()
        };
        for date in first.until(last).filter(|date| !existing.contains(date)) {
            match propose(date, &holidays) {
                Ok(proposal) => {
                    let day = OpeningDay::new(date, proposal.state, proposal.hours, None);
                    match stores.days().add(&day) {
                        Ok(()) => confirmed.written.push(day),
                        // Staff have set it in this very moment: what they decided stays.
                        Err(StoreError::Duplicate(_)) => {
                            confirmed.kept = confirmed.kept.saturating_add(1);
                        }
                        Err(error) => return Err(error),
                    }
                }
                Err(BeyondHolidays { .. }) => confirmed.beyond.push(date),
            }
        }
        Ok(confirmed)
    })
}

/// Sets one day as staff decided, whatever was proposed. Closing it waives its no-shows and lifts
/// the bans that rested on them (rule 7.1); what that was is returned. Its orders stay as they are.
///
/// # Errors
/// [`StoreError`]; nothing was written, or the day is closed and some of its no-shows still count:
/// setting it again goes on.
pub fn set_day(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    day: &OpeningDay,
    now: DateTime<Utc>,
) -> Result<WaivedNoShows, StoreError> {
    unit_of_work.run(|stores| {
        stores.days().take(day.date())?;
        stores.days().put(day)
    })?;
    if day.is_open() {
        return Ok(WaivedNoShows::default());
    }
    waive_closed_day(unit_of_work, rules, day.date(), now)
}

/// Replaces what is known of the holidays of `year`.
///
/// # Errors
/// [`StoreError`]; nothing was written.
pub fn import_holidays(
    unit_of_work: &dyn UnitOfWork,
    year: i32,
    periods: &[HolidayPeriod],
) -> Result<(), StoreError> {
    unit_of_work.run(|stores| stores.days().put_holidays(year, periods))
}
