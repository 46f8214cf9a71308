//! Hashes of documents, for the change of their key.

use crate::no_show::{Ban, NoShow, NoShowCause, NoShowHistory};
use crate::order::Order;
use crate::ports::StoreError;
use crate::rehashing::{HashKeyId, HashKeys, HashedTable, Orphans, Rehashed};
use crate::sealed::DocumentHash;

use super::Subject;
use super::scene::Scene;

fn table(scene: &Scene, name: &str) -> HashedTable {
    let tables = scene.run(|stores| Ok(stores.document_hashes().hashed_tables()));
    let table = tables.iter().find(|table| table.name() == name);
    *table.unwrap()
}

/// A stored order of one ticket, and its document's hash.
fn someone(scene: &Scene) -> (Order, DocumentHash) {
    let order = scene.unpaid();
    scene.store(std::slice::from_ref(&order));
    let document = order.tickets[0].document_hash.unwrap();
    (order, document)
}

fn rehashed(order: &Order, was: DocumentHash) -> Rehashed {
    let DocumentHash(hash) = was;
    Rehashed {
        owner: order.tickets[0].id.uuid(),
        was,
        becomes: DocumentHash(hash.map(|byte| !byte)),
    }
}

fn missed(scene: &Scene, order: &Order, document: DocumentHash) -> NoShow {
    NoShow {
        document,
        date: order.date,
        cause: NoShowCause::LateRefund,
        ticket: order.tickets[0].id,
        recorded_at: scene.now(),
        waiver: None,
    }
}

pub fn the_first_key_is_adopted_and_stays(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let keys = || scene.run(|stores| stores.document_hashes().hash_keys());
    assert_eq!(keys(), None);
    for key in [1, 2] {
        let key = HashKeyId([key; 16]);
        scene.run(|stores| stores.document_hashes().adopt_hash_key(key, scene.now()));
    }
    let current = HashKeyId([1; 16]);
    assert_eq!(
        keys(),
        Some(HashKeys {
            current,
            next: None
        })
    );
}

pub fn keys_are_replaced_where_there_are_some(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let [current, next] = [1, 2].map(|key| HashKeyId([key; 16]));
    let under_way = HashKeys {
        current,
        next: Some(next),
    };
    let put =
        |keys| scene.attempt(|stores| stores.document_hashes().put_hash_keys(keys, scene.now()));
    assert!(matches!(put(under_way), Err(StoreError::Fault(_))));
    scene.run(|stores| {
        stores
            .document_hashes()
            .adopt_hash_key(current, scene.now())
    });
    let done = HashKeys {
        current: next,
        next: None,
    };
    for keys in [under_way, under_way, done] {
        assert_eq!(put(keys), Ok(()));
        let found = scene.run(|stores| stores.document_hashes().hash_keys());
        assert_eq!(found, Some(keys));
    }
}

pub fn hashed_rows_are_walked_by_id(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let mut orders = [someone(&scene).0, someone(&scene).0];
    orders.sort_by_key(|order| order.tickets[0].id);
    let mut erased = scene.unpaid();
    erased.tickets[0].document_hash = None;
    erased.tickets[0].identity = None;
    scene.store(std::slice::from_ref(&erased));
    let tickets = table(&scene, "tickets");
    let page = |after, limit| {
        scene.run(|stores| stores.document_hashes().hashed_rows(tickets, after, limit))
    };
    let first = page(None, 2);
    for (row, order) in first.iter().zip(&orders) {
        let ticket = &order.tickets[0];
        assert_eq!(row.owner, ticket.id.uuid());
        assert_eq!(row.document_type, ticket.document_type);
        assert_eq!(row.nationality, ticket.nationality);
        assert_eq!(
            (&row.hash, &row.identity),
            (&ticket.document_hash, &ticket.identity)
        );
    }
    let rest = page(Some(first[1].owner), 2);
    assert_eq!(rest.len(), 1);
    assert_eq!((rest[0].hash, &rest[0].identity), (None, &None));
    assert_eq!(page(Some(rest[0].owner), 2), []);
}

pub fn a_new_hash_is_looked_up_and_unique_as_the_former(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [(order, document), (other, untouched)] = [someone(&scene), someone(&scene)];
    let change = rehashed(&order, document);
    let tickets = table(&scene, "tickets");
    scene.run(|stores| stores.document_hashes().rehash(tickets, &[change]));
    scene.run(|stores| {
        let asked = [document, change.becomes, untouched];
        let mut held = stores.tickets().held_documents(scene.day(), &asked)?;
        held.sort_by_key(|held| held.order);
        let held: Vec<_> = held
            .iter()
            .map(|held| (held.order, held.document))
            .collect();
        let mut expected = [(order.id, change.becomes), (other.id, untouched)];
        expected.sort_by_key(|(order, _)| *order);
        assert_eq!(held, expected);
        Ok(())
    });
    let found = scene.found(order.id);
    assert_eq!(found.tickets[0].document_hash, Some(change.becomes));
    assert_eq!(found.tickets[0].identity, order.tickets[0].identity);
}

pub fn no_shows_and_bans_follow_their_document(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [(order, document), (other, untouched)] = [someone(&scene), someone(&scene)];
    let rules = &scene.museum.rules;
    let before = scene.day().plus_days(-30);
    let ban = Ban::after(document, before, rules);
    scene.run(|stores| {
        for (order, document) in [(&order, document), (&other, untouched)] {
            stores.bans().record(&missed(&scene, order, document))?;
        }
        stores.bans().ban(&ban)
    });
    let change = rehashed(&order, document);
    let tickets = table(&scene, "tickets");
    scene.run(|stores| stores.document_hashes().rehash(tickets, &[change]));
    scene.run(|stores| {
        let asked = [document, change.becomes, untouched];
        let histories = stores.bans().histories(&asked)?;
        let of = |history: &NoShowHistory| (history.document, history.days[0]);
        let days: Vec<_> = histories.iter().map(of).collect();
        let mut expected = [(change.becomes, order.date), (untouched, order.date)];
        expected.sort();
        assert_eq!(days, expected);
        let banned = Ban {
            document: change.becomes,
            ..ban.clone()
        };
        assert_eq!(stores.bans().bans(&asked, before)?, [banned]);
        Ok(())
    });
}

pub fn what_no_ticket_leads_to_is_counted(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (order, document) = someone(&scene);
    let mut erased = scene.unpaid();
    erased.tickets[0].document_hash = None;
    erased.tickets[0].identity = None;
    scene.store(std::slice::from_ref(&erased));
    let lost = DocumentHash([7; 16]);
    let rules = &scene.museum.rules;
    scene.run(|stores| {
        for (order, document) in [(&order, document), (&erased, lost)] {
            stores.bans().record(&missed(&scene, order, document))?;
            stores
                .bans()
                .ban(&Ban::after(document, order.date, rules))?;
        }
        Ok(())
    });
    let orphans = scene.run(|stores| stores.document_hashes().orphans());
    let expected = Orphans {
        no_shows: 1,
        bans: 1,
    };
    assert_eq!(orphans, expected);
}
