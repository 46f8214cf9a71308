//! Erasing whom tickets and invoices were for, once nobody needs to know any more (rule 10.3).

use chrono::{DateTime, Datelike as _, Utc};

use crate::ports::{StoreError, Stores, UnitOfWork};
use crate::rules::Rules;
use crate::visit_date::VisitDate;

/// What a run has erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Erased {
    /// Visit dates of which nothing personal is left.
    pub dates: u64,
    /// Tickets whose name, number and hash are gone.
    pub tickets: u64,
    /// Orders whose phone number is gone.
    pub orders: u64,
    /// Invoices whose details are gone, and their mail's letter and file.
    pub invoices: u64,
    /// Annual passes whose holder is gone.
    pub passes: u64,
    /// No-shows that were deleted.
    pub no_shows: u64,
    /// Bans that were deleted.
    pub bans: u64,
}

/// Erases at most `batches` times `batch` rows; what is left is for the next run.
///
/// A day's data are erased from [`Rules::personal_data_days`] days after it on, when its no-shows
/// have left the rolling window of rule 7.2; a pass's as long after its year. What a running ban rests on stays as long as the ban.
///
/// # Errors
/// [`StoreError`]; what earlier batches have erased stays so.
pub fn erase_personal_data(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    now: DateTime<Utc>,
    batch: u32,
    batches: u32,
) -> Result<Erased, StoreError> {
    let today = VisitDate::containing(now);
    let mut run = Run {
        unit_of_work,
        now,
        batch,
        left: batches,
        erased: Erased::default(),
    };
    let last = today.plus_days(-i64::from(rules.personal_data_days));
    run.erase_dates(last)?;
    // Not day by day: an invoice may be asked for when its day is erased already.
    run.erased.invoices =
        run.repeat(|stores, limit| stores.erasures().erase_invoices(last, limit))?;
    let last_year = last.plus_days(1).date().year() - 1;
    run.erased.passes =
        run.repeat(|stores, limit| stores.erasures().erase_passes(last_year, limit))?;
    run.erased.no_shows =
        run.repeat(|stores, limit| stores.erasures().delete_no_shows(last, today, limit))?;
    run.erased.bans =
        run.repeat(|stores, limit| stores.erasures().delete_bans(last, today, limit))?;
    Ok(run.erased)
}

struct Run<'r> {
    unit_of_work: &'r dyn UnitOfWork,
    now: DateTime<Utc>,
    batch: u32,
    /// Batches that this run may still do.
    left: u32,
    erased: Erased,
}

impl Run<'_> {
    fn erase_dates(&mut self, last: VisitDate) -> Result<(), StoreError> {
        let limit = self.left;
        let dates = self
            .unit_of_work
            .run(|stores| stores.erasures().dates_to_erase(last, limit))?;
        for date in dates {
            let tickets =
                self.repeat(|stores, limit| stores.erasures().erase_tickets(date, limit))?;
            self.erased.tickets = self.erased.tickets.saturating_add(tickets);
            let orders =
                self.repeat(|stores, limit| stores.erasures().erase_phones(date, limit))?;
            self.erased.orders = self.erased.orders.saturating_add(orders);
            if self.left == 0 {
                return Ok(());
            }
            let now = self.now;
            self.unit_of_work
                .run(|stores| stores.erasures().note_erased(date, now))?;
            self.erased.dates = self.erased.dates.saturating_add(1);
        }
        Ok(())
    }

    /// Does one thing batch after batch until one is empty, or the run has done enough; how many
    /// rows there were.
    fn repeat(
        &mut self,
        step: impl Fn(&mut dyn Stores, u32) -> Result<u64, StoreError>,
    ) -> Result<u64, StoreError> {
        let mut rows = 0_u64;
        while self.left > 0 {
            let limit = self.batch;
            let done = self.unit_of_work.run(|stores| step(stores, limit))?;
            if done == 0 {
                break;
            }
            self.left = self.left.saturating_sub(1);
            rows = rows.saturating_add(done);
        }
        Ok(rows)
    }
}
