//! The stores of a transaction, one file each, with the rows they map.

pub(crate) mod accounts;
pub(crate) mod bans;
pub(crate) mod catalogue;
pub(crate) mod content;
pub(crate) mod days;
pub(crate) mod invoices;
mod leases;
mod ledger;
mod locks;
pub(crate) mod mails;
pub(crate) mod notices;
mod order_changes;
mod order_rows;
mod orders;
mod outbox;
pub(crate) mod outbox_rows;
pub(crate) mod payment_rows;
mod payments;
pub(crate) mod quotas;
mod refund_rows;
pub(crate) mod refund_submissions;
pub(crate) mod refunds;
pub(crate) mod revocations;
mod tickets;
pub(crate) mod visitors;
pub(crate) mod whole_orders;
