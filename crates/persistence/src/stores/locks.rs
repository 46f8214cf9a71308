//! The locking reads, by hand: diesel cannot name an index, and a lock must be taken over the
//! primary key.
//!
//! Over another index the server would lock in that index's order, and on a small table it may
//! prefer to scan, and to wait for, every row. `tests/suite/plans.rs` holds the plans.

use chrono::NaiveDate;
use diesel::mysql::MysqlConnection;
use diesel::prelude::*;
use diesel::sql_types::{Binary, Date};

use super::quotas::QuotaRow;
use crate::ids::{DbHash, DbId};

/// What to do about a row that somebody else has locked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// Wait for it.
    Wait,
    /// Leave it out.
    Skip,
}

#[derive(QueryableByName)]
struct Locked {
    #[diesel(sql_type = Binary)]
    id: DbId,
}

/// A no-show that was locked; what is read of it is read anew.
#[derive(QueryableByName)]
struct LockedDay {
    #[diesel(sql_type = Date, column_name = visit_date)]
    _visit_date: NaiveDate,
}

/// The statement that [`orders`] runs for `count` ids.
pub(crate) fn orders_sql(count: usize, taken: Taken) -> String {
    let marks = vec!["?"; count].join(", ");
    let skip = if taken == Taken::Skip {
        " SKIP LOCKED"
    } else {
        ""
    };
    format!(
        "SELECT id FROM orders FORCE INDEX (PRIMARY) WHERE id IN ({marks}) ORDER BY id \
         FOR UPDATE{skip}"
    )
}

/// The statement that [`annual_passes`] runs for `count` ids.
pub(crate) fn annual_passes_sql(count: usize) -> String {
    let marks = vec!["?"; count].join(", ");
    format!(
        "SELECT id FROM annual_passes FORCE INDEX (PRIMARY) WHERE id IN ({marks}) ORDER BY id \
         FOR UPDATE"
    )
}

/// The statement that [`quotas_of`] runs.
pub(crate) const QUOTAS_SQL: &str = "\
    SELECT visit_date, session_code, venue_code, capacity, ceiling, taken \
    FROM quotas FORCE INDEX (PRIMARY) WHERE visit_date = ? \
    ORDER BY visit_date, session_code, venue_code FOR UPDATE";

/// The statement that [`no_shows`] runs for `count` documents.
pub(crate) fn no_shows_sql(count: usize) -> String {
    let marks = vec!["?"; count].join(", ");
    format!(
        "SELECT visit_date FROM no_shows FORCE INDEX (PRIMARY) WHERE document_hash IN ({marks}) \
         ORDER BY document_hash, visit_date FOR UPDATE"
    )
}

/// Locks all no-shows of these documents, by document and date.
pub(crate) fn no_shows(connection: &mut MysqlConnection, documents: &[DbHash]) -> QueryResult<()> {
    let query = diesel::sql_query(no_shows_sql(documents.len())).into_boxed();
    let documents = documents.iter();
    let query = documents.fold(query, |query, hash| query.bind::<Binary, _>(*hash));
    let _: Vec<LockedDay> = query.load(connection)?;
    Ok(())
}

/// Locks those of `ids` that exist, in their order, and returns them.
pub(crate) fn orders(
    connection: &mut MysqlConnection,
    ids: &[DbId],
    taken: Taken,
) -> QueryResult<Vec<DbId>> {
    lock_ids(connection, orders_sql(ids.len(), taken), ids)
}

/// Locks those annual passes of `ids` that exist, in their order, and returns them.
pub(crate) fn annual_passes(
    connection: &mut MysqlConnection,
    ids: &[DbId],
) -> QueryResult<Vec<DbId>> {
    lock_ids(connection, annual_passes_sql(ids.len()), ids)
}

fn lock_ids(connection: &mut MysqlConnection, sql: String, ids: &[DbId]) -> QueryResult<Vec<DbId>> {
    let query = diesel::sql_query(sql).into_boxed();
    let query = ids
        .iter()
        .fold(query, |query, id| query.bind::<Binary, _>(*id));
    let locked: Vec<Locked> = query.load(connection)?;
    Ok(locked.into_iter().map(|row| row.id).collect())
}

