//! What people and jobs do: one file for each thing.
//!
//! A use case takes its ids, its instants and everything from outside as arguments, and runs its
//! decisions inside a [`UnitOfWork`](crate::ports::UnitOfWork). Where WeChat has to be called, it
//! is called between two units: prepare, call, record.

pub mod accounts;
pub mod cancel_order;
pub mod check_in;
pub mod close_order;
pub mod confirm_payment;
pub mod erase_personal_data;
pub mod expire_unpaid_orders;
pub mod follow_payments;
pub mod gates;
pub mod grant_pass;
pub mod hash_key;
pub mod invoices;
pub mod late_payment;
pub mod load_content;
pub mod open_days;
pub mod open_quotas;
pub mod order_request;
pub mod pass_visits;
pub mod place_orders;
pub mod record_no_shows;
pub mod refund_tickets;
pub mod rehash_documents;
pub mod remind_visitors;
pub mod rotate_keys;
pub mod sale_snapshot;
pub mod saved_visitors;
pub mod send_mails;
pub mod send_messages;
pub mod show_calendar;
pub mod show_passes;
pub mod standing;
pub mod start_payment;
pub mod submit_refunds;
pub mod void_passes;
pub mod waive_no_shows;

mod compose_message;
mod locked_payments;
mod locked_quotas;
mod no_shows;
mod pass_entries;
mod picture;
mod placing_rules;

use crate::money::MoneyError;
use crate::order::WrongState;
use crate::ports::StoreError;
use crate::quota::QuotaError;

/// A step that the state should have allowed: what is stored contradicts what was just checked.
impl From<WrongState> for StoreError {
    fn from(error: WrongState) -> Self {
        Self::Fault(error.to_string())
    }
}

/// Places that cannot be given back although live tickets held them.
impl From<QuotaError> for StoreError {
    fn from(error: QuotaError) -> Self {
        Self::Fault(error.to_string())
    }
}

/// Stored amounts that do not add up.
impl From<MoneyError> for StoreError {
    fn from(error: MoneyError) -> Self {
        Self::Fault(error.to_string())
    }
}
