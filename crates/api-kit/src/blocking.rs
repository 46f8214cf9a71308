//! Blocking work on a bounded pool of threads, away from the threads that answer requests.
//!
//! A service has one for the database, no larger than its connection pool, so that no thread waits
//! for a connection, and one for each server outside, whose slowness then holds up nothing else.
//!
//! Work that waits ages: what is begun is always finished, but what waited too long, or for a
//! caller who has left, is not begun any more. Otherwise a service that was overloaded for a
//! minute would spend the next one on answers that nobody waits for.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{Builder, JoinHandle};
use std::time::{Duration, Instant};

use tokio::sync::oneshot;

use crate::error::ApiError;

type Job = Box<dyn FnOnce() + Send>;

/// How many calls may wait for each thread before further ones are turned away.
const WAITING_PER_THREAD: usize = 32;

/// How long work may wait to be begun. Together with the time for a connection and the statements
/// it stays within what a person at a phone waits before asking again.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// A pool of threads with a bounded queue.
///
/// When it is dropped, the threads finish what is queued and end.
pub struct BlockingPool {
    name: &'static str,
    longest_wait: Duration,
    queue: Option<SyncSender<Job>>,
    threads: Vec<JoinHandle<()>>,
}

impl BlockingPool {
    /// Starts `size` threads, at least one.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn start(name: &'static str, size: usize) -> std::io::Result<Self> {
        let size = size.max(1);
        let (queue, jobs) = sync_channel::<Job>(size.saturating_mul(WAITING_PER_THREAD));
        let jobs = Arc::new(Mutex::new(jobs));
        let threads = (0..size)
            .map(|number| {
                let jobs = Arc::clone(&jobs);
                Builder::new()
                    .name(format!("{name}-{number}"))
                    .spawn(move || work_off(&jobs))
            })
            .collect::<Result<_, _>>()?;
        Ok(Self {
            name,
            longest_wait: LONGEST_WAIT,
            queue: Some(queue),
            threads,
        })
    }

    /// Runs `work` on one of the threads. A caller that leaves cancels it only as long as it has
    /// not begun.
    ///
    /// # Errors
    /// `overloaded` at once if the queue is full, and if the work was not begun within 2 s;
    /// nothing was done then. `internal` if the work panics.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, ApiError> {
        let (answer, outcome) = oneshot::channel();
        let (queued_at, longest_wait) = (Instant::now(), self.longest_wait);
        let job: Job = Box::new(move || {
            if answer.is_closed() {
                return;
            }
            let in_time = queued_at.elapsed() < longest_wait;
            // Nobody may be waiting any more; the work was done all the same.
            let _ = answer.send(in_time.then(work));
        });
        self.enqueue(job)?;
        let done = outcome
            .await
            .map_err(|_| ApiError::internal(format!("work on the pool {} panicked", self.name)))?;
        done.ok_or_else(|| {
            ApiError::overloaded()
                .caused_by(format!("work on the pool {} waited too long", self.name))
        })
    }

    fn enqueue(&self, job: Job) -> Result<(), ApiError> {
        let sent = match &self.queue {
            Some(queue) => queue.try_send(job),
            None => Err(TrySendError::Disconnected(job)),
        };
        sent.map_err(|error| match error {
            TrySendError::Full(_) => ApiError::overloaded()
                .caused_by(format!("the queue of the pool {} is full", self.name)),
            TrySendError::Disconnected(_) => ApiError::overloaded().caused_by("the pool has ended"),
        })
    }
}

impl Drop for BlockingPool {
    fn drop(&mut self) {
        self.queue = None;
        let here = std::thread::current().id();
        for thread in self.threads.drain(..) {
            // The last owner may be a job, on one of these threads, which cannot wait for itself.
            if thread.thread().id() != here {
                // A thread cannot have panicked: each job is caught.
                let _ = thread.join();
            }
        }
    }
}

