//! The tourist API over real HTTP, on a database of its own and with the WeChat sandbox.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what the tests share may end a test, as the tests themselves may"
)]

mod accounts;
mod annual_passes;
mod bad_input;
mod buying;
mod calendar;
mod content;
mod documents;
mod endpoints;
mod house;
mod invoices;
mod layers;
mod limits;
mod ownership;
mod refunds;
mod sale;
mod tokens;
