//! What scenarios work with.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use api_kit::settings::{Program, Settings, Source};
use domain::clock::Clock;
use domain::ports::{Queries, UnitOfWork};
use domain::visit_date::VisitDate;
use persistence::{Database, migrate};
use wechat_sandbox::{RunningSandbox, Sandbox};

use crate::failure::{Context as _, Failure};
use crate::people::People;
use crate::scenarios::p1;

mod catalogue;
mod time;
mod variables;

pub(crate) use time::today;
use variables::DAYS_ON_SALE;

/// The database's address. Both are told by `cargo xtask bench`.
const DATABASE: &str = "PALACE_BENCH_DATABASE_URL";
/// The folder of the clock's offset, the services' logs and the reports.
const FOLDER: &str = "PALACE_BENCH_FOLDER";

/// The folder of what the services say, below the other one.
const LOGS: &str = "logs";

/// Connections of the bench's own, beside those of the services.
const CONNECTIONS: u32 = 8;

/// A migrated database with the museum's catalogue, a clock, WeChat's sandbox, and all that a
/// service has to be told.
pub(crate) struct Bench {
    short: bool,
    url: String,
    folder: PathBuf,
    variables: Vec<(String, String)>,
    settings: Settings,
    database: Database,
    clock: Arc<dyn Clock>,
    sandbox: RunningSandbox,
    people: People,
    /// How many days have been opened.
    days: AtomicI64,
    /// The sale's rate, once it was measured.
    sale_rate: Mutex<Option<f64>>,
}

impl Bench {
    /// Migrates the database, sets the clock to the morning of [`today`] and starts the sandbox.
    pub(crate) fn open(short: bool) -> Result<Self, Failure> {
        let url = told(DATABASE)?;
        let folder = PathBuf::from(told(FOLDER)?);
        fs::create_dir_all(&folder).context(format!("making {}", folder.display()))?;
        // The services of the last run have said enough; it may be that there was none.
        drop(fs::remove_dir_all(folder.join(LOGS)));
        let offset = folder.join("clock-offset");
        let clock: Arc<dyn Clock> = Arc::new(time::set(offset.clone())?);
        let sandbox = wechat_sandbox::Settings::for_tests(Arc::clone(&clock));
        let sandbox = Sandbox::start(sandbox).context("starting the sandbox")?;
        let variables = variables::all(&url, &folder, &offset, &sandbox)?;
        let settings = settings(&variables)?;
        migrate(&url).context("migrating the database")?;
        let database = assembly::connect(&settings, CONNECTIONS);
        let bench = Self {
            database: database.context("connecting to the database")?,
            short,
            url,
            people: People::default(),
            days: AtomicI64::new(0),
            sale_rate: Mutex::new(None),
            folder,
            variables,
            settings,
            clock,
            sandbox,
        };
        catalogue::load(&*bench.unit_of_work())?;
        Ok(bench)
    }

    /// Whether this run proves only that everything works.
    pub(crate) fn is_short(&self) -> bool {
        self.short
    }

    /// How long to measure: so many seconds, or one in a short run.
    pub(crate) fn seconds(&self, seconds: u64) -> Duration {
        Duration::from_secs(if self.short { 1 } else { seconds })
    }

    /// How many of several ways to try: all, or one in a short run.
    pub(crate) fn tries(&self, all: usize) -> usize {
        if self.short { 1 } else { all }
    }

    /// How many people to make for a scenario: so many, or a few in a short run.
    pub(crate) fn people_for(&self, count: usize) -> usize {
        const SHORT: usize = 1500;
        if self.short { count.min(SHORT) } else { count }
    }

    /// The folder for all that stays after the run.
    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where what a program says is kept until the next run.
    pub(crate) fn log(&self, name: &str) -> PathBuf {
        self.folder.join(LOGS).join(format!("{name}.log"))
    }

    /// What every service is told by its environment; a service's own settings come behind.
    pub(crate) fn variables(&self) -> &[(String, String)] {
        &self.variables
    }

    /// The settings that these variables make, for the ciphers and the keys.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// People for orders; each comes once in a run.
    pub(crate) fn people(&self) -> &People {
        &self.people
    }

    /// A day after today that is on sale and that no scenario has had.
    pub(crate) fn next_day(&self) -> Result<VisitDate, Failure> {
        let before = self.days.fetch_add(1, Ordering::Relaxed);
        if before >= DAYS_ON_SALE {
            let words = format!("only {DAYS_ON_SALE} days are on sale: run fewer scenarios");
            return Err(Failure::new(words));
        }
        Ok(today().plus_days(before.saturating_add(1)))
    }

    /// Orders per second at P1's concurrency: as P1 measured it in this run, or measured now.
    pub(crate) fn sale_rate(&self) -> Result<f64, Failure> {
        let known = *lock(&self.sale_rate);
        match known {
            Some(rate) => Ok(rate),
            None => p1::measure_rate(self),
        }
    }

    /// Remembers the sale's rate for the scenarios that follow.
    pub(crate) fn remember_sale_rate(&self, rate: f64) {
        *lock(&self.sale_rate) = Some(rate);
    }

    /// The database's address; it holds a password.
    pub(crate) fn database_url(&self) -> &str {
        &self.url
    }

    /// The door to the database.
    pub(crate) fn database(&self) -> &Database {
        &self.database
    }

    /// The unit of work of use cases.
    pub(crate) fn unit_of_work(&self) -> Arc<dyn UnitOfWork> {
        Arc::new(self.database.unit_of_work())
    }

    /// The read models.
    pub(crate) fn queries(&self) -> Arc<dyn Queries> {
        Arc::new(self.database.queries())
    }

    /// The clock of all processes.
    pub(crate) fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// WeChat, as the services see it.
    pub(crate) fn sandbox(&self) -> &RunningSandbox {
        &self.sandbox
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn told(name: &str) -> Result<String, Failure> {
    env::var(name).map_err(|_| {
        Failure::new(format!(
            "{name} is not set: run `cargo xtask bench`, which prepares everything"
        ))
    })
}

fn settings(variables: &[(String, String)]) -> Result<Settings, Failure> {
    let variables = variables
        .iter()
        .map(|(name, value)| (name.as_str(), value.clone()));
    Settings::load(Program::Manage, &Source::of_variables(variables)).context("the settings")
}
