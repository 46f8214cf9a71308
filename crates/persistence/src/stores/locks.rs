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
use crate::ids::DbId;

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

/// The statement that [`quotas_of`] runs.
pub(crate) const QUOTAS_SQL: &str = "\
    SELECT visit_date, session_code, venue_code, capacity, ceiling, taken \
    FROM quotas FORCE INDEX (PRIMARY) WHERE visit_date = ? \
    ORDER BY visit_date, session_code, venue_code FOR UPDATE";

/// Locks those of `ids` that exist, in their order, and returns them.
pub(crate) fn orders(
    connection: &mut MysqlConnection,
    ids: &[DbId],
    taken: Taken,
) -> QueryResult<Vec<DbId>> {
    let query = diesel::sql_query(orders_sql(ids.len(), taken)).into_boxed();
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
