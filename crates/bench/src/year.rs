//! The tickets of a year, which stay in the database from run to run (P8).
//!
//! Orders are made by the domain's own types and steps, in memory, and loaded a visit day at a time:
//! each day in one transaction whose last word is the day's row, so that a day that has a row is
//! whole, and a run that was cut short goes on after the days that are there.
//!
//! What a real year has beside, the benchmark leaves out: accounts, messages to tourists, and the
//! gates' own records of check-ins.

mod crowd;
mod day;
mod fates;
mod keys;
mod load;
mod office;
mod orders;
mod plan;
mod progress;
mod rows;
mod sample;
mod sheet;
mod store;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::Instant;

use domain::sealed::IdentityCipher;

use crate::context::{Bench, today};
use crate::failure::{Context as _, Failure};

use day::sell;
use load::Loader;
use office::Office;
use plan::{PlannedDay, YearPlan};
use progress::Progress;
pub(crate) use sample::Sample;
use store::Store;

/// One makes a day while the server works on another's.
const WORKERS: usize = 3;

/// Fills the days of the year that ends yesterday with `tickets` tickets.
pub(crate) fn generate(bench: &Bench, tickets: u64) -> Result<(), Failure> {
    let plan = YearPlan {
        last: today().plus_days(-1),
        tickets,
    };
    let cipher = assembly::identity_cipher(&bench.settings().secrets).context("the keys")?;
    let folder = bench.folder().join("load");
    fill(bench.database_url(), &folder, &*cipher, &plan)
}

/// About `count` visitors and orders of the year that is there; in a short run of a small year that
/// is made for it.
pub(crate) fn sample(bench: &Bench, count: usize) -> Result<Sample, Failure> {
    /// Some orders for each day.
    const SMALL: u64 = 365 * 30;
    if bench.is_short() {
        generate(bench, SMALL)?;
    }
    let plan = Store::open(bench.database_url())?.kept()?;
    let plan = plan.ok_or_else(|| {
        Failure::new("there is no year of tickets yet: run `cargo xtask bench generate`")
    })?;
    Sample::of(bench, plan, count)
}

/// Fills the days of `plan` that are not there yet; the server reads the rows from files in
/// `folder`.
fn fill(
    url: &str,
    folder: &Path,
    cipher: &dyn IdentityCipher,
    plan: &YearPlan,
) -> Result<(), Failure> {
    let began = Instant::now();
    let office = Office::new(cipher)?;
    let mut store = Store::open(url)?;
    store.agree(plan)?;
    let missing = store.missing(plan.days(&office.rules).collect())?;
    if missing.is_empty() && store.is_whole()? {
        return store.describe(plan, None);
    }
    store.drop_keys()?;
    load_days(url, folder, &office, missing)?;
    store.restore_keys(url)?;
    store.describe(plan, Some(began.elapsed()))
}

/// Makes and loads days, several at a time.
fn load_days(
    url: &str,
    folder: &Path,
    office: &Office<'_>,
    missing: Vec<PlannedDay>,
) -> Result<(), Failure> {
    let doing = format!("making {}", folder.display());
    fs::create_dir_all(folder).context(&doing)?;
    // The server has another working directory.
    let folder = folder.canonicalize().context(doing)?;
    let progress = Progress::of(missing.iter().map(|day| day.tickets).sum());
    let left = Mutex::new(missing.into_iter());
    let next = || left.lock().unwrap_or_else(PoisonError::into_inner).next();
    let work = |worker| load_some(url, office, &folder, worker, next, &progress);
    thread::scope(|scope| {
        let work = &work;
        let workers: Vec<_> = (0..WORKERS)
            .map(|worker| scope.spawn(move || work(worker)))
            .collect();
        let ended = workers.into_iter().map(|worker| {
            let panicked = |_| Failure::new("a worker of the generator panicked");
            worker.join().map_err(panicked)?
        });
        ended.fold(Ok(()), Result::and)
    })
}

/// Makes and loads one day after the other.
fn load_some(
    url: &str,
    office: &Office<'_>,
    folder: &Path,
    worker: usize,
    next: impl Fn() -> Option<PlannedDay>,
    progress: &Progress,
) -> Result<(), Failure> {
    let mut loader = Loader::connect(url, folder, &format!("worker-{worker}"))?;
    while let Some(planned) = next() {
        let sheets = rows::of_day(&planned, &sell(office, &planned)?);
        loader.load(&sheets)?;
        progress.add(planned.tickets);
    }
    Ok(())
}
