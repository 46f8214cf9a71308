//! The errors of a live server, in the domain's words.

use std::sync::Barrier;
use std::thread;
use std::time::Duration;

use diesel::connection::SimpleConnection;
use domain::calendar::{DayState, Hours, OpeningDay};
use domain::order::{Admission, Order};
use domain::ports::{StoreError, UniqueKey, UnitOfWork};
use domain::season::Season;
use domain::visit_date::VisitDate;
use persistence::PoolSettings;
use persistence::test_support::TestDatabase;

use crate::raw::connect;
use crate::samples::{now, order, run, try_run, visit_date};

fn day(date: VisitDate) -> OpeningDay {
    OpeningDay::new(date, DayState::Open, Hours::of_season(Season::Low), None)
}

fn impatient() -> TestDatabase {
    TestDatabase::with_pool(PoolSettings {
        lock_wait: Duration::from_secs(1),
        timeout: Duration::from_secs(20),
        ..PoolSettings::default()
    })
}

#[test]
fn the_victim_of_a_deadlock_is_told_of_contention_and_run_again() {
    let database = TestDatabase::create();
    let (one, other) = (visit_date(), visit_date().plus_days(1));
    run(&database, |stores| {
        stores.days().put(&day(one))?;
        stores.days().put(&day(other))
    });
    let both_hold_one = Barrier::new(2);
    let take_both = |first, second| {
        let mut seen = Vec::new();
        run(&database, |stores| {
            stores.days().take(first)?;
            if seen.is_empty() {
                both_hold_one.wait();
            }
            let taken = stores.days().take(second).map(drop);
            seen.push(taken.clone());
            taken
        });
        seen
    };
    let mut seen = thread::scope(|scope| {
        let there = scope.spawn(|| take_both(one, other));
        let back = scope.spawn(|| take_both(other, one));
        [there.join().unwrap(), back.join().unwrap()]
    });
    seen.sort_by_key(Vec::len);
    assert_eq!(seen[0], [Ok(())]);
    assert_eq!(seen[1], [Err(StoreError::Contention), Ok(())]);
}

#[test]
fn a_lock_wait_is_contention_and_what_swallowed_it_is_not_committed() {
    let database = impatient();
    let (free, locked) = (visit_date(), visit_date().plus_days(1));
    run(&database, |stores| stores.days().put(&day(locked)));
    let mut holder = connect(&database);
    holder
        .batch_execute("BEGIN; UPDATE opening_days SET version = version + 1")
        .unwrap();
    let mut runs = 0;
    run(&database, |stores| {
        runs += 1;
        if runs > 1 {
            return Ok(());
        }
        stores.days().put(&day(free))?;
        // A lock wait that ends undoes this one statement only, and the server would go on.
        assert_eq!(stores.days().take(locked), Err(StoreError::Contention));
        assert_eq!(stores.days().range(free, free), Err(StoreError::Contention));
        Ok(())
    });
    assert_eq!(runs, 2);
    let days = run(&database, |stores| stores.days().range(free, free));
    assert_eq!(days, []);
    holder.batch_execute("ROLLBACK").unwrap();
}

#[test]
fn contention_without_end_is_told_after_the_last_run() {
    let database = impatient();
    let mut runs = 0;
    let unit_of_work = database.unit_of_work();
    let mut holder = connect(&database);
    run(&database, |stores| stores.days().put(&day(visit_date())));
    holder
        .batch_execute("BEGIN; UPDATE opening_days SET version = version + 1")
        .unwrap();
    let answer = unit_of_work.transact(&mut |stores| {
        runs += 1;
        stores
            .days()
            .take(visit_date())
            .map(drop)
            .map_err(|_| domain::ports::Rollback)
    });
    assert_eq!(answer, Err(StoreError::Contention));
    assert!((2..=8).contains(&runs), "{runs}");
}

