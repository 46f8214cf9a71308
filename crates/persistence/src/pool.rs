//! Connections, each set up the same way, and the pool of them.

use std::ops::{Deref, DerefMut};
use std::time::Duration;

use diesel::connection::SimpleConnection;
use diesel::mysql::MysqlConnection;
use diesel::r2d2::R2D2Connection;
use diesel::{Connection, ConnectionError};
use domain::ports::StoreError;
use r2d2::ManageConnection;
use thiserror::Error;

use crate::settings::{PoolSettings, Settings};

/// The pool that everything of one [`Database`](crate::Database) shares.
#[derive(Clone)]
pub(crate) struct Pool(r2d2::Pool<Manager>);

/// A connection on loan from the pool.
pub(crate) type Loan = r2d2::PooledConnection<Manager>;

/// Why no connection could be made. The message never holds the password.
#[derive(Debug, Error)]
pub enum ConnectFailed {
    /// The server could not be reached, or refused us.
    #[error("cannot connect to the database: {0}")]
    Connect(#[from] ConnectionError),
    /// The session could not be set up as the rules need it.
    #[error("cannot set up a database session: {0}")]
    SetUp(#[from] diesel::result::Error),
    /// None within the pool's time-out.
    #[error("no database connection within the time-out: {0}")]
    TimedOut(#[from] r2d2::Error),
}

/// A connection that knows when it must not be used again.
pub(crate) struct Session {
    connection: MysqlConnection,
    broken: bool,
}

impl Session {
    /// Has the pool throw the connection away, with whatever transaction it may still hold.
    pub(crate) fn give_up(&mut self) {
        self.broken = true;
    }
}

impl Deref for Session {
    type Target = MysqlConnection;

    fn deref(&self) -> &MysqlConnection {
        &self.connection
    }
}

impl DerefMut for Session {
    fn deref_mut(&mut self) -> &mut MysqlConnection {
        &mut self.connection
    }
}

/// Makes and checks the pool's connections.
pub(crate) struct Manager {
    url: String,
    set_up: String,
}

impl ManageConnection for Manager {
    type Connection = Session;
    type Error = ConnectFailed;

    fn connect(&self) -> Result<Session, ConnectFailed> {
        let mut connection = MysqlConnection::establish(&self.url)?;
        connection.batch_execute(&self.set_up)?;
        Ok(Session {
            connection,
            broken: false,
        })
    }

    fn is_valid(&self, session: &mut Session) -> Result<(), ConnectFailed> {
        Ok(session.connection.ping()?)
    }

    fn has_broken(&self, session: &mut Session) -> bool {
        session.broken || std::thread::panicking()
    }
}

impl Pool {
    /// A pool with one open connection; more are made as they are needed.
    pub(crate) fn open(settings: &Settings) -> Result<Self, ConnectFailed> {
        let manager = Manager {
            url: settings.url.clone(),
            set_up: set_up(settings.pool.lock_wait),
        };
        // A first connection by hand: the pool would hide the reason of a failure in its log.
        drop(manager.connect()?);
        let PoolSettings { size, timeout, .. } = settings.pool;
        let pool = r2d2::Pool::builder()
            .max_size(size.max(1))
            .min_idle(Some(1))
            .connection_timeout(timeout)
            .build(manager)?;
        Ok(Self(pool))
    }

    /// A connection that answers.
    pub(crate) fn get(&self) -> Result<Loan, StoreError> {
        self.0.get().map_err(|error| {
            log::warn!("no database connection: {error}");
            StoreError::Unavailable
        })
    }
}

/// What each session needs: READ COMMITTED because REPEATABLE READ loses updates and deadlocks
/// on missing rows, short lock waits, and the strictness of MySQL on MariaDB too.
fn set_up(lock_wait: Duration) -> String {
    let lock_wait = lock_wait.as_secs().max(1);
    format!(
        "SET NAMES utf8mb4;
         SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED;
         SET SESSION innodb_lock_wait_timeout = {lock_wait}, time_zone = '+00:00',
             sql_mode = 'STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_DATE,NO_ZERO_IN_DATE,\
                         ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'"
    )
}
