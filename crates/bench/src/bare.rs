//! Bare diesel: the quota is updated and the same rows are inserted, and that is all. No HTTP, no
//! look-up, no rule: what the database and its driver could do at most with these tables.

mod rows;
mod tables;

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use diesel::mysql::MysqlConnection;
use diesel::prelude::*;
use domain::visit_date::VisitDate;
use serde::Serialize;

use crate::context::Bench;
use crate::failure::{Context as _, Failure};
use rows::{Group, OrderRow, TicketRow};
use tables::{orders, quotas, tickets};

/// Rows of one statement, as in the services.
const CHUNK: usize = 500;

/// How orders are written.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Shape {
    /// Orders of one transaction.
    pub(crate) group_size: usize,
    /// Threads that write, each over a connection of its own.
    pub(crate) writers: usize,
}

/// What one shape reached.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct BareFigures {
    /// How it was written.
    pub(crate) shape: Shape,
    /// Orders of two visitors in a second.
    pub(crate) orders_per_second: f64,
}

/// Writes orders of two for the hot session of `date` in one shape, for so long.
pub(crate) fn insert(
    bench: &Bench,
    date: VisitDate,
    shape: Shape,
    duration: Duration,
) -> Result<BareFigures, Failure> {
    let written = AtomicU64::new(0);
    let failure = Mutex::new(None);
    let connections: Vec<MysqlConnection> = (0..shape.writers)
        .map(|_| bench.connection())
        .collect::<Result<_, _>>()?;
    let start = Instant::now();
    thread::scope(|scope| {
        for mut connection in connections {
            let (written, failure) = (&written, &failure);
            scope.spawn(move || {
                while start.elapsed() < duration {
                    let group = Group::of(date, shape.group_size, bench.clock().now());
                    match write(&mut connection, date, &group) {
                        Ok(()) => written.fetch_add(group.orders(), Ordering::Relaxed),
                        Err(error) => return drop(failure.lock().map(|mut f| *f = Some(error))),
                    };
                }
            });
        }
    });
    let seconds = start.elapsed().as_secs_f64();
    if let Ok(Some(error)) = failure.into_inner() {
        return Err(error).context("inserting rows");
    }
    let orders = u32::try_from(written.into_inner()).unwrap_or(u32::MAX);
    Ok(BareFigures {
        shape,
        orders_per_second: f64::from(orders) / seconds,
    })
}

fn write(connection: &mut MysqlConnection, date: VisitDate, group: &Group) -> QueryResult<()> {
    connection.transaction(|connection| {
        let hot = quotas::table.find((date.date(), rows::SESSION, rows::VENUE));
        diesel::update(hot)
            .set(quotas::taken.eq(quotas::taken + group.places()))
            .execute(connection)?;
        for rows in group.order_rows.chunks(CHUNK) {
            let rows: Vec<&OrderRow> = rows.iter().collect();
            diesel::insert_into(orders::table)
                .values(rows)
                .execute(connection)?;
        }
        for rows in group.ticket_rows.chunks(CHUNK) {
            let rows: Vec<&TicketRow> = rows.iter().collect();
            diesel::insert_into(tickets::table)
                .values(rows)
                .execute(connection)?;
        }
        Ok(())
    })
}

/// A group of so many orders, for tests.
#[cfg(test)]
pub(crate) fn write_some(connection: &mut MysqlConnection, date: VisitDate, orders: usize) {
    let group = Group::of(date, orders, chrono::DateTime::UNIX_EPOCH);
    write(connection, date, &group).unwrap();
}
