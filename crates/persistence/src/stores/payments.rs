//! Payment attempts and differences (rules 5.5 and 5.6).

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;
use diesel::sql_types::{Nullable, Text};
use domain::id::{OrderId, OrderNumber};
use domain::payment::{AttemptState, PaymentAttempt, PaymentDifference};
use domain::ports::{HEAD_START, PaymentStore, StoreError};

use super::cases::{LONGEST_CASE, each, marks};
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

    fn find_all(&mut self, numbers: &[OrderNumber]) -> Result<Vec<PaymentAttempt>, StoreError> {
        let mut found = Vec::new();
        for chunk in numbers.chunks(LONGEST_IN_LIST) {
            let rows: Vec<AttemptRow> = self.run(|connection| {
                payment_attempts::table
                    .filter(payment_attempts::number.eq_any(chunk.iter().map(OrderNumber::as_str)))
                    .order(payment_attempts::number)
                    .select(AttemptRow::as_select())
                    .load(connection)
            })?;
            for row in rows {
                found.push(PaymentAttempt::try_from(row)?);
            }
        }
        found.sort_by(|one, other| one.number.cmp(&other.number));
        Ok(found)
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

    fn book(&mut self, attempts: &[PaymentAttempt]) -> Result<(), StoreError> {
        for chunk in attempts.chunks(LONGEST_CASE) {
            let numbers = || chunk.iter().map(|attempt| attempt.number.as_str());
            let transactions = chunk
                .iter()
                .map(|attempt| attempt.transaction_id.as_deref());
            let transaction_ids = each("number", chunk.len());
            let query = diesel::sql_query(format!(
                "UPDATE payment_attempts SET state = ?, transaction_id = {transaction_ids} \
                 WHERE number IN ({})",
                marks(chunk.len())
            ));
            let query = query
                .into_boxed()
                .bind::<Text, _>(AttemptState::Paid.code());
            let query = numbers()
                .zip(transactions)
                .fold(query, |query, (number, id)| {
                    query.bind::<Text, _>(number).bind::<Nullable<Text>, _>(id)
                });
            let query = numbers().fold(query, |query, number| query.bind::<Text, _>(number));
            let found = self.run(|connection| query.execute(connection))?;
            expect_rows("payment_attempts", chunk.len(), found)?;
        }
        Ok(())
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
