//! Load over HTTP: many connections that each send a request, wait for the answer, and send the
//! next.
//!
//! rlt is the load tester (docs/decisions/0016-load-by-rlt.md): it runs the connections, keeps the
//! time and the histogram. What goes over a connection is ours and lean, because the client shares
//! the machine with what it measures: requests are bytes made beforehand, answers are read by
//! httparse and dropped.

mod connection;
mod figures;
pub(crate) mod requests;
mod suite;

use std::net::SocketAddr;
use std::num::{NonZeroU32, NonZeroU64};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread::available_parallelism;
use std::time::Duration;

use clap::Parser as _;
use nix::sys::resource::{UsageWho, getrusage};
use nix::sys::time::TimeValLike as _;
use rlt::cli::{BenchCli, Collector, ReportFormat};
use tokio::runtime::{Builder, Runtime};

use crate::failure::{Context as _, Failure};
use suite::Suite;

pub(crate) use figures::Figures;
pub(crate) use requests::Requests;

/// What to send, where to, and for how long.
pub(crate) struct Load {
    /// Connections take these in turn.
    pub(crate) targets: Vec<SocketAddr>,
    /// How many connections; each has at most one request on its way.
    pub(crate) connections: u32,
    /// The requests, in order.
    pub(crate) requests: Arc<Requests>,
    /// When to stop at the latest; one-time requests may be used up before.
    pub(crate) duration: Duration,
    /// How many requests a second over all connections, if not as many as can be.
    pub(crate) rate: Option<NonZeroU32>,
    /// Whether to remember the ids of what was created, for [`Figures::created`].
    pub(crate) remembers: bool,
}

impl Load {
    /// As much as `connections` can send to `target`.
    pub(crate) fn on(target: SocketAddr, connections: u32, requests: Requests) -> Self {
        Self {
            targets: vec![target],
            connections,
            requests: Arc::new(requests),
            duration: Duration::from_secs(1),
            rate: None,
            remembers: false,
        }
    }

    /// The same for so long.
    pub(crate) fn lasting(self, duration: Duration) -> Self {
        Self { duration, ..self }
    }

    /// Sends. What is on its way when the time is over is counted as abandoned.
    pub(crate) fn run(&self, folder: &Path) -> Result<Figures, Failure> {
        let (suite, counted) = Suite::new(self);
        let report = report_file(folder);
        let options = self.options(&report)?;
        let before = processor_time()?;
        let ran = runtime()?.block_on(rlt::cli::run(options, suite));
        let took = processor_time()? - before;
        ran.context("sending requests")?;
        let text = std::fs::read_to_string(&report).context("reading the load's report")?;
        drop(std::fs::remove_file(&report));
        Figures::read(&text, counted.take(), took)
    }

    fn options(&self, report: &Path) -> Result<BenchCli, Failure> {
        let defaults = BenchCli::try_parse_from(["rlt"]).context("rlt's options")?;
        let connections = NonZeroU32::new(self.connections);
        Ok(BenchCli {
            concurrency: connections.ok_or_else(|| Failure::new("a load without connections"))?,
            iterations: self.requests.most().and_then(NonZeroU64::new),
            duration: Some(self.duration.into()),
            rate: self.rate,
            collector: Some(Collector::Silent),
            output: ReportFormat::Json,
            output_file: Some(report.to_path_buf()),
            ..defaults
        })
    }
}

/// The client takes half of the processors: the services and the database have the rest, and on
/// a small machine all of them share what there is.
fn runtime() -> Result<Runtime, Failure> {
    let processors = available_parallelism().map_or(1, usize::from);
    Builder::new_multi_thread()
        .worker_threads((processors / 2).max(1))
        .enable_all()
        .build()
        .context("starting the client's threads")
}

/// The seconds of processor time that this process has taken.
fn processor_time() -> Result<f64, Failure> {
    let usage = getrusage(UsageWho::RUSAGE_SELF).context("asking for our processor time")?;
    let milliseconds = (usage.user_time() + usage.system_time()).num_milliseconds();
    Ok(f64::from(i32::try_from(milliseconds).unwrap_or(i32::MAX)) / 1000.0)
}

/// Loads may run at the same time.
fn report_file(folder: &Path) -> std::path::PathBuf {
    static LOADS: AtomicU32 = AtomicU32::new(0);
    let number = LOADS.fetch_add(1, Ordering::Relaxed);
    folder.join(format!("load-{number}.json"))
}
