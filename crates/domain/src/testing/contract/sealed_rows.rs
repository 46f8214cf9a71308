//! Sealed texts, for the rotation of keys.

use uuid::Uuid;

use crate::account::SavedVisitor;
use crate::id::SavedVisitorId;
use crate::identity::DocumentType;
use crate::key_rotation::{KeyUse, Resealed, Rotation, SealedTable};
use crate::order::Order;
use crate::sealed::{IdentityCipher as _, Sealed};

use super::Subject;
use super::scene::Scene;

/// The table of that name.
fn table(scene: &Scene, name: &str) -> SealedTable {
    let tables = scene.run(|stores| Ok(stores.sealed_rows().sealed_tables()));
    let table = tables.iter().find(|table| table.name() == name);
    *table.unwrap()
}

/// Stored orders of one ticket each, by the ticket's id.
fn stored(scene: &Scene, count: usize) -> Vec<Order> {
    let mut orders: Vec<Order> = (0..count).map(|_| scene.unpaid()).collect();
    orders.sort_by_key(|order| order.tickets[0].id);
    scene.store(&orders);
    orders
}

fn owner(order: &Order) -> Uuid {
    order.tickets[0].id.uuid()
}

fn identity(order: &Order) -> Sealed {
    order.tickets[0].identity.clone().unwrap()
}

/// Something else under the key `k2`.
fn other(byte: u8) -> Sealed {
    Sealed {
        key_id: "k2".to_owned(),
        bytes: vec![0, byte, 0x27, 0x5c, 0xff],
    }
}

fn saved_visitor(scene: &Scene) -> SavedVisitor {
    let (account, person) = (scene.museum.account(), scene.museum.adult());
    let id = SavedVisitorId::new(scene.museum.next_id());
    let cipher = &scene.museum.cipher;
    let visitor = SavedVisitor {
        id,
        account: account.id,
        document_type: DocumentType::IdCard,
        nationality: None,
        document_hash: cipher.hash(&person.document),
        identity: cipher
            .seal(id.uuid(), &person.name, &person.document)
            .unwrap(),
        birth_date: None,
        created_at: scene.now(),
    };
    scene.run(|stores| stores.visitors().insert(&visitor));
    visitor
}

pub fn rows_are_walked_by_id(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let orders = stored(&scene, 3);
    let tickets = table(&scene, "tickets");
    let page = |after, limit| {
        let rows = scene.run(|stores| stores.sealed_rows().sealed_rows(tickets, after, limit));
        rows.into_iter()
            .map(|row| (row.owner, row.sealed.unwrap()))
            .collect::<Vec<_>>()
    };
    let expected: Vec<(Uuid, Sealed)> = orders
        .iter()
        .map(|order| (owner(order), identity(order)))
        .collect();
    assert_eq!(page(None, 2), expected[..2]);
    assert_eq!(page(Some(expected[1].0), 2), expected[2..]);
    assert_eq!(page(Some(expected[2].0), 2), []);
}

pub fn saved_visitors_are_walked_too(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let visitor = saved_visitor(&scene);
    let visitors = table(&scene, "saved_visitors");
    let rows = scene.run(|stores| stores.sealed_rows().sealed_rows(visitors, None, 9));
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].owner, visitor.id.uuid());
    assert_eq!(rows[0].sealed.as_ref(), Some(&visitor.identity));
    let change = Resealed {
        owner: visitor.id.uuid(),
        was: visitor.identity.clone(),
        becomes: other(1),
    };
    let changes = std::slice::from_ref(&change);
    assert_eq!(
        scene.run(|stores| stores.sealed_rows().reseal(visitors, changes)),
        1
    );
    let now = scene.run(|stores| stores.visitors().of_account(visitor.account));
    let expected = SavedVisitor {
        identity: other(1),
        ..visitor
    };
    assert_eq!(now, [expected]);
}

