//! Invoices.

use crate::id::OrderId;
use crate::invoice::Invoice;

use super::Stored;

/// Invoices, at most one live one for each order.
///
/// An invoice is guarded by the lock on its order: what reads one to change it has locked the
/// order before.
pub trait InvoiceStore {
    /// The order's invoice that is neither rejected nor reversed.
    fn live_of(&mut self, order: OrderId) -> Stored<Option<Invoice>>;
    /// Adds one. [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) if the order has a
    /// live one.
    fn insert(&mut self, invoice: &Invoice) -> Stored<()>;
    /// Writes state, amount, number, rejection and instants, and nothing else.
    /// [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) if another has its number.
    fn save(&mut self, invoice: &Invoice) -> Stored<()>;
}
