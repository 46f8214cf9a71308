//! One file for each command, with its arguments and its words.

pub(crate) mod annual_pass;
pub(crate) mod check_config;
pub(crate) mod check_in;
pub(crate) mod content;
pub(crate) mod gate;
pub(crate) mod holidays;
pub(crate) mod invoice;
pub(crate) mod jobs;
pub(crate) mod keys;
pub(crate) mod mails;
pub(crate) mod migrate;
pub(crate) mod no_shows;
pub(crate) mod opening_days;
pub(crate) mod order;
pub(crate) mod outbox;
pub(crate) mod quota;
pub(crate) mod refund;
pub(crate) mod refunds;
pub(crate) mod ticket_types;
pub(crate) mod verify;
