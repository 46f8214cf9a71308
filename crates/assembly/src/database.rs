//! The database, and whether a service can work with it.

use std::sync::Arc;

use api_kit::health::{NotReady, Readiness};
use api_kit::settings::Settings;
use persistence::{Database, PoolSettings};
use secrecy::ExposeSecret as _;

use crate::AssemblyError;

/// Connects with a pool of at most `connections`, whatever is in the database.
///
/// # Errors
/// [`AssemblyError::Database`] if the server cannot be reached or refuses us.
pub fn connect(settings: &Settings, connections: u32) -> Result<Database, AssemblyError> {
    Ok(Database::connect(&persistence::Settings {
        url: settings.database.url.expose_secret().to_owned(),
        pool: PoolSettings {
            size: connections,
            ..PoolSettings::default()
        },
    })?)
}

/// Connects as a service does: with the pool of the settings, and in production only to a server
/// that has a commit on disk before it answers.
///
/// # Errors
/// [`AssemblyError::Database`] and [`AssemblyError::UnsafeCommits`].
pub fn connect_durably(settings: &Settings) -> Result<Database, AssemblyError> {
    let database = connect(settings, settings.database.pool_size)?;
    let durable = || database.flush_log_at_trx_commit() == Ok(1);
    if settings.environment.is_relaxed() || durable() {
        Ok(database)
    } else {
        Err(AssemblyError::UnsafeCommits)
    }
}

/// A service is ready when its database answers and has the tables that it was built for.
#[must_use]
pub fn readiness(database: Database) -> Arc<dyn Readiness> {
    Arc::new(DatabaseReadiness(database))
}

struct DatabaseReadiness(Database);

impl Readiness for DatabaseReadiness {
    fn check(&self) -> Result<(), NotReady> {
        self.0.ping().map_err(|_| NotReady::Database)?;
        match self.0.schema_is_current() {
            Ok(true) => Ok(()),
            Ok(false) => Err(NotReady::Migrations),
            Err(_) => Err(NotReady::Database),
        }
    }
}

#[cfg(test)]
mod tests {
    use api_kit::settings::Environment;
    use persistence::test_support::EmptyDatabase;

    use super::*;

    fn settings(database: &EmptyDatabase) -> Settings {
        let mut settings = Settings::for_tests().unwrap();
        settings.database.url = database.url().to_owned().into();
        settings
    }

    #[test]
    fn production_takes_only_a_server_that_keeps_what_it_has_answered() {
        let database = EmptyDatabase::create();
        let mut settings = settings(&database);
        let relaxed = connect_durably(&settings).unwrap();
        let durable = relaxed.flush_log_at_trx_commit() == Ok(1);
        settings.environment = Environment::Production;
        let in_production = connect_durably(&settings).map(|_| ());
        if durable {
            assert!(in_production.is_ok());
        } else {
            let error = in_production.unwrap_err();
            assert!(matches!(error, AssemblyError::UnsafeCommits), "{error}");
        }
    }

    #[test]
    fn an_empty_database_is_not_ready_for_want_of_migrations() {
        let database = EmptyDatabase::create();
        let connected = connect(&settings(&database), 1).unwrap();
        assert_eq!(readiness(connected).check(), Err(NotReady::Migrations));
    }

    #[test]
    fn no_server_is_an_error_without_the_password() {
        let mut settings = Settings::for_tests().unwrap();
        settings.database.url = "mysql://palace:hush-hush@127.0.0.1:1/palace"
            .to_owned()
            .into();
        let error = connect_durably(&settings).map(|_| ()).unwrap_err();
        assert!(matches!(error, AssemblyError::Database(_)), "{error}");
        assert!(!error.to_string().contains("hush-hush"), "{error}");
    }
}
