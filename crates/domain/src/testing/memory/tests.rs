//! What the store in memory does beyond its contract: faults on request, and discipline.

use crate::ports::{OrderQueries, StoreError, UnitOfWork};
use crate::testing::{Fault, MemoryStore, Museum};

fn fault<T>(text: &str) -> Result<T, StoreError> {
    Err(StoreError::Fault(text.to_owned()))
}

#[test]
fn refused_units_are_not_run() {
    let (museum, store) = Museum::in_memory();
    store.inject(Fault::Refuse(StoreError::Unavailable), 2);
    store.inject(Fault::Refuse(StoreError::Contention), 1);
    let mut runs = 0;
    let mut attempt = || {
        museum.unit_of_work().run(|_| {
            runs += 1;
            Ok::<_, StoreError>(())
        })
    };
    assert_eq!(attempt(), Err(StoreError::Unavailable));
    assert_eq!(attempt(), Err(StoreError::Unavailable));
    assert_eq!(attempt(), Err(StoreError::Contention));
    assert_eq!(attempt(), Ok(()));
    assert_eq!(runs, 1);
}

#[test]
fn a_unit_that_is_run_twice_writes_once() {
    let (museum, store) = Museum::in_memory();
    let order = museum.order(&museum.account()).visitor(&museum.adult());
    let order = order.build();
    store.inject(Fault::RunTwice, 1);
    let mut runs = 0;
    museum.run(|stores| {
        runs += 1;
        stores.orders().insert(std::slice::from_ref(&order))
    });
    assert_eq!(runs, 2);
    assert_eq!(store.order(order.id), Ok(Some(order)));
}

#[test]
fn a_lost_answer_is_a_commit() {
    let (museum, store) = Museum::in_memory();
    let order = museum.order(&museum.account()).visitor(&museum.adult());
    let order = order.build();
    store.inject(Fault::LoseAnswer, 1);
    let answer: Result<(), StoreError> = museum
        .unit_of_work()
        .run(|stores| stores.orders().insert(std::slice::from_ref(&order)));
    assert_eq!(answer, Err(StoreError::Unknown));
    assert_eq!(store.order(order.id), Ok(Some(order)));
}

#[test]
fn a_unit_within_a_unit_is_refused_instead_of_waiting_for_itself() {
    let store = MemoryStore::new();
    let unit_of_work: &dyn UnitOfWork = &store;
    let answer = unit_of_work.run(|_| unit_of_work.run(|_| Ok::<(), StoreError>(())));
    assert_eq!(
        answer,
        fault("a unit of work was begun within a unit of work")
    );
}

#[test]
fn locks_are_taken_in_order() {
    let (museum, _) = Museum::in_memory();
    let (day, next) = (museum.day(), museum.day().plus_days(1));
    let order = || museum.order(&museum.account()).visitor(&museum.adult());
    let orders = [order().build(), order().build()];
    museum.run(|stores| stores.orders().insert(&orders));
    let uow = museum.unit_of_work();

    let days_backward = uow.run(|stores| {
        stores.days().take(next)?;
        stores.days().take(day)
    });
    assert_eq!(days_backward, fault("lock order: days in date order"));
    let day_after_quotas = uow.run(|stores| {
        stores.quotas().lock_day(day)?;
        stores.days().take(day)
    });
    assert_eq!(
        day_after_quotas,
        fault("lock order: a day after quotas, annual passes or orders")
    );
    let quotas_after_orders = uow.run(|stores| {
        stores.orders().lock(&[orders[0].id])?;
        stores.quotas().lock_day(day)
    });
    assert_eq!(
        quotas_after_orders,
        fault("lock order: quotas after annual passes or orders")
    );
    let orders_backward = uow.run(|stores| {
        stores.orders().lock(&[orders[1].id])?;
        stores.orders().lock(&[orders[0].id])
    });
    assert_eq!(orders_backward, fault("lock order: orders by id"));
    museum.run(|stores| {
        stores.days().take(day)?;
        stores.quotas().lock_day(day)?;
        stores.orders().lock(&[orders[1].id, orders[0].id])?;
        stores.orders().lock(&[orders[0].id])?;
        stores.quotas().lock_day(day)?;
        stores.days().take(day)
    });
}

#[test]
fn what_is_saved_was_locked() {
    let (museum, store) = Museum::in_memory();
    museum.open(museum.day(), 10);
    let order = museum.order(&museum.account()).visitor(&museum.adult());
    let order = order.build();
    museum.run(|stores| {
        stores.orders().insert(std::slice::from_ref(&order))?;
        stores.orders().save(std::slice::from_ref(&order))
    });
    let uow = museum.unit_of_work();
    let saved = uow.run(|stores| stores.orders().save(std::slice::from_ref(&order)));
    assert_eq!(saved, fault("an order is saved that was not locked"));
    let day = museum.day();
    let quotas = crate::ports::CalendarQueries::quotas(&*store, day, day).unwrap();
    let saved = uow.run(|stores| stores.quotas().save(&quotas));
    assert_eq!(saved, fault("quotas are saved that were not locked"));
}
