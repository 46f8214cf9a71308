//! What no visit date shows: money and messages of orders that do not exist, attempts nobody
//! follows, and the entries of annual passes.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::mysql::MysqlConnection;
use diesel::prelude::*;
use diesel::sql_types::Datetime;
use domain::ports::Finding;

use super::{Check, annual_passes, no_shows};

/// How long after its `time_expire` an attempt may wait for the job that follows it.
const PATIENCE: TimeDelta = TimeDelta::days(1);

const WITHOUT_ORDER: &[Check] = &[
    Check {
        rule: "5.5",
        sql: "
SELECT CONCAT('payment attempt ', p.number, ' is of order ', LOWER(HEX(p.order_id)),
              ', which does not exist') AS finding
FROM payment_attempts p
WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = p.order_id)",
    },
    Check {
        rule: "6.6",
        sql: "
SELECT CONCAT('refund ', LOWER(HEX(r.id)), ' is of order ', LOWER(HEX(r.order_id)),
              ', which does not exist') AS finding
FROM refunds r
WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = r.order_id)",
    },
    Check {
        rule: "6.7",
        sql: "
SELECT CONCAT('refund submission ', s.number, ' is of order ', LOWER(HEX(s.order_id)),
              ', which does not exist') AS finding
FROM refund_submissions s
WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = s.order_id)",
    },
    Check {
        rule: "5.5",
        sql: "
SELECT CONCAT('the ledger''s ', s.kind, ' ', s.reference, ' is of order ',
              LOWER(HEX(s.order_id)), ', which does not exist') AS finding
FROM sales_ledger s
WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = s.order_id)",
    },
    Check {
        rule: "5.3",
        sql: "
SELECT CONCAT('the message ', m.kind, '/', m.reference, ' is of order ',
              LOWER(HEX(m.order_id)), ', which does not exist') AS finding
FROM outbox_messages m
WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = m.order_id)",
    },
    Check {
        rule: "V18",
        sql: "
SELECT CONCAT('invoice ', LOWER(HEX(i.id)), ' is of order ', LOWER(HEX(i.order_id)),
              ', which does not exist') AS finding
FROM invoices i
WHERE NOT EXISTS (SELECT 1 FROM orders o WHERE o.id = i.order_id)",
    },
];

/// The provider may hold money for these that nobody has asked about.
const LONG_OPEN: Check = Check {
    rule: "5.5",
    sql: "
SELECT CONCAT('payment attempt ', p.number, ' has been open since it expired at ',
              p.time_expire) AS finding
FROM payment_attempts p
WHERE p.state = 'open' AND p.time_expire < ?",
};

pub(super) fn check(
    connection: &mut MysqlConnection,
    now: DateTime<Utc>,
) -> QueryResult<Vec<Finding>> {
    let mut findings = Vec::new();
    for check in WITHOUT_ORDER {
        findings.extend(check.findings(check.limited().load(connection)?));
    }
    let entries = annual_passes::ENTRIES;
    findings.extend(entries.findings(entries.limited().load(connection)?));
    let forgotten_before = (now - PATIENCE).naive_utc();
    let query = LONG_OPEN.limited().bind::<Datetime, _>(forgotten_before);
    findings.extend(LONG_OPEN.findings(query.load(connection)?));
    findings.extend(no_shows::unrecorded(connection, now)?);
    Ok(findings)
}