/// Locks the quotas of a day in the order of their keys, and returns them.
pub(crate) fn quotas_of(
    connection: &mut MysqlConnection,
    date: NaiveDate,
) -> QueryResult<Vec<QuotaRow>> {
    diesel::sql_query(QUOTAS_SQL)
        .bind::<Date, _>(date)
        .load(connection)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use diesel::connection::SimpleConnection;
    use diesel::sql_types::{Nullable, Text};

    use super::*;
    use crate::test_support::TestDatabase;

    #[derive(Debug, QueryableByName)]
    struct Plan {
        #[diesel(sql_type = Nullable<Text>, column_name = "type")]
        access: Option<String>,
        #[diesel(sql_type = Nullable<Text>)]
        key: Option<String>,
        #[diesel(sql_type = Nullable<Text>, column_name = "Extra")]
        extra: Option<String>,
    }

    /// A server with so few rows, all of one day, would rather scan the table.
    fn few_rows() -> TestDatabase {
        let database = TestDatabase::create();
        let mut rows = String::new();
        for number in 1..=40 {
            write!(
                rows,
                "INSERT INTO quotas VALUES ('2026-12-01', 'session_{number}', 'palace', 9, 9, 0);
                 INSERT INTO orders (id, number, account_id, kind, visit_date, session_code,
                     phone, state, request_key, body_digest, created_at, pay_by, total_fen,
                     paid_fen, refunded_fen)
                 VALUES (CONCAT('order-', LPAD({number}, 10, '0')), '{number}', 'account-00000000',
                     'ordinary', '2026-12-01', 'morning', '13800138000', 'paid',
                     RPAD({number}, 32, '-'), RPAD('', 32, '-'), NOW(), NOW(), 0, 0, 0);
                 INSERT INTO annual_passes (id, document_type, year, entries, reserved, used,
                     granted_at)
                 VALUES (CONCAT('order-', LPAD({number}, 10, '0')), 'id_card', 2026, 9, 0, 0,
                     NOW());
                 INSERT INTO no_shows (document_hash, visit_date, cause, ticket_id, recorded_at)
                 VALUES (CONCAT('order-', LPAD({number}, 10, '0')), '2026-12-01', 'absent',
                     CONCAT('order-', LPAD({number}, 10, '0')), NOW());"
            )
            .unwrap();
        }
        let mut connection = MysqlConnection::establish(database.url()).unwrap();
        let statements = format!("{rows} ANALYZE TABLE orders, annual_passes, quotas, no_shows");
        connection.batch_execute(&statements).unwrap();
        database
    }

    fn assert_runs_over_the_primary_key(connection: &mut MysqlConnection, sql: &str) {
        let plans: Vec<Plan> = diesel::sql_query(format!("EXPLAIN {sql}"))
            .load(connection)
            .unwrap();
        assert_eq!(plans.len(), 1, "{plans:?}");
        assert_eq!(plans[0].key.as_deref(), Some("PRIMARY"), "{sql}: {plans:?}");
        // An `index` over the primary key would be a scan of the whole table.
        let access = plans[0].access.as_deref().unwrap_or_default();
        assert!(
            ["const", "range", "ref"].contains(&access),
            "{sql}: {plans:?}"
        );
        let sorted = plans[0]
            .extra
            .as_deref()
            .is_some_and(|extra| extra.contains("filesort"));
        assert!(
            !sorted,
            "what is sorted was locked in another order: {plans:?}"
        );
    }

    #[test]
    fn locks_are_taken_over_the_primary_key() {
        let database = few_rows();
        if !database.is_mariadb() {
            // MySQL 9 explains nothing to a prepared statement, which is all that diesel has.
            return;
        }
        let mut connection = MysqlConnection::establish(database.url()).unwrap();
        for count in [1, 2, 30, 512] {
            let ids = (1..=count).map(|number| format!("'order-{number:010}'"));
            let ids: Vec<String> = ids.collect();
            for taken in [Taken::Wait, Taken::Skip] {
                let marks = vec!["?"; count].join(", ");
                let sql = orders_sql(count, taken).replace(&marks, &ids.join(", "));
                assert_runs_over_the_primary_key(&mut connection, &sql);
            }
            let marks = vec!["?"; count].join(", ");
            let sql = annual_passes_sql(count).replace(&marks, &ids.join(", "));
            assert_runs_over_the_primary_key(&mut connection, &sql);
            // A literal of another character set would not be seen to be the one document.
            let documents = ids.join(", _binary");
            let sql = no_shows_sql(count).replace(&marks, &format!("_binary{documents}"));
            assert_runs_over_the_primary_key(&mut connection, &sql);
        }
        let sql = QUOTAS_SQL.replace('?', "'2026-12-01'");
        assert_runs_over_the_primary_key(&mut connection, &sql);
    }
}
