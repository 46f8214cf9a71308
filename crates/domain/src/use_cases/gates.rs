//! Adding gates, revoking them, and knowing them by their keys.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::gate::{Gate, GateKey, GateName, GateSecrets, NoRandomness};
use crate::id::GateId;
use crate::ports::{GateQueries, StoreError, UnitOfWork};
use crate::venue::VenueCode;

/// Why no gate was added.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddGateError {
    /// No such venue.
    #[error("there is no such venue")]
    UnknownVenue,
    /// There is a gate of that name, or was one: tickets name the gates they were admitted at.
    #[error("a gate of that name exists, or existed")]
    NameTaken,
    /// No key can be made.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Adds the gate `id`; the key that it is given, which cannot be told again.
///
/// # Errors
/// [`AddGateError`]; nothing was changed.
pub fn add_gate(
    unit_of_work: &dyn UnitOfWork,
    secrets: &dyn GateSecrets,
    id: GateId,
    name: GateName,
    venue: VenueCode,
    now: DateTime<Utc>,
) -> Result<GateKey, AddGateError> {
    let secret = secrets.make()?;
    let gate = Gate {
        id,
        name,
        venue,
        key_hash: secrets.hash(&secret),
        created_at: now,
        revoked_at: None,
    };
    unit_of_work.run(|stores| {
        let venues = stores.catalogue().venues()?;
        if !venues.iter().any(|venue| *venue.code() == gate.venue) {
            return Err(AddGateError::UnknownVenue);
        }
        match stores.gates().insert(&gate) {
            Err(StoreError::Duplicate(_)) => Err(AddGateError::NameTaken),
            inserted => Ok(inserted?),
        }
    })?;
    Ok(GateKey { gate: id, secret })
}

/// Revokes a gate: from now on its key opens nothing. Whether there was one to revoke.
///
/// # Errors
/// The store's.
pub fn revoke_gate(
    unit_of_work: &dyn UnitOfWork,
    name: &GateName,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    unit_of_work.run(|stores| stores.gates().revoke(name, now))
}

/// The gate that a key speaks for; none if the key is made up, or its gate revoked.
///
/// # Errors
/// The store's.
pub fn known_gate(
    queries: &dyn GateQueries,
    secrets: &dyn GateSecrets,
    key: &GateKey,
) -> Result<Option<Gate>, StoreError> {
    let hash = secrets.hash(&key.secret);
    let gate = queries.gate(key.gate)?;
    Ok(gate.filter(|gate| gate.is_proven_by(&hash)))
}
