//! What goes to the payment provider for refunds (rules 6.7 and 6.8).

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::id::{OrderId, OrderNumber, RefundId};
use domain::ports::{RefundSubmission, StoreError, SubmissionState};
use domain::refund::RefundState;

use crate::ids::DbId;
use crate::mapping::{LONGEST_IN_LIST, corrupt, expect_rows, fen};
use crate::schema::{refund_submissions, refunds};
use crate::transaction::Transaction;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = refund_submissions, check_for_backend(Mysql))]
pub(crate) struct SubmissionRow {
    number: String,
    order_id: DbId,
    order_number: String,
    amount_fen: i64,
    total_fen: i64,
    state: String,
    attempts: u32,
    created_at: NaiveDateTime,
    next_attempt_at: NaiveDateTime,
}

impl From<&RefundSubmission> for SubmissionRow {
    fn from(submission: &RefundSubmission) -> Self {
        Self {
            number: submission.number.clone(),
            order_id: submission.order.into(),
            order_number: submission.order_number.as_str().to_owned(),
            amount_fen: submission.amount.amount(),
            total_fen: submission.total.amount(),
            state: submission.state.code().to_owned(),
            attempts: submission.attempts,
            created_at: submission.created_at.naive_utc(),
            next_attempt_at: submission.next_attempt_at.naive_utc(),
        }
    }
}

impl TryFrom<SubmissionRow> for RefundSubmission {
    type Error = StoreError;

    fn try_from(row: SubmissionRow) -> Result<Self, StoreError> {
        Ok(Self {
            number: row.number,
            order: row.order_id.into(),
            order_number: OrderNumber::parse(&row.order_number)
                .map_err(|_| corrupt("refund_submissions.order_number"))?,
            amount: fen(row.amount_fen)?,
            total: fen(row.total_fen)?,
            state: SubmissionState::parse(&row.state)
                .map_err(|_| corrupt("refund_submissions.state"))?,
            attempts: row.attempts,
            created_at: row.created_at.and_utc(),
            next_attempt_at: row.next_attempt_at.and_utc(),
        })
    }
}

/// All submissions, by number.
pub(crate) fn all_submissions(connection: &mut MysqlConnection) -> QueryResult<Vec<SubmissionRow>> {
    refund_submissions::table
        .order(refund_submissions::number)
        .select(SubmissionRow::as_select())
        .load(connection)
}

/// Those that failed, the oldest first.
pub(crate) fn failed_submissions(
    connection: &mut MysqlConnection,
) -> QueryResult<Vec<SubmissionRow>> {
    refund_submissions::table
        .filter(refund_submissions::state.eq(SubmissionState::Failed.code()))
        .order((refund_submissions::created_at, refund_submissions::number))
        .select(SubmissionRow::as_select())
        .load(connection)
}

/// The state of a refund whose submission is in `state`.
const fn carried_state(state: SubmissionState) -> RefundState {
    match state {
        SubmissionState::Pending => RefundState::Requested,
        SubmissionState::Accepted => RefundState::Submitted,
        SubmissionState::Succeeded => RefundState::Succeeded,
        SubmissionState::Failed => RefundState::Failed,
    }
}

/// The states in which a submission may still move.
const UNDECIDED: [&str; 2] = [
    SubmissionState::Pending.code(),
    SubmissionState::Accepted.code(),
];

/// The states in which one may still succeed: money that arrived after all is believed.
const NOT_SUCCEEDED: [&str; 3] = [
    SubmissionState::Pending.code(),
    SubmissionState::Accepted.code(),
    SubmissionState::Failed.code(),
];

/// The states from which a submission may move to `next`.
const fn movable_to(next: SubmissionState) -> &'static [&'static str] {
    match next {
        SubmissionState::Succeeded => &NOT_SUCCEEDED,
        SubmissionState::Pending | SubmissionState::Accepted | SubmissionState::Failed => {
            &UNDECIDED
        }
    }
}

