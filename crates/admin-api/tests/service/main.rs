//! The service on a real database, in this process and as one of its own.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what is missing fails the test"
)]

mod check_ins;
mod document;
mod house;
mod process;
mod running;
mod world;
