//! Messages to tourists.

use crate::outbox::Message;

use super::Stored;

/// Messages to tourists.
pub trait OutboxStore {
    /// Adds messages. [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) if one of that
    /// kind and reference is there.
    fn add(&mut self, messages: &[Message]) -> Stored<()>;
}
