//! One run of a job under its lease, caught, timed and logged.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use domain::ports::StoreError;

use crate::context::JobContext;
use crate::job::{Job, JobError, Summary};
use crate::lease::LeaseTerms;
use crate::waiter::Waiter;

/// For how long a lease is kept after a run at the most, so that a run by hand need not wait for
/// an hourly job's next one.
const LONGEST_REST: TimeDelta = TimeDelta::seconds(10);

/// How often a run by hand asks for a lease that another instance holds.
const ASK_AGAIN_AFTER: Duration = Duration::from_millis(100);

/// A run that has ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRun {
    /// Which job.
    pub job: &'static str,
    /// When it began, by the domain's clock.
    pub started_at: DateTime<Utc>,
    /// How long it took, by real time.
    pub took: Duration,
    /// What it did, or why not.
    pub outcome: Result<Summary, JobError>,
}

/// Is told of every run, for metrics.
pub trait JobObserver: Send + Sync {
    /// A run has ended, one that found the lease taken included. Must not panic.
    fn ran(&self, run: &JobRun);
}

/// Nobody watches.
#[derive(Debug, Clone, Copy, Default)]
pub struct Unobserved;

impl JobObserver for Unobserved {
    fn ran(&self, _: &JobRun) {}
}

/// Runs a job once, by hand; waits up to `patience` while another instance holds its lease.
///
/// # Errors
/// [`JobError`].
pub fn run_once(
    job: &Job,
    context: &JobContext,
    terms: &LeaseTerms,
    waiter: &Arc<dyn Waiter>,
    patience: Duration,
) -> Result<Summary, JobError> {
    let mut waited = Duration::ZERO;
    loop {
        let outcome = run_leased(job, context, terms, waiter).outcome;
        let held_elsewhere = outcome == Err(JobError::HeldElsewhere);
        if !held_elsewhere || waited >= patience || waiter.wait(ASK_AGAIN_AFTER).is_break() {
            return outcome;
        }
        waited = waited.saturating_add(ASK_AGAIN_AFTER);
    }
}

/// Runs a job if its lease is to be had, and logs what became of it.
pub(crate) fn run_leased(
    job: &Job,
    context: &JobContext,
    terms: &LeaseTerms,
    waiter: &Arc<dyn Waiter>,
) -> JobRun {
    let started_at = context.clock.now();
    let began = Instant::now();
    let leased = context.under_lease(job.name, terms, waiter);
    // Nothing of a run outlives it but what is committed, so no broken state can be seen.
    let outcome = catch_unwind(AssertUnwindSafe(|| take_and_run(job, &leased)))
        .unwrap_or(Err(JobError::Panicked));
    if outcome != Err(JobError::HeldElsewhere) {
        rest(job, context, terms, started_at);
    }
    let run = JobRun {
        job: job.name,
        started_at,
        took: began.elapsed(),
        outcome,
    };
    log_run(&run);
    run
}

/// The lease first, so that an instance that does not get it begins nothing.
fn take_and_run(job: &Job, leased: &JobContext) -> Result<Summary, JobError> {
    leased.unit_of_work.run(|_| Ok::<(), StoreError>(()))?;
    (job.run)(leased)
}

/// Keeps the lease only until the next run is due, by whichever instance. So all instances
/// together keep the job's cadence, on which rule 6.8's hundred refunds a second rest.
fn rest(job: &Job, context: &JobContext, terms: &LeaseTerms, started_at: DateTime<Utc>) {
    let until = started_at + job.interval.min(LONGEST_REST);
    let now = context.clock.now();
    let rested = context.unit_of_work.run(|stores| {
        if until <= now {
            return stores.leases().release(job.name, &terms.holder);
        }
        // Not taken: another instance has it, and there is nothing to give back.
        stores
            .leases()
            .take(job.name, &terms.holder, now, until)
            .map(drop)
    });
    if let Err(error) = rested {
        // It ends by itself; the next run comes later than it should.
        log::warn!(job = job.name; "the lease was not given back: {error}");
    }
}

