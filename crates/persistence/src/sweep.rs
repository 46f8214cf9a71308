//! The sweep behind `manage verify`: what is stored, held against the rules.
//!
//! Each check is one query that selects what contradicts a rule, so that a sound date costs no
//! more than reading it. Places are named by ids and orders by numbers, never by anything personal.

mod payments;
mod places;
mod refunds;
mod states;

use diesel::connection::SimpleConnection;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Date, Text};
use domain::ports::{Finding, StoreError, Sweep};
use domain::visit_date::VisitDate;

use crate::queries::MysqlQueries;

/// One thing that must not be.
struct Check {
    /// The rule it would break.
    rule: &'static str,
    /// Selects a column `finding`; every placeholder is the visit date.
    sql: &'static str,
}

/// How many findings of one check and date are reported: enough to see what is wrong, and few
/// enough to be read when everything is.
const MOST_FINDINGS: usize = 100;

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct FindingRow {
    #[diesel(sql_type = Text)]
    finding: String,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct DateRow {
    #[diesel(sql_type = Date)]
    visit_date: chrono::NaiveDate,
}

impl Sweep for MysqlQueries {
    fn dates(&self) -> Result<Vec<VisitDate>, StoreError> {
        let rows: Vec<DateRow> = self.run(|connection| {
            sql_query(
                "SELECT visit_date FROM opening_days
                 UNION SELECT visit_date FROM quotas
                 UNION SELECT visit_date FROM orders
                 UNION SELECT visit_date FROM tickets
                 UNION SELECT visit_date FROM ticket_add_ons
                 ORDER BY visit_date",
            )
            .load(connection)
        })?;
        Ok(rows
            .into_iter()
            .map(|row| VisitDate::new(row.visit_date))
            .collect())
    }

    fn check_date(&self, date: VisitDate) -> Result<Vec<Finding>, StoreError> {
        self.run(|connection| in_snapshot(connection, |connection| check(connection, date)))
    }
}

/// Runs `queries` on one consistent snapshot: what a sale commits meanwhile is seen by all of
/// them or by none.
fn in_snapshot<T>(
    connection: &mut MysqlConnection,
    queries: impl FnOnce(&mut MysqlConnection) -> QueryResult<T>,
) -> QueryResult<T> {
    // Holds for the next transaction only; the session stays READ COMMITTED.
    connection.batch_execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")?;
    connection.transaction(queries)
}

fn check(connection: &mut MysqlConnection, date: VisitDate) -> QueryResult<Vec<Finding>> {
    let mut findings = Vec::new();
    let groups = [
        places::CHECKS,
        states::CHECKS,
        payments::CHECKS,
        refunds::CHECKS,
    ];
    for check in groups.into_iter().flatten() {
        let limited = format!("{} LIMIT {MOST_FINDINGS}", check.sql);
        let mut query = sql_query(limited).into_boxed();
        for _ in check.sql.matches('?') {
            query = query.bind::<Date, _>(date.date());
        }
        let rows: Vec<FindingRow> = query.load(connection)?;
        findings.extend(rows.into_iter().map(|row| Finding {
            rule: check.rule,
            text: row.finding,
        }));
    }
    Ok(findings)
}
