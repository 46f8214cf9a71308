//! Payment attempts and differences (rules 5.5 and 5.6).

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use domain::id::{OrderId, OrderNumber};
use domain::payment::{AttemptState, PaymentAttempt, PaymentDifference};
use domain::ports::{HEAD_START, PaymentStore, StoreError};

use super::payment_rows::{AttemptRow, DifferenceRow};
use crate::ids::DbId;
use crate::mapping::{LONGEST_IN_LIST, already_there, expect_rows};
use crate::schema::{payment_attempts, payment_differences};
use crate::transaction::Transaction;

impl PaymentStore for Transaction<'_> {
    fn find(&mut self, number: &OrderNumber) -> Result<Option<PaymentAttempt>, StoreError> {
        let row = self.run(|connection| {
            payment_attempts::table
                .find(number.as_str())
                .select(AttemptRow::as_select())
                .first(connection)
                .optional()
        })?;
        row.map(PaymentAttempt::try_from).transpose()
    }

    fn insert(&mut self, attempt: &PaymentAttempt) -> Result<(), StoreError> {
        self.run(|connection| {
            diesel::insert_into(payment_attempts::table)
                .values(AttemptRow::from(attempt))
                .execute(connection)
        })?;
        Ok(())
    }

    fn save(&mut self, attempt: &PaymentAttempt) -> Result<(), StoreError> {
        let found = self.run(|connection| {
            diesel::update(payment_attempts::table.find(attempt.number.as_str()))
                .set((
                    payment_attempts::state.eq(attempt.state.code()),
                    payment_attempts::prepay_id.eq(attempt.prepay_id.as_deref()),
                    payment_attempts::transaction_id.eq(attempt.transaction_id.as_deref()),
                    payment_attempts::next_check_at.eq(attempt.next_check_at.naive_utc()),
                ))
                .execute(connection)
        })?;
        expect_rows("payment_attempts", 1, found)
    }

    /// What another unit has locked, to claim it or to book its payment, is left for the next
    /// round rather than waited for.
    fn claim_due(
        &mut self,
        now: DateTime<Utc>,
        pause: TimeDelta,
        limit: u32,
    ) -> Result<Vec<PaymentAttempt>, StoreError> {
        let mut rows: Vec<AttemptRow> = self.run(|connection| {
            payment_attempts::table
                .filter(payment_attempts::state.eq(AttemptState::Open.code()))
                .filter(payment_attempts::next_check_at.le(now.naive_utc()))
                .order((payment_attempts::next_check_at, payment_attempts::number))
                .limit(i64::from(limit))
                .select(AttemptRow::as_select())
                .for_update()
                .skip_locked()
                .load(connection)
        })?;
        let due_again = (now + pause).naive_utc();
        for row in &mut rows {
            row.next_check_at = due_again;
        }
        for chunk in rows.chunks(LONGEST_IN_LIST) {
            let numbers = chunk.iter().map(|row| row.number.as_str());
            self.run(|connection| {
                diesel::update(payment_attempts::table)
                    .filter(payment_attempts::number.eq_any(numbers))
                    .set(payment_attempts::next_check_at.eq(due_again))
                    .execute(connection)
            })?;
        }
        rows.into_iter().map(PaymentAttempt::try_from).collect()
    }

    fn hasten(&mut self, orders: &[OrderId], now: DateTime<Utc>) -> Result<(), StoreError> {
        let due_since = (now - HEAD_START).naive_utc();
        for chunk in orders.chunks(LONGEST_IN_LIST) {
            let ids = chunk.iter().copied().map(DbId::from);
            self.run(|connection| {
                diesel::update(payment_attempts::table)
                    .filter(payment_attempts::order_id.eq_any(ids))
                    .filter(payment_attempts::state.eq(AttemptState::Open.code()))
                    .set(payment_attempts::next_check_at.eq(due_since))
                    .execute(connection)
            })?;
        }
        Ok(())
    }

    fn record_difference(&mut self, difference: &PaymentDifference) -> Result<(), StoreError> {
        already_there(self.run(|connection| {
            diesel::insert_into(payment_differences::table)
                .values(DifferenceRow::from(difference))
                .execute(connection)
        }))
    }
}
