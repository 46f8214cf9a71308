//! The runner: a thread for each job, until stopped.

use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::Clock;

use crate::context::JobContext;
use crate::job::{Job, JobError};
use crate::lease::LeaseTerms;
use crate::run::{JobObserver, run_leased};
use crate::waiter::{StopSignal, Waiter};

/// How often a waiting thread looks at the clock, which development may set ahead.
const LOOK_AT_THE_CLOCK: Duration = Duration::from_millis(500);

/// A job that fails again and again is tried at least this often.
const LONGEST_BACKOFF: TimeDelta = TimeDelta::minutes(1);

/// Threads that run jobs.
pub struct RunningJobs {
    signal: Arc<StopSignal>,
    threads: Vec<JoinHandle<()>>,
}

impl RunningJobs {
    /// Stops all jobs and waits for the runs that are under way: for one call to the provider and
    /// some transactions at the most.
    pub fn stop(mut self) {
        self.signal.stop();
        for thread in self.threads.drain(..) {
            if thread.join().is_err() {
                log::error!("the thread of a job has panicked");
            }
        }
    }
}

/// Without [`RunningJobs::stop`] the threads end too, but nobody waits for them.
impl Drop for RunningJobs {
    fn drop(&mut self) {
        self.signal.stop();
    }
}

/// Starts a thread for each of `jobs`; the first runs begin at once.
///
/// # Errors
/// If the system gives no thread; those already started end.
pub fn start(
    jobs: &'static [Job],
    context: &JobContext,
    terms: &LeaseTerms,
    observer: Arc<dyn JobObserver>,
) -> io::Result<RunningJobs> {
    let signal = Arc::new(StopSignal::default());
    let mut running = RunningJobs {
        signal: Arc::clone(&signal),
        threads: Vec::new(),
    };
    for job in jobs {
        let schedule = Schedule {
            job,
            context: context.clone(),
            terms: terms.clone(),
            waiter: signal.clone(),
            observer: Arc::clone(&observer),
        };
        let thread = thread::Builder::new()
            .name(job.name.to_owned())
            .spawn(move || schedule.keep_running())?;
        running.threads.push(thread);
    }
    Ok(running)
}

/// One job with all that it needs to be run again and again.
struct Schedule {
    job: &'static Job,
    context: JobContext,
    terms: LeaseTerms,
    waiter: Arc<dyn Waiter>,
    observer: Arc<dyn JobObserver>,
}

impl Schedule {
    fn keep_running(&self) {
        let mut failures = 0_u32;
        loop {
            let run = run_leased(self.job, &self.context, &self.terms, &self.waiter);
            failures = match run.outcome {
                Ok(_) | Err(JobError::HeldElsewhere) => 0,
                Err(_) => failures.saturating_add(1),
            };
            self.observer.ran(&run);
            let pause = pause_after(self.job.interval, failures);
            if self.wait(run.started_at, pause).is_break() {
                return;
            }
        }
    }

    /// Waits until `pause` after `started_at` by the domain's clock, but never longer than
    /// `pause` by real time: a clock that is set back holds nothing up.
    fn wait(&self, started_at: DateTime<Utc>, pause: TimeDelta) -> ControlFlow<()> {
        let mut left = until(&*self.context.clock, started_at + pause);
        let mut patience = pause.to_std().unwrap_or_default();
        loop {
            let slice = left.min(patience).min(LOOK_AT_THE_CLOCK);
            self.waiter.wait(slice)?;
            patience = patience.saturating_sub(slice);
            left = until(&*self.context.clock, started_at + pause);
            if left.is_zero() || patience.is_zero() {
                return ControlFlow::Continue(());
            }
        }
    }
}

fn until(clock: &dyn Clock, instant: DateTime<Utc>) -> Duration {
    (instant - clock.now()).to_std().unwrap_or_default()
}

