//! No-shows and bans beside their tickets and days: rules 7.1, 7.2 and 7.4.

use chrono::{DateTime, Utc};
use diesel::mysql::MysqlConnection;
use diesel::prelude::*;
use diesel::sql_types::Date;
use domain::ports::Finding;
use domain::rules::Rules;
use domain::visit_date::VisitDate;

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check {
        rule: "7.1",
        sql: "
SELECT CONCAT('the no-show of ticket ', LOWER(HEX(n.ticket_id)), ' is not that ticket''s')
           AS finding
FROM no_shows n
LEFT JOIN tickets t ON t.id = n.ticket_id
WHERE n.visit_date = ? AND n.waived_at IS NULL
  AND NOT COALESCE(t.visit_date = n.visit_date AND t.state IN ('expired', 'refunded'), FALSE)",
    },
    Check {
        rule: "7.1",
        sql: "
SELECT CONCAT('the no-show of ticket ', LOWER(HEX(n.ticket_id)),
              ' counts, but the day is closed') AS finding
FROM no_shows n
JOIN opening_days d ON d.visit_date = n.visit_date
WHERE n.visit_date = ? AND n.waived_at IS NULL AND d.state = 'closed'",
    },
    // An erased ticket (rule 10.3) can be held against nobody.
    Check {
        rule: "7.1",
        sql: "
SELECT CONCAT('ticket ', LOWER(HEX(t.id)), ' has expired without a no-show') AS finding
FROM tickets t
WHERE t.visit_date = ? AND t.state = 'expired' AND t.document_hash IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM no_shows n
                  WHERE n.document_hash = t.document_hash AND n.visit_date = t.visit_date)",
    },
    Check {
        rule: "7.2",
        sql: "
SELECT 'a ban has no no-show on its third day' AS finding
FROM bans b
WHERE b.third_day = ? AND b.lifted_at IS NULL
  AND NOT EXISTS (SELECT 1 FROM no_shows n
                  WHERE n.document_hash = b.document_hash AND n.visit_date = b.third_day)",
    },
];

/// The job that records no-shows has not run, or cannot.
const UNRECORDED: Check = Check {
    rule: "7.4",
    sql: "
SELECT CONCAT('tickets of ', d.visit_date, ' are still valid') AS finding
FROM opening_days d
WHERE d.visit_date < ? AND d.state = 'open'
  AND EXISTS (SELECT 1 FROM tickets t WHERE t.state = 'valid' AND t.visit_date = d.visit_date)",
};

/// Open days whose unused tickets have not expired a day after they were to.
pub(super) fn unrecorded(
    connection: &mut MysqlConnection,
    now: DateTime<Utc>,
) -> QueryResult<Vec<Finding>> {
    let today = VisitDate::containing(now);
    let late_today = now > today.at(Rules::default().no_shows_at);
    // Yesterday's were to expire a day ago once it is that time today.
    let first_in_time = if late_today {
        today
    } else {
        today.plus_days(-1)
    };
    let query = UNRECORDED.limited().bind::<Date, _>(first_in_time.date());
    let rows = query.load(connection)?;
    Ok(UNRECORDED.findings(rows).collect())
}
