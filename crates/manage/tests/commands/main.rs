//! The command line as a process, on a real database.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what is missing fails the test"
)]

mod annual_passes;
mod content;
mod days;
mod gates;
mod invoices;
mod jobs;
mod keys;
mod missing;
mod money;
mod office;
mod outbox;
mod quotas;
mod refunds;
mod rotation;
mod setting_up;
#[path = "../../../gateways/tests/suite/smtp_server.rs"]
mod smtp_server;
mod verify;
