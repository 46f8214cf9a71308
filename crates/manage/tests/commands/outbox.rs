//! Messages to tourists that could not be sent.

use domain::delivery::{Delivery, DeliveryState, Failure};
use domain::outbox::{Message, MessageKind};
use domain::ports::OutboxQueries as _;
use domain::testing::Museum;

use crate::office::Office;

/// Two stored messages about the same order: a dead one and a queued one.
fn dead_and_queued(office: &Office) -> [Delivery; 2] {
    let museum = Museum::without_catalogue(office.unit_of_work());
    let order = museum.order(&museum.account()).visitor(&museum.adult());
    let order = order.build_paid();
    let message = |kind, reference: &str| Message {
        kind,
        account: order.account,
        order: order.id,
        reference: reference.to_owned(),
        created_at: museum.now(),
    };
    let [dead, queued] = [
        message(MessageKind::RefundSucceeded, "one"),
        message(MessageKind::OrderPaid, "two"),
    ]
    .map(Delivery::of);
    let dead = dead.turned_down(DeliveryState::Dead, Failure::Errcode(40037));
    museum.run(|stores| {
        let messages = [&dead, &queued].map(|delivery| delivery.message.clone());
        stores.outbox().add(&messages)?;
        stores.outbox().settle(&dead)
    });
    [dead, queued]
}

fn words(line: &str) -> Vec<&str> {
    line.split_whitespace().collect()
}

#[test]
fn what_waits_and_what_is_dead_is_listed() {
    let office = Office::open();
    assert_eq!(office.manage("outbox list").done(), "0 queued, 0 dead\n");
    dead_and_queued(&office);
    let told = office.manage("outbox list").done();
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines[0], "1 queued since 2026-11-25 10:00, 1 dead");
    assert_eq!(lines.len(), 3, "{told}");
    let row = words(lines[2]);
    assert_eq!(row[0], "order_paid/two");
    assert_eq!(row.last(), Some(&"-"));
    let told = office.manage("outbox list --dead").done();
    let row = words(told.lines().nth(2).unwrap());
    assert_eq!(row[0], "refund_succeeded/one");
    assert_eq!(row.last(), Some(&"errcode_40037"));
}

#[test]
fn a_dead_message_is_queued_again_by_its_name() {
    let office = Office::open();
    let [dead, _] = dead_and_queued(&office);
    let retry = format!("outbox retry {}", dead.key());
    let told = office.manage(&retry).done();
    assert!(told.contains("will be sent again"), "{told}");
    let queries = office.database.queries();
    let queued = queries.messages(DeliveryState::Queued, 10).unwrap();
    assert_eq!(queued.len(), 2);
    for words in [
        &retry,
        "outbox retry order_paid/two",
        "outbox retry banned/x",
    ] {
        let told = office.manage(words).refused(1);
        assert!(told.contains("no dead message has that name"), "{told}");
    }
}

#[test]
fn all_dead_messages_are_queued_again() {
    let office = Office::open();
    dead_and_queued(&office);
    let told = office.manage("outbox retry --all-dead").done();
    assert_eq!(told, "1 messages will be sent again\n");
    let told = office.manage("outbox retry --all-dead").done();
    assert_eq!(told, "0 messages will be sent again\n");
}

#[test]
fn a_message_is_named_or_all_are_meant() {
    for words in [
        "outbox retry",
        "outbox retry one",
        "outbox retry order_paid/two --all-dead",
    ] {
        Office::open().manage(words).refused(2);
    }
}
