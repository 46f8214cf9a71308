//! Transactions.

use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

use crate::ports::{StoreError, Stores};
use crate::quota::QuotaKey;

use super::Subject;
use super::scene::Scene;

fn stop() -> StoreError {
    StoreError::Fault("as the case wants it".to_owned())
}

/// Takes a place in each quota of the museum's day.
fn take_places(scene: &Scene, stores: &mut dyn Stores) -> Result<(), StoreError> {
    stores.days().take(scene.day())?;
    let mut quotas = stores.quotas().lock_day(scene.day())?;
    for quota in &mut quotas {
        quota.take(1)?;
    }
    stores.quotas().save(&quotas)
}

fn taken(scene: &Scene) -> u32 {
    let quotas = scene.quotas(scene.day());
    quotas.iter().map(crate::quota::Quota::taken).sum()
}

pub fn what_succeeds_is_committed(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = scene.unpaid();
    let answer = scene.run(|stores| {
        stores.orders().insert(std::slice::from_ref(&order))?;
        Ok(42)
    });
    assert_eq!(answer, 42);
    assert_eq!(scene.queries.order(order.id), Ok(Some(order)));
}

pub fn what_fails_is_rolled_back_whole(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    scene.museum.open(scene.day(), 10);
    let order = scene.unpaid();
    let answer: Result<(), StoreError> = scene.attempt(|stores| {
        take_places(&scene, stores)?;
        stores.orders().insert(std::slice::from_ref(&order))?;
        Err(stop())
    });
    assert_eq!(answer, Err(stop()));
    assert_eq!(taken(&scene), 0);
    assert_eq!(scene.queries.order(order.id), Ok(None));
    scene.store(&[order]);
}

pub fn a_unit_sees_its_own_writes(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    scene.museum.open(scene.day(), 10);
    let order = scene.unpaid();
    scene.run(|stores| {
        take_places(&scene, stores)?;
        let quotas = stores.quotas().lock_day(scene.day())?;
        assert!(quotas.iter().all(|quota| quota.taken() == 1));
        stores.orders().insert(std::slice::from_ref(&order))?;
        assert_eq!(stores.orders().find(order.id)?.as_ref(), Some(&order));
        let held = stores
            .tickets()
            .live_admissions(order.date, &[order.account])?;
        assert_eq!(held.len(), 1);
        Ok(())
    });
}

pub fn nobody_else_sees_them_before_the_commit(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    scene.museum.open(scene.day(), 10);
    let order = scene.unpaid();
    scene.run(|stores| {
        take_places(&scene, stores)?;
        stores.orders().insert(std::slice::from_ref(&order))?;
        assert_eq!(taken(&scene), 0);
        assert_eq!(scene.queries.order(order.id), Ok(None));
        Ok(())
    });
    assert_eq!(taken(&scene), 8);
}

pub fn the_error_of_the_work_is_handed_on(subject: &dyn Subject) {
    #[derive(Debug, PartialEq)]
    enum Refused {
        ByTheWork(u8),
        ByTheStore(StoreError),
    }
    impl From<StoreError> for Refused {
        fn from(error: StoreError) -> Self {
            Self::ByTheStore(error)
        }
    }
    let scene = Scene::new(subject);
    let uow = scene.unit_of_work();
    let answer: Result<(), Refused> = uow.run(|_| Err(Refused::ByTheWork(3)));
    assert_eq!(answer, Err(Refused::ByTheWork(3)));
    let order = scene.unpaid();
    scene.store(std::slice::from_ref(&order));
    let again: Result<(), Refused> =
        uow.run(|stores| Ok(stores.orders().insert(std::slice::from_ref(&order))?));
    let duplicate = matches!(again, Err(Refused::ByTheStore(StoreError::Duplicate(_))));
    assert!(duplicate, "{again:?}");
}

pub fn a_panic_leaves_nothing_behind(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    scene.museum.open(scene.day(), 10);
    let panicked = catch_unwind(AssertUnwindSafe(|| {
        scene.attempt(|stores| -> Result<(), StoreError> {
            take_places(&scene, stores)?;
            // Without the hook, which would write a report of this panic that is no failure.
            resume_unwind(Box::new("as the case wants it"))
        })
    }));
    assert!(panicked.is_err());
    assert_eq!(taken(&scene), 0);
    scene.run(|stores| take_places(&scene, stores));
    let quotas = scene.quotas(scene.day());
    let key = QuotaKey {
        date: scene.day(),
        session: crate::testing::session("morning"),
        venue: crate::testing::venue("palace"),
    };
    let palace = quotas.iter().find(|quota| *quota.key() == key).unwrap();
    assert_eq!(palace.taken(), 1);
}
