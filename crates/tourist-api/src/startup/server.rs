//! The service on the network: the API on one port, metrics on another.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;

use actix_web::dev::{Server, ServerHandle};
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, rt, web};
use api_kit::application;
use api_kit::health::Health;
use api_kit::limits::{AddressLimit, limit_addresses};
use api_kit::metrics::Metrics;
use api_kit::observe::observe;
use api_kit::settings::Settings;
use domain::clock::Clock;
use utoipa_actix_web::{AppExt as _, scope};
use utoipa_swagger_ui::SwaggerUi;

use super::{Parts, StartError, connect, listen, system};
use crate::openapi::{PREFIX, document};
use crate::routes;

/// How long requests that are under way may take to end when the service stops, in seconds.
const GRACE: u64 = 10;

/// The service, connected and listening, not yet answering.
pub struct TouristApi {
    parts: Parts,
    listener: TcpListener,
    metrics_listener: TcpListener,
    metrics: Metrics,
    address_limit: Option<web::Data<AddressLimit>>,
    workers: usize,
    shows_documents: bool,
}

impl TouristApi {
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
        let address_limit = settings.limits.requests_per_address.map(|count| {
            let proxies = settings.server.trusted_proxies.clone();
            web::Data::new(AddressLimit::per_minute(count, proxies))
        });
        Ok(Self {
            parts,
            listener: listen(settings, settings.server.port)?,
            metrics_listener: listen(settings, settings.server.metrics_port)?,
            metrics,
            address_limit,
            workers: settings.server.workers,
            shows_documents: settings.environment.is_relaxed(),
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

    /// Answers until the process is told to stop, then lets requests under way end.
    ///
    /// # Errors
    /// If a port cannot be used.
    pub fn serve(&self) -> io::Result<()> {
        rt::System::new().block_on(async {
            let metrics = self
                .metrics
                .clone()
                .serve(self.metrics_listener.try_clone()?)?;
            let stop_metrics = metrics.handle();
            rt::spawn(metrics);
            let ended = self.server(Signals::Heeded)?.await;
            stop_metrics.stop(false).await;
            ended
        })
    }

    /// Answers on a thread of its own until [`Running`] is dropped; for tests and benchmarks,
    /// which may well run several.
    ///
    /// # Errors
    /// [`StartError`].
    pub fn spawn(self) -> Result<Running, StartError> {
        let address = self.address().map_err(system("listening"))?;
        let (report, started) = mpsc::channel();
        let thread = std::thread::Builder::new()
            .name("tourist-api".to_owned())
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
        })
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
        let state = web::Data::from(Arc::clone(&self.parts.service));
        let pool = Arc::clone(&self.parts.service.database);
        let health = Health::new(Arc::clone(&self.parts.readiness), pool);
        let limit = self.address_limit.clone();
        let shows_documents = self.shows_documents;
        let server = HttpServer::new(move || {
            let (app, _) = App::new()
                .into_utoipa_app()
                .service(scope(PREFIX).configure(routes::configure))
                .split_for_parts();
            app.app_data(state.clone())
                .configure(application::configure)
                .configure(|service| health.configure(service))
                .configure(|service| {
                    if let Some(limit) = &limit {
                        service.app_data(limit.clone());
                    }
                    if shows_documents {
                        let page = SwaggerUi::new("/docs/{_:.*}");
                        service.service(page.url("/docs/openapi.json", document()));
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

/// A service that answers until it is dropped.
pub struct Running {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What all paths of the API begin with.
    #[must_use]
    pub fn base_url(&self) -> String {
        format!("http://{}{PREFIX}", self.address)
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
    }
}
