//! The outside world: the clock, ids, secrets and what is made with them.
//!
//! Nothing here reads the environment: every constructor takes its settings, and answers a
//! [`settings::SettingsError`] where they cannot be used.

pub mod clock;
pub mod document_cipher;
pub mod ids;
pub mod request_digest;
pub mod secret_key;
pub mod settings;
pub mod ticket_code;

#[cfg(test)]
mod test_clock;