pub fn erased_rows_are_walked_without_text(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let mut order = scene.unpaid();
    order.tickets[0].document_hash = None;
    order.tickets[0].identity = None;
    scene.store(std::slice::from_ref(&order));
    let tickets = table(&scene, "tickets");
    let rows = scene.run(|stores| stores.sealed_rows().sealed_rows(tickets, None, 9));
    assert_eq!(rows.len(), 1);
    assert_eq!((rows[0].owner, &rows[0].sealed), (owner(&order), &None));
}

pub fn only_what_was_not_changed_is_resealed(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let orders = stored(&scene, 3);
    let tickets = table(&scene, "tickets");
    let change = |order: &Order, was: Sealed, byte| Resealed {
        owner: owner(order),
        was,
        becomes: other(byte),
    };
    let changes = [
        change(&orders[0], identity(&orders[0]), 1),
        change(&orders[1], other(9), 2),
        change(&orders[2], identity(&orders[2]), 3),
        Resealed {
            owner: scene.museum.next_id(),
            ..change(&orders[0], identity(&orders[0]), 4)
        },
    ];
    let reseal = || scene.run(|stores| stores.sealed_rows().reseal(tickets, &changes));
    assert_eq!(reseal(), 2);
    assert_eq!(reseal(), 0, "what was written is not what was read");
    assert_eq!(
        scene.run(|stores| stores.sealed_rows().reseal(tickets, &[])),
        0
    );
    for (order, expected) in [
        (&orders[0], other(1)),
        (&orders[1], identity(&orders[1])),
        (&orders[2], other(3)),
    ] {
        let found = scene.found(order.id);
        assert_eq!(found.tickets[0].identity, Some(expected));
        assert_eq!(
            found.tickets[0].document_hash,
            order.tickets[0].document_hash
        );
        assert_eq!(found.state, order.state);
    }
}

pub fn the_use_of_keys_is_counted(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    assert_eq!(scene.run(|stores| stores.sealed_rows().key_uses()), []);
    let orders = stored(&scene, 3);
    let visitor = saved_visitor(&scene);
    let [tickets, visitors] = ["tickets", "saved_visitors"].map(|name| table(&scene, name));
    let change = Resealed {
        owner: owner(&orders[1]),
        was: identity(&orders[1]),
        becomes: other(1),
    };
    scene.run(|stores| {
        let changes = std::slice::from_ref(&change);
        stores.sealed_rows().reseal(tickets, changes)
    });
    let mut uses = scene.run(|stores| stores.sealed_rows().key_uses());
    uses.sort_by_key(|one| (one.table, one.key_id.clone()));
    let key_use = |table, key_id: &str, rows| KeyUse {
        table,
        key_id: key_id.to_owned(),
        rows,
    };
    let plain = &visitor.identity.key_id;
    let expected = [
        key_use(visitors, plain, 1),
        key_use(tickets, "k2", 1),
        key_use(tickets, plain, 2),
    ];
    assert_eq!(uses, expected);
}

pub fn how_far_it_has_come_is_remembered_by_table_and_key(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [tickets, visitors] = ["tickets", "saved_visitors"].map(|name| table(&scene, name));
    let found = |table, key: &str| {
        let key = key.to_owned();
        scene.run(|stores| stores.sealed_rows().rotation(table, &key))
    };
    assert_eq!(found(tickets, "k2"), None);
    let mut rotation = Rotation::begin(tickets, "k2", scene.now());
    let save = |rotation: &Rotation| {
        scene.run(|stores| stores.sealed_rows().save_rotation(rotation));
    };
    save(&rotation);
    assert_eq!(found(tickets, "k2"), Some(rotation.clone()));
    assert_eq!((found(tickets, "k3"), found(visitors, "k2")), (None, None));
    rotation.last = Some(scene.museum.next_id());
    rotation.resealed = 500;
    rotation.finished_at = Some(scene.after(1));
    save(&rotation);
    assert_eq!(found(tickets, "k2"), Some(rotation));
}
