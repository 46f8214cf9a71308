//! Accounts, saved visitors, revoked tokens and leases.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::account::{Account, OpenId, SavedVisitor};
use crate::id::{AccountId, SavedVisitorId};
use crate::phone::Phone;
use crate::ports::{
    AccountStore, LeaseStore, RevocationStore, StoreError, UniqueKey, VisitorStore,
};

use super::draft::Draft;
use super::tables::{Lease, Tables};

const DUPLICATE: StoreError = StoreError::Duplicate(UniqueKey::Other);

fn missing(what: &str) -> StoreError {
    StoreError::Fault(format!("{what} is saved that was never inserted"))
}

impl Tables {
    pub(super) fn visitors_of(&self, account: AccountId) -> Vec<SavedVisitor> {
        let visitors = self.visitors.values();
        let mut visitors: Vec<SavedVisitor> = visitors
            .filter(|visitor| visitor.account == account)
            .cloned()
            .collect();
        visitors.sort_by_key(|visitor| (visitor.created_at, visitor.id));
        visitors
    }

    fn another_has_document(&self, visitor: &SavedVisitor) -> bool {
        self.visitors.values().any(|other| {
            other.id != visitor.id
                && other.account == visitor.account
                && other.document_hash == visitor.document_hash
        })
    }
}

impl AccountStore for Draft {
    fn find(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        Ok(self.tables.accounts.get(&id).cloned())
    }

    fn find_open_id(&mut self, open_id: &OpenId) -> Result<Option<Account>, StoreError> {
        let mut accounts = self.tables.accounts.values();
        Ok(accounts
            .find(|account| account.open_id == *open_id)
            .cloned())
    }

    fn verified_with(&mut self, phone: &Phone) -> Result<Vec<Account>, StoreError> {
        let accounts = self.tables.accounts.values();
        let verified = accounts
            .filter(|account| account.phone_verified && account.phone.as_ref() == Some(phone));
        Ok(verified.cloned().collect())
    }

    fn insert(&mut self, account: &Account) -> Result<(), StoreError> {
        let known = self.find_open_id(&account.open_id)?.is_some();
        if known || self.tables.accounts.contains_key(&account.id) {
            return Err(DUPLICATE);
        }
        Arc::make_mut(&mut self.tables.accounts).insert(account.id, account.clone());
        Ok(())
    }

    fn save_phone(&mut self, account: &Account) -> Result<(), StoreError> {
        let stored = Arc::make_mut(&mut self.tables.accounts).get_mut(&account.id);
        let stored = stored.ok_or_else(|| missing("an account"))?;
        stored.phone.clone_from(&account.phone);
        stored.phone_verified = account.phone_verified;
        Ok(())
    }

    fn lock(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        AccountStore::find(self, id)
    }
}

impl VisitorStore for Draft {
    fn of_account(&mut self, account: AccountId) -> Result<Vec<SavedVisitor>, StoreError> {
        Ok(self.tables.visitors_of(account))
    }

    fn insert(&mut self, visitor: &SavedVisitor) -> Result<(), StoreError> {
        let known = self.tables.visitors.contains_key(&visitor.id);
        if known || self.tables.another_has_document(visitor) {
            return Err(DUPLICATE);
        }
        Arc::make_mut(&mut self.tables.visitors).insert(visitor.id, visitor.clone());
        Ok(())
    }

    fn save(&mut self, visitor: &SavedVisitor) -> Result<(), StoreError> {
        if self.tables.another_has_document(visitor) {
            return Err(DUPLICATE);
        }
        let stored = Arc::make_mut(&mut self.tables.visitors).get_mut(&visitor.id);
        let stored = stored.ok_or_else(|| missing("a saved visitor"))?;
        stored.clone_from(visitor);
        Ok(())
    }

    fn delete(&mut self, account: AccountId, id: SavedVisitorId) -> Result<bool, StoreError> {
        let stored = self.tables.visitors.get(&id);
        let own = stored.is_some_and(|visitor| visitor.account == account);
        if own {
            Arc::make_mut(&mut self.tables.visitors).remove(&id);
        }
        Ok(own)
    }
}

impl RevocationStore for Draft {
    fn revoke(&mut self, token: &str, expires_at: DateTime<Utc>) -> Result<(), StoreError> {
        Arc::make_mut(&mut self.tables.revoked)
            .entry(token.to_owned())
            .or_insert(expires_at);
        Ok(())
    }

    fn forget_expired(&mut self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let revoked = Arc::make_mut(&mut self.tables.revoked);
        let before = revoked.len();
        revoked.retain(|_, expires_at| *expires_at >= now);
        let forgotten = before.saturating_sub(revoked.len());
        Ok(u64::try_from(forgotten).unwrap_or(u64::MAX))
    }
}

impl LeaseStore for Draft {
    fn take(
        &mut self,
        job: &str,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let held = self.tables.leases.get(job);
        if held.is_some_and(|lease| lease.holder != holder && lease.until > now) {
            return Ok(false);
        }
        let lease = Lease {
            holder: holder.to_owned(),
            until,
        };
        Arc::make_mut(&mut self.tables.leases).insert(job.to_owned(), lease);
        Ok(true)
    }

    fn release(&mut self, job: &str, holder: &str) -> Result<(), StoreError> {
        let held = self.tables.leases.get(job);
        if held.is_some_and(|lease| lease.holder == holder) {
            Arc::make_mut(&mut self.tables.leases).remove(job);
        }
        Ok(())
    }
}
