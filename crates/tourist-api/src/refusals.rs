//! Counting what orders are refused for.

use domain::refusal::Refusal;

/// Where it was decided that an order cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DecidedBy {
    /// By the days on sale as they are kept in memory.
    Snapshot,
    /// At the desk, on the database.
    Desk,
}

/// Counts each objection of a refusal: one for each visitor and rule.
pub(crate) fn count(refusal: &Refusal, by: DecidedBy) {
    let decided_by = match by {
        DecidedBy::Snapshot => "snapshot",
        DecidedBy::Desk => "desk",
    };
    for objection in &refusal.objections {
        let code = objection.reason.code();
        metrics::counter!("order_refusals_total", "code" => code, "decided_by" => decided_by)
            .increment(1);
    }
}

/// Describes the metric.
pub(crate) fn describe() {
    metrics::describe_counter!(
        "order_refusals_total",
        "Objections to orders, by code and by where they were found"
    );
}
