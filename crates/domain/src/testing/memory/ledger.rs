//! Payment attempts and the sales ledger.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::id::{OrderId, OrderNumber};
use crate::ledger::LedgerEntry;
use crate::payment::{AttemptState, PaymentAttempt, PaymentDifference};
use crate::ports::{HEAD_START, LedgerStore, PaymentStore, StoreError, UniqueKey};

use super::draft::Draft;
use super::tables::limited;

const DUPLICATE: StoreError = StoreError::Duplicate(UniqueKey::Other);

impl PaymentStore for Draft {
    fn find(&mut self, number: &OrderNumber) -> Result<Option<PaymentAttempt>, StoreError> {
        Ok(self.tables.attempts.get(number).cloned())
    }

    fn find_all(&mut self, numbers: &[OrderNumber]) -> Result<Vec<PaymentAttempt>, StoreError> {
        let attempts = self.tables.attempts.values();
        let found = attempts.filter(|attempt| numbers.contains(&attempt.number));
        Ok(found.cloned().collect())
    }

    fn insert(&mut self, attempt: &PaymentAttempt) -> Result<(), StoreError> {
        let mut attempts = self.tables.attempts.values();
        if attempts.any(|other| other.number == attempt.number || other.order == attempt.order) {
            return Err(DUPLICATE);
        }
        let attempts = Arc::make_mut(&mut self.tables.attempts);
        attempts.insert(attempt.number.clone(), attempt.clone());
        Ok(())
    }

    fn save(&mut self, attempt: &PaymentAttempt) -> Result<(), StoreError> {
        let stored = Arc::make_mut(&mut self.tables.attempts).get_mut(&attempt.number);
        let stored = stored.ok_or_else(|| {
            StoreError::Fault("a payment attempt is saved that was never inserted".to_owned())
        })?;
        stored.state = attempt.state;
        stored.prepay_id.clone_from(&attempt.prepay_id);
        stored.transaction_id.clone_from(&attempt.transaction_id);
        stored.next_check_at = attempt.next_check_at;
        Ok(())
    }

    fn book(&mut self, attempts: &[PaymentAttempt]) -> Result<(), StoreError> {
        for attempt in attempts {
            let found = PaymentStore::find(self, &attempt.number)?;
            let booked = found.map(|stored| PaymentAttempt {
                state: AttemptState::Paid,
                transaction_id: attempt.transaction_id.clone(),
                ..stored
            });
            PaymentStore::save(self, &booked.unwrap_or_else(|| attempt.clone()))?;
        }
        Ok(())
    }

    fn claim_due(
        &mut self,
        now: DateTime<Utc>,
        pause: TimeDelta,
        limit: u32,
    ) -> Result<Vec<PaymentAttempt>, StoreError> {
        let attempts = Arc::make_mut(&mut self.tables.attempts);
        let open = attempts
            .values_mut()
            .filter(|attempt| attempt.state == AttemptState::Open);
        let mut due: Vec<_> = open
            .filter(|attempt| attempt.next_check_at <= now)
            .collect();
        due.sort_by_key(|attempt| attempt.next_check_at);
        let claimed = limited(due, limit).into_iter().map(|attempt| {
            attempt.next_check_at = now + pause;
            attempt.clone()
        });
        Ok(claimed.collect())
    }

    fn hasten(&mut self, orders: &[OrderId], now: DateTime<Utc>) -> Result<(), StoreError> {
        let attempts = Arc::make_mut(&mut self.tables.attempts).values_mut();
        attempts
            .filter(|attempt| attempt.state == AttemptState::Open)
            .filter(|attempt| orders.contains(&attempt.order))
            .for_each(|attempt| attempt.next_check_at = now - HEAD_START);
        Ok(())
    }

    fn record_difference(&mut self, difference: &PaymentDifference) -> Result<(), StoreError> {
        let key = (
            difference.news.transaction_id.clone(),
            difference.cause.code(),
        );
        Arc::make_mut(&mut self.tables.differences)
            .entry(key)
            .or_insert_with(|| difference.clone());
        Ok(())
    }
}

fn is_same_line(one: &LedgerEntry, other: &LedgerEntry) -> bool {
    one.order == other.order
        && one.kind == other.kind
        && one.reference == other.reference
        && one.venue == other.venue
        && one.category == other.category
}

impl LedgerStore for Draft {
    fn append(&mut self, entries: &[LedgerEntry]) -> Result<(), StoreError> {
        let mut longer = Vec::clone(&self.tables.ledger);
        for entry in entries {
            if longer.iter().any(|line| is_same_line(line, entry)) {
                return Err(DUPLICATE);
            }
            longer.push(entry.clone());
        }
        self.tables.ledger = Arc::new(longer);
        Ok(())
    }
}
