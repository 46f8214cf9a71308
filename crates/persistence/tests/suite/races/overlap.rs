//! Two use cases that overlap on a live server, in an order that a test decides.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use diesel::mysql::MysqlConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::BigInt;
use domain::ports::{Rollback, StoreError, Stores, UnitOfWork};
use persistence::test_support::TestDatabase;

use crate::raw::connect;

/// Where the first of two use cases stops to let the second one run.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stop {
    /// In its unit of this number, counted from 0, which has done all but its COMMIT.
    BeforeCommitOf(usize),
    /// Outside every unit, when the one of this number is about to begin.
    BeforeUnit(usize),
}

/// A unit of work that does something more at one moment.
struct Stopping<'a> {
    inner: &'a dyn UnitOfWork,
    stop: Stop,
    units: AtomicUsize,
    let_second_run: &'a (dyn Fn() + Sync),
}

impl UnitOfWork for Stopping<'_> {
    fn transact(
        &self,
        work: &mut dyn FnMut(&mut dyn Stores) -> Result<(), Rollback>,
    ) -> Result<(), StoreError> {
        let unit = self.units.fetch_add(1, Ordering::SeqCst);
        if self.stop == Stop::BeforeUnit(unit) {
            (self.let_second_run)();
        }
        let mut stops = self.stop == Stop::BeforeCommitOf(unit);
        self.inner.transact(&mut |stores| {
            work(stores)?;
            // Once: a run that has to be repeated finds the second one at work.
            if std::mem::take(&mut stops) {
                (self.let_second_run)();
            }
            Ok(())
        })
    }
}

/// Runs `first`, which stops at `stop` until `second` has come to its end or waits for a lock;
/// what each answered.
pub(crate) fn overlap<A, B: Send>(
    database: &TestDatabase,
    stop: Stop,
    first: impl FnOnce(&dyn UnitOfWork) -> A,
    second: impl FnOnce(&dyn UnitOfWork) -> B + Send,
) -> (A, B) {
    let unit_of_work = database.unit_of_work();
    thread::scope(|scope| {
        let second = Mutex::new(Some(second));
        let running = Mutex::new(None);
        let let_second_run = || {
            let second = second.lock().unwrap().take().expect("there is one stop");
            let unit_of_work = &unit_of_work;
            let second = scope.spawn(move || second(unit_of_work));
            let mut watcher = Watcher::of(database);
            while !second.is_finished() && !watcher.somebody_waits() {
                thread::yield_now();
            }
            *running.lock().unwrap() = Some(second);
        };
        let first = first(&Stopping {
            inner: &unit_of_work,
            stop,
            units: AtomicUsize::new(0),
            let_second_run: &let_second_run,
        });
        let second = running.lock().unwrap().take();
        let second = second.expect("the first one came to its stop");
        (first, second.join().unwrap())
    })
}

/// Sees whether a statement in this database waits for a lock.
struct Watcher {
    connection: MysqlConnection,
    question: &'static str,
}

/// MySQL keeps a table of who waits for whom.
const WHO_WAITS: &str =
    "SELECT COUNT(*) AS threads FROM performance_schema.data_lock_waits AS waits
     JOIN performance_schema.threads ON threads.thread_id = waits.requesting_thread_id
     WHERE threads.processlist_db = DATABASE()";

/// MariaDB's tables of who waits come from a cache that is not renewed while somebody keeps
/// asking; there a statement that has been at work for long must be waiting. A slow one taken for
/// a waiting one fails no test; it lets the first one go on too early to show what it was to show.
const WHO_IS_LONG_AT_WORK: &str = "SELECT COUNT(*) AS threads FROM information_schema.processlist
     WHERE db = DATABASE() AND command <> 'Sleep' AND id <> CONNECTION_ID() AND time_ms > 100";

impl Watcher {
    fn of(database: &TestDatabase) -> Self {
        Self {
            connection: connect(database),
            question: if database.is_mariadb() {
                WHO_IS_LONG_AT_WORK
            } else {
                WHO_WAITS
            },
        }
    }

    fn somebody_waits(&mut self) -> bool {
        let waiting: Waiting = sql_query(self.question)
            .get_result(&mut self.connection)
            .unwrap();
        waiting.threads > 0
    }
}

#[derive(QueryableByName)]
struct Waiting {
    #[diesel(sql_type = BigInt)]
    threads: i64,
}
