//! The database around the loading: what is there already, the keys, the statistics.

use std::collections::HashSet;
use std::thread;
use std::time::{Duration, Instant};

use chrono::NaiveDate;
use diesel::connection::SimpleConnection as _;
use diesel::deserialize::QueryableByName;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::sql_types::{BigInt, Date, Text};
use diesel::{Connection as _, QueryResult, RunQueryDsl as _, sql_query};
use domain::visit_date::VisitDate;

use super::keys;
use super::plan::{PlannedDay, YearPlan};
use super::rows::LARGE;
use crate::failure::{Context as _, Failure};

/// Which year there is; one at most.
const YEARS: &str = "CREATE TABLE IF NOT EXISTS bench_years (
    last_day DATE NOT NULL PRIMARY KEY, tickets BIGINT NOT NULL)";

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct YearRow {
    #[diesel(sql_type = Date)]
    last_day: NaiveDate,
    #[diesel(sql_type = BigInt)]
    tickets: i64,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct DateRow {
    #[diesel(sql_type = Date)]
    visit_date: NaiveDate,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct SizeRow {
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = BigInt)]
    mebibytes: i64,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// A connection of the generator's own.
pub(super) struct Store {
    connection: MysqlConnection,
}

impl Store {
    /// Connects to the migrated database at `url`.
    pub(super) fn open(url: &str) -> Result<Self, Failure> {
        let connection = MysqlConnection::establish(url).context("connecting to generate")?;
        Ok(Self { connection })
    }

    /// Makes sure that what is there, if anything, is of the same year.
    pub(super) fn agree(&mut self, plan: &YearPlan) -> Result<(), Failure> {
        match self.kept()? {
            None => {
                let YearPlan { last, tickets } = plan;
                let into = "INSERT INTO bench_years (last_day, tickets) VALUES";
                self.run(&format!("{into} ('{last}', {tickets})"))
                    .context("noting the year")
            }
            Some(kept) if kept == *plan => Ok(()),
            Some(kept) => Err(Failure::new(format!(
                "there is a year of {} tickets until {} already; remove the folder .local/bench/db \
                 to make another",
                kept.tickets, kept.last
            ))),
        }
    }

    /// The year that is there, or was begun.
    pub(super) fn kept(&mut self) -> Result<Option<YearPlan>, Failure> {
        self.run(YEARS).context("making a table of years")?;
        let years = sql_query("SELECT last_day, tickets FROM bench_years");
        let years: Vec<YearRow> = years.load(&mut self.connection).context("reading years")?;
        Ok(years.first().map(|year| YearPlan {
            last: VisitDate::new(year.last_day),
            tickets: u64::try_from(year.tickets).unwrap_or_default(),
        }))
    }

    /// Those of the days that are not there yet.
    pub(super) fn missing(&mut self, days: Vec<PlannedDay>) -> Result<Vec<PlannedDay>, Failure> {
        let there = sql_query("SELECT visit_date FROM opening_days");
        let there: Vec<DateRow> = there.load(&mut self.connection).context("reading days")?;
        let there: HashSet<NaiveDate> = there.into_iter().map(|row| row.visit_date).collect();
        let missing = days
            .into_iter()
            .filter(|day| !there.contains(&day.date.date()));
        Ok(missing.collect())
    }

    /// Whether no key is waiting to be made again.
    pub(super) fn is_whole(&mut self) -> Result<bool, Failure> {
        keys::dropped(&mut self.connection).map(|count| count == 0)
    }

    /// Drops the keys of the large tables.
    pub(super) fn drop_keys(&mut self) -> Result<(), Failure> {
        keys::drop_all(&mut self.connection)
    }

    /// Makes them anew, and has the server count what is in them. Tables at the same time: each
    /// sorts by itself.
    pub(super) fn restore_keys(&mut self, url: &str) -> Result<(), Failure> {
        println!("Making the keys of {}.", LARGE.join(", "));
        thread::scope(|scope| {
            let tables = LARGE.map(|table| scope.spawn(move || restore(url, table)));
            let ended = tables.into_iter().map(|table| {
                let panicked = |_| Failure::new("making keys panicked");
                table.join().map_err(panicked)?
            });
            ended.fold(Ok(()), Result::and)
        })?;
        let small = "refunds, refund_items, refund_submissions, no_shows, bans, opening_days, \
                     quotas, erased_days";
        self.run(&format!("ANALYZE TABLE {small}"))
            .context("counting the small tables")
    }

    /// How many tickets there are for `last` and earlier.
    pub(super) fn tickets_until(&mut self, last: VisitDate) -> Result<i64, Failure> {
        let count = "SELECT COUNT(*) AS count FROM tickets WHERE visit_date <=";
        let count: CountRow = sql_query(format!("{count} '{last}'"))
            .get_result(&mut self.connection)
            .context("counting tickets")?;
        Ok(count.count)
    }

    /// Says what there is now, and how long it took if it was made now.
    pub(super) fn describe(
        &mut self,
        plan: &YearPlan,
        took: Option<Duration>,
    ) -> Result<(), Failure> {
        let sizes = "SELECT table_name AS name,
                CAST((data_length + index_length) DIV 1048576 AS SIGNED) AS mebibytes
            FROM information_schema.tables WHERE table_schema = DATABASE()
            ORDER BY data_length + index_length DESC";
        let sizes: Vec<SizeRow> = sql_query(sizes)
            .load(&mut self.connection)
            .context("reading sizes")?;
        let tickets = self.tickets_until(plan.last)?;
        for size in sizes.iter().filter(|size| size.mebibytes > 0) {
            println!("{:>24} {:>6} MiB", size.name, size.mebibytes);
        }
        let all: i64 = sizes.iter().map(|size| size.mebibytes).sum();
        let took = took.map(|took| format!(", made in {} s", took.as_secs()));
        println!(
            "A year of {tickets} tickets until {}: {all} MiB{}.",
            plan.last,
            took.unwrap_or_default()
        );
        Ok(())
    }

    fn run(&mut self, statement: &str) -> QueryResult<()> {
        self.connection.batch_execute(statement)
    }
}

fn restore(url: &str, table: &str) -> Result<(), Failure> {
    let began = Instant::now();
    let mut connection = MysqlConnection::establish(url).context("connecting to make keys")?;
    let keys = keys::restore(&mut connection, table)?;
    connection
        .batch_execute(&format!("ANALYZE TABLE {table}"))
        .context(format!("counting {table}"))?;
    println!(
        "{keys} keys of {table} after {} s",
        began.elapsed().as_secs()
    );
    Ok(())
}
