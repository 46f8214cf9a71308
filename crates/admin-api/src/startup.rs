//! Where the ports lead to: the only file that names `persistence` and `gateways`.

mod server;

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use api_kit::health::{NotReady, Readiness};
use api_kit::settings::{Settings, Wechat};
use chrono::TimeDelta;
use domain::clock::Clock;
use gateways::clock::SystemClock;
use gateways::ids::UuidV7Source;
use gateways::outbound::OutboundLimits;
use gateways::wechat_pay::{WechatPay, WechatPaySettings};
use jobs::{JobContext, LeaseTerms, instance_name};
use persistence::{Database, PoolSettings};
use secrecy::{ExposeSecret as _, SecretString};
use thiserror::Error;

pub use server::{AdminApi, Running};

/// Why the service does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// A file that a setting names cannot be read.
    #[error("{setting}: {path} cannot be read: {cause}")]
    File {
        /// The setting.
        setting: &'static str,
        /// The file.
        path: String,
        /// Why.
        cause: std::io::Error,
    },
    /// A setting that a gateway does not accept.
    #[error(transparent)]
    Gateway(#[from] gateways::settings::SettingsError),
    /// The database cannot be reached.
    #[error(transparent)]
    Database(#[from] persistence::ConnectFailed),
    /// In production a commit must be on disk before it is answered.
    #[error("the database's innodb_flush_log_at_trx_commit must be 1 in production")]
    UnsafeCommits,
    /// A port is taken, or the system gives no thread.
    #[error("{what}: {cause}")]
    System {
        /// What was tried.
        what: &'static str,
        /// Why it failed.
        cause: std::io::Error,
    },
}

/// Names what was tried when the system refused.
fn system(what: &'static str) -> impl FnOnce(std::io::Error) -> StartError {
    move |cause| StartError::System { what, cause }
}

/// The clock that the settings ask for.
#[must_use]
pub fn clock(settings: &Settings) -> Arc<dyn Clock> {
    Arc::new(match &settings.clock_offset_file {
        Some(path) => SystemClock::with_offset_file(path.clone()),
        None => SystemClock::system(),
    })
}

/// Everything of the service but its ports on the network.
struct Parts {
    readiness: Arc<dyn Readiness>,
    jobs: JobContext,
    terms: LeaseTerms,
}

/// Connects the ports. Must not be called inside an async context, where the blocking HTTP
/// clients cannot be made.
fn connect(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Parts, StartError> {
    let database = connect_database(settings)?;
    let provider = WechatPay::new(pay(&settings.wechat)?, Arc::clone(&clock))?;
    let jobs = JobContext {
        unit_of_work: Arc::new(database.unit_of_work()),
        provider: Arc::new(provider),
        rules: settings.rules.clone(),
        ids: Arc::new(UuidV7Source::new(Arc::clone(&clock))),
        clock,
        batch_size: settings.jobs.batch_size,
    };
    let holder = settings.jobs.holder.clone();
    Ok(Parts {
        readiness: Arc::new(DatabaseReadiness(database)),
        jobs,
        terms: LeaseTerms {
            holder: holder.unwrap_or_else(|| instance_name("admin-api")),
            length: TimeDelta::seconds(i64::from(settings.jobs.lease_seconds)),
        },
    })
}

fn connect_database(settings: &Settings) -> Result<Database, StartError> {
    let database = Database::connect(&persistence::Settings {
        url: settings.database.url.expose_secret().to_owned(),
        pool: PoolSettings {
            size: settings.database.pool_size,
            ..PoolSettings::default()
        },
    })?;
    let safe = || database.flush_log_at_trx_commit() == Ok(1);
    if settings.environment.is_relaxed() || safe() {
        Ok(database)
    } else {
        Err(StartError::UnsafeCommits)
    }
}

fn pay(wechat: &Wechat) -> Result<WechatPaySettings, StartError> {
    let pay = &wechat.pay;
    let private_key = read("wechat.pay.private_key_file", &pay.private_key_file)?;
    let public_key = read(
        "wechat.pay.platform_public_key_file",
        &pay.platform_public_key_file,
    )?;
    let notify = |what: &str| format!("{}/wechat/{what}", pay.notify_base_url);
    Ok(WechatPaySettings {
        base_url: pay.base_url.clone(),
        app_id: wechat.app_id.clone(),
        merchant_id: pay.merchant_id.clone(),
        merchant_serial: pay.merchant_serial.clone(),
        merchant_private_key: SecretString::from(private_key),
        api_v3_key: pay.api_v3_key.clone(),
        platform_keys: [(pay.platform_key_id.clone(), public_key)].into(),
        payment_notify_url: notify("payment-notifications"),
        refund_notify_url: notify("refund-notifications"),
        limits: OutboundLimits::default(),
    })
}

fn read(setting: &'static str, path: &Path) -> Result<String, StartError> {
    std::fs::read_to_string(path).map_err(|cause| StartError::File {
        setting,
        path: path.display().to_string(),
        cause,
    })
}

fn listen(settings: &Settings, port: u16) -> Result<TcpListener, StartError> {
    TcpListener::bind((settings.server.host, port)).map_err(system("listening"))
}

struct DatabaseReadiness(Database);

impl Readiness for DatabaseReadiness {
    fn check(&self) -> Result<(), NotReady> {
        self.0.ping().map_err(|_| NotReady::Database)?;
        match self.0.schema_is_current() {
            Ok(true) => Ok(()),
            Ok(false) => Err(NotReady::Migrations),
            Err(_) => Err(NotReady::Database),
        }
    }
}
