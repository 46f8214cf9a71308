//! Refunds (section 6 of the rules).

use chrono::{DateTime, TimeDelta, Utc};
use diesel::mysql::MysqlConnection;
use diesel::prelude::*;
use domain::id::{OrderId, RefundId, RequestKey};
use domain::ports::{RefundStore, RefundSubmission, StoreError, SubmissionState};
use domain::refund::{Refund, RefundState};

use super::refund_rows::{RefundRow, StoredRefund, item_rows, load};
use crate::ids::{DbDigest, DbId};
use crate::mapping::LONGEST_IN_LIST;
use crate::schema::{refund_items, refunds};
use crate::transaction::Transaction;

/// The refund of that id, without a lock.
pub(crate) fn refund(
    connection: &mut MysqlConnection,
    id: RefundId,
) -> QueryResult<Option<StoredRefund>> {
    let query = refunds::table.filter(refunds::id.eq(DbId::from(id)));
    Ok(load(connection, query.into_boxed())?.pop())
}

/// How much of the refunds of these orders has succeeded, in fen; orders without any are left
/// out.
pub(crate) fn refunded(
    connection: &mut MysqlConnection,
    orders: &[OrderId],
) -> QueryResult<Vec<(OrderId, i64)>> {
    let mut sums = Vec::new();
    for chunk in orders.chunks(LONGEST_IN_LIST) {
        let ids = chunk.iter().copied().map(DbId::from);
        let amounts: Vec<(DbId, i64)> = refunds::table
            .filter(refunds::order_id.eq_any(ids))
            .filter(refunds::state.eq(RefundState::Succeeded.code()))
            .order((refunds::order_id, refunds::id))
            .select((refunds::order_id, refunds::amount_fen))
            .load(connection)?;
        for group in amounts.chunk_by(|one, next| one.0 == next.0) {
            let order = group.iter().map(|(order, _)| OrderId::from(*order));
            let sum = group.iter().map(|(_, amount)| *amount).sum();
            sums.extend(order.take(1).map(|order| (order, sum)));
        }
    }
    Ok(sums)
}

impl Transaction<'_> {
    fn load_refunds(
        &mut self,
        select: impl FnOnce(&mut MysqlConnection) -> QueryResult<Vec<StoredRefund>>,
    ) -> Result<Vec<Refund>, StoreError> {
        let stored = self.run(select)?;
        stored.into_iter().map(Refund::try_from).collect()
    }
}

impl RefundStore for Transaction<'_> {
    fn find(&mut self, id: RefundId) -> Result<Option<Refund>, StoreError> {
        let stored = self.run(|connection| refund(connection, id))?;
        stored.map(Refund::try_from).transpose()
    }

    fn find_by_request_key(&mut self, key: &RequestKey) -> Result<Option<Refund>, StoreError> {
        let query = refunds::table.filter(refunds::request_key.eq(DbDigest::from(*key)));
        let mut found = self.load_refunds(|connection| load(connection, query.into_boxed()))?;
        Ok(found.pop())
    }

    fn insert(&mut self, refund: &Refund) -> Result<(), StoreError> {
        self.run(|connection| {
            diesel::insert_into(refunds::table)
                .values(RefundRow::from(refund))
                .execute(connection)
        })?;
        let items = item_rows(refund);
        if !items.is_empty() {
            self.run(|connection| {
                diesel::insert_into(refund_items::table)
                    .values(&items)
                    .execute(connection)
            })?;
        }
        Ok(())
    }

    fn orders_to_submit(
        &mut self,
        formed_before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        self.orders_without_submission(formed_before, limit)
    }

    fn waiting(&mut self, order: OrderId) -> Result<Vec<Refund>, StoreError> {
        let query = refunds::table
            .filter(refunds::order_id.eq(DbId::from(order)))
            .filter(refunds::state.eq(RefundState::Requested.code()))
            .filter(refunds::submission_number.is_null());
        self.load_refunds(|connection| load(connection, query.into_boxed()))
    }

    fn submissions_of(&mut self, order: OrderId) -> Result<Vec<RefundSubmission>, StoreError> {
        self.load_submissions_of(order)
    }

    fn submit(
        &mut self,
        submission: &RefundSubmission,
        refunds: &[RefundId],
    ) -> Result<(), StoreError> {
        self.insert_submission(submission, refunds)
    }

    fn find_submission(&mut self, number: &str) -> Result<Option<RefundSubmission>, StoreError> {
        self.load_submission(number)
    }

    fn claim_due(
        &mut self,
        state: SubmissionState,
        now: DateTime<Utc>,
        pause: TimeDelta,
        limit: u32,
    ) -> Result<Vec<RefundSubmission>, StoreError> {
        self.claim_due_submissions(state, now, now + pause, limit)
    }

    fn settle(
        &mut self,
        submission: &RefundSubmission,
        at: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        self.settle_submission(submission, at)
    }

    fn reopen(&mut self, number: &str, now: DateTime<Utc>) -> Result<bool, StoreError> {
        self.reopen_submission(number, now)
    }

    fn carried_by(&mut self, number: &str) -> Result<Vec<Refund>, StoreError> {
        let query = refunds::table.filter(refunds::submission_number.eq(number.to_owned()));
        self.load_refunds(|connection| load(connection, query.into_boxed()))
    }
}
