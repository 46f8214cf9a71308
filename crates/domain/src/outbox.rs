//! Messages to tourists that must follow a commit.

use chrono::{DateTime, Utc};

use crate::coded::coded;
use crate::id::{AccountId, OrderId};

/// What a message tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// The order is paid.
    OrderPaid,
    /// A payment came too late; all of it goes back (rule 5.3).
    LatePaymentReturned,
    /// Money of a refund has arrived.
    RefundSucceeded,
}

coded!(MessageKind, "message kind", {
    OrderPaid = "order_paid",
    LatePaymentReturned = "late_payment_returned",
    RefundSucceeded = "refund_succeeded",
});

/// A message that waits to be sent, written in the transaction that gave the reason for it.
///
/// Unique by kind and reference, so that a unit that is run again does not tell twice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What it tells.
    pub kind: MessageKind,
    /// To whom.
    pub account: AccountId,
    /// About which order.
    pub order: OrderId,
    /// What happened: the order's number, or the refund's id.
    pub reference: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}
