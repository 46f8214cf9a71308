//! Changing the key that documents are hashed with, while no service runs (rule 10.1).
//!
//! A mark is set before the first row changes and taken away after the last; as long as it stands
//! nobody may look a document up (see [`check_hash_key`](super::hash_key::check_hash_key)). Each
//! row tells by itself whether it has changed, since both hashes are reckoned anew from the sealed
//! number: so a run that was interrupted at any point is simply begun again.

use chrono::{DateTime, Utc};
use thiserror::Error;
use uuid::Uuid;

use crate::clock::Clock;
use crate::identity::Document;
use crate::key_rotation::KeyRing;
use crate::ports::{StoreError, UnitOfWork};
use crate::rehashing::{HashKeyId, HashKeys, HashedRow, HashedTable, Orphans, Rehashed};

/// Why the key is not changed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RehashError {
    /// The present key is not the one that the stored documents are hashed with.
    #[error("the stored documents are hashed with the key {0}, not with the one configured")]
    OtherKey(HashKeyId),
    /// A change to a third key is not finished.
    #[error("a change to the key {0} was begun before and has to be finished first")]
    OtherChange(HashKeyId),
    /// Rows changed behind the walk: a service runs.
    #[error("rows are still being written with the former key: stop all services")]
    StillWritten,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How a change of the key stands before its first row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Begun {
    /// Nothing has changed yet.
    Now,
    /// An earlier run was interrupted.
    Before,
    /// The key was changed before; there is nothing to do.
    Done,
}

/// What a change of the key has done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RehashReport {
    /// Rows whose hash was changed by this run.
    pub changed: u64,
    /// Rows whose hash is neither key's, or whose sealed number does not open; they stay as they
    /// are, and no look-up finds them.
    pub faulty: Vec<(HashedTable, Uuid)>,
}

/// Sets the mark that a change from the key of `old` to that of `new` is under way.
///
/// # Errors
/// [`RehashError`], and nothing is changed.
pub fn begin_rehashing(
    unit_of_work: &dyn UnitOfWork,
    old: HashKeyId,
    new: HashKeyId,
    now: DateTime<Utc>,
) -> Result<Begun, RehashError> {
    unit_of_work.run(|stores| {
        let hashes = stores.document_hashes();
        hashes.adopt_hash_key(old, now)?;
        let stored = hashes.hash_keys()?.map(|keys| (keys.current, keys.next));
        match stored {
            Some((current, None)) if current == new => Ok(Begun::Done),
            Some((current, _)) if current != old => Err(RehashError::OtherKey(current)),
            Some((_, Some(next))) if next == new => Ok(Begun::Before),
            Some((_, Some(next))) => Err(RehashError::OtherChange(next)),
            _ => {
                let keys = HashKeys {
                    current: old,
                    next: Some(new),
                };
                hashes.put_hash_keys(keys, now)?;
                Ok(Begun::Now)
            }
        }
    })
}

/// Takes the mark away again before a row has changed, which only the caller can know.
///
/// # Errors
/// [`StoreError`].
pub fn give_up_rehashing(
    unit_of_work: &dyn UnitOfWork,
    old: HashKeyId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    settle(unit_of_work, old, now)
}

/// How many no-shows and bans no ticket leads to. Their persons are erased; they keep the former
/// hash, which nobody looks for any more, until their time is over.
///
/// # Errors
/// [`StoreError`].
pub fn count_orphans(unit_of_work: &dyn UnitOfWork) -> Result<Orphans, StoreError> {
    unit_of_work.run(|stores| stores.document_hashes().orphans())
}

