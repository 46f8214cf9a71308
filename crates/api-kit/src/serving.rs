//! A service on the network: its API on one port, `/metrics` on another.
//!
//! `main` and tests start the same service: [`Service::serve`] answers until the process is told
//! to stop, [`Service::spawn`] until [`Running`] is dropped.

mod running;
mod signals;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::io;
use std::net::{IpAddr, SocketAddr, TcpListener};
use std::sync::Arc;

use actix_web::dev::Server;
use actix_web::middleware::from_fn;
use actix_web::{App, HttpServer, rt, web};
use socket2::SockRef;
use thiserror::Error;

use crate::application;
use crate::health::Health;
use crate::limits::{AddressLimit, limit_addresses};
use crate::metrics::Metrics;
use crate::observe::observe;
use crate::settings::Settings;

pub use running::Running;

/// How long requests that are under way may take to end when the service stops, in seconds.
const GRACE: u64 = 10;

/// How many connections are open at most, over all workers; further ones wait in the system's
/// queue. Each takes a file descriptor: docs/OPERATIONS.md names the limit that must allow them.
const CONNECTIONS: usize = 8192;

/// How many connections may wait in the system's queue to be taken in: at 20:00 thousands come
/// within a second. The system's own limit (`net.core.somaxconn`) may be lower.
const BACKLOG: i32 = 4096;

/// The system gives no port or no thread.
#[derive(Debug, Error)]
#[error("{what}: {cause}")]
pub struct SystemRefused {
    what: &'static str,
    cause: io::Error,
}

impl SystemRefused {
    /// Names what was tried: `.map_err(SystemRefused::when("starting a thread"))`.
    pub fn when(what: &'static str) -> impl FnOnce(io::Error) -> Self {
        move |cause| Self { what, cause }
    }
}

/// Listens, and has more wait than the standard library's 128, whose overflow asks again only
/// after a second.
fn listen(host: IpAddr, port: u16) -> io::Result<TcpListener> {
    let listener = TcpListener::bind((host, port))?;
    SockRef::from(&listener).listen(BACKLOG)?;
    Ok(listener)
}

/// Adds a service's routes, and what their handlers need. Called once by each worker.
pub type Routes = Arc<dyn Fn(&mut web::ServiceConfig) + Send + Sync>;

/// What a service answers, besides errors and metrics.
pub struct Site {
    /// Its routes.
    pub routes: Routes,
    /// What `/readyz` asks.
    pub health: Health,
    /// Paths whose requests the limit of each address does not count.
    pub unlimited: &'static [&'static str],
}

/// A service that listens and does not answer yet: who connects waits.
pub struct Service {
    name: &'static str,
    site: Site,
    address_limit: Option<web::Data<AddressLimit>>,
    listener: TcpListener,
    metrics_listener: TcpListener,
    metrics: Metrics,
    workers: usize,
}

impl Service {
    /// Opens the ports of `settings`; 0 takes any free one. `name` stands in the log.
    ///
    /// # Errors
    /// [`SystemRefused`], for instance if a port is taken.
    pub fn listen(
        name: &'static str,
        settings: &Settings,
        site: Site,
    ) -> Result<Self, SystemRefused> {
        let server = &settings.server;
        let listen = |host, port| listen(host, port).map_err(SystemRefused::when("listening"));
        let address_limit = settings.limits.requests_per_address.map(|count| {
            let proxies = server.trusted_proxies.clone();
            web::Data::new(AddressLimit::per_minute(count, proxies).except(site.unlimited))
        });
        Ok(Self {
            name,
            site,
            address_limit,
            metrics: Metrics::install().map_err(SystemRefused::when("collecting metrics"))?,
            listener: listen(server.host, server.port)?,
            metrics_listener: listen(server.metrics_host, server.metrics_port)?,
            workers: server.workers,
        })
    }

    /// Where the API listens.
    ///
    /// # Errors
    /// If the system does not tell.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until the process is told to stop, by SIGTERM or Ctrl-C; then lets requests under
    /// way end. The log says "listening" once such a signal is heeded.
    ///
    /// # Errors
    /// If a port cannot be used.
    pub fn serve(&self) -> io::Result<()> {
        let (name, address) = (self.name, self.address()?);
        let metrics_address = self.metrics_listener.local_addr()?;
        rt::System::new().block_on(async {
            let told_to_stop = signals::told_to_stop()?;
            let metrics = self.metrics.clone();
            let metrics = metrics.serve(self.metrics_listener.try_clone()?)?;
            let stop_metrics = metrics.handle();
            rt::spawn(metrics);
            let server = self.server(told_to_stop)?;
            log::info!(address:%, metrics:% = metrics_address; "{name} is listening");
            let ended = server.await;
            stop_metrics.stop(false).await;
            log::info!("{name} has stopped answering");
            ended
        })
    }

    /// Answers on a thread of its own until [`Running`] is dropped; for tests and benchmarks,
    /// which may well run several. `/metrics` is not served.
    ///
    /// # Errors
    /// [`SystemRefused`].
    pub fn spawn(self) -> Result<Running, SystemRefused> {
        Running::start(self)
    }

    fn server(&self, until: impl Future<Output = ()> + Send + 'static) -> io::Result<Server> {
        let (routes, health) = (Arc::clone(&self.site.routes), self.site.health.clone());
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
                .configure(|service| routes(service))
                .wrap(from_fn(limit_addresses))
                .wrap(from_fn(observe))
        });
        let server = server.workers(self.workers).shutdown_timeout(GRACE);
        // An answer is written as one: there is nothing to wait for.
        let server = server.tcp_nodelay(true);
        let server = server.max_connections(CONNECTIONS.div_ceil(self.workers.max(1)));
        let server = server.shutdown_signal(until);
        Ok(server.listen(self.listener.try_clone()?)?.run())
    }
}
