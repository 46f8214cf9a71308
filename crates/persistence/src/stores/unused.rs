//! What is still valid, found over the indexes that begin with the state: by hand, for diesel
//! knows no loose scan.
//!
//! Each branch reads as many index entries as it returns, so that asking costs nothing when there
//! is nothing, however many tickets there have been.

use chrono::NaiveDate;
use diesel::mysql::MysqlConnection;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Date, Unsigned};
use domain::id::OrderId;
use domain::visit_date::VisitDate;
use uuid::Uuid;

use crate::ids::DbId;

/// The statement that [`dates`] runs.
pub(super) const DATES_SQL: &str = "\
    SELECT visit_date FROM tickets \
    WHERE state = 'valid' AND visit_date <= ? GROUP BY visit_date \
    UNION SELECT visit_date FROM ticket_add_ons \
    WHERE state = 'valid' AND visit_date <= ? GROUP BY visit_date \
    ORDER BY visit_date";

/// The statement that [`orders`] runs.
pub(super) const ORDERS_SQL: &str = "\
    (SELECT DISTINCT order_id AS id FROM tickets FORCE INDEX (ix_tickets_state) \
     WHERE state = 'valid' AND visit_date = ? AND order_id > ? ORDER BY order_id LIMIT ?) \
    UNION \
    (SELECT DISTINCT order_id AS id FROM ticket_add_ons FORCE INDEX (ix_ticket_add_ons_state) \
     WHERE state = 'valid' AND visit_date = ? AND order_id > ? ORDER BY order_id LIMIT ?) \
    ORDER BY id LIMIT ?";

#[derive(QueryableByName)]
struct DateRow {
    #[diesel(sql_type = Date)]
    visit_date: NaiveDate,
}

#[derive(QueryableByName)]
struct OrderRow {
    #[diesel(sql_type = Binary)]
    id: DbId,
}

/// The dates up to `last` on which anything is still valid, in order.
pub(super) fn dates(
    connection: &mut MysqlConnection,
    last: VisitDate,
) -> QueryResult<Vec<VisitDate>> {
    let rows: Vec<DateRow> = diesel::sql_query(DATES_SQL)
        .bind::<Date, _>(last.date())
        .bind::<Date, _>(last.date())
        .load(connection)?;
    let dates = rows.into_iter();
    Ok(dates.map(|row| VisitDate::new(row.visit_date)).collect())
}

/// The orders of a date in which anything is still valid, by id.
pub(super) fn orders(
    connection: &mut MysqlConnection,
    date: VisitDate,
    after: Option<OrderId>,
    limit: u32,
) -> QueryResult<Vec<OrderId>> {
    let after = after.map_or(DbId(Uuid::nil()), DbId::from);
    let limit = u64::from(limit);
    let rows: Vec<OrderRow> = diesel::sql_query(ORDERS_SQL)
        .bind::<Date, _>(date.date())
        .bind::<Binary, _>(after)
        .bind::<Unsigned<BigInt>, _>(limit)
        .bind::<Date, _>(date.date())
        .bind::<Binary, _>(after)
        .bind::<Unsigned<BigInt>, _>(limit)
        .bind::<Unsigned<BigInt>, _>(limit)
        .load(connection)?;
    Ok(rows.into_iter().map(|row| row.id.into()).collect())
}
