//! Annual passes.

use crate::annual_pass::AnnualPass;
use crate::id::AnnualPassId;
use crate::sealed::DocumentHash;

use super::Stored;

/// Annual passes (section 8 of the rules), locked after the quotas and before the orders.
pub trait AnnualPassStore {
    /// The pass of a document for that year, without a lock.
    fn of_document(&mut self, document: DocumentHash, year: i32) -> Stored<Option<AnnualPass>>;
    /// Locks and returns those of `ids` that exist, by id.
    fn lock(&mut self, ids: &[AnnualPassId]) -> Stored<Vec<AnnualPass>>;
    /// Adds a pass. [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) if the document
    /// has one for that year; documents that were erased are equal to none.
    fn insert(&mut self, pass: &AnnualPass) -> Stored<()>;
    /// Writes the reserved and used entries and the instant of voiding of passes that were locked,
    /// and nothing else of them. [`StoreError::Fault`](crate::ports::StoreError::Fault) if more
    /// would be reserved and used than there are entries (rule 8.1).
    fn save(&mut self, passes: &[AnnualPass]) -> Stored<()>;
    /// At most `limit` passes of `last_year` or before that are not void, by id, without a lock.
    fn not_void(&mut self, last_year: i32, limit: u32) -> Stored<Vec<AnnualPassId>>;
}
