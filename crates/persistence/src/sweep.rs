//! The sweep behind `manage verify`: what is stored, held against the rules.
//!
//! Each check is one query that selects what contradicts a rule, so that a sound date costs no
//! more than reading it. Places are named by ids and orders by numbers, never by anything personal.

mod annual_passes;
mod check_ins;
mod erased;
mod invoices;
mod no_shows;
mod payments;
mod places;
mod refunds;
mod states;
mod undated;

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::sql_query;
use diesel::sql_types::{Date, Text};
use domain::ports::{Finding, StoreError, Sweep};
use domain::visit_date::VisitDate;

use crate::queries::MysqlQueries;

/// One thing that must not be.
struct Check {
    /// The rule it would break.
    rule: &'static str,
    /// Selects a column `finding`; every placeholder is the visit date, or the instant of the
    /// checks that have none.
    sql: &'static str,
}

/// How many findings of one check and date are reported: enough to see what is wrong, and few
/// enough to be read when everything is.
const MOST_FINDINGS: usize = 100;

/// Every branch skips through an index that begins with the date, so that it costs as much as
/// there are dates, not rows. Add-ons have the dates of their tickets (rule 4.2).
const DATES: &str = "
SELECT DISTINCT visit_date FROM opening_days
UNION SELECT DISTINCT visit_date FROM quotas
UNION SELECT DISTINCT visit_date FROM orders
UNION SELECT DISTINCT visit_date FROM tickets
ORDER BY visit_date";

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
        let rows: Vec<DateRow> = self.run(|connection| sql_query(DATES).load(connection))?;
        Ok(rows
            .into_iter()
            .map(|row| VisitDate::new(row.visit_date))
            .collect())
    }

    fn check_date(&self, date: VisitDate) -> Result<Vec<Finding>, StoreError> {
        self.run(|connection| in_snapshot(connection, |connection| check(connection, date)))
    }

    /// Each query is a snapshot of its own, so that none is held open for long; an order is stored
    /// before its money is.
    fn check_undated(&self, now: DateTime<Utc>) -> Result<Vec<Finding>, StoreError> {
        self.run(|connection| undated::check(connection, now))
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
        check_ins::CHECKS,
        payments::CHECKS,
        refunds::CHECKS,
        erased::CHECKS,
        invoices::CHECKS,
        annual_passes::CHECKS,
        no_shows::CHECKS,
    ];
    for check in groups.into_iter().flatten() {
        let mut query = check.limited();
        for _ in check.sql.matches('?') {
            query = query.bind::<Date, _>(date.date());
        }
        findings.extend(check.findings(query.load(connection)?));
    }
    Ok(findings)
}

impl Check {
    fn limited(&self) -> BoxedSqlQuery<'static, Mysql, SqlQuery> {
        sql_query(format!("{} LIMIT {MOST_FINDINGS}", self.sql)).into_boxed()
    }

    fn findings(&self, rows: Vec<FindingRow>) -> impl Iterator<Item = Finding> {
        let rule = self.rule;
        rows.into_iter().map(move |row| Finding {
            rule,
            text: row.finding,
        })
    }
}

#[cfg(test)]
mod tests {
    use diesel::sql_types::Nullable;

    use super::*;
    use crate::test_support::TestDatabase;

    #[derive(Debug, QueryableByName)]
    struct Plan {
        #[diesel(sql_type = Nullable<Text>)]
        table: Option<String>,
        #[diesel(sql_type = Nullable<Text>, column_name = "Extra")]
        extra: Option<String>,
    }

    /// Two thousand orders and as many tickets on four days.
    const ROWS: &str = "
INSERT INTO orders (id, number, account_id, kind, visit_date, session_code, phone, state,
    request_key, body_digest, created_at, pay_by, total_fen, paid_fen, refunded_fen)
WITH RECURSIVE n AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM n WHERE n < 1000)
SELECT LPAD(n * 2 + h, 16, '0'), n * 2 + h, RPAD('', 16, 'a'), 'ordinary',
    '2026-12-01' + INTERVAL n % 4 DAY, 'morning', '13800138000', 'paid', LPAD(n * 2 + h, 32, '-'),
    RPAD('', 32, '-'), '2026-11-25', '2026-11-25', 0, 0, 0
FROM n JOIN (SELECT 0 AS h UNION SELECT 1) halves;
INSERT INTO tickets (id, order_id, position, visit_date, session_code, account_id, venue_code,
    document_type, document_hash, active_document, age, category, price_fen, state)
SELECT id, id, 1, visit_date, session_code, account_id, 'palace', 'id_card', id, id, 30,
    'standard', 0, 'valid'
FROM orders;
ANALYZE TABLE orders, tickets";

    /// A year's fifteen million tickets are not read to learn their dates.
    #[test]
    fn dates_are_skipped_through() {
        let database = TestDatabase::create();
        let mut connection = MysqlConnection::establish(database.url()).unwrap();
        connection.batch_execute(ROWS).unwrap();
        assert_eq!(database.queries().dates().unwrap().len(), 4);
        if !database.is_mariadb() {
            // MySQL 9 explains nothing to a prepared statement, which is all that diesel has.
            return;
        }
        let plans: Vec<Plan> = sql_query(format!("EXPLAIN {DATES}"))
            .load(&mut connection)
            .unwrap();
        for table in ["orders", "tickets"] {
            let of_table = |plan: &&Plan| plan.table.as_deref() == Some(table);
            let plan = plans.iter().find(of_table).unwrap();
            let extra = plan.extra.as_deref().unwrap_or_default();
            assert!(extra.contains("Using index for group-by"), "{plans:?}");
        }
    }
}
