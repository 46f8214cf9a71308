//! All stores in memory, with real transactions.

mod annual_passes;
mod bans;
mod calendar;
mod content;
mod document_hashes;
mod draft;
mod erasures;
mod fault;
mod gates;
mod invoices;
mod ledger;
mod locks;
mod mails;
mod missed;
mod orders;
mod outbox;
mod people;
mod queries;
mod refunds;
mod sealed_rows;
mod sweep;
mod tables;
mod undated;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::{self, ThreadId};

use crate::ports::{Rollback, StoreError, Stores, UnitOfWork};

use draft::Draft;
use fault::Faults;
use tables::Tables;

pub use fault::Fault;

/// Every store in memory, one transaction after the other.
///
/// A unit works on a draft that takes the place of what is stored when it succeeds; until then
/// [`Queries`](crate::ports::Queries) and the [`Sweep`](crate::ports::Sweep) see nothing of it.
/// The keys, checks and conditions that the ports promise are held here as a database holds them.
///
/// It is stricter than a database in one thing: a unit that leaves the lock order of
/// [`Stores`], or saves what it has not locked, gets [`StoreError::Fault`] at once, where a
/// database would deadlock now and then, or lose a write.
#[derive(Debug, Default)]
pub struct MemoryStore {
    committed: Mutex<Tables>,
    /// Held by the unit that runs.
    turn: Mutex<()>,
    running: Mutex<Option<ThreadId>>,
    faults: Mutex<Faults>,
}

/// Locks, also after a test has panicked with the lock in its hand: what is behind these locks
/// is replaced whole and never left half written.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl MemoryStore {
    /// A store without any row.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Lets the next `times` units fail in this way. Faults come in the order of their injection.
    pub fn inject(&self, fault: Fault, times: usize) {
        lock(&self.faults).add(fault, times);
    }

    /// What is committed now. Cheap: tables are shared until one of both is written.
    fn snapshot(&self) -> Tables {
        lock(&self.committed).clone()
    }

    fn attempt(
        &self,
        work: &mut dyn FnMut(&mut dyn Stores) -> Result<(), Rollback>,
    ) -> Result<(), StoreError> {
        let fault = lock(&self.faults).next();
        match fault {
            Some(Fault::Refuse(error)) => return Err(error),
            Some(Fault::RunTwice) => drop(work(&mut Draft::of(self.snapshot()))),
            Some(Fault::LoseAnswer) | None => {}
        }
        let mut draft = Draft::of(self.snapshot());
        let committed = work(&mut draft).is_ok();
        if committed {
            *lock(&self.committed) = draft.into_tables();
        }
        match fault {
            Some(Fault::LoseAnswer) if committed => Err(StoreError::Unknown),
            _ => Ok(()),
        }
    }
}

impl UnitOfWork for MemoryStore {
    fn transact(
        &self,
        work: &mut dyn FnMut(&mut dyn Stores) -> Result<(), Rollback>,
    ) -> Result<(), StoreError> {
        let this_thread = thread::current().id();
        if *lock(&self.running) == Some(this_thread) {
            let text = "a unit of work was begun within a unit of work";
            return Err(StoreError::Fault(text.to_owned()));
        }
        let _turn = lock(&self.turn);
        let _running = Running::begin(&self.running, this_thread);
        self.attempt(work)
    }
}

/// Notes which thread runs a unit, for as long as it does and even if it panics.
struct Running<'a>(&'a Mutex<Option<ThreadId>>);

impl<'a> Running<'a> {
    fn begin(running: &'a Mutex<Option<ThreadId>>, thread: ThreadId) -> Self {
        *lock(running) = Some(thread);
        Self(running)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        *lock(self.0) = None;
    }
}

#[cfg(test)]
mod tests;
