//! The annual passes that an account sees (rule 8.1).

use chrono::{DateTime, Utc};

use crate::account::SavedVisitor;
use crate::annual_pass::AnnualPass;
use crate::id::{AccountId, AnnualPassId};
use crate::order::{Order, OrderState};
use crate::ports::{Queries, StoreError};
use crate::sealed::DocumentHash;
use crate::visit_date::VisitDate;

/// A pass as an account sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPass {
    /// The pass.
    pub pass: AnnualPass,
    /// Its holder, as the account saved it.
    pub holder: SavedVisitor,
    /// The visits to come that this account registered, by date. Those that another account
    /// registered count among the entries, but their dates are not told.
    pub visits: Vec<Order>,
}

/// The passes whose holder is among the account's saved visitors, the latest year first.
///
/// # Errors
/// [`StoreError`].
pub fn passes_of_account(
    queries: &dyn Queries,
    account: AccountId,
    now: DateTime<Utc>,
) -> Result<Vec<ShownPass>, StoreError> {
    let visitors = queries.visitors(account)?;
    let documents: Vec<DocumentHash> = visitors.iter().map(|saved| saved.document_hash).collect();
    let passes = queries.annual_passes(&documents)?;
    let ids: Vec<AnnualPassId> = passes.iter().map(|pass| pass.id).collect();
    let today = VisitDate::containing(now);
    let mut visits = queries.pass_visits(&ids, Some(account))?;
    visits.retain(|visit| visit.state == OrderState::Paid && visit.date >= today);
    let shown = passes.into_iter().filter_map(|pass| {
        let mut holders = visitors.iter();
        let holder = holders.find(|saved| Some(saved.document_hash) == pass.document_hash)?;
        let own = visits.iter().filter(|visit| visit.pass == Some(pass.id));
        Some(ShownPass {
            holder: holder.clone(),
            visits: own.cloned().collect(),
            pass,
        })
    });
    Ok(shown.collect())
}
