//! Contradictions that no visit date shows.

use chrono::{DateTime, TimeDelta, Utc};

use crate::id::OrderId;
use crate::payment::AttemptState;
use crate::ports::Finding;

use super::tables::Tables;

/// How long after its `time_expire` an attempt may wait for the job that follows it.
const PATIENCE: TimeDelta = TimeDelta::days(1);

impl Tables {
    /// Money of orders that do not exist, and messages about them.
    pub(super) fn without_order(&self) -> impl Iterator<Item = Finding> {
        let attempts = self.attempts.values().map(|attempt| {
            let what = format!("payment attempt {}", attempt.number);
            ("5.5", attempt.order, what)
        });
        let refunds = self.refunds.values().map(|row| {
            let what = format!("refund {}", row.refund.id);
            ("6.6", row.refund.order, what)
        });
        let submissions = self.submissions.values().map(|submission| {
            let what = format!("refund submission {}", submission.number);
            ("6.7", submission.order, what)
        });
        let lines = self.ledger.iter().map(|line| {
            let what = format!("the ledger's {} {}", line.kind.code(), line.reference);
            ("5.5", line.order, what)
        });
        let messages = self.outbox.values().map(|delivery| {
            let what = format!("the message {}", delivery.key());
            ("5.3", delivery.message.order, what)
        });
        let money = attempts.chain(refunds).chain(submissions).chain(lines);
        let rows = money.chain(messages);
        rows.filter(|(_, order, _)| self.lacks(*order))
            .map(|(rule, order, what)| Finding {
                rule,
                text: format!("{what} is of order {order}, which does not exist"),
            })
    }

    fn lacks(&self, order: OrderId) -> bool {
        !self.orders.contains_key(&order)
    }

    /// Attempts that nobody has followed to their end.
    pub(super) fn long_open(&self, now: DateTime<Utc>) -> impl Iterator<Item = Finding> {
        let attempts = self.attempts.values();
        let open = attempts.filter(|attempt| attempt.state == AttemptState::Open);
        let forgotten = open.filter(move |attempt| attempt.time_expire + PATIENCE < now);
        forgotten.map(|attempt| Finding {
            rule: "5.5",
            text: format!(
                "payment attempt {} has been open since it expired at {}",
                attempt.number, attempt.time_expire
            ),
        })
    }
}