#[test]
fn each_unique_key_is_told_by_its_name() {
    type Twist = fn(&mut Order, &Order);
    let cases: [(UniqueKey, Twist); 5] = [
        (UniqueKey::ActiveDocument, |order, first| {
            order.tickets[0].document_hash = first.tickets[0].document_hash;
        }),
        (UniqueKey::UnpaidAccount, |order, first| {
            order.account = first.account
        }),
        (UniqueKey::RequestKey, |order, first| {
            order.request_key = first.request_key
        }),
        (UniqueKey::Other, |order, first| {
            order.number = first.number.clone()
        }),
        (UniqueKey::Other, |order, first| order.id = first.id),
    ];
    let database = TestDatabase::create();
    let first = order(1, 6000);
    run(&database, |stores| {
        stores.orders().insert(std::slice::from_ref(&first))
    });
    for (key, twist) in cases {
        let mut second = order(2, 6000);
        twist(&mut second, &first);
        let refused = try_run(&database, |stores| {
            stores.orders().insert(std::slice::from_ref(&second))
        });
        assert_eq!(refused, Err(StoreError::Duplicate(key)));
    }
}

#[test]
fn a_duplicate_undoes_its_statement_alone() {
    let database = TestDatabase::create();
    let first = [order(1, 6000)];
    run(&database, |stores| stores.orders().insert(&first));
    run(&database, |stores| {
        let again = stores.orders().insert(&first);
        assert!(matches!(again, Err(StoreError::Duplicate(_))), "{again:?}");
        stores.days().put(&day(visit_date()))
    });
    let days = run(&database, |stores| {
        stores.days().range(visit_date(), visit_date())
    });
    assert_eq!(days, [day(visit_date())]);
}

#[test]
fn a_broken_check_is_a_fault_that_names_it_and_spoils_the_unit() {
    let database = TestDatabase::create();
    let mut order = order(1, 6000);
    order.refunded = order.total;
    let refused = try_run(&database, |stores| {
        stores.days().put(&day(visit_date()))?;
        // Swallowed, and still not committed.
        drop(stores.orders().insert(std::slice::from_ref(&order)));
        Ok(())
    });
    let Err(StoreError::Fault(text)) = refused else {
        panic!("{refused:?}");
    };
    assert!(text.contains("ck_orders_money"), "{text}");
    let days = run(&database, |stores| {
        stores.days().range(visit_date(), visit_date())
    });
    assert_eq!(days, []);
}

#[test]
fn what_is_too_long_is_refused_and_never_cut_off() {
    let database = TestDatabase::create();
    let mut order = order(1, 6000);
    order.tickets[0].admission = Some(Admission {
        at: now(),
        gate: "Meridian".repeat(20),
    });
    let refused = try_run(&database, |stores| {
        stores.orders().insert(std::slice::from_ref(&order))
    });
    let Err(StoreError::Fault(text)) = refused else {
        panic!("{refused:?}");
    };
    assert!(
        text.contains("admitted_gate") && !text.contains("Meridian"),
        "{text}"
    );
}

#[test]
fn saving_what_is_not_there_is_a_fault() {
    let database = TestDatabase::create();
    let saved = try_run(&database, |stores| stores.orders().save(&[order(1, 6000)]));
    assert!(matches!(saved, Err(StoreError::Fault(_))), "{saved:?}");
}

#[test]
fn a_row_that_the_domain_refuses_is_a_fault_without_its_value() {
    let database = TestDatabase::create();
    run(&database, |stores| {
        stores.orders().insert(&[order(1, 6000)])
    });
    let spoil = "UPDATE orders SET phone = '12345'";
    connect(&database).batch_execute(spoil).unwrap();
    let read = try_run(&database, |stores| stores.orders().find(order(1, 6000).id));
    let Err(StoreError::Fault(text)) = read else {
        panic!("{read:?}");
    };
    assert!(
        text.contains("orders.phone") && !text.contains("12345"),
        "{text}"
    );
}
