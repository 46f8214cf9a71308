//! What commands work with, built from the settings.

use std::sync::Arc;

use api_kit::settings::{Program, Settings, Source};
use domain::clock::Clock;
use domain::id::IdSource;
use persistence::{Database, MysqlQueries, MysqlUnitOfWork};

use crate::failure::Failure;

/// A command does one thing at a time.
const CONNECTIONS: u32 = 2;

/// The settings, a migrated database, the clock and a source of ids.
pub(crate) struct House {
    pub(crate) settings: Settings,
    pub(crate) database: Database,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) ids: Arc<dyn IdSource>,
}

/// The settings of this process.
pub(crate) fn settings() -> Result<Settings, Failure> {
    Ok(Settings::load(Program::Manage, &Source::of_process())?)
}

/// Connects to the database of `settings`, whatever is in it.
pub(crate) fn connect(settings: &Settings) -> Result<Database, Failure> {
    Ok(assembly::connect(settings, CONNECTIONS)?)
}

impl House {
    /// Reads the settings and connects.
    pub(crate) fn open() -> Result<Self, Failure> {
        let house = Self::open_under_any_hash_key(CONNECTIONS)?;
        assembly::check_hash_key(&house.settings, &house.database)?;
        Ok(house)
    }

    /// The same with a pool of `connections` and even while the key of documents is changed; for
    /// the commands that do that, which look no document up.
    pub(crate) fn open_under_any_hash_key(connections: u32) -> Result<Self, Failure> {
        let settings = settings()?;
        let database = assembly::connect(&settings, connections)?;
        if !database.schema_is_current()? {
            let text = "the database is not up to date: run `manage migrate` first";
            return Err(Failure::failed(text));
        }
        let clock = assembly::clock(&settings);
        Ok(Self {
            settings,
            database,
            ids: assembly::id_source(&clock),
            clock,
        })
    }

    pub(crate) fn unit_of_work(&self) -> MysqlUnitOfWork {
        self.database.unit_of_work()
    }

    pub(crate) fn queries(&self) -> MysqlQueries {
        self.database.queries()
    }
}
