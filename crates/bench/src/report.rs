//! The report of a run: a table for the person at the terminal, and files with everything.

pub(crate) mod chart;
mod table;

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;

use crate::failure::{Context as _, Failure};
use crate::machine::Machine;
use crate::scenario::{Line, Outcome};
use chart::Curve;

/// All that a run found.
#[derive(Serialize)]
pub(crate) struct Report {
    /// When it began, by the system's time.
    pub(crate) at: String,
    /// Whether it proved only that everything runs.
    pub(crate) short: bool,
    /// What it was measured on.
    pub(crate) machine: Machine,
    /// The table.
    pub(crate) lines: Vec<Line>,
    /// What must not be; empty after a sound run.
    pub(crate) broken: Vec<String>,
    /// Each scenario's own figures, by its name.
    pub(crate) scenarios: serde_json::Map<String, Value>,
    #[serde(skip)]
    curve: Option<Curve>,
}

impl Report {
    /// Of a run that has yet to find anything.
    pub(crate) fn new(at: String, short: bool, machine: Machine) -> Self {
        Self {
            at,
            short,
            machine,
            lines: Vec::new(),
            broken: Vec::new(),
            scenarios: serde_json::Map::new(),
            curve: None,
        }
    }

    /// Adds what a scenario found.
    pub(crate) fn add(&mut self, name: &str, outcome: Outcome) {
        self.lines.extend(outcome.lines);
        self.broken.extend(outcome.broken);
        self.curve = outcome.curve.or(self.curve.take());
        self.scenarios.insert(name.to_owned(), outcome.details);
    }

    /// Whether every target that was measured is met. A short run measures none.
    pub(crate) fn meets_all_targets(&self) -> bool {
        self.short || self.lines.iter().all(|line| line.met != Some(false))
    }

    /// The machine, the table and what is broken.
    pub(crate) fn text(&self) -> String {
        let table = table::text(&self.lines, self.short);
        let broken: String = self
            .broken
            .iter()
            .map(|broken| format!("BROKEN: {broken}\n"))
            .collect();
        format!("{}\n{table}\n{broken}", self.machine.text())
    }

    /// Writes table, JSON and chart to a folder of their own in `parent`, which `latest` points
    /// to afterwards.
    pub(crate) fn write(&self, parent: &Path) -> Result<PathBuf, Failure> {
        let folder = parent.join(self.at.replace(':', "-"));
        fs::create_dir_all(&folder).context(format!("making {}", folder.display()))?;
        let json = serde_json::to_string_pretty(self).context("writing JSON")?;
        fs::write(folder.join("report.json"), json).context("writing the report")?;
        fs::write(folder.join("report.txt"), self.text()).context("writing the report")?;
        if let Some(curve) = &self.curve {
            curve.draw(&folder.join("concurrency.svg"))?;
        }
        let latest = parent.join("latest");
        drop(fs::remove_file(&latest));
        if let Some(name) = folder.file_name() {
            symlink(name, latest).context("pointing to the latest report")?;
        }
        Ok(folder)
    }
}
