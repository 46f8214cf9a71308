//! Saved visitors.

use crate::account::SavedVisitor;
use crate::id::{AccountId, SavedVisitorId};
use crate::identity::{DocumentType, Nationality};
use crate::ports::{StoreError, UniqueKey};
use crate::sealed::IdentityCipher;
use crate::testing::Person;

use super::Subject;
use super::scene::Scene;

const DUPLICATE: StoreError = StoreError::Duplicate(UniqueKey::Other);

/// `person` as saved by `account` now.
pub(super) fn saved(scene: &Scene, account: AccountId, person: &Person) -> SavedVisitor {
    let id = SavedVisitorId::new(scene.museum.next_id());
    let cipher = &scene.museum.cipher;
    let sealed = cipher.seal(id.uuid(), &person.name, &person.document);
    SavedVisitor {
        id,
        account,
        document_type: person.document.kind(),
        nationality: None,
        document_hash: cipher.hash(&person.document),
        identity: sealed.unwrap(),
        birth_date: Some(person.birth_date),
        created_at: scene.now(),
    }
}

/// An account, and visitors of it in the order in which they were saved.
fn saved_some(scene: &Scene, count: i64) -> (AccountId, Vec<SavedVisitor>) {
    let account = scene.museum.account().id;
    let visitors: Vec<SavedVisitor> = (0..count)
        .map(|minutes| SavedVisitor {
            created_at: scene.after(minutes),
            ..saved(scene, account, &scene.museum.adult())
        })
        .collect();
    let mut reversed = visitors.iter().rev();
    scene.run(|stores| reversed.try_for_each(|visitor| stores.visitors().insert(visitor)));
    (account, visitors)
}

pub fn an_account_has_its_visitors_oldest_first(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let (account, visitors) = saved_some(&scene, 3);
    saved_some(&scene, 1);
    let stored = scene.run(|stores| stores.visitors().of_account(account));
    assert_eq!(stored, visitors);
}

pub fn a_document_stands_once_in_an_account(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let (account, person) = (scene.museum.account().id, scene.museum.adult());
    let [first, second] = [1, 2].map(|_| saved(&scene, account, &person));
    scene.run(|stores| stores.visitors().insert(&first));
    let again = scene.attempt(|stores| stores.visitors().insert(&second));
    assert_eq!(again, Err(DUPLICATE));
    assert_eq!(scene.queries.visitors(account), Ok(vec![first]));
}

pub fn another_account_may_have_the_document(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let person = scene.museum.adult();
    for _ in 0..2 {
        let account = scene.museum.account().id;
        let visitor = saved(&scene, account, &person);
        scene.run(|stores| stores.visitors().insert(&visitor));
        assert_eq!(scene.queries.visitors(account), Ok(vec![visitor]));
    }
}

pub fn a_visitor_is_written_anew(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let (account, mut visitors) = saved_some(&scene, 2);
    let changed = SavedVisitor {
        id: visitors[0].id,
        created_at: visitors[0].created_at,
        document_type: DocumentType::Passport,
        nationality: Some(Nationality::parse("FRA").unwrap()),
        birth_date: None,
        ..saved(&scene, account, &scene.museum.adult())
    };
    scene.run(|stores| stores.visitors().save(&changed));
    scene.run(|stores| stores.visitors().save(&changed));
    visitors[0] = changed;
    assert_eq!(scene.queries.visitors(account), Ok(visitors));
}

pub fn no_visitor_gets_the_document_of_another(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let (account, visitors) = saved_some(&scene, 2);
    let mut changed = visitors[0].clone();
    changed.document_hash = visitors[1].document_hash;
    let saved = scene.attempt(|stores| stores.visitors().save(&changed));
    assert_eq!(saved, Err(DUPLICATE));
    assert_eq!(scene.queries.visitors(account), Ok(visitors));
}

pub fn a_visitor_is_deleted_by_its_account_alone(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let (account, visitors) = saved_some(&scene, 2);
    let other = scene.museum.account().id;
    let delete = |account| scene.run(|stores| stores.visitors().delete(account, visitors[0].id));
    assert!(!delete(other));
    assert_eq!(scene.queries.visitors(account).unwrap().len(), 2);
    assert!(delete(account));
    assert!(!delete(account));
    assert_eq!(scene.queries.visitors(account), Ok(visitors[1..].to_vec()));
}
