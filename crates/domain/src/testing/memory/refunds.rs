//! Refunds and their submissions to the provider.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::id::{OrderId, RefundId, RequestKey};
use crate::ports::{RefundStore, RefundSubmission, StoreError, SubmissionState, UniqueKey};
use crate::refund::{Refund, RefundState};

use super::draft::Draft;
use super::tables::{RefundRow, Tables, limited};

impl Tables {
    fn refunds_where(&self, wanted: impl Fn(&RefundRow) -> bool) -> Vec<Refund> {
        let rows = self.refunds.values().filter(|row| wanted(row));
        let mut refunds: Vec<Refund> = rows.map(|row| row.refund.clone()).collect();
        refunds.sort_by_key(|refund| (refund.requested_at, refund.id));
        refunds
    }

    /// Whether a new submission of the order has to wait.
    fn is_submitting(&self, order: OrderId, formed_before: DateTime<Utc>) -> bool {
        let mut submissions = self.submissions.values();
        submissions.any(|submission| {
            submission.order == order
                && (!is_decided(submission.state) || submission.created_at > formed_before)
        })
    }

    /// Has the refunds that a submission carries follow it to `state`.
    fn move_carried(
        &mut self,
        number: &str,
        state: SubmissionState,
        finished_at: Option<DateTime<Utc>>,
    ) {
        for row in Arc::make_mut(&mut self.refunds).values_mut() {
            if row.submission.as_deref() == Some(number) {
                row.refund.state = carried(state);
                row.refund.finished_at = finished_at;
            }
        }
    }
}

fn is_waiting(row: &RefundRow) -> bool {
    row.refund.state == RefundState::Requested && row.submission.is_none()
}

fn is_decided(state: SubmissionState) -> bool {
    matches!(state, SubmissionState::Succeeded | SubmissionState::Failed)
}

/// Whether a submission may move on; that it succeeded is believed even after it has failed.
fn may_become(stored: SubmissionState, next: SubmissionState) -> bool {
    !is_decided(stored) || (stored == SubmissionState::Failed && next == SubmissionState::Succeeded)
}

/// The state of a refund whose submission has come to `state`.
fn carried(state: SubmissionState) -> RefundState {
    match state {
        SubmissionState::Pending => RefundState::Requested,
        SubmissionState::Accepted => RefundState::Submitted,
        SubmissionState::Succeeded => RefundState::Succeeded,
        SubmissionState::Failed => RefundState::Failed,
    }
}

impl RefundStore for Draft {
    fn find(&mut self, id: RefundId) -> Result<Option<Refund>, StoreError> {
        let row = self.tables.refunds.get(&id);
        Ok(row.map(|row| row.refund.clone()))
    }

    fn find_by_request_key(&mut self, key: &RequestKey) -> Result<Option<Refund>, StoreError> {
        let found = self
            .tables
            .refunds_where(|row| row.refund.request_key == *key);
        Ok(found.into_iter().next())
    }

    fn insert(&mut self, refund: &Refund) -> Result<(), StoreError> {
        if self.find_by_request_key(&refund.request_key)?.is_some() {
            return Err(StoreError::Duplicate(UniqueKey::RequestKey));
        }
        if self.tables.refunds.contains_key(&refund.id) {
            return Err(StoreError::Duplicate(UniqueKey::Other));
        }
        let row = RefundRow {
            refund: refund.clone(),
            submission: None,
        };
        Arc::make_mut(&mut self.tables.refunds).insert(refund.id, row);
        Ok(())
    }

    fn orders_to_submit(
        &mut self,
        formed_before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        let mut waiting_since = BTreeMap::new();
        for refund in self.tables.refunds_where(is_waiting) {
            waiting_since
                .entry(refund.order)
                .or_insert(refund.requested_at);
        }
        let mut orders: Vec<_> = waiting_since
            .into_iter()
            .filter(|(order, _)| !self.tables.is_submitting(*order, formed_before))
            .collect();
        orders.sort_by_key(|(order, since)| (*since, *order));
        let orders = orders.into_iter().map(|(order, _)| order);
        Ok(limited(orders.collect(), limit))
    }

    fn waiting(&mut self, order: OrderId) -> Result<Vec<Refund>, StoreError> {
        let wanted = |row: &RefundRow| row.refund.order == order && is_waiting(row);
        Ok(self.tables.refunds_where(wanted))
    }

    fn submissions_of(&mut self, order: OrderId) -> Result<Vec<RefundSubmission>, StoreError> {
        let submissions = self.tables.submissions.values();
        let mut submissions: Vec<RefundSubmission> = submissions
            .filter(|submission| submission.order == order)
            .cloned()
            .collect();
        submissions.sort_by_key(|submission| submission.created_at);
        Ok(submissions)
    }

    fn submit(
        &mut self,
        submission: &RefundSubmission,
        refunds: &[RefundId],
    ) -> Result<(), StoreError> {
        if self.tables.submissions.contains_key(&submission.number) {
            return Err(StoreError::Duplicate(UniqueKey::Other));
        }
        let submissions = Arc::make_mut(&mut self.tables.submissions);
        submissions.insert(submission.number.clone(), submission.clone());
        let rows = Arc::make_mut(&mut self.tables.refunds);
        for id in refunds {
            if let Some(row) = rows.get_mut(id) {
                row.submission = Some(submission.number.clone());
            }
        }
        Ok(())
    }

    fn find_submission(&mut self, number: &str) -> Result<Option<RefundSubmission>, StoreError> {
        Ok(self.tables.submissions.get(number).cloned())
    }

    fn claim_due(
        &mut self,
        state: SubmissionState,
        now: DateTime<Utc>,
        pause: TimeDelta,
        limit: u32,
    ) -> Result<Vec<RefundSubmission>, StoreError> {
        let submissions = Arc::make_mut(&mut self.tables.submissions);
        let mut due: Vec<_> = submissions
            .values_mut()
            .filter(|submission| submission.state == state && submission.next_attempt_at <= now)
            .collect();
        due.sort_by_key(|submission| submission.next_attempt_at);
        let claimed = limited(due, limit).into_iter().map(|submission| {
            submission.next_attempt_at = now + pause;
            submission.clone()
        });
        Ok(claimed.collect())
    }

    fn settle(
        &mut self,
        submission: &RefundSubmission,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let stored = Arc::make_mut(&mut self.tables.submissions).get_mut(&submission.number);
        let may_move = |stored: &&mut RefundSubmission| may_become(stored.state, submission.state);
        let Some(stored) = stored.filter(may_move) else {
            return Ok(false);
        };
        stored.state = submission.state;
        stored.attempts = submission.attempts;
        stored.next_attempt_at = submission.next_attempt_at;
        let finished_at = is_decided(submission.state).then_some(at);
        self.tables
            .move_carried(&submission.number, submission.state, finished_at);
        Ok(true)
    }

    fn reopen(&mut self, number: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let stored = Arc::make_mut(&mut self.tables.submissions).get_mut(number);
        let Some(stored) = stored.filter(|stored| stored.state == SubmissionState::Failed) else {
            return Ok(false);
        };
        stored.state = SubmissionState::Pending;
        stored.next_attempt_at = now;
        self.tables
            .move_carried(number, SubmissionState::Pending, None);
        Ok(true)
    }

    fn carried_by(&mut self, number: &str) -> Result<Vec<Refund>, StoreError> {
        let wanted = |row: &RefundRow| row.submission.as_deref() == Some(number);
        Ok(self.tables.refunds_where(wanted))
    }
}
