//! Refunds and their submissions to the provider.

use chrono::{DateTime, TimeDelta, Utc};

use crate::coded::coded;
use crate::id::{OrderId, OrderNumber, RefundId, RequestKey};
use crate::money::Fen;
use crate::refund::Refund;

use super::Stored;

/// What has become of a submission at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubmissionState {
    /// To be sent, or sent with an unknown outcome: to be sent again under the same number.
    Pending,
    /// Accepted, not yet decided.
    Accepted,
    /// The money is back.
    Succeeded,
    /// The provider gave up.
    Failed,
}

coded!(SubmissionState, "refund submission state", {
    Pending = "pending", Accepted = "accepted", Succeeded = "succeeded", Failed = "failed",
});

/// One refund at the provider, for one or several refunds of one order (rule 6.8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundSubmission {
    /// `out_refund_no`: the id of the first refund it carries, without hyphens.
    pub number: String,
    /// Of which order.
    pub order: OrderId,
    /// `out_trade_no`.
    pub order_number: OrderNumber,
    /// What goes back.
    pub amount: Fen,
    /// What was paid for the order in all.
    pub total: Fen,
    /// Its state.
    pub state: SubmissionState,
    /// How often it was sent.
    pub attempts: u32,
    /// When it was formed; two of one order are [`Rules::refund_spacing`](crate::rules::Rules)
    /// apart.
    pub created_at: DateTime<Utc>,
    /// When it is to be sent or asked about next.
    pub next_attempt_at: DateTime<Utc>,
}

/// Refunds and their submissions.
pub trait RefundStore {
    /// The refund.
    fn find(&mut self, id: RefundId) -> Stored<Option<Refund>>;
    /// The refund with that request key.
    fn find_by_request_key(&mut self, key: &RequestKey) -> Stored<Option<Refund>>;
    /// Adds one with its items. [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) with
    /// [`UniqueKey::RequestKey`](crate::ports::UniqueKey) if the request key is taken.
    fn insert(&mut self, refund: &Refund) -> Stored<()>;
    /// At most `limit` orders that have refunds in state `requested` without a submission, no
    /// submission that is pending or accepted, and none formed after `formed_before`; the
    /// longest waiting first.
    fn orders_to_submit(
        &mut self,
        formed_before: DateTime<Utc>,
        limit: u32,
    ) -> Stored<Vec<OrderId>>;
    /// The refunds of an order in state `requested` without a submission, the oldest first. The
    /// caller has locked the order.
    fn waiting(&mut self, order: OrderId) -> Stored<Vec<Refund>>;
    /// The submissions of an order, the oldest first.
    fn submissions_of(&mut self, order: OrderId) -> Stored<Vec<RefundSubmission>>;
    /// Adds a submission that carries these refunds, whose states stay as they are.
    /// [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) if one has that number.
    fn submit(&mut self, submission: &RefundSubmission, refunds: &[RefundId]) -> Stored<()>;
    /// The submission of that number.
    fn find_submission(&mut self, number: &str) -> Stored<Option<RefundSubmission>>;
    /// Claims at most `limit` submissions in `state` whose next attempt is at `now` or earlier,
    /// the longest due first: each is returned to one caller only, with its next attempt moved to
    /// `now` plus `pause`.
    fn claim_due(
        &mut self,
        state: SubmissionState,
        now: DateTime<Utc>,
        pause: TimeDelta,
        limit: u32,
    ) -> Stored<Vec<RefundSubmission>>;
    /// Moves a submission to its `state`, and writes attempts and the time of the next one. The
    /// refunds it carries follow: pending leaves them `requested`, accepted makes them
    /// `submitted`, and success and failure make them so, finished at `at`. Does nothing, and says
    /// so by `false`, if it has succeeded already, or has failed and does not succeed now: money
    /// that arrived after all is believed.
    fn settle(&mut self, submission: &RefundSubmission, at: DateTime<Utc>) -> Stored<bool>;
    /// Makes a failed submission pending again, due at `now` under its old number, and the refunds
    /// it carries `requested` and unfinished. Does nothing, and says so by `false`, unless it has
    /// failed.
    fn reopen(&mut self, number: &str, now: DateTime<Utc>) -> Stored<bool>;
    /// The refunds that a submission carries, the oldest first.
    fn carried_by(&mut self, number: &str) -> Stored<Vec<Refund>>;
}
