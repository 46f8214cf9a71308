//! Gates, and the check-ins that admitted somebody.

use chrono::{DateTime, Utc};

use crate::check_in::CheckIn;
use crate::gate::{Gate, GateName};
use crate::id::RequestKey;

use super::Stored;

/// Gates (section 9 of the rules).
pub trait GateStore {
    /// Adds a gate. [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) if there is or
    /// was one of that name.
    fn insert(&mut self, gate: &Gate) -> Stored<()>;
    /// Revokes the gate of that name as of `at`; whether there was one that was not revoked
    /// before.
    fn revoke(&mut self, name: &GateName, at: DateTime<Utc>) -> Stored<bool>;
}

/// Check-ins that admitted somebody (rule 9.2).
pub trait CheckInStore {
    /// The check-in of that request key, without a lock.
    fn find(&mut self, key: &RequestKey) -> Stored<Option<CheckIn>>;
    /// Adds one, of tickets that exist.
    /// [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) if its request key is taken,
    /// or if a ticket that it admits was admitted to that venue by another. The unit is then
    /// rolled back: part of the rows may be written.
    fn insert(&mut self, check_in: &CheckIn) -> Stored<()>;
}
