//! The HTTP service behind the back office, and the host of the job runner.
//!
//! So far it answers no call of the back office: those come with the staff who may make them, and
//! nothing is shown unprotected. [`startup`] is the only file that knows where the ports lead to.

mod job_metrics;
mod openapi;
mod outbox_metrics;
pub mod startup;

pub use openapi::document;
