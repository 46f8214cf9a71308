//! Mail that waits to be sent.

use std::cmp::Reverse;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::id::MailId;
use crate::mail::{Mail, MailState};
use crate::ports::{MailQueries, MailStore, StoreError, UniqueKey};

use super::MemoryStore;
use super::draft::Draft;
use super::tables::limited;

impl MailStore for Draft {
    fn add(&mut self, mail: &Mail) -> Result<(), StoreError> {
        let mut mails = self.tables.mails.values();
        let is_same = |other: &Mail| {
            other.id == mail.id || (other.kind == mail.kind && other.reference == mail.reference)
        };
        if mails.any(is_same) {
            return Err(StoreError::Duplicate(UniqueKey::Other));
        }
        Arc::make_mut(&mut self.tables.mails).insert(mail.id, mail.clone());
        Ok(())
    }

    fn claim_due(
        &mut self,
        now: DateTime<Utc>,
        pause: TimeDelta,
        limit: u32,
    ) -> Result<Vec<Mail>, StoreError> {
        let mails = Arc::make_mut(&mut self.tables.mails).values_mut();
        let mut due: Vec<&mut Mail> = mails
            .filter(|mail| mail.state == MailState::Queued && mail.next_attempt_at <= now)
            .collect();
        due.sort_by_key(|mail| (mail.next_attempt_at, mail.id));
        let claimed = limited(due, limit).into_iter().map(|mail| {
            mail.next_attempt_at = now + pause;
            mail.clone()
        });
        Ok(claimed.collect())
    }

    fn settle(&mut self, mail: &Mail) -> Result<bool, StoreError> {
        let stored = Arc::make_mut(&mut self.tables.mails).get_mut(&mail.id);
        let Some(stored) = stored.filter(|stored| stored.state == MailState::Queued) else {
            return Ok(false);
        };
        stored.state = mail.state;
        stored.attempts = mail.attempts;
        stored.next_attempt_at = mail.next_attempt_at;
        stored.last_error.clone_from(&mail.last_error);
        stored.sent_at = mail.sent_at;
        if mail.state == MailState::Sent {
            stored.attachment = None;
        }
        Ok(true)
    }

    fn reopen(&mut self, id: MailId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let stored = Arc::make_mut(&mut self.tables.mails).get_mut(&id);
        let Some(stored) = stored.filter(|stored| stored.state == MailState::Dead) else {
            return Ok(false);
        };
        stored.state = MailState::Queued;
        stored.attempts = 0;
        stored.next_attempt_at = now;
        Ok(true)
    }

    fn dead(&mut self) -> Result<u64, StoreError> {
        let mails = self.tables.mails.values();
        let dead = mails.filter(|mail| mail.state == MailState::Dead).count();
        Ok(u64::try_from(dead).unwrap_or(u64::MAX))
    }
}

impl MailQueries for MemoryStore {
    fn mails(&self, state: Option<MailState>, limit: u32) -> Result<Vec<Mail>, StoreError> {
        let tables = self.snapshot();
        let mails = tables.mails.values();
        let mut mails: Vec<Mail> = mails
            .filter(|mail| state.is_none_or(|state| mail.state == state))
            .map(|mail| Mail {
                attachment: None,
                ..mail.clone()
            })
            .collect();
        mails.sort_by_key(|mail| Reverse((mail.created_at, mail.id)));
        Ok(limited(mails, limit))
    }
}
