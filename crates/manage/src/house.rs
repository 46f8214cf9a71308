//! What commands work with, built from the settings.

use std::sync::Arc;

use api_kit::settings::{Program, Settings, Source};
use domain::clock::Clock;
use domain::id::IdSource;
use domain::ports::PaymentProvider;
use gateways::clock::SystemClock;
use gateways::ids::UuidV7Source;
use gateways::wechat_pay::WechatPay;
use persistence::{Database, MysqlQueries, MysqlUnitOfWork, PoolSettings};
use secrecy::ExposeSecret as _;

use crate::failure::Failure;
use crate::provider_settings::provider_settings;

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
    let settings = persistence::Settings {
        url: settings.database.url.expose_secret().to_owned(),
        pool: PoolSettings {
            // A command does one thing at a time.
            size: 2,
            ..PoolSettings::default()
        },
    };
    Database::connect(&settings).map_err(|error| Failure::failed(error.to_string()))
}

/// The clock that the services go by.
pub(crate) fn clock(settings: &Settings) -> Arc<dyn Clock> {
    Arc::new(match &settings.clock_offset_file {
        Some(path) => SystemClock::with_offset_file(path.clone()),
        None => SystemClock::system(),
    })
}

/// The payment provider; nothing is called yet.
pub(crate) fn provider(
    settings: &Settings,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn PaymentProvider>, Failure> {
    let provider = WechatPay::new(provider_settings(&settings.wechat)?, Arc::clone(clock))
        .map_err(|error| Failure::failed(error.to_string()))?;
    Ok(Arc::new(provider))
}

impl House {
    /// Reads the settings and connects.
    pub(crate) fn open() -> Result<Self, Failure> {
        let settings = settings()?;
        let database = connect(&settings)?;
        if !database.schema_is_current()? {
            let text = "the database is not up to date: run `manage migrate` first";
            return Err(Failure::failed(text));
        }
        let clock = clock(&settings);
        let ids = Arc::new(UuidV7Source::new(Arc::clone(&clock)));
        Ok(Self {
            settings,
            database,
            clock,
            ids,
        })
    }

    pub(crate) fn unit_of_work(&self) -> MysqlUnitOfWork {
        self.database.unit_of_work()
    }

    pub(crate) fn queries(&self) -> MysqlQueries {
        self.database.queries()
    }
}
