//! The sweep finds every contradiction, and none where there is none.

use chrono::TimeDelta;
use diesel::connection::SimpleConnection;
use diesel::mysql::MysqlConnection;
use domain::ports::{Finding, Sweep};
use domain::rules::Rules;
use persistence::test_support::TestDatabase;

use crate::raw::{connect, drop_checks};
use crate::samples::{now, order_id, ticket_id, visit_date};
use crate::sweep_scene::{self, FREE, LATE, PAID, PARTLY, UNPAID};

/// A way to spoil the sound day: a statement, the rule it breaks, and a part of what is found.
type Spoiled = (&'static str, &'static str, &'static str);

const PLACES: &[Spoiled] = &[
    (
        "UPDATE tickets SET document_hash = (SELECT h FROM (SELECT document_hash AS h FROM tickets
         WHERE id = {paid_ticket}) other), active_document = NULL WHERE id = {unpaid_ticket}",
        "4.3",
        "one document has 2 live admissions",
    ),
    (
        "UPDATE tickets SET active_document = NULL WHERE id = {paid_ticket}",
        "4.3",
        "is valid and does not hold its document's",
    ),
    (
        "UPDATE tickets SET active_document = document_hash WHERE id = {refunded_ticket}",
        "4.3",
        "is refunded and holds another key than its document's",
    ),
    (
        "UPDATE quotas SET ceiling = 101 WHERE venue_code = 'palace'",
        "4.6",
        "ceiling 101, capacity 100",
    ),
    (
        "UPDATE quotas SET ceiling = 2, capacity = 2 WHERE venue_code = 'palace'",
        "4.6",
        "has taken 6, ceiling 2, capacity 2",
    ),
    (
        "UPDATE quotas SET taken = taken + 1 WHERE venue_code = 'treasure_gallery'",
        "4.6",
        "morning treasure_gallery has taken 5, but 4 places are live",
    ),
    (
        "DELETE FROM quotas WHERE venue_code = 'palace'",
        "4.6",
        "6 places are live in morning palace, which has no quota",
    ),
    (
        "INSERT INTO quotas (visit_date, session_code, venue_code, capacity, ceiling, taken)
         VALUES ('2026-12-01', 'afternoon', 'palace', 9, 9, 1)",
        "4.6",
        "afternoon palace has taken 1, but 0 places are live",
    ),
    (
        "UPDATE tickets SET session_code = 'afternoon' WHERE id = {paid_ticket}",
        "4.2",
        "differs from order",
    ),
    (
        "UPDATE ticket_add_ons SET visit_date = '2026-12-02' WHERE order_id = {paid}",
        "4.2",
        "differs from order",
    ),
    (
        "UPDATE orders SET kind = 'annual_pass' WHERE id = {paid}",
        "8.1",
        "is annual_pass with no annual pass",
    ),
    (
        "UPDATE ticket_add_ons SET venue_code = 'palace' WHERE order_id = {paid}",
        "2.1",
        "is of palace, which every ticket admits to",
    ),
    (
        "UPDATE ticket_add_ons SET venue_code = 'moat' WHERE order_id = {paid}",
        "2.1",
        "is of moat, which does not exist",
    ),
    (
        "UPDATE tickets SET account_id = X'07' WHERE state IN ('held', 'valid')",
        "4.9",
        "has 6 live admissions",
    ),
    (
        "UPDATE orders SET unpaid_account = NULL WHERE id = {unpaid}",
        "4.9",
        "is unpaid and does not hold",
    ),
    (
        "UPDATE orders SET unpaid_account = account_id WHERE id = {paid}",
        "4.9",
        "is paid and wrongly holds",
    ),
];

