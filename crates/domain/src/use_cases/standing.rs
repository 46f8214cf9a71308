//! Where a document stands with its no-shows, for its holder to see (rule 7.3).

use chrono::{DateTime, Utc};

use crate::no_show::{Standing, standing, standing_after};
use crate::ports::{AccountQueries, StoreError};
use crate::rules::Rules;
use crate::sealed::DocumentHash;
use crate::visit_date::VisitDate;

/// A document's no-shows and what they lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentStanding {
    /// The no-shows within the window that ends today.
    pub count: usize,
    /// The last day of the ban that is running, if one is.
    pub banned_until: Option<VisitDate>,
    /// What one more no-show today would make of it.
    pub after_one_more: Standing,
}

/// Looks a document's standing up.
///
/// # Errors
/// [`StoreError`].
pub fn document_standing(
    queries: &dyn AccountQueries,
    rules: &Rules,
    document: DocumentHash,
    now: DateTime<Utc>,
) -> Result<DocumentStanding, StoreError> {
    let today = VisitDate::containing(now);
    let first = today.plus_days(1 - i64::from(rules.no_show_window_days));
    let days = queries.no_show_days(document, first)?;
    let bans = queries.bans(document, today)?;
    let running = bans.iter().filter(|ban| ban.covers(now));
    Ok(DocumentStanding {
        count: standing(&days, today, rules).count,
        banned_until: running.map(|ban| ban.last_day).max(),
        after_one_more: standing_after(&days, today, rules),
    })
}
