//! Connects the service: the only file that names `assembly`, which knows where the ports lead to.

mod server;

use std::sync::Arc;

use api_kit::blocking::BlockingPool;
use api_kit::health::Readiness;
use api_kit::limits::RateLimit;
use api_kit::repeating::Repeating;
use api_kit::serving::SystemRefused;
use api_kit::settings::Settings;
use api_kit::tokens::{Audience, RefreshError, Refresher, Revocations, Tokens};
use assembly::AssemblyError;
use domain::clock::Clock;
use domain::ports::Queries;
use thiserror::Error;

use crate::order_desk::{Clerk, OrderDesk};
use crate::payment_desk::{Cashier, PaymentDesk};
use crate::sale_watch::{Lookout, SaleWatch, WatchError};
use crate::state::Service;

pub use assembly::clock;
pub use server::{Running, TouristApi};

/// Why the service does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// What the settings lead to cannot be used.
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
    /// A port is taken, or the system gives no thread.
    #[error(transparent)]
    System(#[from] SystemRefused),
    /// Revoked tokens are not known.
    #[error(transparent)]
    Revocations(#[from] RefreshError),
    /// The days on sale are not known.
    #[error(transparent)]
    Sale(#[from] WatchError),
}

/// Everything of the service but its ports on the network.
struct Parts {
    service: Arc<Service>,
    readiness: Arc<dyn Readiness>,
    upkeep: Upkeep,
}

/// What keeps fresh what the service holds in memory, for as long as it lives.
struct Upkeep {
    _revocations: Refresher,
    _sale: Repeating,
}

/// Connects the ports. Must not be called inside an async context, where the blocking HTTP
/// clients cannot be made.
fn connect(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Parts, StartError> {
    let database = assembly::connect_durably(settings)?;
    let queries: Arc<dyn Queries> = Arc::new(database.queries());
    let revocations = Arc::new(Revocations::default());
    let refresher = {
        let (queries, clock) = (Arc::clone(&queries), Arc::clone(&clock));
        let read = move || queries.revoked_tokens(clock.now());
        Refresher::start(Arc::clone(&revocations), read)?
    };
    // On a connection of its own: it must come to its turn when everybody else is at the database.
    let (sale, watching) = SaleWatch::start(Lookout {
        queries: Arc::new(assembly::connect(settings, 1)?.queries()),
        clock: Arc::clone(&clock),
        rules: settings.rules.clone(),
    })?;
    let clerk = Clerk {
        unit_of_work: Arc::new(database.unit_of_work()),
        queries,
        cipher: assembly::identity_cipher(&settings.secrets)?,
        ids: assembly::id_source(&clock),
        rules: settings.rules.clone(),
    };
    Ok(Parts {
        service: Arc::new(service(settings, clock, clerk, revocations, sale)?),
        readiness: assembly::readiness(settings, database)?,
        upkeep: Upkeep {
            _revocations: refresher,
            _sale: watching,
        },
    })
}

/// Connections that the threads of the database leave to others: beginning a payment does its
/// database work on the threads for WeChat Pay, and the list of revoked tokens has a thread of its
/// own.
///
/// Those hold a connection for short transactions only, never while WeChat is called, so that a
/// slow WeChat takes none from the database's threads. But a thread that gives a connection back
/// may have it again before those who wait for it, so that in the rush of a sale payments would
/// time out, were there not connections that the database's threads cannot take (in a pool of 3
/// or more).
const SPARE_CONNECTIONS: u32 = 2;

/// The service around `clerk`, with whose ports the handlers work too.
fn service(
    settings: &Settings,
    clock: Arc<dyn Clock>,
    clerk: Clerk,
    revocations: Arc<Revocations>,
    sale: Arc<SaleWatch>,
) -> Result<Service, StartError> {
    let kept = SPARE_CONNECTIONS
        .saturating_add(settings.order_desk.writers)
        .saturating_add(settings.payment_desk.writers);
    let connections = settings.database.pool_size.saturating_sub(kept);
    let database = pool("database", usize::try_from(connections).unwrap_or(1))?;
    let desk = OrderDesk::open(clerk.clone(), Arc::clone(&database), &settings.order_desk);
    let cashier = Cashier {
        unit_of_work: Arc::clone(&clerk.unit_of_work),
        rules: clerk.rules.clone(),
    };
    let payment_desk = PaymentDesk::open(cashier, Arc::clone(&database), &settings.payment_desk);
    let calls = assembly::concurrent_calls();
    let (secrets, wechat) = (&settings.secrets, &settings.wechat);
    let token_key = &secrets.token_key;
    Ok(Service {
        unit_of_work: Arc::clone(&clerk.unit_of_work),
        queries: Arc::clone(&clerk.queries),
        login: assembly::wechat_login(wechat, &clock)?,
        payments: assembly::payment_provider(wechat, &clock)?,
        cipher: Arc::clone(&clerk.cipher),
        text_cipher: assembly::text_cipher(secrets)?,
        digests: assembly::request_digests(secrets),
        ticket_codes: assembly::ticket_codes(secrets)?,
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
        desk: desk.map_err(SystemRefused::when("starting a thread"))?,
        sale,
        payment_desk: payment_desk.map_err(SystemRefused::when("starting a thread"))?,
        database,
        login_calls: pool("login", calls)?,
        payment_calls: pool("payments", calls)?,
    })
}

fn pool(name: &'static str, threads: usize) -> Result<Arc<BlockingPool>, StartError> {
    let pool = BlockingPool::start(name, threads);
    Ok(Arc::new(
        pool.map_err(SystemRefused::when("starting a thread"))?,
    ))
}
