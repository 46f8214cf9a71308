//! No-shows that do not count after all (rule 7.1).

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::calendar::DayState;
use crate::id::TicketId;
use crate::no_show::{Waiver, WaiverCause};
use crate::ports::{StoreError, UnitOfWork};
use crate::rules::Rules;
use crate::visit_date::VisitDate;

use super::no_shows::{Added, waive};

/// How many no-shows of a closed day one transaction waives.
const GROUP: u32 = 200;

/// What waiving has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct WaivedNoShows {
    /// How many no-shows count no more.
    pub no_shows: usize,
    /// How many bans that rested on them were lifted.
    pub bans: usize,
}

/// Why no no-show was waived.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum WaiveError {
    /// No such ticket has a no-show.
    #[error("no such no-show")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Staff accept an appeal against the no-shows of these tickets. Those waived before stay as they
/// are.
///
/// # Errors
/// [`WaiveError::NotFound`] if none of the tickets has a no-show; nothing was changed.
pub fn waive_no_shows(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    tickets: &[TicketId],
    now: DateTime<Utc>,
) -> Result<WaivedNoShows, WaiveError> {
    unit_of_work.run(|stores| {
        let no_shows = stores.bans().of_tickets(tickets)?;
        if no_shows.is_empty() {
            return Err(WaiveError::NotFound);
        }
        let waiver = Waiver {
            cause: WaiverCause::Appeal,
            at: now,
        };
        Ok(waive(stores, &no_shows, waiver, rules)?.into())
    })
}

/// Waives what is left of the no-shows of a day that is closed, in groups; of an open day none.
/// Repeating it goes on where it ended.
///
/// # Errors
/// [`StoreError`]; groups that were waived before it stay waived.
pub fn waive_closed_day(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    date: VisitDate,
    now: DateTime<Utc>,
) -> Result<WaivedNoShows, StoreError> {
    let waiver = Waiver {
        cause: WaiverCause::DayClosed,
        at: now,
    };
    let mut waived = WaivedNoShows::default();
    loop {
        let group = unit_of_work.run(|stores| {
            let day = stores.days().take(date)?;
            if day.is_none_or(|day| day.state() != DayState::Closed) {
                return Ok(Added::default());
            }
            let no_shows = stores.bans().counting_on(date, GROUP)?;
            waive(stores, &no_shows, waiver, rules)
        })?;
        if group.no_shows == 0 {
            return Ok(waived);
        }
        waived.no_shows = waived.no_shows.saturating_add(group.no_shows);
        waived.bans = waived.bans.saturating_add(group.bans);
    }
}

impl From<Added> for WaivedNoShows {
    fn from(added: Added) -> Self {
        Self {
            no_shows: added.no_shows,
            bans: added.bans,
        }
    }
}
