//! The outside world: WeChat login and pay, mail, the clock, ids, secrets and what is made with them.
//!
//! **Blocking.** [`wechat_login`], [`wechat_messages`] and [`wechat_pay`] speak HTTP with `reqwest::blocking`, which
//! panics inside an async context. Build the clients before the async runtime starts, or on a
//! blocking thread, and call them from a blocking pool. Each of them bounds its calls itself: at
//! most so many at once, 5 seconds in all ([`outbound::OutboundLimits`]).
//!
//! Nothing here reads the environment: every constructor takes its settings, and answers a
//! [`settings::SettingsError`] where they cannot be used.

pub mod clock;
pub mod document_cipher;
pub mod gate_secrets;
pub mod ids;
pub mod outbound;
pub mod request_digest;
pub mod secret_key;
pub mod settings;
pub mod smtp;
pub mod ticket_code;
pub mod wechat_login;
pub mod wechat_messages;
pub mod wechat_pay;

mod wechat_text;

#[cfg(test)]
mod test_clock;
#[cfg(test)]
mod test_server;
