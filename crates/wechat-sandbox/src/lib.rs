//! Stands in for the servers of WeChat in development and tests.
//!
//! The sandbox speaks WeChat's own paths with real signatures and real encryption, so that the
//! services need no code of their own for development: they reach it only because their base URLs
//! point here. It shares no code with our client but the clock, so that each checks the other.
//!
//! What a person does on the telephone and what may go wrong at WeChat is steered under
//! `/sandbox/…`; [`Sandbox::start`] runs the whole on a thread of its own, on any free port.

mod beijing;
mod control;
mod crypto;
mod faults;
mod ledger;
mod mini_program;
mod pay;
mod routes;
mod server;
mod settings;
mod state;
#[cfg(test)]
mod tests;

pub use crypto::keys::KeyMaterial;
pub use mini_program::openid::{REFUSES_MESSAGES, openid_of};
pub use pay::beforehand::{NewsWriter, PaidOrder, SignedNews};
pub use server::{RunningSandbox, Sandbox, StartError};
pub use settings::{
    DEFAULT_APP_ID, DEFAULT_MCH_ID, MERCHANT_SERIAL, PLATFORM_KEY_ID, Settings, TEST_API_V3_KEY,
    TEST_APP_SECRET,
};
