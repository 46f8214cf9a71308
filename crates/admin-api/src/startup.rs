//! Connects the service: the only file that names `assembly`, which knows where the ports lead to.

mod server;

use std::sync::Arc;

use api_kit::blocking::BlockingPool;
use api_kit::health::Readiness;
use api_kit::serving::SystemRefused;
use api_kit::settings::Settings;
use assembly::AssemblyError;
use chrono::TimeDelta;
use domain::clock::Clock;
use domain::ports::OutboxQueries;
use jobs::{JobContext, LeaseTerms, StopSignal, instance_name};
use thiserror::Error;

use crate::state::Service;

pub use assembly::clock;
pub use server::{AdminApi, Running};

/// Why the service does not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// What the settings lead to cannot be used.
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
    /// A port is taken, or the system gives no thread.
    #[error(transparent)]
    System(#[from] SystemRefused),
}

/// Everything of the service but its ports on the network.
struct Parts {
    service: Arc<Service>,
    readiness: Arc<dyn Readiness>,
    jobs: JobContext,
    outbox: Arc<dyn OutboxQueries>,
    terms: LeaseTerms,
}

/// Connects the ports. Must not be called inside an async context, where the blocking HTTP
/// clients cannot be made.
fn connect(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Parts, StartError> {
    let database = assembly::connect_durably(settings)?;
    let service = Service {
        unit_of_work: Arc::new(database.unit_of_work()),
        queries: Arc::new(database.queries()),
        cipher: assembly::identity_cipher(&settings.secrets)?,
        digests: assembly::request_digests(&settings.secrets),
        gate_secrets: assembly::gate_secrets(),
        ticket_codes: assembly::ticket_code_verifier(&settings.secrets)?,
        clock: Arc::clone(&clock),
        rules: settings.rules.clone(),
        database: database_threads(settings)?,
    };
    let jobs = JobContext {
        unit_of_work: Arc::new(database.unit_of_work()),
        provider: assembly::payment_provider(&settings.wechat, &clock)?,
        messenger: assembly::messenger(&settings.wechat, &clock)?,
        mailer: assembly::mailer(settings.mail.as_ref(), &clock)?,
        text_cipher: assembly::text_cipher(&settings.secrets)?,
        rules: settings.rules.clone(),
        ids: assembly::id_source(&clock),
        clock,
        batch_size: settings.jobs.batch_size,
        waiter: Arc::new(StopSignal::default()),
    };
    let holder = settings.jobs.holder.clone();
    Ok(Parts {
        outbox: Arc::new(database.queries()),
        readiness: assembly::readiness(settings, database)?,
        service: Arc::new(service),
        jobs,
        terms: LeaseTerms {
            holder: holder.unwrap_or_else(|| instance_name("admin-api")),
            length: TimeDelta::seconds(i64::from(settings.jobs.lease_seconds)),
        },
    })
}

/// Threads for half of the connections: the jobs, each on a thread of its own, must come to their
/// turn while gates ask, and gates while the jobs are busy.
fn database_threads(settings: &Settings) -> Result<Arc<BlockingPool>, StartError> {
    let connections = usize::try_from(settings.database.pool_size).unwrap_or(1);
    let pool = BlockingPool::start("database", connections.div_ceil(2));
    Ok(Arc::new(
        pool.map_err(SystemRefused::when("starting a thread"))?,
    ))
}
