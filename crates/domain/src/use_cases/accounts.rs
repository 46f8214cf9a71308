//! Signing in and the phone number of an account.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::account::{Account, OpenId};
use crate::id::AccountId;
use crate::phone::Phone;
use crate::ports::{StoreError, UnitOfWork};

/// Signs a person in; the account is registered, as `new_account`, at the first time.
///
/// # Errors
/// [`StoreError`].
pub fn sign_in(
    unit_of_work: &dyn UnitOfWork,
    open_id: &OpenId,
    new_account: AccountId,
    now: DateTime<Utc>,
) -> Result<Account, StoreError> {
    let find_or_register = || {
        unit_of_work.run(|stores| {
            if let Some(account) = stores.accounts().find_open_id(open_id)? {
                return Ok(account);
            }
            let account = Account {
                id: new_account,
                open_id: open_id.clone(),
                phone: None,
                phone_verified: false,
                registered_at: now,
            };
            stores.accounts().insert(&account)?;
            Ok(account)
        })
    };
    match find_or_register() {
        // The same person signed in twice at once: the other call has registered the account.
        Err(StoreError::Duplicate(_)) => find_or_register(),
        result => result,
    }
}

/// Why a phone number was not stored.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PhoneError {
    /// No such account.
    #[error("no such account")]
    NotFound,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Sets the phone number; `verified` if WeChat vouched for it.
///
/// # Errors
/// [`PhoneError`].
pub fn change_phone(
    unit_of_work: &dyn UnitOfWork,
    account: AccountId,
    phone: &Phone,
    verified: bool,
) -> Result<Account, PhoneError> {
    unit_of_work.run(|stores| {
        let mut account = stores
            .accounts()
            .lock(account)?
            .ok_or(PhoneError::NotFound)?;
        account.phone = Some(phone.clone());
        account.phone_verified = verified;
        stores.accounts().save_phone(&account)?;
        Ok(account)
    })
}
