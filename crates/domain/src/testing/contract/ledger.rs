//! The sales ledger and the outbox. What stands in the ledger, the sweep tells.

use crate::ledger::{LedgerEntry, payment_entries};
use crate::order::Order;
use crate::outbox::{Message, MessageKind};
use crate::ports::{StoreError, UniqueKey};

use super::Subject;
use super::scene::Scene;

const DUPLICATE: StoreError = StoreError::Duplicate(UniqueKey::Other);

fn stored_order(scene: &Scene) -> (Order, Vec<LedgerEntry>) {
    let order = scene.paid();
    scene.store(std::slice::from_ref(&order));
    let lines = payment_entries(&order, scene.now());
    (order, lines)
}

pub fn a_line_is_booked_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (_, lines) = stored_order(&scene);
    scene.run(|stores| stores.ledger().append(&lines));
    for line in lines {
        let again = scene.attempt(|stores| stores.ledger().append(std::slice::from_ref(&line)));
        assert_eq!(again, Err(DUPLICATE));
    }
}

pub fn lines_of_one_reference_differ_by_venue_and_category(subject: &dyn Subject) {
    use crate::category::Category;
    use crate::ledger::LedgerKind;

    let scene = Scene::new(subject);
    let (_, lines) = stored_order(&scene);
    let line = &lines[0];
    let others = [
        line.clone(),
        LedgerEntry {
            category: Category::Student,
            ..line.clone()
        },
        LedgerEntry {
            venue: crate::testing::venue("exhibition"),
            ..line.clone()
        },
        LedgerEntry {
            kind: LedgerKind::Refund,
            ..line.clone()
        },
        LedgerEntry {
            reference: "another".to_owned(),
            ..line.clone()
        },
    ];
    scene.run(|stores| stores.ledger().append(&others));
}

fn message(scene: &Scene, order: &Order) -> Message {
    Message {
        kind: MessageKind::OrderPaid,
        account: order.account,
        order: order.id,
        reference: order.number.to_string(),
        created_at: scene.now(),
    }
}

pub fn a_message_is_written_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (order, _) = stored_order(&scene);
    let message = message(&scene, &order);
    scene.run(|stores| stores.outbox().add(std::slice::from_ref(&message)));
    let again = scene.attempt(|stores| stores.outbox().add(std::slice::from_ref(&message)));
    assert_eq!(again, Err(DUPLICATE));
}

pub fn messages_differ_by_kind_and_reference(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (order, _) = stored_order(&scene);
    let paid = message(&scene, &order);
    let returned = Message {
        kind: MessageKind::LatePaymentReturned,
        ..paid.clone()
    };
    let other = Message {
        reference: "another".to_owned(),
        ..paid.clone()
    };
    scene.run(|stores| {
        stores
            .outbox()
            .add(&[paid.clone(), returned.clone(), other.clone()])
    });
}
