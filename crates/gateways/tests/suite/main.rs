//! The WeChat clients against the sandbox, over HTTP with real signatures.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed, and these say where"
)]

mod listener;
mod login;
mod mail;
mod messages;
mod payments;
mod refunds;
mod smtp_server;
#[path = "../../src/test_clock.rs"]
mod test_clock;
mod world;
