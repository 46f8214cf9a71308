//! The database, and whether a service can work with it.

use std::sync::Arc;

use api_kit::health::{NotReady, Readiness};
use api_kit::settings::Settings;
use domain::clock::Clock;
use domain::rehashing::HashKeyId;
use domain::use_cases::hash_key::{HashKeyFault, check_hash_key as check_stored_key};
use persistence::{Database, PoolSettings};
use secrecy::ExposeSecret as _;

use crate::AssemblyError;
use crate::keys::key_ring;
use crate::time::clock;

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

/// Connects as a service does: with the pool of the settings, in production only to a server that
/// has a commit on disk before it answers, and nowhere to documents hashed with another key.
///
/// # Errors
/// [`AssemblyError::Database`], [`AssemblyError::UnsafeCommits`] and [`AssemblyError::HashKey`].
pub fn connect_durably(settings: &Settings) -> Result<Database, AssemblyError> {
    let database = connect(settings, settings.database.pool_size)?;
    let durable = || database.flush_log_at_trx_commit() == Ok(1);
    if !settings.environment.is_relaxed() && !durable() {
        return Err(AssemblyError::UnsafeCommits);
    }
    match check_hash_key(settings, &database) {
        // The tables are not there yet, or the database is in trouble: `/readyz` tells which.
        Ok(()) | Err(AssemblyError::HashKey(HashKeyFault::Store(_))) => Ok(database),
        Err(error) => Err(error),
    }
}

/// Whether documents may be looked up in `database` with the configured hash key (rule 10.1).
///
/// # Errors
/// [`AssemblyError::HashKey`], or [`AssemblyError::Gateway`] if there is no usable key.
pub fn check_hash_key(settings: &Settings, database: &Database) -> Result<(), AssemblyError> {
    let key = key_ring(&settings.secrets)?.hash_key_id();
    let now = clock(settings).now();
    Ok(check_stored_key(&database.unit_of_work(), key, now)?)
}

/// A service is ready when its database answers, has the tables that it was built for, and nobody
/// is changing the key that documents are looked up by.
///
/// # Errors
/// [`AssemblyError::Gateway`] if there is no usable key.
pub fn readiness(
    settings: &Settings,
    database: Database,
) -> Result<Arc<dyn Readiness>, AssemblyError> {
    Ok(Arc::new(DatabaseReadiness {
        database,
        hash_key: key_ring(&settings.secrets)?.hash_key_id(),
        clock: clock(settings),
    }))
}

struct DatabaseReadiness {
    database: Database,
    hash_key: HashKeyId,
    clock: Arc<dyn Clock>,
}

impl Readiness for DatabaseReadiness {
    fn check(&self) -> Result<(), NotReady> {
        self.database.ping().map_err(|_| NotReady::Database)?;
        match self.database.schema_is_current() {
            Ok(true) => self.check_hash_key(),
            Ok(false) => Err(NotReady::Migrations),
            Err(_) => Err(NotReady::Database),
        }
    }
}

impl DatabaseReadiness {
    fn check_hash_key(&self) -> Result<(), NotReady> {
        let now = self.clock.now();
        let checked = check_stored_key(&self.database.unit_of_work(), self.hash_key, now);
        checked.map_err(|fault| match fault {
            HashKeyFault::Store(_) => NotReady::Database,
            HashKeyFault::OtherKey { .. } | HashKeyFault::Unfinished { .. } => NotReady::HashKey,
        })
    }
}

#[cfg(test)]
mod tests {
    use api_kit::settings::Environment;
    use domain::use_cases::rehash_documents::begin_rehashing;
    use persistence::test_support::{EmptyDatabase, TestDatabase};

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
        let settings = settings(&database);
        let connected = connect(&settings, 1).unwrap();
        let readiness = readiness(&settings, connected).unwrap();
        assert_eq!(readiness.check(), Err(NotReady::Migrations));
    }

    #[test]
    fn no_service_looks_documents_up_with_another_key_or_while_it_is_changed() {
        let database = TestDatabase::create();
        let mut settings = Settings::for_tests().unwrap();
        settings.database.url = database.url().to_owned().into();
        let connected = connect_durably(&settings).unwrap();
        let ready = || readiness(&settings, connected.clone()).unwrap().check();
        assert_eq!(ready(), Ok(()));

        let mut other = settings.clone();
        other.secrets.document_hash_key = other.secrets.ticket_code_key.clone();
        let error = connect_durably(&other).map(|_| ()).unwrap_err();
        let fault = matches!(error, AssemblyError::HashKey(HashKeyFault::OtherKey { .. }));
        assert!(fault, "{error}");

        let [old, new] =
            [&settings, &other].map(|settings| key_ring(&settings.secrets).unwrap().hash_key_id());
        let now = clock(&settings).now();
        begin_rehashing(&database.unit_of_work(), old, new, now).unwrap();
        for settings in [&settings, &other] {
            let error = connect_durably(settings).map(|_| ()).unwrap_err();
            let fault = matches!(
                error,
                AssemblyError::HashKey(HashKeyFault::Unfinished { .. })
            );
            assert!(fault, "{error}");
        }
        assert_eq!(ready(), Err(NotReady::HashKey));
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
