//! What Prometheus is told of the messages to tourists.

use std::sync::Arc;

use domain::clock::Clock;
use domain::ports::OutboxQueries;

/// Shows how many messages wait, for how long, and how many are dead: an alarm goes by the latter.
#[derive(Clone)]
pub(crate) struct OutboxMetrics {
    queries: Arc<dyn OutboxQueries>,
    clock: Arc<dyn Clock>,
}

impl OutboxMetrics {
    /// Describes the metrics, which are read through `queries`.
    pub(crate) fn described(queries: Arc<dyn OutboxQueries>, clock: Arc<dyn Clock>) -> Self {
        metrics::describe_gauge!(
            "outbox_queued_messages",
            "Messages to tourists that wait to be sent"
        );
        metrics::describe_gauge!(
            "outbox_oldest_queued_seconds",
            metrics::Unit::Seconds,
            "For how long the oldest of them has waited"
        );
        metrics::describe_gauge!(
            "outbox_dead_messages",
            "Messages to tourists that could not be sent and wait for a person"
        );
        Self { queries, clock }
    }

    /// Reads the outbox; what cannot be read leaves the metrics as they are.
    pub(crate) fn observe(&self) {
        let backlog = match self.queries.outbox_backlog() {
            Ok(backlog) => backlog,
            Err(error) => {
                log::warn!("the outbox cannot be counted: {error}");
                return;
            }
        };
        let waited = backlog
            .queued_since
            .and_then(|since| (self.clock.now() - since).to_std().ok());
        metrics::gauge!("outbox_queued_messages").set(whole(backlog.queued));
        metrics::gauge!("outbox_oldest_queued_seconds").set(waited.unwrap_or_default());
        metrics::gauge!("outbox_dead_messages").set(whole(backlog.dead));
    }
}

/// A count that a gauge holds exactly.
fn whole(count: u64) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
