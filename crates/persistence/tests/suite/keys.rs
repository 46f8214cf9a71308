//! Rows that keys protect: none is forgotten, and rotation and sales do not hinder each other.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Text;
use domain::key_rotation::KeyRing as _;
use domain::order::Order;
use domain::ports::OrderQueries as _;
use domain::sealed::IdentityCipher as _;
use domain::testing::{PlainCipher, PlainKeyRing};
use domain::use_cases::rehash_documents::{begin_rehashing, rehash_documents};
use domain::use_cases::rotate_keys::{Progress, rotate_keys};
use persistence::test_support::TestDatabase;

use crate::races::office::Office;
use crate::raw::connect;
use crate::samples::run;

#[derive(QueryableByName)]
struct Name {
    #[diesel(sql_type = Text)]
    name: String,
}

/// The tables that have a column of that name, as the server knows them.
fn tables_with(database: &TestDatabase, column: &str) -> BTreeSet<String> {
    let names: Vec<Name> = sql_query(
        "SELECT table_name AS name FROM information_schema.columns
         WHERE table_schema = DATABASE() AND column_name = ?",
    )
    .bind::<Text, _>(column)
    .load(&mut connect(database))
    .unwrap();
    names.into_iter().map(|row| row.name).collect()
}

#[test]
fn every_table_with_a_sealed_column_is_rotated() {
    let database = TestDatabase::create();
    let known = run(&database, |stores| Ok(stores.sealed_rows().sealed_tables()));
    let known: BTreeSet<String> = known.iter().map(|table| table.name().to_owned()).collect();
    assert_eq!(known, tables_with(&database, "sealed_key_id"));
}

#[test]
fn every_table_with_a_hash_is_rehashed() {
    let database = TestDatabase::create();
    let known = run(&database, |stores| {
        Ok(stores.document_hashes().hashed_tables())
    });
    let mut known: BTreeSet<String> = known.iter().map(|table| table.name().to_owned()).collect();
    known.extend(["no_shows", "bans"].map(str::to_owned));
    assert_eq!(known, tables_with(&database, "document_hash"));
    let active = BTreeSet::from(["tickets".to_owned()]);
    assert_eq!(active, tables_with(&database, "active_document"));
}

fn rings() -> (PlainKeyRing, PlainKeyRing) {
    let old = PlainCipher::KEY_ID;
    (
        PlainKeyRing::new(&["k2", old], 0),
        PlainKeyRing::new(&["k2"], 0),
    )
}

/// An office that has sold `count` tickets.
fn with_sales(count: usize) -> (Office, Vec<Order>) {
    let office = Office::with_capacity(200);
    let orders = (0..count)
        .map(|_| office.order_for(&office.somebodys_request()))
        .collect();
    (office, orders)
}

#[test]
fn tickets_are_sold_and_read_in_the_middle_of_a_rotation() {
    let (office, mut orders) = with_sales(12);
    let (both, new) = rings();
    let (unit_of_work, clock) = (office.museum.unit_of_work(), &office.museum.clock);
    let readable = |order: &Order| {
        let queries = office.database.queries();
        let ticket = queries.order(order.id).unwrap().unwrap().tickets.remove(0);
        both.open(ticket.id.uuid(), &ticket.identity.unwrap())
            .unwrap();
    };
    let mut batches = 0;
    let mut go_on_until = |last: usize| {
        rotate_keys(unit_of_work, &both, clock, 2, &mut |_: Progress| {
            orders.iter().for_each(readable);
            // Sold by a service that does not know yet which key is the newest.
            orders.push(office.order_for(&office.somebodys_request()));
            batches += 1;
            if batches == last {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        })
        .unwrap()
    };
    let interrupted = go_on_until(3);
    assert!(interrupted.interrupted);
    assert_eq!(interrupted.resealed, 6);
    // Every other batch seals what the last has sold; the walk comes to an end as sales do.
    let more = go_on_until(6);
    assert_eq!(more.resealed, 6);
    let rest = rotate_keys(unit_of_work, &both, clock, 500, &mut |_| {
        ControlFlow::Continue(())
    });
    let rest = rest.unwrap();
    assert_eq!((rest.left, rest.faulty), (vec![], vec![]));
    for order in &orders {
        let queries = office.database.queries();
        let ticket = queries.order(order.id).unwrap().unwrap().tickets.remove(0);
        let opened = new.open(ticket.id.uuid(), &ticket.identity.unwrap());
        let before = order.tickets[0].identity.as_ref().unwrap();
        assert_eq!(opened, PlainCipher.open(ticket.id.uuid(), before));
    }
    office.sweep();
}

#[test]
fn one_document_has_one_admission_under_a_changed_hash_key() {
    let (office, orders) = with_sales(7);
    let [from, to] = [0, 0x55].map(|key| PlainKeyRing::new(&[PlainCipher::KEY_ID], key));
    let (unit_of_work, clock) = (office.museum.unit_of_work(), &office.museum.clock);
    let now = office.museum.now();
    begin_rehashing(unit_of_work, from.hash_key_id(), to.hash_key_id(), now).unwrap();
    let done = rehash_documents(unit_of_work, &from, &to, clock, 3, &mut |_, _| {}).unwrap();
    assert_eq!((done.changed, done.faulty), (7, vec![]));
    let mut expected: Vec<_> = orders.iter().map(|order| order.id).collect();
    expected.sort();
    let hashes: Vec<_> = orders
        .iter()
        .map(|order| {
            let hash = order.tickets[0].document_hash.unwrap();
            domain::sealed::DocumentHash(hash.0.map(|byte| byte ^ 0x55))
        })
        .collect();
    let held = run(&office.database, |stores| {
        stores.tickets().held_documents(office.day, &hashes)
    });
    let mut held: Vec<_> = held.iter().map(|held| held.order).collect();
    held.sort();
    assert_eq!(held, expected);
    office.sweep();
}
