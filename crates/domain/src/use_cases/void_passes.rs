//! The end of a year: what is left on its annual passes is void (rule 8.4).

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::annual_pass::AnnualPass;
use crate::ports::{StoreError, Stores, UnitOfWork};
use crate::visit_date::VisitDate;

/// How many passes are voided in one transaction, whose locks visits wait for.
const AT_ONCE: u32 = 200;

/// What was voided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Voided {
    /// How many passes.
    pub passes: u64,
    /// How many entries were left on them.
    pub entries: u64,
}

/// Why nothing, or not everything, was voided.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum VoidError {
    /// The year is not over.
    #[error("the year {0} is not over")]
    NotOver(i32),
    /// The store failed; what was voided before stays so, and the command can be repeated.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Voids what is left on the passes of `last_year` and of the years before it. Entries that are
/// reserved stay so until the visit is settled. Run again, it finds nothing to do.
///
/// # Errors
/// [`VoidError`].
pub fn void_past_passes(
    unit_of_work: &dyn UnitOfWork,
    last_year: i32,
    now: DateTime<Utc>,
) -> Result<Voided, VoidError> {
    if last_year >= VisitDate::containing(now).year() {
        return Err(VoidError::NotOver(last_year));
    }
    let mut voided = Voided::default();
    loop {
        let some = unit_of_work.run(|stores| void_some(stores, last_year, now))?;
        if some.passes == 0 {
            return Ok(voided);
        }
        voided.passes = voided.passes.saturating_add(some.passes);
        voided.entries = voided.entries.saturating_add(some.entries);
    }
}

fn void_some(
    stores: &mut dyn Stores,
    last_year: i32,
    now: DateTime<Utc>,
) -> Result<Voided, StoreError> {
    let ids = stores.annual_passes().not_void(last_year, AT_ONCE)?;
    let mut passes = stores.annual_passes().lock(&ids)?;
    // Another call may have been quicker with some of them; they count there.
    passes.retain(|pass| pass.voided_at.is_none());
    let mut voided = Voided::default();
    for pass in &mut passes {
        voided.passes = voided.passes.saturating_add(1);
        let left = u64::from(pass.remaining());
        voided.entries = voided.entries.saturating_add(left);
        AnnualPass::void(pass, now);
    }
    stores.annual_passes().save(&passes)?;
    Ok(voided)
}
