//! Accounts, what belongs to them, and their revoked tokens.

use chrono::{DateTime, Utc};

use crate::account::{Account, OpenId, SavedVisitor};
use crate::id::{AccountId, SavedVisitorId};
use crate::phone::Phone;

use super::Stored;

/// Accounts.
pub trait AccountStore {
    /// The account.
    fn find(&mut self, id: AccountId) -> Stored<Option<Account>>;
    /// The account of that person at WeChat.
    fn find_open_id(&mut self, open_id: &OpenId) -> Stored<Option<Account>>;
    /// The accounts for which WeChat has verified that number, in no order.
    fn verified_with(&mut self, phone: &Phone) -> Stored<Vec<Account>>;
    /// Adds an account. [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) if the
    /// person has one.
    fn insert(&mut self, account: &Account) -> Stored<()>;
    /// Writes the phone number and whether it is verified.
    fn save_phone(&mut self, account: &Account) -> Stored<()>;
    /// Locks the account, so that what counts its rows is exact.
    fn lock(&mut self, id: AccountId) -> Stored<Option<Account>>;
}

/// Saved visitors (rule 4.9), unique by document within an account.
pub trait VisitorStore {
    /// Those of an account, the oldest first.
    fn of_account(&mut self, account: AccountId) -> Stored<Vec<SavedVisitor>>;
    /// Adds one. [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) if the account has
    /// that document.
    fn insert(&mut self, visitor: &SavedVisitor) -> Stored<()>;
    /// Writes one anew. [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) if another
    /// of the account has that document.
    fn save(&mut self, visitor: &SavedVisitor) -> Stored<()>;
    /// Deletes one of the account's; whether there was one.
    fn delete(&mut self, account: AccountId, id: SavedVisitorId) -> Stored<bool>;
}

/// Tokens that are refused though they have not expired.
pub trait RevocationStore {
    /// Revokes a token until it expires anyway; revoking it again does nothing.
    fn revoke(&mut self, token: &str, expires_at: DateTime<Utc>) -> Stored<()>;
    /// Forgets those whose `expires_at` is before `now`; how many.
    fn forget_expired(&mut self, now: DateTime<Utc>) -> Stored<u64>;
}
