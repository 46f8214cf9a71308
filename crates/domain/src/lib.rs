//! The ticket, quota and order rules of the museum.
//!
//! Pure: no I/O, no clock, no randomness, no serialisation, no async. What the rules need from
//! outside comes through the traits in [`ports`]; with the feature `testing` the module `testing`
//! brings in-memory implementations of all of them.

pub mod clock;
pub mod id;
pub mod ports;
pub mod rules;
pub mod sealed;

mod coded;

// Nouns, one file each, with their parsers and rules.
pub mod account;
pub mod calendar;
pub mod category;
pub mod companions;
pub mod holiday;
pub mod identity;
pub mod ledger;
pub mod money;
pub mod no_show;
pub mod order;
pub mod outbox;
pub mod payment;
pub mod person_name;
pub mod phone;
pub mod quota;
pub mod reconcile;
pub mod refund;
pub mod refusal;
pub mod request_digest;
pub mod season;
pub mod session;
pub mod text;
pub mod ticket_code;
pub mod ticket_type;
pub mod use_cases;
pub mod venue;
pub mod visit_date;

/// In-memory stores, builders and the contract suite, for tests here and elsewhere.
#[cfg(feature = "testing")]
pub mod testing;
