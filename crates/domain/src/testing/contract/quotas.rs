//! Quotas.

use crate::ports::{StoreError, UniqueKey};
use crate::quota::{Quota, QuotaKey};

use super::Subject;
use super::scene::Scene;

pub fn a_day_is_locked_in_the_order_of_its_keys(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    scene.museum.open(scene.day(), 10);
    let quotas = scene.run(|stores| stores.quotas().lock_day(scene.day()));
    assert_eq!(quotas.len(), 8);
    assert!(quotas.is_sorted_by_key(|quota| quota.key().clone()));
    assert!(quotas.iter().all(|quota| quota.key().date == scene.day()));
    let numbers = (10, 10, 0);
    let same = |quota: &Quota| (quota.capacity(), quota.ceiling(), quota.taken()) == numbers;
    assert!(quotas.iter().all(same));
}

pub fn other_days_are_left_out(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    scene.museum.open(scene.day(), 10);
    let next = scene.day().plus_days(1);
    assert_eq!(scene.run(|stores| stores.quotas().lock_day(next)), []);
}

pub fn numbers_are_saved(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    scene.museum.open(scene.day(), 10);
    let saved = scene.run(|stores| {
        let mut quotas = stores.quotas().lock_day(scene.day())?;
        quotas[0].take(8)?;
        quotas[0].set_capacity(5);
        quotas[1].take(10)?;
        quotas[2].set_capacity(40_000);
        stores.quotas().save(&quotas[..3])?;
        Ok(quotas)
    });
    assert_eq!((saved[0].ceiling(), saved[0].taken()), (8, 8));
    assert_eq!(scene.quotas(scene.day()), saved);
    let locked = scene.run(|stores| stores.quotas().lock_day(scene.day()));
    assert_eq!(locked, saved);
}

pub fn saving_none_does_nothing(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    scene.run(|stores| {
        stores.quotas().save(&[])?;
        stores.quotas().insert(&[])?;
        stores.orders().save(&[])?;
        stores.orders().insert(&[])?;
        stores.ledger().append(&[])?;
        stores.outbox().add(&[])?;
        assert_eq!(stores.orders().lock(&[])?, []);
        assert_eq!(stores.orders().find_by_request_keys(&[])?, []);
        assert_eq!(stores.orders().unpaid_of(&[])?, []);
        assert_eq!(stores.tickets().held_documents(scene.day(), &[])?, []);
        assert_eq!(stores.tickets().live_admissions(scene.day(), &[])?, []);
        assert_eq!(stores.bans().bans(&[], scene.day())?, []);
        assert_eq!(stores.bans().histories(&[])?, []);
        assert_eq!(stores.bans().lock(&[])?, []);
        assert_eq!(stores.bans().of_tickets(&[])?, []);
        stores.payments().hasten(&[], scene.now())
    });
    assert_eq!(scene.queries.refunded(&[]), Ok(vec![]));
}

pub fn a_second_of_one_key_is_refused(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let key = QuotaKey {
        date: scene.day(),
        session: crate::testing::session("morning"),
        venue: crate::testing::venue("palace"),
    };
    scene.run(|stores| stores.quotas().insert(&[Quota::open(key.clone(), 10)]));
    let again = scene.attempt(|stores| stores.quotas().insert(&[Quota::open(key.clone(), 20)]));
    assert_eq!(again, Err(StoreError::Duplicate(UniqueKey::Other)));
    assert_eq!(scene.quotas(scene.day())[0].capacity(), 10);
}
