//! The unit of work: a transaction that is run again until it is known how it ended.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::thread;
use std::time::{Duration, Instant};

use diesel::connection::SimpleConnection;
use domain::ports::{Rollback, StoreError, Stores, UnitOfWork};

use crate::errors::classify;
use crate::pool::{Pool, Session};
use crate::transaction::Transaction;

/// How often a unit is run in all when others keep getting in its way.
const MOST_CONTENDED_RUNS: u32 = 8;
/// After this long no further run begins: whoever waits for the answer has left by then.
const LONGEST_RETRYING: Duration = Duration::from_secs(8);
/// How often a unit is run in all when its connections break.
const MOST_BROKEN_RUNS: u32 = 3;

type Work<'w> = &'w mut dyn FnMut(&mut dyn Stores) -> Result<(), Rollback>;

/// The domain's unit of work on a pool of connections.
#[derive(Clone)]
pub struct MysqlUnitOfWork {
    pool: Pool,
}

/// How one run ended.
enum Run {
    /// Committed, or rolled back as the work asked.
    Settled,
    /// A deadlock or a lock wait; the server has undone all of it.
    Contended,
    /// The connection broke before COMMIT was sent; nothing was done.
    Broken,
    /// The connection broke at COMMIT; it may have happened.
    Unknown,
    /// No run can do better.
    Failed(StoreError),
}

/// What the runs so far allow.
struct Attempts {
    began: Instant,
    contended: u32,
    broken: u32,
    /// Whether an earlier run may have been committed after all: then nobody may be told that
    /// nothing was done.
    unsettled: bool,
}

impl MysqlUnitOfWork {
    pub(crate) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    fn run_once(&self, work: Work<'_>) -> Run {
        let mut session = match self.pool.get() {
            Ok(session) => session,
            Err(error) => return Run::Failed(error),
        };
        transact_on(&mut session, work)
    }
}

impl UnitOfWork for MysqlUnitOfWork {
    fn transact(&self, work: Work<'_>) -> Result<(), StoreError> {
        let mut attempts = Attempts::begin();
        loop {
            match self.run_once(work) {
                Run::Settled => return Ok(()),
                Run::Failed(error) => return Err(attempts.told(error)),
                Run::Contended => attempts.after_contention()?,
                Run::Broken => attempts.after_break()?,
                Run::Unknown => {
                    attempts.unsettled = true;
                    attempts.after_break()?;
                }
            }
        }
    }
}

impl Attempts {
    fn begin() -> Self {
        Self {
            began: Instant::now(),
            contended: 0,
            broken: 0,
            unsettled: false,
        }
    }

    fn after_contention(&mut self) -> Result<(), StoreError> {
        self.contended += 1;
        if self.contended >= MOST_CONTENDED_RUNS || self.began.elapsed() >= LONGEST_RETRYING {
            log::warn!(runs = self.contended; "a unit of work was given up as contended");
            return Err(self.told(StoreError::Contention));
        }
        thread::sleep(pause(self.contended));
        Ok(())
    }

    fn after_break(&mut self) -> Result<(), StoreError> {
        self.broken += 1;
        if self.broken >= MOST_BROKEN_RUNS {
            return Err(self.told(StoreError::Unavailable));
        }
        Ok(())
    }

    fn told(&self, error: StoreError) -> StoreError {
        if self.unsettled {
            log::error!("it stays unknown whether a unit of work was committed; last: {error}");
            StoreError::Unknown
        } else {
            error
        }
    }
}

/// A few milliseconds, more after each run, and different for each of those that met.
fn pause(run: u32) -> Duration {
    let longest = 2_000_u64 << run.min(5);
    let random = RandomState::new().build_hasher().finish();
    Duration::from_micros(random % longest)
}

/// Runs `work` in a transaction of its own.
///
/// START TRANSACTION and COMMIT are sent by hand: diesel's own would commit what is left after a
/// deadlock that `work` swallowed.
fn transact_on(session: &mut Session, work: Work<'_>) -> Run {
    if let Err(error) = session.batch_execute("START TRANSACTION") {
        session.give_up();
        return spoilt_by(classify(&error));
    }
    let mut transaction = Transaction::new(session);
    let wanted = work(&mut transaction);
    let spoilt = transaction.spoilt();
    if wanted.is_ok() && spoilt.is_none() {
        return commit(session);
    }
    // The server rolls back what a lost connection leaves. And a cached statement that failed
    // between two of its rows has libmariadb wait for the rest for ever when it is run again, so
    // after a failure the connection goes, too.
    if session.batch_execute("ROLLBACK").is_err() || spoilt.is_some() {
        session.give_up();
    }
    match spoilt {
        // The work has met the fault itself and tells of it in its own words.
        Some(StoreError::Fault(_)) if wanted.is_err() => Run::Settled,
        Some(error) => spoilt_by(error),
        None => Run::Settled,
    }
}

fn commit(session: &mut Session) -> Run {
    let Err(error) = session.batch_execute("COMMIT") else {
        return Run::Settled;
    };
    // Whatever went wrong, no transaction may stay open on a connection of the pool.
    session.give_up();
    match classify(&error) {
        StoreError::Contention => Run::Contended,
        _ => Run::Unknown,
    }
}

fn spoilt_by(error: StoreError) -> Run {
    match error {
        StoreError::Contention => Run::Contended,
        StoreError::Unavailable => Run::Broken,
        error => Run::Failed(error),
    }
}
