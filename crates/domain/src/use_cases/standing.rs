//! Where a document stands with its no-shows, for its holder to see (rule 7.3).

use chrono::{DateTime, Utc};

use crate::no_show::Standing;
use crate::ports::{AccountQueries, StoreError};
use crate::rules::Rules;
use crate::sealed::DocumentHash;
use crate::visit_date::VisitDate;

/// A document's no-shows and what they lead to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentStanding {
    /// The no-shows within the window that ends today and that no served ban has consumed.
    pub count: usize,
    /// The last day of a ban that is running, or will from midnight on.
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
    let history = queries.no_show_history(document)?;
    Ok(DocumentStanding {
        count: history.count_on(today, rules),
        banned_until: history.banned_until(now),
        after_one_more: history.standing_after(today, rules),
    })
}
