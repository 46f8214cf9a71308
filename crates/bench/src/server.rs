//! What the bench asks the database server by SQL of its own: how it is set up, and what stands in
//! the tables, looked at from outside of all layers.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::Duration;

use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Date, Text};
use domain::visit_date::VisitDate;
use uuid::Uuid;

use crate::context::Bench;
use crate::failure::{Context as _, Failure};

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct Number {
    #[diesel(sql_type = BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct Id {
    #[diesel(sql_type = Binary)]
    id: Vec<u8>,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct Words {
    #[diesel(sql_type = Text)]
    words: String,
}

impl Bench {
    /// A connection of our own, set up as those of the services are.
    pub(crate) fn connection(&self) -> Result<MysqlConnection, Failure> {
        let mut connection = MysqlConnection::establish(self.database_url())
            .context("connecting to the database")?;
        sql_query("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
            .execute(&mut connection)
            .context("setting a session up")?;
        Ok(connection)
    }

    /// How many orders there are for a date.
    pub(crate) fn stored_orders(&self, date: VisitDate) -> Result<u64, Failure> {
        let row: Number = sql_query("SELECT COUNT(*) AS number FROM orders WHERE visit_date = ?")
            .bind::<Date, _>(date.date())
            .get_result(&mut self.connection()?)
            .context("counting orders")?;
        Ok(u64::try_from(row.number).unwrap_or_default())
    }

    /// The same once what was still under way has been decided.
    pub(crate) fn settled_orders(&self, date: VisitDate) -> Result<u64, Failure> {
        const PAUSE: Duration = Duration::from_millis(250);
        let mut before = self.stored_orders(date)?;
        loop {
            sleep(PAUSE);
            let now = self.stored_orders(date)?;
            if now == before {
                return Ok(now);
            }
            before = now;
        }
    }

    /// Which orders there are for a date.
    pub(crate) fn stored_order_ids(&self, date: VisitDate) -> Result<BTreeSet<Uuid>, Failure> {
        let rows: Vec<Id> = sql_query("SELECT id FROM orders WHERE visit_date = ?")
            .bind::<Date, _>(date.date())
            .load(&mut self.connection()?)
            .context("reading orders")?;
        let ids = rows.iter().map(|row| Uuid::from_slice(&row.id));
        ids.collect::<Result<_, _>>().context("reading orders")
    }

    /// About how many tickets there are, as the server estimates.
    pub(crate) fn tickets_in_tables(&self) -> Result<u64, Failure> {
        let row: Number = sql_query(
            "SELECT CAST(COALESCE(MAX(table_rows), 0) AS SIGNED) AS number
             FROM information_schema.tables
             WHERE table_schema = DATABASE() AND table_name = 'tickets'",
        )
        .get_result(&mut self.connection()?)
        .context("estimating tickets")?;
        Ok(u64::try_from(row.number).unwrap_or_default())
    }

    /// A variable of the server, as text.
    pub(crate) fn server_variable(&self, name: &str) -> Result<String, Failure> {
        let query = format!("SELECT CAST(@@global.{name} AS CHAR) AS words");
        let row: Words = sql_query(query)
            .get_result(&mut self.connection()?)
            .context(format!("asking the server for {name}"))?;
        Ok(row.words)
    }
}
