//! Whether documents may be looked up: with the key that they are stored under, and not while it
//! is being changed (rule 10.1).

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::ports::{StoreError, UnitOfWork};
use crate::rehashing::{HashKeyId, HashKeys};

/// Why no document may be looked up.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HashKeyFault {
    /// The stored documents are hashed with another key: none would be found, and each could be
    /// sold to twice.
    #[error("the stored documents are hashed with the key {stored}, not with {configured}")]
    OtherKey {
        /// The key of what is stored.
        stored: HashKeyId,
        /// The key that was asked about.
        configured: HashKeyId,
    },
    /// A change of the key is not finished.
    #[error("a change of the hash key from {from} to {to} is not finished")]
    Unfinished {
        /// The key of what has not changed yet.
        from: HashKeyId,
        /// The key of what has.
        to: HashKeyId,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Lets pass whoever has the key that the stored documents are hashed with. The first to ask on a
/// store that knows no key settles it.
///
/// # Errors
/// [`HashKeyFault`].
pub fn check_hash_key(
    unit_of_work: &dyn UnitOfWork,
    key: HashKeyId,
    now: DateTime<Utc>,
) -> Result<(), HashKeyFault> {
    let stored = unit_of_work.run(|stores| stores.document_hashes().hash_keys())?;
    let stored = match stored {
        Some(stored) => stored,
        None => adopted(unit_of_work, key, now)?,
    };
    match stored {
        HashKeys {
            current,
            next: Some(next),
        } => Err(HashKeyFault::Unfinished {
            from: current,
            to: next,
        }),
        HashKeys { current, .. } if current != key => Err(HashKeyFault::OtherKey {
            stored: current,
            configured: key,
        }),
        HashKeys { .. } => Ok(()),
    }
}

fn adopted(
    unit_of_work: &dyn UnitOfWork,
    key: HashKeyId,
    now: DateTime<Utc>,
) -> Result<HashKeys, StoreError> {
    unit_of_work.run(|stores| stores.document_hashes().adopt_hash_key(key, now))?;
    // In a unit of its own: another may have been first.
    let stored = unit_of_work.run(|stores| stores.document_hashes().hash_keys())?;
    stored.ok_or_else(|| StoreError::Fault("no hash key was adopted".to_owned()))
}
