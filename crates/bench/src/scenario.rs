//! What a scenario is, and what it gives.

use domain::visit_date::VisitDate;
use serde_json::Value;

use crate::context::Bench;
use crate::failure::Failure;

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
    /// All that was measured, for the report's JSON.
    pub(crate) details: Value,
    /// The visit dates that it sold or changed; the sweep reads them afterwards.
    pub(crate) dates: Vec<VisitDate>,
    /// What must not be: wrong answers, a place too many. Each fails the whole run.
    pub(crate) broken: Vec<String>,
}

/// A line of the report's table.
#[derive(Debug)]
pub(crate) struct Line {
    /// The target's number in performance.md, such as `P1`; empty for what has no target.
    pub(crate) target: &'static str,
    /// What was done, with its concurrency and whether caches were warm.
    pub(crate) what: String,
    /// What was measured, with its unit.
    pub(crate) figure: String,
    /// What it is held against, and the ratio; empty if it is held against nothing.
    pub(crate) against: String,
    /// What the target asks for, such as `≥ 8`; empty without a target.
    pub(crate) wanted: String,
    /// Whether the target is met; `None` without a target.
    pub(crate) met: Option<bool>,
}
