//! `manage keys rehash`.

use std::time::Duration;

use clap::Args;
use domain::key_rotation::KeyRing;
use domain::ports::UnitOfWork;
use domain::use_cases::rehash_documents::{
    Begun, RehashError, RehashReport, begin_rehashing, count_orphans, give_up_rehashing,
    rehash_documents,
};

use super::pace::Pace;
use super::{BatchSize, give_back, leased};
use crate::failure::Failure;
use crate::house::House;
use crate::output;

const LEASE: &str = "rehash-documents";

/// How long a service that was just stopped may take to leave the database.
const LEAVING: Duration = Duration::from_millis(200);
const LOOKS: u32 = 25;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Says that every service and job is stopped, and none starts until this is finished
    #[arg(long, required = true)]
    services_stopped: bool,
    #[command(flatten)]
    batch: BatchSize,
}

impl Arguments {
    pub(super) fn run(self) -> Result<(), Failure> {
        // One connection, so that every other one to this database is somebody else's.
        let house = House::open_under_any_hash_key(1)?;
        let old = assembly::key_ring(&house.settings.secrets)?;
        let new = assembly::next_key_ring(&house.settings.secrets)?;
        let new = new.ok_or_else(|| {
            Failure::usage("secrets.document_hash_key_next names no key to change to")
        })?;
        let unit_of_work = leased(&house, LEASE)?;
        let done = self.change(&house, &*unit_of_work, &*old, &*new);
        give_back(&house, LEASE);
        done
    }

    fn change(
        &self,
        house: &House,
        unit_of_work: &dyn UnitOfWork,
        old: &dyn KeyRing,
        new: &dyn KeyRing,
    ) -> Result<(), Failure> {
        let now = house.clock.now();
        let (from, to) = (old.hash_key_id(), new.hash_key_id());
        let begun = begin_rehashing(unit_of_work, from, to, now).map_err(told)?;
        if begun == Begun::Done {
            output::line(&format!("All documents are hashed with {to} already."));
            return Ok(());
        }
        // The mark stands: whoever connects from now on sees it, and whoever was here before is
        // seen by this look.
        if let Err(failure) = see_everybody_gone(house) {
            if begun == Begun::Now {
                give_up_rehashing(unit_of_work, from, now)?;
            }
            return Err(failure);
        }
        let orphans = count_orphans(unit_of_work)?;
        if orphans.no_shows + orphans.bans > 0 {
            output::warning(&format!(
                "{} no-shows and {} bans belong to nobody who is still known; they will not be \
                 found any more",
                orphans.no_shows, orphans.bans
            ));
        }
        let mut pace = Pace::begin();
        let watch = &mut |table: domain::rehashing::HashedTable, changed| {
            pace.tell(table.name(), changed, changed);
        };
        let batch = self.batch.batch;
        let done = rehash_documents(unit_of_work, old, new, &*house.clock, batch, watch);
        finish(&done.map_err(told)?, to)
    }
}

/// Waits for connections that are just being closed.
fn see_everybody_gone(house: &House) -> Result<(), Failure> {
    for _ in 0..LOOKS {
        if house.database.other_sessions()? == 0 {
            return Ok(());
        }
        std::thread::sleep(LEAVING);
    }
    Err(Failure::failed(
        "somebody else is connected to the database: stop every service and client first",
    ))
}

fn finish(done: &RehashReport, to: domain::rehashing::HashKeyId) -> Result<(), Failure> {
    output::line(&format!(
        "{} rows were hashed anew with {to}. Before a service starts, let document_hash_key be \
         what document_hash_key_next is, request_key what document_hash_key was (unless it is \
         set), and document_hash_key_next empty.",
        done.changed
    ));
    for (table, owner) in &done.faulty {
        output::warning(&format!(
            "row {owner} of {} keeps its hash: it is neither key's, or its number does not open",
            table.name()
        ));
    }
    if done.faulty.is_empty() {
        return Ok(());
    }
    let faulty = done.faulty.len();
    Err(Failure::failed(format!(
        "{faulty} rows are faulty; all others are changed"
    )))
}

fn told(error: RehashError) -> Failure {
    match error {
        RehashError::Store(error) => error.into(),
        error => Failure::failed(error.to_string()),
    }
}
