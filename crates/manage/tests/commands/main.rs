//! The command line as a process, on a real database.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what is missing fails the test"
)]

mod days;
mod gates;
mod jobs;
mod keys;
mod money;
mod office;
mod outbox;
mod quotas;
mod refunds;
mod setting_up;
mod verify;
