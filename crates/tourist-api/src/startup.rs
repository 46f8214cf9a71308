//! Where the ports lead to: the only file that names `persistence` and `gateways`.

mod server;

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use api_kit::blocking::BlockingPool;
use api_kit::health::{NotReady, Readiness};
use api_kit::limits::RateLimit;
use api_kit::settings::{self, Settings};
use api_kit::tokens::{Audience, Refresher, Revocations, Tokens};
use domain::clock::Clock;
use domain::ports::Queries;
use gateways::clock::SystemClock;
use gateways::document_cipher::{AesIdentityCipher, IdentityCipherSettings};
use gateways::ids::UuidV7Source;
use gateways::outbound::OutboundLimits;
use gateways::request_digest::HmacRequestDigests;
use gateways::secret_key::SecretKey;
use gateways::ticket_code::TicketCodes;
use gateways::wechat_login::{WechatLoginClient, WechatLoginSettings};
use gateways::wechat_pay::{WechatPay, WechatPaySettings};
use persistence::{Database, PoolSettings};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::order_desk::{Clerk, OrderDesk};
use crate::state::Service;

pub use server::{Running, TouristApi};

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
    service: Arc<Service>,
    readiness: Arc<dyn Readiness>,
    /// Keeps the list of revoked tokens fresh for as long as the service lives.
    _refresher: Refresher,
}

/// Connects the ports. Must not be called inside an async context, where the blocking HTTP
/// clients cannot be made.
fn connect(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Parts, StartError> {
    let database = connect_database(settings)?;
    let queries: Arc<dyn Queries> = Arc::new(database.queries());
    let revocations = Arc::new(Revocations::default());
    let refresher = Refresher::start(
        Arc::clone(&revocations),
        Arc::clone(&queries),
        Arc::clone(&clock),
    )
    .map_err(system("starting a thread"))?;
    let clerk = Clerk {
        unit_of_work: Arc::new(database.unit_of_work()),
        queries,
        cipher: Arc::new(cipher(&settings.secrets)?),
        ids: Arc::new(UuidV7Source::new(Arc::clone(&clock))),
        rules: settings.rules.clone(),
    };
    Ok(Parts {
        service: Arc::new(service(settings, clock, clerk, revocations)?),
        readiness: Arc::new(DatabaseReadiness(database)),
        _refresher: refresher,
    })
}

/// The service around `clerk`, with whose ports the handlers work too.
fn service(
    settings: &Settings,
    clock: Arc<dyn Clock>,
    clerk: Clerk,
    revocations: Arc<Revocations>,
) -> Result<Service, StartError> {
    let (database, outside) = pools(settings)?;
    let (secrets, wechat) = (&settings.secrets, &settings.wechat);
    let token_key = &secrets.token_key;
    Ok(Service {
        unit_of_work: Arc::clone(&clerk.unit_of_work),
        queries: Arc::clone(&clerk.queries),
        login: Arc::new(WechatLoginClient::new(login(wechat), Arc::clone(&clock))?),
        payments: Arc::new(WechatPay::new(pay(wechat)?, Arc::clone(&clock))?),
        cipher: Arc::clone(&clerk.cipher),
        // Stored requests are recognised for as long as the key stays, and this one stays.
        digests: Arc::new(HmacRequestDigests::new(&secret(&secrets.document_hash_key))),
        ticket_codes: Arc::new(TicketCodes::new(&secret(&secrets.ticket_code_key))?),
        ids: Arc::clone(&clerk.ids),
        rules: clerk.rules.clone(),
        tokens: Tokens::new(
            Audience::Tourist,
            token_key,
            Arc::clone(&clock),
            revocations,
        ),
        clock,
        order_limit: RateLimit::per_minute(settings.limits.orders_per_minute),
        desk: OrderDesk::new(clerk, Arc::clone(&database)),
        database,
        outside,
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

fn pools(settings: &Settings) -> Result<(Arc<BlockingPool>, Arc<BlockingPool>), StartError> {
    let connections = usize::try_from(settings.database.pool_size).unwrap_or(1);
    let calls = OutboundLimits::default().concurrent_calls;
    let database =
        BlockingPool::start("database", connections).map_err(system("starting a thread"))?;
    let outside = BlockingPool::start("outside", calls).map_err(system("starting a thread"))?;
    Ok((Arc::new(database), Arc::new(outside)))
}

fn cipher(secrets: &settings::Secrets) -> Result<AesIdentityCipher, StartError> {
    let named = |key: &settings::NamedKey| (key.id.clone(), secret(&key.key));
    let newest = secrets.document_keys.first();
    Ok(AesIdentityCipher::new(&IdentityCipherSettings {
        newest_key: newest.map(|key| key.id.clone()).unwrap_or_default(),
        keys: secrets.document_keys.iter().map(named).collect(),
        hash_key: secret(&secrets.document_hash_key),
    })?)
}

fn secret(key: &settings::Key) -> SecretKey {
    SecretKey::new(*key.bytes())
}

fn login(wechat: &settings::Wechat) -> WechatLoginSettings {
    WechatLoginSettings {
        base_url: wechat.login_base_url.clone(),
        app_id: wechat.app_id.clone(),
        app_secret: wechat.app_secret.clone(),
        limits: OutboundLimits::default(),
    }
}

fn pay(wechat: &settings::Wechat) -> Result<WechatPaySettings, StartError> {
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
