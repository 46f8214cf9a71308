//! What tests against the domain need, without a database: in-memory stores, a clock that stands
//! still, ids that can be foreseen, a WeChat with answers given beforehand, and a museum to put
//! them in.
//!
//! The same suite of [`contract`] cases runs against the [`MemoryStore`] and against MySQL, so
//! that what passes here is worth something there.

#![expect(
    clippy::expect_used,
    reason = "what is only built in tests may end a test that builds nonsense"
)]

mod cipher;
mod clock;
pub mod contract;
mod ids;
mod key_ring;
mod mailer;
mod memory;
mod messenger;
mod museum;
mod order_builder;
mod person;
mod wechat;

pub use cipher::PlainCipher;
pub use clock::FixedClock;
pub use ids::SequentialIds;
pub use key_ring::PlainKeyRing;
pub use mailer::{ReceivedMail, ScriptedMailer};
pub use memory::{Fault, MemoryStore};
pub use messenger::ScriptedMessenger;
pub use museum::{Museum, phone, session, venue};
pub use order_builder::OrderBuilder;
pub use person::{Person, id_card_number};
pub use wechat::{ProviderCall, ScriptedLogin, ScriptedPayments};
