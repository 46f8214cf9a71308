//! Up, down and up again; what is there after the first time is there after the second.

use std::path::Path;
use std::{fs, thread};

use diesel::connection::SimpleConnection;
use diesel::mysql::MysqlConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use persistence::test_support::{EmptyDatabase, TestDatabase};
use persistence::{Database, PoolSettings, Settings};
use persistence::{migrate, pending_migrations, revert_all, schema_dump};

use crate::raw::connect;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

fn names(connection: &mut MysqlConnection, sql: &str) -> Vec<String> {
    let names: Vec<Name> = sql_query(sql).load(connection).unwrap();
    names.into_iter().map(|row| row.name).collect()
}

/// Columns, keys and checks of a database, as every server tells them.
fn shape(url: &str) -> Vec<String> {
    let sql = "SELECT CONCAT_WS(' ', table_name, column_name, column_type, is_nullable,
             column_default, collation_name, ordinal_position) AS name
         FROM information_schema.columns
         WHERE table_schema = DATABASE() AND table_name NOT LIKE '\\_\\_%'
         UNION ALL
         SELECT CONCAT_WS(' ', table_name, index_name, seq_in_index, column_name, non_unique)
         FROM information_schema.statistics
         WHERE table_schema = DATABASE() AND table_name NOT LIKE '\\_\\_%'
         UNION ALL
         SELECT CONCAT_WS(' ', constraint_name, check_clause)
         FROM information_schema.check_constraints WHERE constraint_schema = DATABASE()
         ORDER BY name";
    names(&mut MysqlConnection::establish(url).unwrap(), sql)
}

#[test]
fn up_down_and_up_again_make_the_same_schema() {
    let database = EmptyDatabase::create();
    let all = pending_migrations(database.url()).unwrap();
    assert_eq!(migrate(database.url()).unwrap(), all);
    let first = shape(database.url());
    assert!(first.iter().any(|line| line.starts_with("orders number ")));
    assert_eq!(
        pending_migrations(database.url()).unwrap(),
        Vec::<String>::new()
    );
    assert_eq!(migrate(database.url()).unwrap(), Vec::<String>::new());

    revert_all(database.url()).unwrap();
    assert_eq!(shape(database.url()), Vec::<String>::new());
    assert_eq!(migrate(database.url()).unwrap(), all);
    assert_eq!(shape(database.url()), first);
}

/// The committed dump is MariaDB's; MySQL writes the same tables in other words, and not to us.
#[test]
fn the_committed_dump_shows_the_schema() {
    let database = TestDatabase::create();
    if !database.is_mariadb() {
        return;
    }
    let dump = schema_dump(database.url()).unwrap();
    assert_eq!(schema_dump(database.url()).unwrap(), dump);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/schema.sql");
    let committed = fs::read_to_string(path).unwrap();
    assert_eq!(committed, dump, "write it anew by `manage schema-dump`");
}

#[test]
fn test_databases_have_what_migrations_make() {
    let migrated = EmptyDatabase::create();
    migrate(migrated.url()).unwrap();
    let copied = TestDatabase::create();
    assert_eq!(shape(copied.url()), shape(migrated.url()));
    assert_eq!(copied.database().schema_is_current(), Ok(true));
    assert_eq!(
        pending_migrations(copied.url()).unwrap(),
        Vec::<String>::new()
    );
}

#[test]
fn each_migration_is_run_by_one_of_two_migrators() {
    let database = EmptyDatabase::create();
    let all = pending_migrations(database.url()).unwrap();
    let mut run: Vec<String> = thread::scope(|scope| {
        let one = scope.spawn(|| migrate(database.url()).unwrap());
        let other = scope.spawn(|| migrate(database.url()).unwrap());
        [one.join().unwrap(), other.join().unwrap()].concat()
    });
    run.sort_unstable();
    assert_eq!(run, all);
}

#[test]
fn a_database_is_current_once_all_migrations_have_run() {
    let empty = EmptyDatabase::create();
    let settings = Settings {
        url: empty.url().to_owned(),
        pool: PoolSettings::default(),
    };
    let database = Database::connect(&settings).unwrap();
    assert_eq!(database.schema_is_current(), Ok(false));
    migrate(empty.url()).unwrap();
    assert_eq!(database.schema_is_current(), Ok(true));
    let newest = "DELETE FROM __diesel_schema_migrations ORDER BY version DESC LIMIT 1";
    let mut connection = MysqlConnection::establish(empty.url()).unwrap();
    connection.batch_execute(newest).unwrap();
    assert_eq!(database.schema_is_current(), Ok(false));
}

/// Errors are told by the names of keys, and the default collation would take é for e.
#[test]
fn tables_and_keys_follow_the_conventions() {
    let database = TestDatabase::create();
    let mut connection = connect(&database);
    let rules = [
        "SELECT table_name AS name FROM information_schema.tables
         WHERE table_schema = DATABASE() AND table_name NOT LIKE '\\_\\_%'
           AND (table_collation <> 'utf8mb4_bin' OR engine <> 'InnoDB')",
        // A foreign key that had no index of its own would have been given one by its name.
        "SELECT DISTINCT index_name AS name FROM information_schema.statistics
         WHERE table_schema = DATABASE() AND index_name <> 'PRIMARY'
           AND index_name NOT LIKE CONCAT(IF(non_unique, 'ix_', 'uk_'), table_name, '\\_%')",
        "SELECT constraint_name AS name FROM information_schema.table_constraints
         WHERE table_schema = DATABASE() AND constraint_type = 'CHECK'
           AND constraint_name NOT LIKE CONCAT('ck_', table_name, '\\_%')",
        "SELECT column_name AS name FROM information_schema.columns
         WHERE table_schema = DATABASE() AND table_name NOT LIKE '\\_\\_%'
           AND (data_type IN ('timestamp', 'float', 'double', 'decimal', 'enum')
                OR data_type = 'datetime' AND datetime_precision <> 6)",
    ];
    for rule in rules {
        assert_eq!(names(&mut connection, rule), Vec::<String>::new(), "{rule}");
    }
}
