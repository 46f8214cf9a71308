//! Databases that a test makes for itself and drops again, with the feature `testing`.
//!
//! ```no_run
//! use domain::ports::CalendarQueries;
//! use persistence::test_support::TestDatabase;
//!
//! let database = TestDatabase::create();
//! assert!(database.queries().sessions().unwrap().is_empty());
//! ```
#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "this is a test's set-up: what goes wrong here fails the test"
)]

use std::env;
use std::process;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, SystemTime};

use diesel::Connection;
use diesel::RunQueryDsl as _;
use diesel::connection::SimpleConnection;
use diesel::mysql::MysqlConnection;

use crate::migrate::record_all;
use crate::schema_dump::creations;
use crate::{Database, MysqlQueries, MysqlUnitOfWork, PoolSettings, Settings, migrate};

/// Names the server: `mysql://user:password@127.0.0.1:port`, whose user may create databases.
pub const SERVER_VARIABLE: &str = "PALACE_TEST_DATABASE_URL";

/// An empty database with the schema of the migrations; dropped with this value.
pub struct TestDatabase {
    name: String,
    settings: Settings,
    database: Database,
}

impl TestDatabase {
    /// Makes a database with a pool of its own.
    ///
    /// # Panics
    /// If no server is named, or it cannot be used.
    #[must_use]
    pub fn create() -> Self {
        Self::with_pool(PoolSettings {
            // Tests share their processor with everything else: the default would be flaky.
            timeout: Duration::from_secs(20),
            ..PoolSettings::default()
        })
    }

    /// As [`create`](Self::create), with other settings of the pool.
    ///
    /// # Panics
    /// If no server is named, or it cannot be used.
    #[must_use]
    pub fn with_pool(pool: PoolSettings) -> Self {
        let name = create_database();
        let mut connection = connect(&url_of(&name));
        connection
            .batch_execute(&format!("SET FOREIGN_KEY_CHECKS = 0;\n{}", definition()))
            .expect("making the tables of a test database");
        let url = url_of(&name);
        let settings = Settings { url, pool };
        let database = Database::connect(&settings).expect("connecting to a test database");
        Self {
            name,
            settings,
            database,
        }
    }

    /// Its address, for another process or a pool with other settings.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.settings.url
    }

    /// Whether the server is MariaDB, not MySQL: for tests of what only one of both can tell.
    ///
    /// # Panics
    /// If the server does not answer.
    #[must_use]
    pub fn is_mariadb(&self) -> bool {
        let version = diesel::select(diesel::dsl::sql::<diesel::sql_types::Text>("VERSION()"));
        let version: String = version
            .get_result(&mut connect(self.url()))
            .expect("the server tells its version");
        version.contains("MariaDB")
    }

    /// What [`Database::connect`] takes for it.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The door that production code uses.
    #[must_use]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// A unit of work on the pool.
    #[must_use]
    pub fn unit_of_work(&self) -> MysqlUnitOfWork {
        self.database.unit_of_work()
    }

    /// The read models on the pool.
    #[must_use]
    pub fn queries(&self) -> MysqlQueries {
        self.database.queries()
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        drop_database(&self.name);
    }
}

/// An empty database without any table, dropped with this value; for tests of the migrations.
pub struct EmptyDatabase {
    name: String,
    url: String,
}

impl EmptyDatabase {
    /// Makes a database.
    ///
    /// # Panics
    /// If no server is named, or it cannot be used.
    #[must_use]
    pub fn create() -> Self {
        let name = create_database();
        let url = url_of(&name);
        Self { name, url }
    }

    /// Its address.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for EmptyDatabase {
    fn drop(&mut self) {
        drop_database(&self.name);
    }
}

/// The statements that make all tables, taken once per process from a migrated database: copying
/// them is many times faster than migrating. MySQL 9 does not show them to a prepared statement,
/// which is all that diesel has; there each test database is made by the migrations' own
/// statements.
fn definition() -> &'static str {
    static DEFINITION: OnceLock<String> = OnceLock::new();
    DEFINITION.get_or_init(|| {
        let template = EmptyDatabase::create();
        migrate(template.url()).expect("migrating the template of the test databases");
        let mut connection = connect(template.url());
        let tables = match creations(&mut connection) {
            Ok(creations) => creations.concat(),
            Err(diesel::result::Error::DeserializationError(_)) => all_migrations(),
            Err(error) => panic!("reading the template's tables: {error}"),
        };
        format!("{tables}{}", record_all())
    })
}

/// The statements of all migrations, in their order.
fn all_migrations() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../migrations");
    let mut migrations: Vec<_> = std::fs::read_dir(folder)
        .expect("reading the migrations")
        .map(|entry| entry.expect("reading the migrations").path().join("up.sql"))
        .collect();
    migrations.sort();
    let read = |path| std::fs::read_to_string(path).expect("reading a migration");
    migrations.iter().map(read).collect()
}

fn create_database() -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    // Process numbers come round again, and a killed run leaves its databases behind.
    let now = SystemTime::UNIX_EPOCH
        .elapsed()
        .map_or(0, |since| since.as_micros());
    let name = format!("palace_test_{now}_{}_{number}", process::id());
    connect(&server())
        .batch_execute(&format!(
            "CREATE DATABASE {name} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin"
        ))
        .expect("creating a test database");
    name
}

fn drop_database(name: &str) {
    let Ok(mut connection) = MysqlConnection::establish(&server()) else {
        return;
    };
    // A test that failed may have left a transaction open; the database then stays behind.
    let statement = format!("SET lock_wait_timeout = 5; DROP DATABASE {name}");
    drop(connection.batch_execute(&statement));
}

fn url_of(name: &str) -> String {
    format!("{}/{name}", server())
}

fn connect(url: &str) -> MysqlConnection {
    MysqlConnection::establish(url).expect("connecting to the test database server")
}

fn server() -> String {
    match env::var(SERVER_VARIABLE) {
        Ok(url) => url.trim_end_matches('/').to_owned(),
        Err(_) => panic!(
            "{SERVER_VARIABLE} names no database server; run the tests by `cargo xtask test`, \
             which starts one"
        ),
    }
}
