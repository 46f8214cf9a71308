//! `manage keys`: the keys that personal data are sealed and hashed with (rule 10.1).

mod pace;
mod rehash;
mod rotate;
mod show;

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use clap::Subcommand;
use domain::ports::{StoreError, UnitOfWork};
use jobs::{LeaseTerms, LeasedUnitOfWork, instance_name};

use crate::failure::Failure;
use crate::house::House;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print which keys are configured, and how many rows need each; reads every row
    Show,
    /// Seal everything with the newest key, while the services run
    ///
    /// Every running service must have both keys. May be interrupted and run again; it goes on
    /// where it stopped.
    Rotate(rotate::Arguments),
    /// Change the key that documents are looked up by, with all services stopped
    ///
    /// From secrets.document_hash_key to secrets.document_hash_key_next. No service starts until
    /// it is finished; interrupted, it is run again.
    Rehash(rehash::Arguments),
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Show => show::run(),
            Self::Rotate(arguments) => arguments.run(),
            Self::Rehash(arguments) => arguments.run(),
        }
    }
}

/// How many rows one transaction changes.
#[derive(Debug, Clone, Copy, clap::Args)]
struct BatchSize {
    /// Rows in one transaction
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u32).range(1..=5_000))]
    batch: u32,
}

/// Transactions under a lease, so that two of one command do not do the same work twice. Waits
/// until the lease of one that was killed has run out.
fn leased(house: &House, job: &'static str) -> Result<Arc<dyn UnitOfWork>, Failure> {
    let seconds = house.settings.jobs.lease_seconds;
    let unit_of_work: Arc<dyn UnitOfWork> = Arc::new(LeasedUnitOfWork::new(
        Arc::new(house.unit_of_work()),
        Arc::clone(&house.clock),
        job,
        LeaseTerms {
            holder: instance_name("manage"),
            length: TimeDelta::seconds(i64::from(seconds)),
        },
    ));
    for waited in 0..=seconds {
        match unit_of_work.run(|_| Ok::<(), StoreError>(())) {
            Ok(()) => return Ok(unit_of_work),
            Err(StoreError::LeaseLost) if waited == 0 => {
                output::progress("another one is at work, or was killed; waiting for its lease");
            }
            Err(StoreError::LeaseLost) => {}
            Err(error) => return Err(error.into()),
        }
        std::thread::sleep(Duration::from_secs(1));
    }
    Err(Failure::failed(
        "another one is at work; this one did nothing",
    ))
}

/// Gives the lease back, so that the next one need not wait; otherwise it ends by itself.
fn give_back(house: &House, job: &'static str) {
    let unit_of_work = house.unit_of_work();
    let unit_of_work: &dyn UnitOfWork = &unit_of_work;
    let holder = instance_name("manage");
    if let Err(error) = unit_of_work.run(|stores| stores.leases().release(job, &holder)) {
        output::warning(&format!("the lease was not given back: {error}"));
    }
}
