//! The use cases against the in-memory stores: every row of the rule book's worked cases, and what
//! lies around them.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test ends where something unexpected comes"
)]

mod accounts;
mod admitting;
mod annual_passes;
mod closing;
mod days_and_quotas;
mod erasing;
mod gate;
mod granting_passes;
mod holder;
mod invoicing;
mod keys;
mod loading_content;
mod mailing;
mod missed_visits;
mod missing;
mod office;
mod paying;
mod paying_together;
mod placing;
mod refunding;
mod sending_back;
mod snapshot;
mod snapshot_races;
mod telling;
