//! The sales ledger.

use crate::ledger::LedgerEntry;

use super::Stored;

/// The append-only sales ledger.
pub trait LedgerStore {
    /// Appends lines. [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) if one is
    /// there already.
    fn append(&mut self, entries: &[LedgerEntry]) -> Stored<()>;
}
