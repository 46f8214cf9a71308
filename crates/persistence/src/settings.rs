//! How the database is reached.

use std::fmt;
use std::time::Duration;

/// Where the database is, and how it is used.
#[derive(Clone)]
pub struct Settings {
    /// `mysql://user:password@host:port/database`; a secret, because of the password. Write
    /// `127.0.0.1`, not `localhost`, which means a socket.
    pub url: String,
    /// The pool of connections.
    pub pool: PoolSettings,
}

/// The pool of connections.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolSettings {
    /// How many connections there are at most. Small pools do best: at most 20.
    pub size: u32,
    /// How long a caller waits for a connection before it is told that there is none.
    pub timeout: Duration,
    /// How long a statement waits for another transaction's lock, in whole seconds of at least 1.
    pub lock_wait: Duration,
}

impl Default for PoolSettings {
    fn default() -> Self {
        Self {
            size: 10,
            timeout: Duration::from_secs(2),
            lock_wait: Duration::from_secs(3),
        }
    }
}

/// The address is left out: it holds the password.
impl fmt::Debug for Settings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Settings")
            .field("pool", &self.pool)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_stays_out_of_logs() {
        let settings = Settings {
            url: "mysql://palace:secret@127.0.0.1/palace".to_owned(),
            pool: PoolSettings::default(),
        };
        assert!(!format!("{settings:?}").contains("secret"));
    }
}
