//! The harness of the journeys: a stack of real processes on a database of its own, and actors who
//! use it over HTTP as people would.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a harness ends the test where something unexpected comes"
)]

mod gate;
mod log;
mod service;
mod stack;
mod tourist;

pub use gate::{Gate, Gates};
pub use log::Log;
pub use service::Service;
pub use stack::{Stack, StackOptions, until};
pub use tourist::{Answer, Tourist, Visitor};
