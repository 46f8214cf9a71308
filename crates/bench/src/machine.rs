//! The machine and the database server that a run was measured on: figures mean nothing without.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;
use std::thread::available_parallelism;
use std::time::{Duration, Instant};

use serde::Serialize;

use crate::context::Bench;
use crate::failure::{Context as _, Failure};

/// Names and values, in the order of the report.
#[derive(Debug, Serialize)]
#[serde(transparent)]
pub(crate) struct Machine(pub(crate) Vec<(&'static str, String)>);

/// The server's variables that decide how fast it is, and how durable.
const VARIABLES: [&str; 7] = [
    "innodb_flush_log_at_trx_commit",
    "innodb_buffer_pool_size",
    "innodb_log_file_size",
    "innodb_doublewrite",
    "query_cache_type",
    "max_connections",
    "log_bin",
];

impl Machine {
    /// Asks the system and the server; writes a small file to learn how fast the disk is.
    pub(crate) fn of(bench: &Bench) -> Result<Self, Failure> {
        let version = bench.database().server_version();
        let mut facts = vec![
            ("processor", proc_line("/proc/cpuinfo", "model name")),
            (
                "processors",
                available_parallelism().map_or(0, usize::from).to_string(),
            ),
            ("memory", proc_line("/proc/meminfo", "MemTotal")),
            ("kernel", read("/proc/sys/kernel/osrelease")),
            ("database server", version.context("asking the server")?),
        ];
        for name in VARIABLES {
            // MySQL has other names for some; what it does not know is left out.
            facts.extend(bench.server_variable(name).ok().map(|value| (name, value)));
        }
        let flush = fdatasync_p50(bench.folder())?;
        facts.push((
            "fdatasync p50",
            format!("{:.2} ms", flush.as_secs_f64() * 1000.0),
        ));
        facts.push((
            "tickets in the tables",
            bench.tickets_in_tables()?.to_string(),
        ));
        Ok(Self(facts))
    }

    /// One fact a line.
    pub(crate) fn text(&self) -> String {
        let lines = self
            .0
            .iter()
            .map(|(name, value)| format!("{name}: {value}\n"));
        lines.collect()
    }
}

fn read(path: &str) -> String {
    fs::read_to_string(path)
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// What stands behind the colon of the first line that begins with `name`.
fn proc_line(path: &str, name: &str) -> String {
    let text = read(path);
    let line = text.lines().find(|line| line.starts_with(name));
    let value = line.and_then(|line| line.split_once(':'));
    value.map_or_else(String::new, |(_, value)| value.trim().to_owned())
}

/// How long the disk takes, in the median, to have a block for sure: what every commit waits for.
fn fdatasync_p50(folder: &Path) -> Result<Duration, Failure> {
    const TIMES: usize = 100;
    let path = folder.join("fdatasync");
    let doing = "measuring the disk";
    let mut file = File::create(&path).context(doing)?;
    let mut times = Vec::with_capacity(TIMES);
    for _ in 0..TIMES {
        file.write_all(&[0x55; 4096]).context(doing)?;
        let start = Instant::now();
        file.sync_data().context(doing)?;
        times.push(start.elapsed());
    }
    drop(fs::remove_file(&path));
    times.sort_unstable();
    Ok(times.get(TIMES / 2).copied().unwrap_or_default())
}
