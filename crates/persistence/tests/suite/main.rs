//! The stores on a live server: the domain's contract, and what only a database can get wrong.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "these are tests, helpers included"
)]

mod accounts;
mod bookkeeping;
mod checks;
mod contract;
mod errors;
mod failed_reads;
mod keys;
mod leases;
mod migrations;
mod missed_days;
mod payments;
mod proxy;
mod races;
mod raw;
mod refunds;
mod samples;
mod sweep;
mod sweep_scene;
mod unit_of_work;