const STATES: &[Spoiled] = &[
    (
        "UPDATE tickets SET state = 'held' WHERE id = {paid_ticket}",
        "5",
        "is paid with 2 tickets: 1 held, 1 valid",
    ),
    (
        "UPDATE tickets SET state = 'valid' WHERE id = {unpaid_ticket}",
        "5",
        "is unpaid with 2 tickets: 1 held, 1 valid",
    ),
    (
        "UPDATE orders SET state = 'used' WHERE id = {paid}",
        "5",
        "is used with 2 tickets",
    ),
    (
        "UPDATE orders SET state = 'refunded' WHERE id = {partly}",
        "5",
        "is refunded with 2 tickets: 0 held, 1 valid",
    ),
    (
        "UPDATE orders SET state = 'closed' WHERE id = {paid}",
        "5",
        "is closed with 2 tickets: 0 held, 2 valid",
    ),
    (
        "UPDATE tickets SET state = 'held' WHERE order_id = {late}",
        "5",
        "is cancelled with 2 tickets: 2 held",
    ),
    (
        "DELETE FROM ticket_add_ons WHERE order_id = {paid};
         DELETE FROM tickets WHERE order_id = {paid}",
        "5",
        "is paid with 0 tickets",
    ),
    (
        "UPDATE ticket_add_ons SET state = 'held' WHERE order_id = {paid}",
        "5",
        "is valid, its add-on",
    ),
    (
        "UPDATE ticket_add_ons SET state = 'valid' WHERE order_id = {late}",
        "5",
        "is cancelled, its add-on",
    ),
    (
        "UPDATE orders SET cancel_cause = NULL WHERE id = {late}",
        "5",
        "is cancelled with the cause of cancellation missing",
    ),
    (
        "UPDATE orders SET cancel_cause = 'tourist' WHERE id = {paid}",
        "5",
        "is paid with the cause of cancellation tourist",
    ),
    (
        "UPDATE tickets SET state = 'used' WHERE id = {paid_ticket}",
        "9.2",
        "is used and was never admitted",
    ),
    (
        "UPDATE ticket_add_ons SET admitted_at = '2026-12-01 02:00:00' WHERE order_id = {paid}",
        "9.2",
        "is valid and was admitted",
    ),
];

const PAYMENTS: &[Spoiled] = &[
    (
        "UPDATE tickets SET price_fen = price_fen + 1 WHERE id = {paid_ticket}",
        "2.2",
        "has a total of 9000 fen, its places cost 9001",
    ),
    (
        "UPDATE orders SET paid_fen = 0 WHERE id = {paid}",
        "5.3",
        "is paid and has taken 0 of 9000 fen",
    ),
    (
        "UPDATE orders SET paid_fen = 9000 WHERE id = {unpaid}",
        "5.3",
        "is unpaid and has taken 9000 of 9000 fen",
    ),
    (
        "UPDATE orders SET paid_fen = 8999 WHERE id = {late}",
        "5.3",
        "is cancelled and has taken 8999 of 9000 fen",
    ),
    (
        "UPDATE orders SET paid_at = NULL WHERE id = {paid}",
        "5.2",
        "is paid, has taken 9000 fen and no time of payment",
    ),
    (
        "UPDATE orders SET paid_at = created_at WHERE id = {unpaid}",
        "5.2",
        "is unpaid, has taken 0 fen and a time of payment",
    ),
    (
        "DELETE FROM sales_ledger WHERE order_id = {paid} AND venue_code = 'palace'",
        "5.5",
        "has taken 9000 fen, the ledger says 1000",
    ),
    (
        "UPDATE sales_ledger SET visit_date = '2026-12-02' WHERE order_id = {paid}",
        "5.5",
        "has a ledger line of 2026-12-02 morning",
    ),
    (
        "UPDATE payment_attempts SET state = 'closed' WHERE order_id = {paid}",
        "5.5",
        "has taken 9000 fen, its payment attempt is closed",
    ),
    (
        "DELETE FROM payment_attempts WHERE order_id = {paid}",
        "5.5",
        "its payment attempt is missing",
    ),
    (
        "UPDATE payment_attempts SET state = 'paid', transaction_id = 't' WHERE order_id = {unpaid}",
        "5.5",
        "has taken 0 fen, its payment attempt is paid",
    ),
    (
        "UPDATE payment_attempts SET transaction_id = NULL WHERE order_id = {paid}",
        "5.5",
        "does not name the payment",
    ),
    (
        "UPDATE payment_attempts SET state = 'difference' WHERE order_id = {unpaid}",
        "5.5",
        "met a difference that is not on the list",
    ),
    (
        "UPDATE payment_attempts SET amount_fen = 1 WHERE order_id = {unpaid}",
        "5.6",
        "of 9000 fen has the attempt",
    ),
];

