//! Sealing everything with the newest key while tickets are sold (rule 10.1).
//!
//! Rows are read in small batches without locks, sealed anew outside any transaction, and written
//! back only where nobody has changed them since. So every row can be read at every moment, by
//! whoever has both keys, and what was done stays done: a rotation that is begun again goes on
//! after the last batch.

use std::ops::ControlFlow;

use thiserror::Error;
use uuid::Uuid;

use crate::clock::Clock;
use crate::key_rotation::{KeyRing, KeyUse, Resealed, Rotation, SealedRow, SealedTable};
use crate::ports::{StoreError, UnitOfWork};

/// How often all tables are walked. A service that was restarted late may have sealed a row with
/// the older key behind the walk; the second one finds it.
const WALKS: usize = 2;

/// Why nothing more is sealed anew.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RotationError {
    /// Rows are sealed with keys that are not configured, and could not be opened.
    #[error("rows are sealed with keys that are not configured: {}", .0.join(", "))]
    MissingKeys(Vec<String>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// How far this run has come, told after every batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// The table that is walked.
    pub table: SealedTable,
    /// Rows that were under older keys when the run began.
    pub to_do: u64,
    /// Rows that this run has sealed anew.
    pub resealed: u64,
}

/// What a run has done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rotated {
    /// Rows that were sealed anew.
    pub resealed: u64,
    /// Rows whose text does not open: altered, or another row's.
    pub faulty: Vec<(SealedTable, Uuid)>,
    /// What is still under older keys.
    pub left: Vec<KeyUse>,
    /// Whether the run was stopped.
    pub interrupted: bool,
}

/// Seals all rows with the newest key, `batch` at a time; `watch` is told after each batch and may
/// stop the run, which the next one resumes.
///
/// # Errors
/// [`RotationError`]; nothing was changed by what failed.
pub fn rotate_keys(
    unit_of_work: &dyn UnitOfWork,
    ring: &dyn KeyRing,
    clock: &dyn Clock,
    batch: u32,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Rotated, RotationError> {
    let mut run = Run {
        unit_of_work,
        ring,
        clock,
        batch,
        to_do: 0,
        done: Rotated::default(),
    };
    run.done.left = run.under_older_keys()?;
    run.to_do = run.done.left.iter().map(|key_use| key_use.rows).sum();
    for _ in 0..WALKS {
        let mut tables: Vec<SealedTable> = run.done.left.iter().map(|left| left.table).collect();
        tables.dedup();
        run.done.faulty.clear();
        for table in tables {
            if run.walk(table, watch)?.is_break() {
                run.done.interrupted = true;
                return Ok(run.done);
            }
        }
        run.done.left = run.under_older_keys()?;
        if run.done.left.is_empty() {
            break;
        }
    }
    Ok(run.done)
}

/// What all steps of a run need.
struct Run<'r> {
    unit_of_work: &'r dyn UnitOfWork,
    ring: &'r dyn KeyRing,
    clock: &'r dyn Clock,
    batch: u32,
    to_do: u64,
    done: Rotated,
}

impl Run<'_> {
    /// What has to be sealed anew, by table.
    fn under_older_keys(&self) -> Result<Vec<KeyUse>, RotationError> {
        let uses = self
            .unit_of_work
            .run(|stores| stores.sealed_rows().key_uses())?;
        let newest = self.ring.newest_key();
        let older: Vec<KeyUse> = uses
            .into_iter()
            .filter(|one| one.key_id != newest)
            .collect();
        let missing = older.iter().filter(|one| !self.ring.has_key(&one.key_id));
        let mut missing: Vec<String> = missing.map(|one| one.key_id.clone()).collect();
        missing.sort_unstable();
        missing.dedup();
        if missing.is_empty() {
            Ok(older)
        } else {
            Err(RotationError::MissingKeys(missing))
        }
    }

    /// Walks a table from where an earlier run has stopped, to its end.
    fn walk(
        &mut self,
        table: SealedTable,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<ControlFlow<()>, RotationError> {
        let mut rotation = self.resumed(table)?;
        loop {
            let (after, limit) = (rotation.last, self.batch);
            let rows = self
                .unit_of_work
                .run(|stores| stores.sealed_rows().sealed_rows(table, after, limit))?;
            let Some(last) = rows.last().map(|row| row.owner) else {
                rotation.finished_at = Some(self.clock.now());
                self.unit_of_work
                    .run(|stores| stores.sealed_rows().save_rotation(&rotation))?;
                return Ok(ControlFlow::Continue(()));
            };
            rotation.last = Some(last);
            let changes = self.seal_anew(table, rows);
            rotation = self.write(rotation, &changes)?;
            let progress = Progress {
                table,
                to_do: self.to_do,
                resealed: self.done.resealed,
            };
            if watch(progress).is_break() {
                return Ok(ControlFlow::Break(()));
            }
        }
    }

    fn resumed(&self, table: SealedTable) -> Result<Rotation, StoreError> {
        let newest = self.ring.newest_key();
        let begun = self
            .unit_of_work
            .run(|stores| stores.sealed_rows().rotation(table, newest))?;
        let unfinished = begun.filter(|rotation| rotation.finished_at.is_none());
        Ok(unfinished.unwrap_or_else(|| Rotation::begin(table, newest, self.clock.now())))
    }

    /// The rows of a batch that are under older keys, sealed with the newest.
    fn seal_anew(&mut self, table: SealedTable, rows: Vec<SealedRow>) -> Vec<Resealed> {
        let mut changes = Vec::with_capacity(rows.len());
        for SealedRow { owner, sealed } in rows {
            let Some(was) = sealed.filter(|sealed| sealed.key_id != self.ring.newest_key()) else {
                continue;
            };
            match self.ring.reseal(owner, &was) {
                Ok(becomes) => changes.push(Resealed {
                    owner,
                    was,
                    becomes,
                }),
                Err(_) => self.done.faulty.push((table, owner)),
            }
        }
        changes
    }

    /// Writes a batch together with how far it brings the rotation.
    fn write(&mut self, rotation: Rotation, changes: &[Resealed]) -> Result<Rotation, StoreError> {
        let (rotation, written) = self.unit_of_work.run(|stores| {
            let mut rotation = rotation.clone();
            let written = stores.sealed_rows().reseal(rotation.table, changes)?;
            rotation.resealed = rotation.resealed.saturating_add(written);
            stores.sealed_rows().save_rotation(&rotation)?;
            Ok::<_, StoreError>((rotation, written))
        })?;
        self.done.resealed = self.done.resealed.saturating_add(written);
        Ok(rotation)
    }
}
