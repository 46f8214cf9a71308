//! The service on the network, and the jobs beside it.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, rt, web};
use api_kit::application;
use api_kit::blocking::BlockingPool;
use api_kit::health::Health;
use api_kit::limits::{AddressLimit, limit_addresses};
use api_kit::metrics::Metrics;
use api_kit::observe::observe;
use api_kit::settings::Settings;
use domain::clock::Clock;
use jobs::{JOBS, RunningJobs};

use super::{Parts, StartError, connect, listen, system};
use crate::job_metrics::JobMetrics;

/// How long requests that are under way may take to end when the service stops, in seconds.
const GRACE: u64 = 10;

/// Threads that ask the database for `/readyz`; nothing else of this service waits for it yet.
const HEALTH_THREADS: usize = 2;

/// The service, connected and listening, not yet answering, without jobs running.
pub struct AdminApi {
    parts: Parts,
    pool: Arc<BlockingPool>,
    listener: TcpListener,
    metrics_listener: TcpListener,
    metrics: Metrics,
    address_limit: Option<web::Data<AddressLimit>>,
    workers: usize,
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
        let parts = connect(settings, clock)?;
        let metrics = Metrics::install().map_err(system("collecting metrics"))?;
        let pool = BlockingPool::start("health", HEALTH_THREADS);
        let address_limit = settings.limits.requests_per_address.map(|count| {
            let proxies = settings.server.trusted_proxies.clone();
            web::Data::new(AddressLimit::per_minute(count, proxies))
        });
        Ok(Self {
            parts,
            pool: Arc::new(pool.map_err(system("starting a thread"))?),
            listener: listen(settings, settings.server.port)?,
            metrics_listener: listen(settings, settings.server.metrics_port)?,
            metrics,
            address_limit,
            workers: settings.server.workers,
        })
    }

    /// Where the API listens.
    ///
    /// # Errors
    /// If the system does not tell.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Where `/metrics` is.
    ///
    /// # Errors
    /// If the system does not tell.
    pub fn metrics_address(&self) -> io::Result<SocketAddr> {
        self.metrics_listener.local_addr()
    }

    /// Answers and runs the jobs until the process is told to stop; then lets requests and runs
    /// that are under way end.
    ///
    /// # Errors
    /// If a port cannot be used, or the system gives no thread.
    pub fn serve(&self) -> io::Result<()> {
        let jobs = self.start_jobs()?;
        let ended = rt::System::new().block_on(async {
            let metrics = self
                .metrics
                .clone()
                .serve(self.metrics_listener.try_clone()?)?;
            let stop_metrics = metrics.handle();
            rt::spawn(metrics);
            let ended = self.server(Signals::Heeded)?.await;
            stop_metrics.stop(false).await;
            ended
        });
        jobs.stop();
        log::info!("the jobs have stopped");
        ended
    }

    /// Answers and runs the jobs on threads of their own until [`Running`] is dropped; for tests
    /// and benchmarks, which may well run several. `/metrics` is not served.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn spawn(self) -> Result<Running, StartError> {
        let address = self.address().map_err(system("listening"))?;
        let jobs = self.start_jobs().map_err(system("starting a thread"))?;
        let (report, started) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("admin-api".to_owned())
            .spawn(move || self.serve_and_report(&report))
            .map_err(system("starting a thread"))?;
        let ended_early = || io::Error::other("the server's thread ended early");
        let handle = started
            .recv()
            .map_err(|_| system("starting")(ended_early()))?;
        Ok(Running {
            address,
            handle: handle.map_err(system("starting"))?,
            thread: Some(thread),
            jobs: Some(jobs),
        })
    }

    fn start_jobs(&self) -> io::Result<RunningJobs> {
        let Parts { jobs, terms, .. } = &self.parts;
        jobs::start(JOBS, jobs, terms, Arc::new(JobMetrics::described()))
    }

    fn serve_and_report(&self, report: &mpsc::Sender<io::Result<ServerHandle>>) {
        rt::System::new().block_on(async {
            let server = match self.server(Signals::Ignored) {
                Ok(server) => server,
                Err(error) => {
                    // Nobody listening means that nobody wants the service any more.
                    let _ = report.send(Err(error));
                    return;
                }
            };
            if report.send(Ok(server.handle())).is_ok()
                && let Err(error) = server.await
            {
                log::error!("the server ended: {error}");
            }
        });
    }

    fn server(&self, signals: Signals) -> io::Result<Server> {
        let health = Health::new(Arc::clone(&self.parts.readiness), Arc::clone(&self.pool));
        let limit = self.address_limit.clone();
        let server = HttpServer::new(move || {
            App::new()
                .configure(application::configure)
                .configure(|service| health.configure(service))
                .configure(|service| {
                    if let Some(limit) = &limit {
                        service.app_data(limit.clone());
                    }
                })
                .wrap(from_fn(limit_addresses))
                .wrap(from_fn(observe))
        });
        let server = server.workers(self.workers).shutdown_timeout(GRACE);
        let server = match signals {
            Signals::Heeded => server,
            Signals::Ignored => server.disable_signals(),
        };
        Ok(server.listen(self.listener.try_clone()?)?.run())
    }
}

/// Whether Ctrl-C and its like end the server, or belong to the program around it.
#[derive(Clone, Copy)]
enum Signals {
    Heeded,
    Ignored,
}

/// A service that answers and runs the jobs until it is dropped; every job has then run at least
/// once, and none is in the middle of a run.
pub struct Running {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
    jobs: Option<RunningJobs>,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // The command is sent by the call itself; joining the thread waits for the end.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            // A panic there has been told by the panic hook.
            let _ = thread.join();
        }
        if let Some(jobs) = self.jobs.take() {
            jobs.stop();
        }
    }
}
