//! What a scenario is, and what it gives.

use domain::visit_date::VisitDate;
use serde::Serialize;
use serde_json::Value;

use crate::context::Bench;
use crate::failure::Failure;
use crate::report::chart::Curve;

/// One measurement, or a few that belong together.
#[derive(Debug)]
pub(crate) struct Scenario {
    /// What it is asked for by: `cargo xtask bench run p1`.
    pub(crate) name: &'static str,
    /// What it measures, in a few words.
    pub(crate) title: &'static str,
    /// Measures. Whatever it starts ends with it. In a short run ([`Bench::is_short`]) it takes
    /// about a second and proves only that it works: figures mean nothing then, answers and
    /// invariants are held all the same.
    pub(crate) run: fn(&Bench) -> Result<Outcome, Failure>,
}

/// What a scenario found.
#[derive(Debug, Default)]
pub(crate) struct Outcome {
    /// Its lines of the report's table.
    pub(crate) lines: Vec<Line>,
    /// The curve that the report draws, of the scenario that has one.
    pub(crate) curve: Option<Curve>,
    /// All that was measured, for the report's JSON.
    pub(crate) details: Value,
    /// The visit dates that it sold or changed; the sweep reads them afterwards.
    pub(crate) dates: Vec<VisitDate>,
    /// What must not be: wrong answers, a place too many. Each fails the whole run.
    pub(crate) broken: Vec<String>,
}

/// A line of the report's table.
#[derive(Debug, Serialize)]
pub(crate) struct Line {
    /// The target's number in performance.md, such as `P1`; empty for what has no target.
    pub(crate) target: &'static str,
    /// What was done, with its concurrency and whether caches were warm.
    pub(crate) what: String,
    /// What was measured, with its unit.
    pub(crate) figure: String,
    /// What it is held against; empty if against nothing but the target.
    pub(crate) against: String,
    /// The figure as a multiple of that.
    pub(crate) ratio: Option<f64>,
    /// What the target asks for, such as `≥ 8`; empty without a target.
    pub(crate) wanted: String,
    /// Whether the target is met; `None` without a target.
    pub(crate) met: Option<bool>,
}

impl Line {
    /// A figure without a target.
    pub(crate) fn plain(what: impl Into<String>, figure: impl Into<String>) -> Self {
        Self {
            target: "",
            what: what.into(),
            figure: figure.into(),
            against: String::new(),
            ratio: None,
            wanted: String::new(),
            met: None,
        }
    }

    /// A figure that has to be at least `least` times what it is held against.
    pub(crate) fn at_least(self, target: &'static str, least: f64, ratio: f64) -> Self {
        Self {
            target,
            ratio: Some(ratio),
            wanted: format!("≥ {least} ×"),
            met: Some(ratio >= least),
            ..self
        }
    }

    /// A figure that must not be more than `most`, such as `250 ms`.
    pub(crate) fn at_most(self, target: &'static str, most: f64, unit: &str, is: f64) -> Self {
        Self {
            target,
            wanted: format!("≤ {most} {unit}"),
            met: Some(is <= most),
            ..self
        }
    }

    /// What the figure is held against.
    pub(crate) fn against(self, what: impl Into<String>) -> Self {
        Self {
            against: what.into(),
            ..self
        }
    }
}

/// `part` as a multiple of `whole`; 0 where that is nothing.
pub(crate) fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}
