//! Metrics for Prometheus, on a port of their own that the public does not reach.

use std::net::TcpListener;
use std::sync::{Mutex, PoisonError};

use actix_web::dev::Server;
use actix_web::{App, HttpResponse, HttpServer, web};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Bounds of the buckets of durations, in seconds: fine around the targets of performance.md.
const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
];

static INSTALLED: Mutex<Option<PrometheusHandle>> = Mutex::new(None);

/// What `/metrics` shows. One for the whole process, however many applications tests start in it.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Begins to collect, or joins the collection that runs already.
    ///
    /// # Errors
    /// If another recorder was installed in this process.
    pub fn install() -> std::io::Result<Self> {
        let mut installed = INSTALLED.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(handle) = installed.as_ref() {
            return Ok(Self(handle.clone()));
        }
        let durations = Matcher::Suffix("_seconds".to_owned());
        let handle = PrometheusBuilder::new()
            .set_buckets_for_metric(durations, &BUCKETS)
            .and_then(PrometheusBuilder::install_recorder)
            .map_err(std::io::Error::other)?;
        describe();
        *installed = Some(handle.clone());
        Ok(Self(handle))
    }

    /// The metrics as text.
    #[must_use]
    pub fn render(&self) -> String {
        // Without it the samples of histograms would pile up between two visits of Prometheus.
        self.0.run_upkeep();
        self.0.render()
    }

    /// Serves `/metrics` on `listener`; to be awaited or spawned.
    ///
    /// # Errors
    /// If the listener cannot be used.
    pub fn serve(self, listener: TcpListener) -> std::io::Result<Server> {
        let server = HttpServer::new(move || {
            App::new()
                .app_data(web::Data::new(self.clone()))
                .route("/metrics", web::get().to(show))
        });
        Ok(server.workers(1).disable_signals().listen(listener)?.run())
    }
}

async fn show(metrics: web::Data<Metrics>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4; charset=utf-8")
        .body(metrics.render())
}

fn describe() {
    metrics::describe_counter!(
        "http_requests_total",
        "Requests by method, route and status"
    );
    metrics::describe_histogram!(
        "http_request_duration_seconds",
        metrics::Unit::Seconds,
        "Time to answer, by method and route"
    );
}
