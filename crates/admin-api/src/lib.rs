//! The HTTP service behind the back office and the gates, and the host of the job runner.
//!
//! So far it answers gates; the calls of the back office come with the staff who may make them.
//! A handler parses, calls one use case and shows the outcome; [`startup`] is the only file that
//! knows where the ports lead to.

mod at_gate;
mod job_metrics;
mod openapi;
mod outbox_metrics;
mod routes;
pub mod startup;
mod state;
mod wire;

pub use openapi::document;
