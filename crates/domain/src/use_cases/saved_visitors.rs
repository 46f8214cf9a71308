//! The visitors that an account keeps for its next order (常用观众, rule 4.9).

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::account::SavedVisitor;
use crate::id::{AccountId, SavedVisitorId};
use crate::ports::{StoreError, UnitOfWork};
use crate::refusal::Reason;
use crate::rules::Rules;
use crate::sealed::{CipherError, IdentityCipher};

use super::order_request::{StatedPerson, identify};

/// Why a visitor was not saved.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SaveError {
    /// The account has no such saved visitor.
    #[error("no such saved visitor")]
    NotFound,
    /// The account has as many as it may.
    #[error("at most {0} saved visitors")]
    TooMany(usize),
    /// Another saved visitor of the account has that document.
    #[error("that document is saved already")]
    AlreadySaved,
    /// The person is not acceptable.
    #[error("the visitor is not acceptable")]
    Invalid(Vec<Reason>),
    /// Sealing failed.
    #[error(transparent)]
    Cipher(#[from] CipherError),
    /// The store failed.
    #[error(transparent)]
    Store(StoreError),
}

impl From<StoreError> for SaveError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Duplicate(_) => Self::AlreadySaved,
            error => Self::Store(error),
        }
    }
}

/// Saves a visitor under the id `id`. The same call again, with the same id, is answered as the
/// first time.
///
/// # Errors
/// [`SaveError`]; nothing was changed.
pub fn save_visitor(
    unit_of_work: &dyn UnitOfWork,
    cipher: &dyn IdentityCipher,
    rules: &Rules,
    account: AccountId,
    id: SavedVisitorId,
    stated: &StatedPerson,
    now: DateTime<Utc>,
) -> Result<SavedVisitor, SaveError> {
    let visitor = as_saved(cipher, account, id, stated, now)?;
    unit_of_work.run(|stores| {
        // The account's lock makes the count exact: two calls at once cannot both be the tenth.
        stores
            .accounts()
            .lock(account)?
            .ok_or(SaveError::NotFound)?;
        let saved = stores.visitors().of_account(account)?;
        if let Some(earlier) = saved.iter().find(|saved| saved.id == id) {
            return Ok(earlier.clone());
        }
        if saved.len() >= rules.saved_visitors_per_account {
            return Err(SaveError::TooMany(rules.saved_visitors_per_account));
        }
        stores.visitors().insert(&visitor)?;
        Ok(visitor.clone())
    })
}

/// Replaces a saved visitor.
///
/// # Errors
/// [`SaveError`]; nothing was changed.
pub fn change_visitor(
    unit_of_work: &dyn UnitOfWork,
    cipher: &dyn IdentityCipher,
    account: AccountId,
    id: SavedVisitorId,
    stated: &StatedPerson,
    now: DateTime<Utc>,
) -> Result<SavedVisitor, SaveError> {
    let visitor = as_saved(cipher, account, id, stated, now)?;
    unit_of_work.run(|stores| {
        let saved = stores.visitors().of_account(account)?;
        let earlier = saved
            .into_iter()
            .find(|saved| saved.id == id)
            .ok_or(SaveError::NotFound)?;
        let visitor = SavedVisitor {
            created_at: earlier.created_at,
            ..visitor.clone()
        };
        stores.visitors().save(&visitor)?;
        Ok(visitor)
    })
}

/// Deletes a saved visitor; tickets that were bought with it stay as they are.
///
/// # Errors
/// [`SaveError::NotFound`] or the store's error.
pub fn delete_visitor(
    unit_of_work: &dyn UnitOfWork,
    account: AccountId,
    id: SavedVisitorId,
) -> Result<(), SaveError> {
    unit_of_work.run(|stores| {
        let deleted = stores.visitors().delete(account, id)?;
        deleted.then_some(()).ok_or(SaveError::NotFound)
    })
}

fn as_saved(
    cipher: &dyn IdentityCipher,
    account: AccountId,
    id: SavedVisitorId,
    stated: &StatedPerson,
    now: DateTime<Utc>,
) -> Result<SavedVisitor, SaveError> {
    let identified = identify(cipher, id.uuid(), stated, now)?;
    let person = identified.person.map_err(SaveError::Invalid)?;
    Ok(SavedVisitor {
        id,
        account,
        document_type: person.document_type,
        nationality: person.nationality,
        document_hash: person.document_hash,
        identity: person.identity,
        birth_date: person.birth_date,
        created_at: now,
    })
}