impl Transaction<'_> {
    /// The orders that may have a submission formed now, the longest waiting first.
    pub(super) fn orders_without_submission(
        &mut self,
        formed_before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        let in_the_way = refund_submissions::table
            .filter(refund_submissions::order_id.eq(refunds::order_id))
            .filter(
                refund_submissions::state
                    .eq_any(UNDECIDED)
                    .or(refund_submissions::created_at.gt(formed_before.naive_utc())),
            );
        let orders: Vec<DbId> = self.run(|connection| {
            refunds::table
                .filter(refunds::state.eq(RefundState::Requested.code()))
                .filter(refunds::submission_number.is_null())
                .filter(diesel::dsl::not(diesel::dsl::exists(in_the_way)))
                .group_by(refunds::order_id)
                .order((diesel::dsl::min(refunds::requested_at), refunds::order_id))
                .select(refunds::order_id)
                .limit(i64::from(limit))
                .load(connection)
        })?;
        Ok(orders.into_iter().map(OrderId::from).collect())
    }

    pub(super) fn load_submissions_of(
        &mut self,
        order: OrderId,
    ) -> Result<Vec<RefundSubmission>, StoreError> {
        let rows: Vec<SubmissionRow> = self.run(|connection| {
            refund_submissions::table
                .filter(refund_submissions::order_id.eq(DbId::from(order)))
                .order((refund_submissions::created_at, refund_submissions::number))
                .select(SubmissionRow::as_select())
                .load(connection)
        })?;
        rows.into_iter().map(RefundSubmission::try_from).collect()
    }

    pub(super) fn load_submission(
        &mut self,
        number: &str,
    ) -> Result<Option<RefundSubmission>, StoreError> {
        let row: Option<SubmissionRow> = self.run(|connection| {
            refund_submissions::table
                .find(number)
                .select(SubmissionRow::as_select())
                .first(connection)
                .optional()
        })?;
        row.map(RefundSubmission::try_from).transpose()
    }

    /// Adds the submission and ties the refunds to it. A refund that another submission carries
    /// would be paid back twice: the store refuses that as a fault.
    pub(super) fn insert_submission(
        &mut self,
        submission: &RefundSubmission,
        carried: &[RefundId],
    ) -> Result<(), StoreError> {
        self.run(|connection| {
            diesel::insert_into(refund_submissions::table)
                .values(SubmissionRow::from(submission))
                .execute(connection)
        })?;
        let mut tied = 0;
        for chunk in carried.chunks(LONGEST_IN_LIST) {
            let ids = chunk.iter().copied().map(DbId::from);
            tied += self.run(|connection| {
                diesel::update(refunds::table)
                    .filter(refunds::id.eq_any(ids))
                    .filter(refunds::submission_number.is_null())
                    .set(refunds::submission_number.eq(&submission.number))
                    .execute(connection)
            })?;
        }
        expect_rows("refunds without a submission", carried.len(), tied)
    }

    /// What another unit has locked is left for the next round rather than waited for.
    pub(super) fn claim_due_submissions(
        &mut self,
        state: SubmissionState,
        now: DateTime<Utc>,
        due_again: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<RefundSubmission>, StoreError> {
        let mut rows: Vec<SubmissionRow> = self.run(|connection| {
            refund_submissions::table
                .filter(refund_submissions::state.eq(state.code()))
                .filter(refund_submissions::next_attempt_at.le(now.naive_utc()))
                .order((
                    refund_submissions::next_attempt_at,
                    refund_submissions::number,
                ))
                .limit(i64::from(limit))
                .select(SubmissionRow::as_select())
                .for_update()
                .skip_locked()
                .load(connection)
        })?;
        let due_again = due_again.naive_utc();
        for row in &mut rows {
            row.next_attempt_at = due_again;
        }
        for chunk in rows.chunks(LONGEST_IN_LIST) {
            let numbers = chunk.iter().map(|row| row.number.as_str());
            self.run(|connection| {
                diesel::update(refund_submissions::table)
                    .filter(refund_submissions::number.eq_any(numbers))
                    .set(refund_submissions::next_attempt_at.eq(due_again))
                    .execute(connection)
            })?;
        }
        rows.into_iter().map(RefundSubmission::try_from).collect()
    }

    /// The guard on the state makes late and repeated news harmless.
    pub(super) fn settle_submission(
        &mut self,
        submission: &RefundSubmission,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let moved = self.run(|connection| {
            diesel::update(refund_submissions::table.find(&submission.number))
                .filter(refund_submissions::state.eq_any(movable_to(submission.state)))
                .set((
                    refund_submissions::state.eq(submission.state.code()),
                    refund_submissions::attempts.eq(submission.attempts),
                    refund_submissions::next_attempt_at.eq(submission.next_attempt_at.naive_utc()),
                ))
                .execute(connection)
        })?;
        if moved == 0 {
            return Ok(false);
        }
        let state = carried_state(submission.state);
        let finished = matches!(state, RefundState::Succeeded | RefundState::Failed);
        self.move_carried(&submission.number, state, finished.then_some(at))?;
        Ok(true)
    }

    pub(super) fn reopen_submission(
        &mut self,
        number: &str,
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let reopened = self.run(|connection| {
            diesel::update(refund_submissions::table.find(number))
                .filter(refund_submissions::state.eq(SubmissionState::Failed.code()))
                .set((
                    refund_submissions::state.eq(SubmissionState::Pending.code()),
                    refund_submissions::next_attempt_at.eq(now.naive_utc()),
                ))
                .execute(connection)
        })?;
        if reopened == 0 {
            return Ok(false);
        }
        self.move_carried(number, RefundState::Requested, None)?;
        Ok(true)
    }

    /// Has the refunds that a submission carries follow it.
    fn move_carried(
        &mut self,
        number: &str,
        state: RefundState,
        finished_at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        let finished_at = finished_at.map(|at| at.naive_utc());
        self.run(|connection| {
            diesel::update(refunds::table)
                .filter(refunds::submission_number.eq(number))
                .set((
                    refunds::state.eq(state.code()),
                    refunds::finished_at.eq(finished_at),
                ))
                .execute(connection)
        })?;
        Ok(())
    }
}
