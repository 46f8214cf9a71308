//! The database behind the stores' backs.

use diesel::connection::SimpleConnection;
use diesel::mysql::MysqlConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Text};
use persistence::test_support::TestDatabase;

#[derive(QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    rows: i64,
}

#[derive(QueryableByName)]
struct Statement {
    #[diesel(sql_type = Text)]
    statement: String,
}

/// A connection of its own.
pub(crate) fn connect(database: &TestDatabase) -> MysqlConnection {
    MysqlConnection::establish(database.url()).expect("the database answers")
}

/// How many rows a table has.
pub(crate) fn count(database: &TestDatabase, table: &str) -> i64 {
    let query = sql_query(format!("SELECT COUNT(*) AS `rows` FROM {table}"));
    let count: Count = query.get_result(&mut connect(database)).unwrap();
    count.rows
}

/// Takes the CHECK constraints away, so that a test can store what they would refuse.
pub(crate) fn drop_checks(connection: &mut MysqlConnection) {
    let statements: Vec<Statement> = sql_query(
        "SELECT CONCAT('ALTER TABLE ', table_name, ' DROP CONSTRAINT ', constraint_name)
             AS statement
         FROM information_schema.table_constraints
         WHERE table_schema = DATABASE() AND constraint_type = 'CHECK'",
    )
    .load(connection)
    .unwrap();
    assert!(!statements.is_empty());
    for statement in statements {
        connection.batch_execute(&statement.statement).unwrap();
    }
}
