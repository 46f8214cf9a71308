//! The service on a real database, in this process and as one of its own.

#![expect(clippy::unwrap_used, reason = "what is missing fails the test")]

mod document;
mod process;
mod running;
mod world;
