//! WeChat Pay, API v3: every request verified, every answer signed.

pub(crate) mod answer;
mod authorization;
pub(crate) mod beforehand;
pub(crate) mod bill;
mod bill_file;
pub(crate) mod certificates;
mod error;
mod fields;
pub(crate) mod news;
pub(crate) mod notify;
pub(crate) mod prepay;
pub(crate) mod refunds;
mod signed_call;
pub(crate) mod transactions;
mod views;
