//! `manage keys rotate`.

use std::ops::ControlFlow;

use clap::Args;
use domain::use_cases::rotate_keys::{Rotated, RotationError, rotate_keys};

use super::pace::Pace;
use super::{BatchSize, give_back, leased, show};
use crate::failure::Failure;
use crate::house::House;
use crate::output;

const LEASE: &str = "rotate-keys";

/// How many faulty rows are named; there should be none.
const MOST_NAMED: usize = 20;

#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    batch: BatchSize,
}

impl Arguments {
    pub(super) fn run(self) -> Result<(), Failure> {
        let house = House::open()?;
        let ring = assembly::key_ring(&house.settings.secrets)?;
        let unit_of_work = leased(&house, LEASE)?;
        let mut pace = Pace::begin();
        let clock = &*house.clock;
        let rotated = rotate_keys(
            &*unit_of_work,
            &*ring,
            clock,
            self.batch.batch,
            &mut |now| {
                pace.tell(now.table.name(), now.resealed, now.to_do);
                ControlFlow::Continue(())
            },
        );
        give_back(&house, LEASE);
        let done = rotated.map_err(told)?;
        output::line(&format!(
            "{} rows were sealed anew with {}, {} a second.",
            done.resealed,
            ring.newest_key(),
            pace.rate(done.resealed)
        ));
        let uses = unit_of_work.run(|stores| stores.sealed_rows().key_uses())?;
        give_back(&house, LEASE);
        show::tell_uses(&house, &*ring, &uses)?;
        check(&done)
    }
}

/// That nothing is left.
fn check(done: &Rotated) -> Result<(), Failure> {
    for (table, owner) in done.faulty.iter().take(MOST_NAMED) {
        output::warning(&format!("row {owner} of {} does not open", table.name()));
    }
    let left: u64 = done.left.iter().map(|one| one.rows).sum();
    if left == 0 {
        return Ok(());
    }
    Err(Failure::failed(format!(
        "{left} rows are still under older keys: keep those keys, and run this again once every \
         service has been restarted with the newest"
    )))
}

fn told(error: RotationError) -> Failure {
    match error {
        RotationError::Store(error) => error.into(),
        error @ RotationError::MissingKeys(_) => Failure::failed(error.to_string()),
    }
}
