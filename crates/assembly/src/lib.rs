//! Puts the ports on their feet: from checked settings to what stands behind the domain's traits.
//!
//! Every binary starts with this; which ports it takes and what it does with them is its own
//! affair. Nothing but a binary's start-up should see this crate.
//!
//! **Blocking.** [`wechat_login`], [`messenger`] and [`payment_provider`] make blocking HTTP clients, which can
//! neither be made nor dropped inside an async context.

mod database;
mod error;
mod keys;
mod mail;
mod time;
mod wechat;

pub use database::{check_hash_key, connect, connect_durably, readiness};
pub use error::AssemblyError;
pub use keys::{
    gate_secrets, identity_cipher, key_ring, next_key_ring, request_digests, text_cipher,
    ticket_code_public_key, ticket_code_verifier, ticket_codes,
};
pub use mail::mailer;
pub use time::{clock, id_source};
pub use wechat::{concurrent_calls, messenger, payment_provider, wechat_login};
