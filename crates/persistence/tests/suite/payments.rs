//! Payment attempts and differences.

use std::sync::mpsc;
use std::thread;

use chrono::TimeDelta;
use domain::money::Fen;
use domain::payment::{AttemptState, DifferenceCause, PaymentDifference, PaymentNews};
use domain::ports::{HEAD_START, ReconcileQueries, StoreError, UniqueKey};
use persistence::test_support::TestDatabase;

use crate::samples::{attempt, now, order, run, try_run};

#[test]
fn an_attempt_comes_back_as_it_was_written() {
    let database = TestDatabase::create();
    let order = order(1, 4000);
    let mut open = attempt(&order, AttemptState::Open);
    open.prepay_id = None;
    run(&database, |stores| stores.payments().insert(&open));
    let find = || run(&database, |stores| stores.payments().find(&order.number));
    assert_eq!(find(), Some(open));
    let mut paid = attempt(&order, AttemptState::Paid);
    paid.next_check_at = now() + TimeDelta::hours(1);
    run(&database, |stores| stores.payments().save(&paid));
    assert_eq!(find(), Some(paid));
}

#[test]
fn an_order_has_one_attempt() {
    let database = TestDatabase::create();
    let first = attempt(&order(1, 4000), AttemptState::Open);
    run(&database, |stores| stores.payments().insert(&first));
    let duplicate = Err(StoreError::Duplicate(UniqueKey::Other));
    let again = try_run(&database, |stores| stores.payments().insert(&first));
    assert_eq!(again, duplicate);
    let mut other_number = attempt(&order(2, 4000), AttemptState::Open);
    other_number.order = first.order;
    let again = try_run(&database, |stores| stores.payments().insert(&other_number));
    assert_eq!(again, duplicate);
}

#[test]
fn due_attempts_are_claimed_the_longest_due_first_and_only_while_open() {
    let database = TestDatabase::create();
    let due_since = |number: u8, minutes, state| {
        let mut attempt = attempt(&order(number, 4000), state);
        attempt.next_check_at = now() - TimeDelta::minutes(minutes);
        attempt
    };
    let attempts = [
        due_since(1, 1, AttemptState::Open),
        due_since(2, 3, AttemptState::Open),
        due_since(3, 0, AttemptState::Open),
        due_since(4, 9, AttemptState::Paid),
        due_since(5, -1, AttemptState::Open),
    ];
    for attempt in &attempts {
        run(&database, |stores| stores.payments().insert(attempt));
    }
    let pause = TimeDelta::minutes(5);
    let claim = |at, limit| -> Vec<u128> {
        let claimed = run(&database, |stores| {
            stores.payments().claim_due(at, pause, limit)
        });
        assert!(
            claimed
                .iter()
                .all(|attempt| attempt.next_check_at == at + pause)
        );
        claimed
            .iter()
            .map(|attempt| attempt.order.uuid().as_u128())
            .collect()
    };
    assert_eq!(claim(now(), 2), [2, 1]);
    assert_eq!(claim(now(), 2), [3]);
    assert_eq!(claim(now(), 2), []);
    assert_eq!(claim(now() + pause, 9), [5, 1, 2, 3]);
}

/// The second caller comes while the first has claimed and not yet committed.
#[test]
fn an_attempt_is_claimed_by_one_caller_only() {
    let database = TestDatabase::create();
    let mut due = attempt(&order(1, 4000), AttemptState::Open);
    due.next_check_at = now();
    run(&database, |stores| stores.payments().insert(&due));
    let claim = || {
        run(&database, |stores| {
            stores
                .payments()
                .claim_due(now(), TimeDelta::minutes(5), 10)
        })
    };
    thread::scope(|scope| {
        // Made in here, so that a failure of either ends the other's wait.
        let (claimed, second_may_come) = mpsc::channel();
        let (second_came, first_may_commit) = mpsc::channel();
        let database = &database;
        let first = scope.spawn(move || {
            run(database, |stores| {
                let mine = stores
                    .payments()
                    .claim_due(now(), TimeDelta::minutes(5), 10)?;
                claimed.send(()).unwrap();
                first_may_commit.recv().unwrap();
                Ok(mine.len())
            })
        });
        second_may_come.recv().unwrap();
        assert_eq!(claim(), []);
        second_came.send(()).unwrap();
        assert_eq!(first.join().unwrap(), 1);
    });
    assert_eq!(claim(), []);
}

/// Rule 5.1: the provider's order is closed soon after the tourist's is gone.
#[test]
fn only_open_attempts_of_these_orders_are_hastened() {
    let database = TestDatabase::create();
    let orders: Vec<_> = (1..=3).map(|number| order(number, 4000)).collect();
    let states = [AttemptState::Open, AttemptState::Paid, AttemptState::Open];
    for (order, state) in orders.iter().zip(states) {
        run(&database, |stores| {
            stores.payments().insert(&attempt(order, state))
        });
    }
    run(&database, |stores| {
        stores
            .payments()
            .hasten(&[orders[0].id, orders[1].id], now())
    });
    let next_checks = orders.iter().map(|order| {
        let found = run(&database, |stores| stores.payments().find(&order.number));
        found.unwrap().next_check_at
    });
    let expected = [now() - HEAD_START, orders[1].pay_by, orders[2].pay_by];
    assert_eq!(next_checks.collect::<Vec<_>>(), expected);
}

#[test]
fn saving_an_attempt_that_is_not_there_is_a_fault() {
    let database = TestDatabase::create();
    let unknown = attempt(&order(1, 4000), AttemptState::Open);
    let refused = try_run(&database, |stores| stores.payments().save(&unknown));
    assert!(matches!(refused, Err(StoreError::Fault(_))), "{refused:?}");
}

#[test]
fn the_same_difference_is_noted_once_and_does_not_spoil_the_unit() {
    let database = TestDatabase::create();
    let order = order(1, 4000);
    let difference = |cause, expected| PaymentDifference {
        news: PaymentNews {
            number: order.number.clone(),
            transaction_id: "t-1".to_owned(),
            amount: Fen::from_yuan(1),
            payer: attempt(&order, AttemptState::Open).payer,
            success_time: now(),
        },
        expected,
        cause,
        noticed_at: now(),
    };
    run(&database, |stores| {
        for (cause, expected) in [
            (DifferenceCause::Amount, Some(order.total)),
            (DifferenceCause::Amount, None),
            (DifferenceCause::PaidTwice, None),
        ] {
            stores
                .payments()
                .record_difference(&difference(cause, expected))?;
        }
        stores
            .payments()
            .insert(&attempt(&order, AttemptState::Difference))
    });
    let noted = vec![
        difference(DifferenceCause::Amount, Some(order.total)),
        difference(DifferenceCause::PaidTwice, None),
    ];
    assert_eq!(database.queries().payment_differences(), Ok(noted));
    let attempts = vec![attempt(&order, AttemptState::Difference)];
    assert_eq!(database.queries().payment_attempts(), Ok(attempts));
}
