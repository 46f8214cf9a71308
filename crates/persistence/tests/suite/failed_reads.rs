//! A read that fails between two of its rows.
//!
//! libmariadb keeps waiting for the rest of such a result when the same prepared statement is run
//! again, so no connection may be used on after a failure.

use diesel::connection::SimpleConnection;
use diesel::mysql::MysqlConnection;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Unsigned};
use domain::ports::{AccountQueries, StoreError};
use persistence::PoolSettings;
use persistence::test_support::TestDatabase;

use crate::raw::connect;
use crate::samples::{account, account_id, run, try_run, visitor};

#[derive(QueryableByName)]
struct Newest {
    #[diesel(sql_type = Unsigned<BigInt>)]
    id: u64,
}

/// A database whose pool has one connection, and another connection that looks at it.
fn one_connection() -> (TestDatabase, MysqlConnection) {
    let database = TestDatabase::with_pool(PoolSettings {
        size: 1,
        ..PoolSettings::default()
    });
    let observer = connect(&database);
    (database, observer)
}

/// The pool's connection: the newest but the observer's.
fn pooled(observer: &mut MysqlConnection) -> u64 {
    let query = sql_query(
        "SELECT MAX(id) AS id FROM information_schema.processlist
         WHERE db = DATABASE() AND id <> CONNECTION_ID()",
    );
    let newest: Newest = query.get_result(observer).unwrap();
    newest.id
}

#[test]
fn a_unit_that_failed_leaves_its_connection() {
    let (database, mut observer) = one_connection();
    run(&database, |stores| stores.accounts().insert(&account(1)));
    let before = pooled(&mut observer);
    let fault = try_run(&database, |stores| {
        stores.accounts().save_phone(&account(2))
    });
    assert!(matches!(fault, Err(StoreError::Fault(_))), "{fault:?}");
    assert_eq!(pooled(&mut observer), before, "no statement has failed");

    let mut too_long = visitor(1, 1);
    too_long.identity.bytes = vec![0; 9999];
    let fault = try_run(&database, |stores| stores.visitors().insert(&too_long));
    assert!(matches!(fault, Err(StoreError::Fault(_))), "{fault:?}");
    run(&database, |stores| stores.accounts().find(account_id(1)));
    assert_ne!(pooled(&mut observer), before);
}

#[test]
fn a_page_that_failed_leaves_its_connection() {
    let (database, mut observer) = one_connection();
    let read = || database.queries().visitors(account_id(1));
    assert_eq!(read(), Ok(Vec::new()));
    let before = pooled(&mut observer);
    observer
        .batch_execute("RENAME TABLE saved_visitors TO elsewhere")
        .unwrap();
    assert!(matches!(read(), Err(StoreError::Fault(_))));
    observer
        .batch_execute("RENAME TABLE elsewhere TO saved_visitors")
        .unwrap();
    assert_eq!(read(), Ok(Vec::new()));
    assert_ne!(pooled(&mut observer), before);
}
