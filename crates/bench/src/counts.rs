//! What scenarios count in the database to hold it against what was answered.

use chrono::{DateTime, Utc};
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::sql_types::{BigInt, Date, Datetime};
use diesel::{Connection as _, QueryableByName, RunQueryDsl as _, sql_query};
use domain::visit_date::VisitDate;

use crate::context::Bench;
use crate::failure::{Context as _, Failure};

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

impl Bench {
    /// How many tickets of a date were used.
    pub(crate) fn used_tickets(&self, date: VisitDate) -> Result<u64, Failure> {
        self.count("FROM tickets WHERE state = 'used' AND visit_date = ?", date)
    }

    /// How many orders of a date are paid and not used up.
    pub(crate) fn paid_orders(&self, date: VisitDate) -> Result<u64, Failure> {
        self.count("FROM orders WHERE state = 'paid' AND visit_date = ?", date)
    }

    /// How many lines the ledger has of payments for a date's orders; an order for one visitor has
    /// one line.
    pub(crate) fn booked_payments(&self, date: VisitDate) -> Result<u64, Failure> {
        let lines = "FROM orders o JOIN sales_ledger s ON s.order_id = o.id
                     WHERE s.kind = 'payment' AND o.visit_date = ?";
        self.count(lines, date)
    }

    /// How many orders of a date are unpaid though they were to be paid by `instant`.
    pub(crate) fn lapsed_orders(
        &self,
        connection: &mut MysqlConnection,
        date: VisitDate,
        instant: DateTime<Utc>,
    ) -> Result<u64, Failure> {
        let count = sql_query(
            "SELECT COUNT(*) AS count FROM orders
             WHERE visit_date = ? AND state = 'unpaid' AND pay_by <= ?",
        );
        let count: Count = count
            .bind::<Date, _>(date.date())
            .bind::<Datetime, _>(instant.naive_utc())
            .get_result(connection)
            .context("counting lapsed orders")?;
        Ok(u64::try_from(count.count).unwrap_or_default())
    }

    /// A connection that sees what is committed at each moment.
    pub(crate) fn observer(&self) -> Result<MysqlConnection, Failure> {
        MysqlConnection::establish(self.database_url()).context("connecting to count")
    }

    fn count(&self, of: &str, date: VisitDate) -> Result<u64, Failure> {
        let count: Count = sql_query(format!("SELECT COUNT(*) AS count {of}"))
            .bind::<Date, _>(date.date())
            .get_result(&mut self.observer()?)
            .context("counting")?;
        Ok(u64::try_from(count.count).unwrap_or_default())
    }
}