const REFUNDS: &[Spoiled] = &[
    (
        "UPDATE orders SET refunded_fen = 9001 WHERE id = {partly}",
        "6.6",
        "has taken 9000 fen and given back 9001",
    ),
    (
        "DELETE FROM sales_ledger WHERE order_id = {partly} AND kind = 'refund'",
        "6.6",
        "has given back 4000 fen, its refunds say 4000, the ledger says 0",
    ),
    (
        "UPDATE orders SET refunded_fen = 0 WHERE id = {partly}",
        "6.6",
        "has given back 0 fen, its refunds say 4000, the ledger says 4000",
    ),
    (
        "UPDATE orders SET refunded_fen = 0 WHERE id = {late}",
        "5.3",
        "is cancelled and keeps 9000 fen",
    ),
    (
        "UPDATE refund_items SET amount_fen = 3999 WHERE refund_id = {partly}",
        "6.6",
        "is of 4000 fen, its places cost 3999",
    ),
    (
        "DELETE FROM refund_items WHERE refund_id = {free}",
        "6.6",
        "is refunded and stands in 0 refunds",
    ),
    (
        "UPDATE tickets SET state = 'valid' WHERE id = {refunded_ticket}",
        "6.6",
        "is valid and stands in 1 refunds",
    ),
    (
        "INSERT INTO refund_items SELECT refund_id, 9, ticket_id, add_on_id, venue_code, category,
         amount_fen FROM refund_items WHERE refund_id = {late} AND add_on_id IS NOT NULL",
        "6.6",
        "is cancelled and stands in 2 refunds",
    ),
    (
        "UPDATE refunds SET state = 'submitted' WHERE id = {late}",
        "6.7",
        "is submitted, its submission is pending",
    ),
    (
        "UPDATE refunds SET submission_number = NULL WHERE id = {partly}",
        "6.7",
        "is succeeded, its submission is missing",
    ),
    (
        "UPDATE refunds SET state = 'requested', finished_at = NULL WHERE id = {free}",
        "6.7",
        "is requested, its submission is missing",
    ),
    (
        "UPDATE refunds SET finished_at = NULL WHERE id = {partly}",
        "6.7",
        "is succeeded and has no time of its end",
    ),
    (
        "UPDATE refunds SET finished_at = requested_at WHERE id = {late}",
        "6.7",
        "is requested and has a time of its end",
    ),
    (
        "UPDATE refund_submissions SET amount_fen = 1 WHERE order_id = {late}",
        "6.8",
        "is of 1 of 9000 fen, its refunds of 9000 of 9000",
    ),
    (
        "UPDATE refund_submissions SET total_fen = 8000 WHERE order_id = {partly}",
        "6.8",
        "is of 4000 of 8000 fen, its refunds of 4000 of 9000",
    ),
];

/// What contradicts the rules on no visit date.
const UNDATED: &[Spoiled] = &[
    (
        "UPDATE payment_attempts SET order_id = X'FF' WHERE order_id = {paid}",
        "5.5",
        "is of order ff000000000000000000000000000000, which does not exist",
    ),
    (
        "UPDATE refunds SET order_id = X'FF' WHERE id = {partly}",
        "6.6",
        "is of order ff000000000000000000000000000000, which does not exist",
    ),
    (
        "UPDATE refund_submissions SET order_id = X'FF' WHERE order_id = {partly}",
        "6.7",
        "is of order ff000000000000000000000000000000, which does not exist",
    ),
    (
        "UPDATE sales_ledger SET order_id = X'FF' WHERE order_id = {paid} AND venue_code = 'palace'",
        "5.5",
        "the ledger's payment",
    ),
    (
        "UPDATE payment_attempts SET time_expire = '2026-11-25 04:00:00' WHERE order_id = {unpaid}",
        "5.5",
        "has been open since it expired at 2026-11-25 04:00:00",
    ),
];

/// The statement with the ids of the scene in it.
fn with_ids(statement: &str) -> String {
    let hex = |id: uuid::Uuid| format!("X'{}'", id.as_simple());
    let order = |number| hex(order_id(number).uuid());
    [
        ("{unpaid}", order(UNPAID)),
        ("{paid}", order(PAID)),
        ("{partly}", order(PARTLY)),
        ("{late}", order(LATE)),
        ("{free}", order(FREE)),
        ("{unpaid_ticket}", hex(ticket_id(UNPAID, 1).uuid())),
        ("{paid_ticket}", hex(ticket_id(PAID, 1).uuid())),
        ("{refunded_ticket}", hex(ticket_id(PARTLY, 2).uuid())),
    ]
    .into_iter()
    .fold(statement.to_owned(), |text, (name, id)| {
        text.replace(name, &id)
    })
}

fn findings(database: &TestDatabase) -> Vec<Finding> {
    database.queries().check_date(visit_date()).unwrap()
}

/// A day after the orders were made: their attempts have expired, but nobody need worry yet.
fn undated_findings(database: &TestDatabase) -> Vec<Finding> {
    let tomorrow = now() + TimeDelta::days(1);
    database.queries().check_undated(tomorrow).unwrap()
}