/// The interval, doubled with each failure in a row, up to [`LONGEST_BACKOFF`] where the interval
/// itself is not longer.
fn pause_after(interval: TimeDelta, failures: u32) -> TimeDelta {
    let doubled = interval
        .checked_mul(1_i32.checked_shl(failures.min(16)).unwrap_or(i32::MAX))
        .unwrap_or(LONGEST_BACKOFF);
    doubled.min(LONGEST_BACKOFF.max(interval))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::job::Summary;
    use crate::list::JOBS;
    use crate::run::{JobRun, Unobserved};
    use crate::test_kit::{Kit, MovingWaiter, Runs, fail, job, panic, succeed, terms};

    static SUCCEEDING: Job = job(succeed);
    static FAILING: Job = job(fail);
    static PANICKING: Job = job(panic);

    /// Runs `job` until the waiter has waited `waits` times, and tells when each run began.
    fn starts(kit: &Kit, job: &'static Job, waits: usize) -> Vec<i64> {
        let began = kit.museum.now();
        let runs = Arc::new(Runs::default());
        let schedule = Schedule {
            job,
            context: kit.context.clone(),
            terms: terms("runner"),
            waiter: Arc::new(MovingWaiter::stopping_at(kit.clock(), waits)),
            observer: runs.clone(),
        };
        schedule.keep_running();
        let second = |run: &JobRun| (run.started_at - began).num_seconds();
        runs.all().iter().map(second).collect()
    }

    #[test]
    fn runs_at_once_and_then_at_every_interval() {
        assert_eq!(starts(&Kit::new(), &SUCCEEDING, 35), [0, 5, 10, 15]);
    }

    #[test]
    fn what_fails_is_tried_more_and_more_seldom_and_goes_on() {
        let minutes = 2 * 200;
        let expected = [0, 10, 30, 70, 130, 190];
        for job in [&FAILING, &PANICKING] {
            assert_eq!(starts(&Kit::new(), job, minutes), expected);
        }
    }

    #[test]
    fn an_hourly_job_that_fails_waits_no_longer_than_its_hour() {
        let hour = TimeDelta::hours(1);
        assert_eq!(pause_after(hour, 0), hour);
        assert_eq!(pause_after(hour, 3), hour);
        assert_eq!(
            pause_after(TimeDelta::seconds(5), u32::MAX),
            LONGEST_BACKOFF
        );
    }

    /// Moves the clock by itself at the first wait, as `cargo xtask clock` does.
    struct Jump(MovingWaiter, Mutex<Option<TimeDelta>>);

    impl Waiter for Jump {
        fn wait(&self, length: Duration) -> ControlFlow<()> {
            let jump = self.1.lock().unwrap().take();
            self.0.wait(length)?;
            if let Some(jump) = jump {
                self.0.clock().advance(jump);
            }
            ControlFlow::Continue(())
        }

        fn is_stopping(&self) -> bool {
            self.0.is_stopping()
        }
    }

    fn waits_after_jump(by: TimeDelta) -> usize {
        let kit = Kit::new();
        let waiter = Arc::new(Jump(
            MovingWaiter::stopping_at(kit.clock(), usize::MAX),
            Mutex::new(Some(by)),
        ));
        let schedule = Schedule {
            job: &SUCCEEDING,
            context: kit.context.clone(),
            terms: terms("runner"),
            waiter: waiter.clone(),
            observer: Arc::new(Unobserved),
        };
        let waited = schedule.wait(kit.museum.now(), TimeDelta::seconds(5));
        assert!(waited.is_continue());
        waiter.0.waits()
    }

    #[test]
    fn a_clock_set_ahead_makes_jobs_due_and_one_set_back_holds_none_up() {
        assert_eq!(waits_after_jump(TimeDelta::zero()), 10);
        assert_eq!(waits_after_jump(TimeDelta::hours(1)), 1);
        assert_eq!(waits_after_jump(TimeDelta::hours(-1)), 10);
    }

    #[test]
    fn threads_run_every_job_and_end_when_stopped() {
        struct Sender(Mutex<std::sync::mpsc::Sender<&'static str>>);
        impl JobObserver for Sender {
            fn ran(&self, run: &JobRun) {
                assert!(matches!(run.outcome, Ok(Summary { .. })), "{run:?}");
                self.0.lock().unwrap().send(run.job).unwrap();
            }
        }
        let kit = Kit::new();
        let (sender, receiver) = std::sync::mpsc::channel();
        let observer = Arc::new(Sender(Mutex::new(sender)));
        let running = start(JOBS, &kit.context, &terms("service"), observer).unwrap();
        let mut names: Vec<&str> = (0..JOBS.len()).map(|_| receiver.recv().unwrap()).collect();
        running.stop();
        names.sort_unstable();
        names.dedup();
        assert!(receiver.iter().all(|name| names.contains(&name)));
        assert_eq!(names.len(), JOBS.len());
    }
}
