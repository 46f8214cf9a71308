//! The last guard of numbers: what the database itself refuses, whoever writes it and however
//! many at once.

use std::sync::Barrier;
use std::thread;

use diesel::connection::SimpleConnection;
use persistence::test_support::TestDatabase;

use crate::raw::connect;

const CALLERS: usize = 8;

/// How many of [`CALLERS`] that run `statement` at the same instant succeed; the others must be
/// refused by the constraint of that name.
fn succeed(database: &TestDatabase, statement: &str, constraint: &str) -> usize {
    let start = Barrier::new(CALLERS);
    let call = || {
        let mut connection = connect(database);
        start.wait();
        connection.batch_execute(statement)
    };
    let answers: Vec<_> = thread::scope(|scope| {
        let callers: Vec<_> = (0..CALLERS).map(|_| scope.spawn(call)).collect();
        callers
            .into_iter()
            .map(|caller| caller.join().unwrap())
            .collect()
    });
    let refusals = answers.iter().filter_map(|answer| answer.as_ref().err());
    for refusal in refusals {
        assert!(refusal.to_string().contains(constraint), "{refusal}");
    }
    answers.iter().filter(|answer| answer.is_ok()).count()
}

#[test]
fn no_more_places_are_taken_than_the_ceiling_allows() {
    let database = TestDatabase::create();
    let quota = "INSERT INTO quotas VALUES ('2026-12-01', 'morning', 'palace', 4, 5, 0)";
    connect(&database).batch_execute(quota).unwrap();
    let take = "UPDATE quotas SET taken = taken + 1";
    assert_eq!(succeed(&database, take, "ck_quotas_taken"), 5);
}

#[test]
fn no_more_entries_are_taken_than_a_pass_has() {
    let database = TestDatabase::create();
    let pass = "INSERT INTO annual_passes (id, document_type, year, entries, reserved, used,
            granted_at)
        VALUES (RPAD('', 16, '-'), 'id_card', 2026, 10, 2, 4, NOW())";
    connect(&database).batch_execute(pass).unwrap();
    let reserve = "UPDATE annual_passes SET reserved = reserved + 1";
    assert_eq!(succeed(&database, reserve, "ck_annual_passes_entries"), 4);
}

#[test]
fn no_more_is_asked_back_than_was_paid() {
    let database = TestDatabase::create();
    let order = "INSERT INTO orders (id, number, account_id, kind, visit_date, session_code,
            phone, state, request_key, body_digest, created_at, pay_by, total_fen, paid_fen,
            refunded_fen)
        VALUES (RPAD('', 16, '-'), '1', RPAD('', 16, '-'), 'ordinary', '2026-12-01', 'morning',
            '13800138000', 'paid', RPAD('', 32, '-'), RPAD('', 32, '-'), NOW(), NOW(), 4000,
            4000, 0)";
    connect(&database).batch_execute(order).unwrap();
    let ask_back = "UPDATE orders SET refunded_fen = refunded_fen + 2000";
    assert_eq!(succeed(&database, ask_back, "ck_orders_money"), 2);
}