fn log_run(run: &JobRun) {
    let (job, milliseconds) = (run.job, run.took.as_millis());
    match &run.outcome {
        Ok(summary) if summary.is_idle() => log::debug!(job, milliseconds; "{summary}"),
        Ok(summary) => log::info!(job, milliseconds; "{summary}"),
        Err(error @ JobError::HeldElsewhere) => log::debug!(job, milliseconds; "{error}"),
        Err(error) => log::error!(job, milliseconds; "the job failed: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_kit::{Kit, LEASE, MovingWaiter, fail, job, panic, succeed, terms, unstopped};

    fn run(kit: &Kit, job: &Job, holder: &str) -> JobRun {
        run_leased(job, &kit.context, &terms(holder), &unstopped())
    }

    #[test]
    fn of_two_instances_one_works_and_both_keep_one_cadence() {
        let kit = Kit::new();
        let job = job(succeed);
        let runs = |holder: &str| run(&kit, &job, holder).outcome;
        assert!(runs("first").is_ok());
        assert_eq!(runs("second"), Err(JobError::HeldElsewhere));
        kit.clock()
            .advance(job.interval - TimeDelta::microseconds(1));
        assert_eq!(runs("second"), Err(JobError::HeldElsewhere));
        kit.clock().advance(TimeDelta::microseconds(1));
        assert!(runs("second").is_ok());
        assert_eq!(runs("first"), Err(JobError::HeldElsewhere));
    }

    #[test]
    fn an_instance_that_died_in_a_run_is_replaced_after_its_lease() {
        let kit = Kit::new();
        let job = job(succeed);
        let begun = kit
            .context
            .under_lease(job.name, &terms("dead"), &unstopped());
        assert!(take_and_run(&job, &begun).is_ok());
        kit.clock().advance(LEASE - TimeDelta::microseconds(1));
        let replaced = || run(&kit, &job, "alive").outcome;
        assert_eq!(replaced(), Err(JobError::HeldElsewhere));
        kit.clock().advance(TimeDelta::microseconds(1));
        assert!(replaced().is_ok());
    }

    #[test]
    fn a_panic_is_caught_and_the_lease_is_given_back_as_ever() {
        let kit = Kit::new();
        let broken = run(&kit, &job(panic), "first");
        assert_eq!(broken.outcome, Err(JobError::Panicked));
        kit.clock().advance(job(panic).interval);
        let next = run(&kit, &job(succeed), "second");
        assert!(next.outcome.is_ok());
    }

    #[test]
    fn a_run_by_hand_waits_for_its_turn_but_not_for_ever() {
        let kit = Kit::new();
        let hourly = Job {
            interval: TimeDelta::hours(1),
            ..job(succeed)
        };
        assert!(run(&kit, &hourly, "service").outcome.is_ok());
        let by_hand = |patience| {
            let waiter: Arc<dyn Waiter> =
                Arc::new(MovingWaiter::stopping_at(kit.clock(), usize::MAX));
            run_once(&hourly, &kit.context, &terms("hand"), &waiter, patience)
        };
        let patience = Duration::from_secs(5);
        assert_eq!(by_hand(patience), Err(JobError::HeldElsewhere));
        assert_eq!(by_hand(patience), Ok(Summary::of([("done", 1)])));
    }

    #[test]
    fn a_failure_is_told_at_once() {
        let kit = Kit::new();
        let waiter: Arc<dyn Waiter> = Arc::new(MovingWaiter::stopping_at(kit.clock(), 1));
        let patience = Duration::from_secs(5);
        let outcome = run_once(&job(fail), &kit.context, &terms("hand"), &waiter, patience);
        assert_eq!(outcome, Err(JobError::Store(StoreError::Unavailable)));
    }
}
