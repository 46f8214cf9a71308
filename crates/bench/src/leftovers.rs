//! What runs leave behind: the orders of today and of days to come. The
//! year's own days all lie before today.

use diesel::connection::SimpleConnection as _;
use diesel::mysql::MysqlConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Date;
use domain::visit_date::VisitDate;

use crate::failure::{Context as _, Failure};

/// Orders that go at once: the transaction fits well into the server's log.
const AT_ONCE: u32 = 5000;

/// What belongs to an order, children first.
const OF_ORDERS: [&str; 12] = [
    "DELETE t FROM check_in_tickets t JOIN check_ins c ON c.request_key = t.request_key
     JOIN leftovers l ON l.id = c.order_id",
    "DELETE t FROM check_ins t JOIN leftovers l ON l.id = t.order_id",
    "DELETE t FROM refund_items t JOIN refunds r ON r.id = t.refund_id
     JOIN leftovers l ON l.id = r.order_id",
    "DELETE t FROM refunds t JOIN leftovers l ON l.id = t.order_id",
    "DELETE t FROM refund_submissions t JOIN leftovers l ON l.id = t.order_id",
    "DELETE t FROM outbox_messages t JOIN leftovers l ON l.id = t.order_id",
    "DELETE t FROM payment_attempts t JOIN leftovers l ON l.id = t.order_id",
    "DELETE t FROM sales_ledger t JOIN leftovers l ON l.id = t.order_id",
    "DELETE t FROM invoices t JOIN leftovers l ON l.id = t.order_id",
    "DELETE t FROM ticket_add_ons t JOIN leftovers l ON l.id = t.order_id",
    "DELETE t FROM tickets t JOIN leftovers l ON l.id = t.order_id",
    "DELETE t FROM orders t JOIN leftovers l ON l.id = t.id",
];

/// What belongs to a day.
const OF_DAYS: [&str; 3] = [
    "DELETE FROM no_shows WHERE visit_date >= ?",
    "DELETE FROM quotas WHERE visit_date >= ?",
    "DELETE FROM opening_days WHERE visit_date >= ?",
];

/// Removes everything of `first` and later days; how many orders that were.
pub(crate) fn remove(connection: &mut MysqlConnection, first: VisitDate) -> Result<usize, Failure> {
    let doing = "removing what a run has left";
    connection
        .batch_execute("CREATE TEMPORARY TABLE leftovers (id BINARY(16) PRIMARY KEY)")
        .context(doing)?;
    let mut removed = 0_usize;
    loop {
        let orders = connection
            .transaction(|connection| remove_some(connection, first))
            .context(doing)?;
        if orders == 0 {
            break;
        }
        removed = removed.saturating_add(orders);
    }
    for statement in OF_DAYS {
        let query = sql_query(statement).bind::<Date, _>(first.date());
        query.execute(connection).context(doing)?;
    }
    Ok(removed)
}

fn remove_some(connection: &mut MysqlConnection, first: VisitDate) -> QueryResult<usize> {
    sql_query("DELETE FROM leftovers").execute(connection)?;
    let found = sql_query(format!(
        "INSERT INTO leftovers SELECT id FROM orders WHERE visit_date >= ? LIMIT {AT_ONCE}"
    ))
    .bind::<Date, _>(first.date())
    .execute(connection)?;
    if found > 0 {
        for statement in OF_ORDERS {
            sql_query(statement).execute(connection)?;
        }
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use domain::ports::Sweep as _;
    use persistence::test_support::TestDatabase;

    use super::*;
    use crate::bare;

    #[test]
    fn what_lies_before_today_stays() {
        let database = TestDatabase::create();
        let mut connection = MysqlConnection::establish(database.url()).unwrap();
        let today = VisitDate::parse("2026-12-01").unwrap();
        for (date, orders) in [
            (today.plus_days(-1), 2),
            (today, 3),
            (today.plus_days(9), 4),
        ] {
            bare::write_some(&mut connection, date, orders);
        }
        assert_eq!(remove(&mut connection, today).unwrap(), 7);
        let left: Vec<VisitDate> = database.queries().dates().unwrap();
        assert_eq!(left, [today.plus_days(-1)]);
    }
}
