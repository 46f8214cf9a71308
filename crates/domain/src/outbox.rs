//! Messages to tourists that must follow a commit.

use chrono::{DateTime, Utc};

use crate::coded::coded;
use crate::id::{AccountId, OrderId, TicketId};
use crate::order::Order;

/// What a message tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageKind {
    /// The order is paid.
    OrderPaid,
    /// A payment came too late; all of it goes back (rule 5.3).
    LatePaymentReturned,
    /// Money of a refund has arrived.
    RefundSucceeded,
    /// Tomorrow is the day of the visit.
    VisitReminder,
    /// A document may not be booked for a while (rule 7.2).
    Banned,
}

coded!(MessageKind, "message kind", {
    OrderPaid = "order_paid",
    LatePaymentReturned = "late_payment_returned",
    RefundSucceeded = "refund_succeeded",
    VisitReminder = "visit_reminder",
    Banned = "banned",
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
    /// What happened: the order's number, the refund's id, or the id of the ticket whose visitor
    /// is banned.
    pub reference: String,
    /// When it was written.
    pub created_at: DateTime<Utc>,
}

impl Message {
    /// The account's word that the visitor of `ticket`, one of `order`'s, is banned for having
    /// missed the order's visit day (rule 7.2).
    #[must_use]
    pub fn banned(order: &Order, ticket: TicketId, now: DateTime<Utc>) -> Self {
        Self {
            kind: MessageKind::Banned,
            account: order.account,
            order: order.id,
            reference: ticket.to_string(),
            created_at: now,
        }
    }
}
