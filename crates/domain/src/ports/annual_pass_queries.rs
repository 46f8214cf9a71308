//! Annual passes as pages and commands show them.

use crate::annual_pass::AnnualPass;
use crate::id::{AccountId, AnnualPassId};
use crate::order::Order;
use crate::sealed::DocumentHash;

use super::StoreError;

/// Annual passes and the visits registered on them.
pub trait AnnualPassQueries: Send + Sync {
    /// The pass, whosever it is.
    fn annual_pass(&self, id: AnnualPassId) -> Result<Option<AnnualPass>, StoreError>;
    /// The passes of these documents, the latest year first, then by id.
    fn annual_passes(&self, documents: &[DocumentHash]) -> Result<Vec<AnnualPass>, StoreError>;
    /// The orders that are visits on these passes, of whatever state, by visit date and id; with
    /// `account`, only those that it registered.
    fn pass_visits(
        &self,
        passes: &[AnnualPassId],
        account: Option<AccountId>,
    ) -> Result<Vec<Order>, StoreError>;
}