/// Changes every hash from the key of `old` to that of `new`, `batch` rows at a time, and takes
/// the mark away. `watch` is told after each batch how many rows this run has changed.
///
/// # Errors
/// [`RehashError`]; the mark stands, and the same call goes on.
pub fn rehash_documents(
    unit_of_work: &dyn UnitOfWork,
    old: &dyn KeyRing,
    new: &dyn KeyRing,
    clock: &dyn Clock,
    batch: u32,
    watch: &mut dyn FnMut(HashedTable, u64),
) -> Result<RehashReport, RehashError> {
    let mut run = Run {
        unit_of_work,
        old,
        new,
        batch,
        report: RehashReport::default(),
    };
    run.walk_all(watch)?;
    let changed = run.report.changed;
    // A second walk finds nothing, unless somebody has gone on writing with the former key.
    run.report.faulty.clear();
    run.walk_all(watch)?;
    if run.report.changed > changed {
        return Err(RehashError::StillWritten);
    }
    settle(unit_of_work, new.hash_key_id(), clock.now())?;
    Ok(run.report)
}

/// All hashes are those of `key`.
fn settle(
    unit_of_work: &dyn UnitOfWork,
    key: HashKeyId,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let keys = HashKeys {
        current: key,
        next: None,
    };
    unit_of_work.run(|stores| stores.document_hashes().put_hash_keys(keys, now))
}

/// What all steps of a run need.
struct Run<'r> {
    unit_of_work: &'r dyn UnitOfWork,
    old: &'r dyn KeyRing,
    new: &'r dyn KeyRing,
    batch: u32,
    report: RehashReport,
}

impl Run<'_> {
    fn walk_all(&mut self, watch: &mut dyn FnMut(HashedTable, u64)) -> Result<(), StoreError> {
        let tables = self
            .unit_of_work
            .run(|stores| Ok::<_, StoreError>(stores.document_hashes().hashed_tables()))?;
        for table in tables {
            self.walk(table, watch)?;
        }
        Ok(())
    }

    fn walk(
        &mut self,
        table: HashedTable,
        watch: &mut dyn FnMut(HashedTable, u64),
    ) -> Result<(), StoreError> {
        let (mut after, limit) = (None, self.batch);
        loop {
            let rows = self
                .unit_of_work
                .run(|stores| stores.document_hashes().hashed_rows(table, after, limit))?;
            let Some(last) = rows.last().map(|row| row.owner) else {
                return Ok(());
            };
            after = Some(last);
            let changes = self.changes(table, rows);
            if !changes.is_empty() {
                self.unit_of_work
                    .run(|stores| stores.document_hashes().rehash(table, &changes))?;
            }
            let changed = u64::try_from(changes.len()).unwrap_or(u64::MAX);
            self.report.changed = self.report.changed.saturating_add(changed);
            watch(table, self.report.changed);
        }
    }

    /// The rows of a batch that still have the former hash.
    fn changes(&mut self, table: HashedTable, rows: Vec<HashedRow>) -> Vec<Rehashed> {
        let mut changes = Vec::with_capacity(rows.len());
        for row in rows {
            let owner = row.owner;
            match self.change(row) {
                Found::Former(change) => changes.push(change),
                Found::New => {}
                Found::Faulty => self.report.faulty.push((table, owner)),
            }
        }
        changes
    }

    fn change(&self, row: HashedRow) -> Found {
        let (was, identity) = match (row.hash, row.identity) {
            (Some(hash), Some(identity)) => (hash, identity),
            // Erased (rule 10.3).
            (None, None) => return Found::New,
            _ => return Found::Faulty,
        };
        let Ok(revealed) = self.new.open(row.owner, &identity) else {
            return Found::Faulty;
        };
        let document = Document::stored(row.document_type, revealed.number, row.nationality);
        let becomes = self.new.hash(&document);
        if was == becomes {
            Found::New
        } else if was == self.old.hash(&document) {
            Found::Former(Rehashed {
                owner: row.owner,
                was,
                becomes,
            })
        } else {
            Found::Faulty
        }
    }
}

/// What a row's hash is.
enum Found {
    /// The former key's.
    Former(Rehashed),
    /// The new key's, or erased.
    New,
    /// Neither's.
    Faulty,
}
