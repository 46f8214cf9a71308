//! The HTTP service behind the mini-program.
//!
//! A handler parses, calls one use case and shows the outcome; [`startup`] is the only file that
//! knows where the ports lead to.

mod idempotency;
mod openapi;
mod order_desk;
mod page;
mod payment_desk;
mod refunded;
mod refusals;
mod routes;
mod sale_pages;
mod sale_watch;
mod signed_in;
pub mod startup;
mod state;
mod wire;

pub use openapi::document;
