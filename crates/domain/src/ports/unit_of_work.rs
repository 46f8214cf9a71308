//! The transaction, as a port that the domain owns.

use thiserror::Error;

use super::Stores;

/// A unique key of the stores that a write ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum UniqueKey {
    /// A document's one live admission per visit date (rule 4.3).
    ActiveDocument,
    /// An account's one unpaid order (rule 4.9).
    UnpaidAccount,
    /// An order's or a refund's request key (rule 4.8).
    RequestKey,
    /// Any other key: a row that exists already.
    Other,
}

/// Why a store could not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StoreError {
    /// Something with that key exists already.
    #[error("a row with that {0:?} key exists already")]
    Duplicate(UniqueKey),
    /// Deadlocks or lock waits went on through every retry; nothing was done.
    #[error("the database is too contended")]
    Contention,
    /// No connection, or the server is gone; nothing was done.
    #[error("the database is not available")]
    Unavailable,
    /// The connection broke at COMMIT and it could not be settled whether it happened; the same
    /// request, repeated, finds out.
    #[error("it is not known whether the transaction was committed")]
    Unknown,
    /// The lease of a job was lost to another holder; nothing was done.
    #[error("the job's lease was lost")]
    LeaseLost,
    /// What is stored contradicts the rules, or the program is at fault.
    #[error("the store is at fault: {0}")]
    Fault(String),
}

/// Tells the unit of work to undo everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rollback;

/// One transaction over the stores, run again after a deadlock.
///
/// The closure runs in one transaction. It MUST see its own writes. `Ok` commits, `Err` rolls back
/// every write; both answer `Ok(())` unless the store failed. After a deadlock, a lock wait
/// time-out or an unknown commit the closure MUST be run again from its start, on a transaction
/// that sees none of its earlier writes but the committed ones. A closure that swallowed a
/// store's contention MUST NOT be committed. A closure that panics is rolled back, and the next
/// unit finds neither its writes nor its locks. Ids, times and everything from outside are fixed
/// before the closure, so that running it again writes the same.
pub trait UnitOfWork: Send + Sync {
    /// Runs `work` in one transaction; use [`run`](trait.UnitOfWork.html#method.run) instead.
    ///
    /// # Errors
    /// [`StoreError`] when the transaction itself could not be carried out; never for a rollback
    /// that `work` asked for.
    fn transact(
        &self,
        work: &mut dyn FnMut(&mut dyn Stores) -> Result<(), Rollback>,
    ) -> Result<(), StoreError>;
}

impl dyn UnitOfWork + '_ {
    /// Runs `work` in one transaction and hands on what it returns: `Ok` after the commit, `Err`
    /// after the rollback.
    ///
    /// # Errors
    /// The error of `work`, or the store's.
    pub fn run<T, E: From<StoreError>>(
        &self,
        mut work: impl FnMut(&mut dyn Stores) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut result = None;
        self.transact(&mut |stores| match work(stores) {
            Ok(value) => {
                result = Some(Ok(value));
                Ok(())
            }
            Err(error) => {
                result = Some(Err(error));
                Err(Rollback)
            }
        })?;
        result.unwrap_or_else(|| {
            Err(StoreError::Fault("a unit of work was never run".to_owned()).into())
        })
    }
}
