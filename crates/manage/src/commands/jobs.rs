//! `manage jobs`: the scheduled jobs, by hand.

use std::sync::Arc;
use std::time::Duration;

use chrono::TimeDelta;
use clap::Subcommand;
use jobs::{JOBS, JobContext, LeaseTerms, StopSignal, Waiter, find, instance_name, run_once};

use crate::failure::Failure;
use crate::house::House;
use crate::output;
use crate::table::aligned;

/// How long to wait while a service runs the job.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print the jobs and how often the admin service runs each
    List,
    /// Run one job once, now; waits up to 30 s while a service runs it
    Run {
        /// The job's name, as `manage jobs list` prints it
        name: String,
    },
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::List => {
                output::raw(&list());
                Ok(())
            }
            Self::Run { name } => run(&name),
        }
    }
}

fn list() -> String {
    let headings = ["job", "every", "what it does"].map(str::to_owned);
    let jobs = JOBS.iter().map(|job| {
        let every = format!("{} s", job.interval.num_seconds());
        [job.name.to_owned(), every, job.summary.to_owned()]
    });
    aligned(&std::iter::once(headings).chain(jobs).collect::<Vec<_>>())
}

fn run(name: &str) -> Result<(), Failure> {
    let job = find(name).ok_or_else(|| {
        let names: Vec<&str> = JOBS.iter().map(|job| job.name).collect();
        Failure::usage(format!("no such job; there are {}", names.join(", ")))
    })?;
    let house = House::open()?;
    let waiter: Arc<dyn Waiter> = Arc::new(StopSignal::default());
    let context = JobContext {
        unit_of_work: Arc::new(house.unit_of_work()),
        provider: assembly::payment_provider(&house.settings.wechat, &house.clock)?,
        messenger: assembly::messenger(&house.settings.wechat, &house.clock)?,
        mailer: assembly::mailer(house.settings.mail.as_ref(), &house.clock)?,
        text_cipher: assembly::text_cipher(&house.settings.secrets)?,
        rules: house.settings.rules.clone(),
        clock: Arc::clone(&house.clock),
        ids: Arc::clone(&house.ids),
        batch_size: house.settings.jobs.batch_size,
        waiter: Arc::clone(&waiter),
    };
    let terms = LeaseTerms {
        holder: instance_name("manage"),
        length: TimeDelta::seconds(i64::from(house.settings.jobs.lease_seconds)),
    };
    match run_once(job, &context, &terms, &waiter, PATIENCE) {
        Ok(summary) => {
            output::line(&format!("{name}: {summary}"));
            Ok(())
        }
        Err(error) => Err(Failure::failed(format!("{name}: {error}"))),
    }
}
