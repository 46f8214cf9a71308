//! The scheduled jobs and their runner.
//!
//! A job takes no input, is bounded, and may be run by anyone at any time: the work itself is a
//! use case of the domain that claims what it works on. The runner gives each job a thread and a
//! cadence, and lets one instance at a time run it, by a lease in the database. Correctness rests
//! on neither.
//!
//! [`JOBS`] is the list; [`start`] runs all of it until stopped, [`run_once`] one job by hand.

mod context;
mod fan_out;
mod job;
mod lease;
mod leased_mailer;
mod leased_messenger;
mod leased_provider;
mod list;
mod messages;
mod no_shows;
mod run;
mod runner;
#[cfg(test)]
mod test_kit;
mod waiter;

pub use context::JobContext;
pub use job::{Job, JobError, Summary};
pub use lease::{LeaseTerms, LeasedUnitOfWork, instance_name};
pub use list::{JOBS, SEND_MAILS, find};
pub use messages::SEND_MESSAGES;
pub use run::{JobObserver, JobRun, Unobserved, run_once};
pub use runner::{RunningJobs, start};
pub use waiter::{StopSignal, Waiter};