fn work_off(jobs: &Mutex<Receiver<Job>>) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // The job owns all it touches, so nothing half-done stays behind; the caller learns of
        // the panic by its channel closing, the log by the panic hook.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future as _;
    use std::pin::pin;
    use std::sync::mpsc::{Sender, channel};
    use std::task::{Context, Waker};

    use super::*;

    /// Keeps the only thread of `pool` busy until the answer is used or dropped.
    fn occupy(pool: &BlockingPool) -> Sender<()> {
        let (release, held) = channel::<()>();
        let (began, begun) = channel::<()>();
        pool.enqueue(Box::new(move || {
            began.send(()).unwrap();
            let _ = held.recv();
        }))
        .unwrap();
        begun.recv().unwrap();
        release
    }

    #[actix_web::test]
    async fn work_is_done_elsewhere() {
        let pool = BlockingPool::start("test", 2).unwrap();
        let here = std::thread::current().id();
        let there = pool.run(|| std::thread::current().id()).await.unwrap();
        assert_ne!(here, there);
    }

    #[actix_web::test]
    async fn a_panic_is_an_internal_error_and_the_thread_lives_on() {
        let pool = BlockingPool::start("test", 1).unwrap();
        let error = pool
            .run(|| panic!("on purpose"))
            .await
            .map(|(): ()| ())
            .unwrap_err();
        assert_eq!(error.code().code, "internal");
        assert_eq!(pool.run(|| 7).await.unwrap(), 7);
    }

    #[actix_web::test]
    async fn a_full_queue_turns_away_at_once() {
        let pool = BlockingPool::start("test", 1).unwrap();
        let release = occupy(&pool);
        for _ in 0..WAITING_PER_THREAD {
            pool.enqueue(Box::new(|| ())).unwrap();
        }
        let error = pool.run(|| ()).await.unwrap_err();
        assert_eq!(error.code().code, "overloaded");
        release.send(()).unwrap();
    }

    #[actix_web::test]
    async fn work_that_waited_too_long_is_not_begun() {
        let mut pool = BlockingPool::start("test", 1).unwrap();
        pool.longest_wait = Duration::ZERO;
        let (begin, begun) = channel();
        let outcome = pool.run(move || begin.send(()).unwrap()).await;
        assert_eq!(outcome.unwrap_err().code().code, "overloaded");
        drop(pool);
        assert!(begun.recv().is_err());
    }

    #[test]
    fn a_caller_that_leaves_cancels_only_what_has_not_begun() {
        let pool = BlockingPool::start("test", 1).unwrap();
        let release = occupy(&pool);
        let (done, count) = channel();
        let mut context = Context::from_waker(Waker::noop());
        for (number, stays) in [(1, false), (2, true)] {
            let done = done.clone();
            let caller = pool.run(move || done.send(number).unwrap());
            if stays {
                let mut caller = pin!(caller);
                assert!(caller.as_mut().poll(&mut context).is_pending());
                release.send(()).unwrap();
                assert_eq!(count.recv(), Ok(2), "the first is left out");
            } else {
                let mut caller = Box::pin(caller);
                assert!(caller.as_mut().poll(&mut context).is_pending());
            }
        }
    }

    #[test]
    fn a_job_may_be_the_last_owner_of_its_pool() {
        let pool = Arc::new(BlockingPool::start("test", 1).unwrap());
        let (release, held) = channel::<()>();
        let (done, finished) = channel::<()>();
        let owner = Arc::clone(&pool);
        pool.enqueue(Box::new(move || {
            let _ = held.recv();
            drop(owner);
            done.send(()).unwrap();
        }))
        .unwrap();
        drop(pool);
        drop(release);
        assert!(finished.recv().is_ok());
    }

    #[test]
    fn what_is_queued_is_finished_before_the_pool_ends() {
        let pool = BlockingPool::start("test", 1).unwrap();
        let (done, count) = channel();
        for number in 0..10 {
            let done = done.clone();
            pool.enqueue(Box::new(move || done.send(number).unwrap()))
                .unwrap();
        }
        drop((pool, done));
        assert_eq!(count.iter().count(), 10);
    }
}