const TABLES: [&str; 11] = [
    "venues",
    "refund_items",
    "refunds",
    "refund_submissions",
    "payment_differences",
    "payment_attempts",
    "sales_ledger",
    "ticket_add_ons",
    "tickets",
    "orders",
    "quotas",
];

fn clear(connection: &mut MysqlConnection) {
    for table in TABLES {
        let statement = format!("DELETE FROM {table}");
        connection.batch_execute(&statement).unwrap();
    }
}

/// Each statement is carried out on the sound day, and its finding must be among those that
/// `sweep` makes.
fn finds(spoiled: &[Spoiled], sweep: impl Fn(&TestDatabase) -> Vec<Finding>) {
    let database = TestDatabase::create();
    let mut connection = connect(&database);
    drop_checks(&mut connection);
    for (statement, rule, text) in spoiled {
        sweep_scene::store(&database);
        for part in with_ids(statement).split(';') {
            connection.batch_execute(part).unwrap();
        }
        let found = sweep(&database);
        let expected = |finding: &Finding| finding.rule == *rule && finding.text.contains(text);
        assert!(found.iter().any(expected), "{statement}\nfinds {found:#?}");
        clear(&mut connection);
    }
}

#[test]
fn a_sound_day_brings_no_finding() {
    let database = TestDatabase::create();
    assert_eq!(findings(&database), [], "without any row");
    sweep_scene::store(&database);
    assert_eq!(findings(&database), []);
    assert_eq!(undated_findings(&database), []);
}

#[test]
fn wrong_documents_and_places_are_found() {
    finds(PLACES, findings);
}

#[test]
fn wrong_states_are_found() {
    finds(STATES, findings);
}

#[test]
fn wrong_payments_are_found() {
    finds(PAYMENTS, findings);
}

#[test]
fn wrong_refunds_are_found() {
    finds(REFUNDS, findings);
}

#[test]
fn what_no_date_shows_is_found() {
    finds(UNDATED, undated_findings);
}

/// The number in the query is written there; this is what it must be.
#[test]
fn admissions_of_an_account_are_counted_as_the_rule_book_does() {
    assert_eq!(Rules::default().admissions_per_account_and_day, 5);
}

#[test]
fn an_erased_ticket_is_sound() {
    let database = TestDatabase::create();
    sweep_scene::store(&database);
    let erase = "UPDATE tickets SET document_hash = NULL, active_document = NULL,
                 sealed_key_id = NULL, sealed_identity = NULL WHERE id = {paid_ticket}";
    connect(&database).batch_execute(&with_ids(erase)).unwrap();
    assert_eq!(findings(&database), []);
}

#[test]
fn a_difference_on_the_list_is_sound() {
    let database = TestDatabase::create();
    sweep_scene::store(&database);
    let note = "INSERT INTO payment_differences SELECT 't', 'amount', number, 1, amount_fen,
                payer_open_id, created_at, created_at FROM payment_attempts
                WHERE order_id = {unpaid}";
    let state = "UPDATE payment_attempts SET state = 'difference' WHERE order_id = {unpaid}";
    for statement in [note, state] {
        connect(&database)
            .batch_execute(&with_ids(statement))
            .unwrap();
    }
    assert_eq!(findings(&database), []);
}

#[test]
fn many_findings_of_one_kind_are_cut_short() {
    let database = TestDatabase::create();
    let mut connection = connect(&database);
    for number in 0..120 {
        let insert = format!(
            "INSERT INTO quotas (visit_date, session_code, venue_code, capacity, ceiling, taken)
             VALUES ('2026-12-01', 'morning', 'v{number}', 9, 9, 1)"
        );
        connection.batch_execute(&insert).unwrap();
    }
    assert_eq!(findings(&database).len(), 100);
}

#[test]
fn every_date_with_a_row_is_swept() {
    let database = TestDatabase::create();
    assert_eq!(database.queries().dates(), Ok(Vec::new()));
    sweep_scene::store(&database);
    let mut connection = connect(&database);
    connection
        .batch_execute(
            "INSERT INTO quotas (visit_date, session_code, venue_code, capacity, ceiling, taken)
             VALUES ('2026-11-30', 'morning', 'palace', 9, 9, 0)",
        )
        .unwrap();
    let expected = vec![visit_date().plus_days(-1), visit_date()];
    assert_eq!(database.queries().dates(), Ok(expected));
    let other_day = database.queries().check_date(visit_date().plus_days(-1));
    assert_eq!(other_day, Ok(Vec::new()));
}
