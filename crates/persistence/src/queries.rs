//! The read models: pages, read without locks and without a transaction.

mod accounts;
mod annual_passes;
mod calendar;
mod content;
mod gates;
mod invoices;
mod listed_no_shows;
mod orders;
mod outbox;
mod reconcile;
mod sale;

use diesel::QueryResult;
use diesel::mysql::MysqlConnection;
use domain::ports::StoreError;

use crate::errors::classify;
use crate::pool::{Loan, Pool};

/// The domain's read models and sweep on a pool of connections.
#[derive(Clone)]
pub struct MysqlQueries {
    pool: Pool,
}

impl MysqlQueries {
    pub(crate) fn new(pool: Pool) -> Self {
        Self { pool }
    }

    /// A connection of its own, for what needs several statements.
    pub(crate) fn connection(&self) -> Result<Loan, StoreError> {
        self.pool.get()
    }

    /// Runs one statement on a connection of the pool, which is given up if it fails: a cached
    /// statement that failed between two of its rows has libmariadb wait for the rest for ever
    /// when it is run again.
    pub(crate) fn run<T>(
        &self,
        statement: impl FnOnce(&mut MysqlConnection) -> QueryResult<T>,
    ) -> Result<T, StoreError> {
        let mut session = self.connection()?;
        statement(&mut session).map_err(|error| {
            session.give_up();
            classify(&error)
        })
    }
}
