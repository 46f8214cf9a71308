//! Migrations, which are compiled into the program and run by `manage migrate` alone: never at
//! the start of a service.

use diesel::dsl::sql;
use diesel::migration::{Migration, MigrationSource};
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};
use thiserror::Error;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("../../migrations");

/// Held while migrating; one for each database of a server, within the 64 characters of a name.
/// SHA2, because MySQL 9 has no SHA1; its first 40 digits, because a lock's name has at most 64.
const LOCK_NAME: &str = "CONCAT('palace migrations ', LEFT(SHA2(DATABASE(), 256), 40))";
const LOCK_TIMEOUT_SECONDS: u32 = 60;

diesel::table! {
    /// What diesel keeps of the migrations that have been run.
    __diesel_schema_migrations (version) {
        version -> VarChar,
        run_on -> Timestamp,
    }
}

/// Why migrations could not be run.
#[derive(Debug, Error)]
pub enum MigrationFailed {
    /// The server could not be reached, or refused us.
    #[error("cannot connect to the database: {0}")]
    Connect(#[from] ConnectionError),
    /// Somebody else was migrating all the while.
    #[error("another process has been migrating this database for {LOCK_TIMEOUT_SECONDS} s")]
    Locked,
    /// A migration did not succeed. A server cannot take part of a migration back: what it did is
    /// to be undone by hand before the next try, by the migration's `down.sql` where one table was
    /// made.
    #[error("the migration failed: {0}")]
    Migration(String),
    /// A statement around the migrations failed.
    #[error("the database refused a statement: {0}")]
    Statement(#[from] diesel::result::Error),
}

/// Brings the database at `url` up to date, one process at a time; returns the names of the
/// migrations that it ran, none if there was nothing to do.
///
/// # Errors
/// If the server cannot be reached, another process does not finish, or a migration fails; those
/// before it stay.
pub fn migrate(url: &str) -> Result<Vec<String>, MigrationFailed> {
    exclusively(url, |connection| {
        let pending = connection.pending_migrations(MIGRATIONS).map_err(failed)?;
        pending
            .iter()
            .map(|step| run(connection, &**step))
            .collect()
    })
}

/// The names of the migrations that [`migrate`] would run.
///
/// # Errors
/// If the server cannot be reached or refuses a statement.
pub fn pending_migrations(url: &str) -> Result<Vec<String>, MigrationFailed> {
    let mut connection = MysqlConnection::establish(url)?;
    let pending = connection.pending_migrations(MIGRATIONS).map_err(failed)?;
    Ok(pending.iter().map(|step| step.name().to_string()).collect())
}

/// Takes every migration back, and with them all data; for tests and development.
///
/// # Errors
/// As [`migrate`].
pub fn revert_all(url: &str) -> Result<(), MigrationFailed> {
    exclusively(url, |connection| {
        connection
            .revert_all_migrations(MIGRATIONS)
            .map_err(failed)?;
        Ok(())
    })
}

/// Whether every migration of this program has been run. One that has never been migrated has no
/// table of migrations, which is an error of the statement.
pub(crate) fn is_current(connection: &mut MysqlConnection) -> QueryResult<bool> {
    let run: Vec<String> = __diesel_schema_migrations::table
        .select(__diesel_schema_migrations::version)
        .load(connection)?;
    let known = versions().map_err(diesel::result::Error::QueryBuilderError)?;
    Ok(known.iter().all(|version| run.contains(version)))
}

/// The statements that record every migration as run, for a database whose tables were copied.
#[cfg(any(test, feature = "testing"))]
pub(crate) fn record_all() -> String {
    let versions = versions().unwrap_or_default();
    let rows: Vec<String> = versions
        .iter()
        .map(|version| format!("('{version}')"))
        .collect();
    format!(
        "{};\nINSERT INTO __diesel_schema_migrations (version) VALUES {};\n",
        diesel::migration::CREATE_MIGRATIONS_TABLE
            .trim_end()
            .trim_end_matches(';'),
        rows.join(", ")
    )
}

fn versions() -> Result<Vec<String>, BoxError> {
    let known: Vec<Box<dyn Migration<Mysql>>> = MIGRATIONS.migrations()?;
    Ok(known
        .iter()
        .map(|step| step.name().version().to_string())
        .collect())
}

fn run(
    connection: &mut MysqlConnection,
    step: &dyn Migration<Mysql>,
) -> Result<String, MigrationFailed> {
    let name = step.name().to_string();
    connection
        .run_migration(step)
        .map_err(|error| MigrationFailed::Migration(format!("{name}: {error}")))?;
    Ok(name)
}

fn exclusively<T>(
    url: &str,
    work: impl FnOnce(&mut MysqlConnection) -> Result<T, MigrationFailed>,
) -> Result<T, MigrationFailed> {
    let mut connection = MysqlConnection::establish(url)?;
    let taken = sql::<Nullable<BigInt>>(&format!("GET_LOCK({LOCK_NAME}, {LOCK_TIMEOUT_SECONDS})"));
    let taken: Option<i64> = diesel::select(taken).get_result(&mut connection)?;
    if taken != Some(1) {
        return Err(MigrationFailed::Locked);
    }
    // The server gives the lock back when the connection closes, at the end of this function.
    work(&mut connection)
}

fn failed(error: BoxError) -> MigrationFailed {
    MigrationFailed::Migration(error.to_string())
}
