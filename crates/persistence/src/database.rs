//! The door to the database.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Text};
use domain::ports::StoreError;

use crate::errors::classify;
use crate::migrate;
use crate::pool::{ConnectFailed, Pool};
use crate::queries::MysqlQueries;
use crate::settings::Settings;
use crate::unit_of_work::MysqlUnitOfWork;

/// A database and the pool of connections to it; clones share the pool.
#[derive(Clone)]
pub struct Database {
    pool: Pool,
}

impl Database {
    /// Opens the pool with one connection; the others are made as they are needed.
    ///
    /// # Errors
    /// If the server cannot be reached or refuses us. The schema is not looked at; see
    /// [`schema_is_current`](Self::schema_is_current).
    pub fn connect(settings: &Settings) -> Result<Self, ConnectFailed> {
        let pool = Pool::open(settings)?;
        Ok(Self { pool })
    }

    /// The unit of work of the domain's use cases.
    #[must_use]
    pub fn unit_of_work(&self) -> MysqlUnitOfWork {
        MysqlUnitOfWork::new(self.pool.clone())
    }

    /// The read models, and the sweep.
    #[must_use]
    pub fn queries(&self) -> MysqlQueries {
        MysqlQueries::new(self.pool.clone())
    }

    /// Asks the server for an answer.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if there is no connection or no answer.
    pub fn ping(&self) -> Result<(), StoreError> {
        // The pool has every connection answer before it lends it.
        self.pool.get().map(drop)
    }

    /// Whether all migrations of this program have been run; it may well be that a newer program
    /// has run more.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] if there is no connection. A database that was never migrated
    /// is no error: it is not current.
    pub fn schema_is_current(&self) -> Result<bool, StoreError> {
        let mut connection = self.pool.get()?;
        match migrate::is_current(&mut connection) {
            Ok(current) => Ok(current),
            Err(error) => match classify(&error) {
                StoreError::Fault(_) => Ok(false),
                error => Err(error),
            },
        }
    }

    /// How many other sessions are in this database: services and clients, and idle connections of
    /// their pools; those of this value too, which should have a pool of one connection. A server
    /// shows the sessions of other users only to who has the privilege `PROCESS`.
    ///
    /// # Errors
    /// [`StoreError`] if there is no connection.
    pub fn other_sessions(&self) -> Result<i64, StoreError> {
        diesel::select(sql::<BigInt>(
            "(SELECT COUNT(*) FROM information_schema.processlist
              WHERE db = DATABASE() AND id <> CONNECTION_ID())",
        ))
        .get_result(&mut **self.pool.get()?)
        .map_err(|error| classify(&error))
    }

    /// What the server says it is, such as `10.11.19-MariaDB`.
    ///
    /// # Errors
    /// [`StoreError`] if there is no connection.
    pub fn server_version(&self) -> Result<String, StoreError> {
        diesel::select(sql::<Text>("VERSION()"))
            .get_result(&mut **self.pool.get()?)
            .map_err(|error| classify(&error))
    }

    /// The server's `innodb_flush_log_at_trx_commit`. Only with 1 is a commit on disk before it
    /// is answered; in production nothing else will do.
    ///
    /// # Errors
    /// [`StoreError`] if there is no connection, or the server does not know the variable.
    pub fn flush_log_at_trx_commit(&self) -> Result<i64, StoreError> {
        diesel::select(sql::<BigInt>("@@global.innodb_flush_log_at_trx_commit"))
            .get_result(&mut **self.pool.get()?)
            .map_err(|error| classify(&error))
    }
}
