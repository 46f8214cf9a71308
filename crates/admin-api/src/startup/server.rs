//! The service on the network, and the jobs beside it.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use actix_web::web;
use api_kit::health::Health;
use api_kit::serving::{self, Routes, Service, Site, SystemRefused};
use api_kit::settings::Settings;
use domain::clock::Clock;
use domain::ports::OutboxQueries;
use jobs::{JOBS, JobContext, LeaseTerms, RunningJobs};
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_swagger_ui::SwaggerUi;

use super::{Parts, StartError, connect};
use crate::job_metrics::JobMetrics;
use crate::openapi::{PREFIX, document};
use crate::outbox_metrics::OutboxMetrics;
use crate::routes;
use crate::state::State;

/// The service, connected and listening, not yet answering, without jobs running.
pub struct AdminApi {
    service: Service,
    jobs: JobContext,
    outbox: Arc<dyn OutboxQueries>,
    terms: LeaseTerms,
}

impl AdminApi {
    /// Connects everything, and opens the ports only then.
    ///
    /// Call it outside any async context, and keep the result there too: the blocking HTTP
    /// clients can neither be made nor dropped inside one.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn prepare(settings: &Settings, clock: Arc<dyn Clock>) -> Result<Self, StartError> {
        let Parts {
            service,
            readiness,
            jobs,
            outbox,
            terms,
        } = connect(settings, clock)?;
        let site = Site {
            health: Health::new(readiness, Arc::clone(&service.database)),
            routes: routes_with(State::from(service), settings.environment.is_relaxed()),
            unlimited: &[],
        };
        Ok(Self {
            service: Service::listen("admin-api", settings, site)?,
            jobs,
            outbox,
            terms,
        })
    }

    /// Answers and runs the jobs until the process is told to stop; then lets requests and runs
    /// that are under way end.
    ///
    /// # Errors
    /// If a port cannot be used, or the system gives no thread.
    pub fn serve(&self) -> io::Result<()> {
        let jobs = self.start_jobs()?;
        let ended = self.service.serve();
        jobs.stop();
        log::info!("the jobs have stopped");
        ended
    }

    /// Answers and runs the jobs on threads of their own until [`Running`] is dropped; for tests
    /// and benchmarks, which may well run several.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn spawn(self) -> Result<Running, StartError> {
        let jobs = self.start_jobs();
        let jobs = jobs.map_err(SystemRefused::when("starting a thread"))?;
        Ok(Running {
            server: self.service.spawn()?,
            _jobs: JobsUntilDropped(Some(jobs)),
        })
    }

    fn start_jobs(&self) -> io::Result<RunningJobs> {
        let (outbox, clock) = (Arc::clone(&self.outbox), Arc::clone(&self.jobs.clock));
        let observer = Arc::new(JobMetrics::described(OutboxMetrics::described(
            outbox, clock,
        )));
        jobs::start(JOBS, &self.jobs, &self.terms, observer)
    }
}

fn routes_with(state: State, shows_documents: bool) -> Routes {
    Arc::new(move |service| {
        let api = web::scope(PREFIX).configure(|scope| {
            routes::configure(&mut ServiceConfig::new(scope));
        });
        service.app_data(state.clone()).service(api);
        if shows_documents {
            let page = SwaggerUi::new("/docs/{_:.*}");
            service.service(page.url("/docs/openapi.json", document()));
        }
    })
}

/// A service that answers and runs the jobs until it is dropped; every job has then run at least
/// once, and none is in the middle of a run. The fields end in this order.
pub struct Running {
    server: serving::Running,
    _jobs: JobsUntilDropped,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.server.address()
    }

    /// What all paths of the API begin with.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}{PREFIX}", self.address())
    }
}

/// Dropped, it waits for the jobs, which `RunningJobs` by itself does not.
struct JobsUntilDropped(Option<RunningJobs>);

impl Drop for JobsUntilDropped {
    fn drop(&mut self) {
        if let Some(jobs) = self.0.take() {
            jobs.stop();
        }
    }
}
