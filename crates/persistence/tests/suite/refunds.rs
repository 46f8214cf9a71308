//! Refunds and their submissions.

use std::sync::mpsc;
use std::thread;

use chrono::{DateTime, TimeDelta, Utc};
use domain::id::{OrderId, RequestKey};
use domain::order::Order;
use domain::ports::{
    OrderQueries, ReconcileQueries, RefundSubmission, StoreError, SubmissionState, UniqueKey,
};
use domain::refund::{Refund, RefundCause, RefundItem, RefundState};
use persistence::test_support::TestDatabase;

use crate::samples::{admission_item, now, order, order_id, refund, run, submission, try_run};

/// A refund of the second ticket of the order `order`.
fn refund_of(number: u8, order: &Order) -> Refund {
    let items = vec![admission_item(&order.tickets[1])];
    refund(number, order, items, RefundCause::Tourist)
}

fn insert(database: &TestDatabase, refund: &Refund) {
    run(database, |stores| stores.refunds().insert(refund));
}

fn submit(database: &TestDatabase, submission: &RefundSubmission, refunds: &[&Refund]) {
    let ids: Vec<_> = refunds.iter().map(|refund| refund.id).collect();
    run(database, |stores| stores.refunds().submit(submission, &ids));
}

fn to_submit(database: &TestDatabase, formed_before: DateTime<Utc>) -> Vec<OrderId> {
    run(database, |stores| {
        stores.refunds().orders_to_submit(formed_before, 10)
    })
}

#[test]
fn a_refund_comes_back_with_its_items_in_order() {
    let database = TestDatabase::create();
    let order = order(1, 4000);
    let add_on = &order.tickets[0].add_ons[0];
    let items = vec![
        admission_item(&order.tickets[1]),
        admission_item(&order.tickets[0]),
        RefundItem {
            add_on: Some(add_on.id),
            venue: add_on.venue.clone(),
            amount: add_on.price,
            ..admission_item(&order.tickets[0])
        },
    ];
    let stored = refund(1, &order, items, RefundCause::Staff);
    insert(&database, &stored);
    let (by_id, by_key, missing) = run(&database, |stores| {
        let by_id = stores.refunds().find(stored.id)?;
        let by_key = stores.refunds().find_by_request_key(&stored.request_key)?;
        let missing = stores.refunds().find_by_request_key(&RequestKey([9; 32]))?;
        Ok((by_id, by_key, missing))
    });
    assert_eq!(by_id.as_ref(), Some(&stored));
    assert_eq!(by_key.as_ref(), Some(&stored));
    assert_eq!(missing, None);
    assert_eq!(database.queries().refund(stored.id), Ok(Some(stored)));
}

#[test]
fn a_request_key_is_taken_once() {
    let database = TestDatabase::create();
    let order = order(1, 4000);
    insert(&database, &refund_of(1, &order));
    let mut again = refund_of(2, &order);
    again.request_key = RequestKey([1; 32]);
    let refused = try_run(&database, |stores| stores.refunds().insert(&again));
    assert_eq!(refused, Err(StoreError::Duplicate(UniqueKey::RequestKey)));
    assert_eq!(
        run(&database, |stores| stores.refunds().find(again.id)),
        None
    );
}

#[test]
fn two_requests_with_one_key_at_once_make_one_refund() {
    let database = TestDatabase::create();
    let order = order(1, 4000);
    let outcomes: Vec<_> = thread::scope(|scope| {
        let request = |number: u8| {
            let mut refund = refund_of(number, &order);
            refund.request_key = RequestKey([1; 32]);
            let database = &database;
            scope.spawn(move || try_run(database, |stores| stores.refunds().insert(&refund)))
        };
        let requests: Vec<_> = (1..=4).map(request).collect();
        requests
            .into_iter()
            .map(|each| each.join().unwrap())
            .collect()
    });
    let refused = Err(StoreError::Duplicate(UniqueKey::RequestKey));
    assert_eq!(outcomes.iter().filter(|outcome| outcome.is_ok()).count(), 1);
    assert_eq!(
        outcomes
            .iter()
            .filter(|outcome| **outcome == refused)
            .count(),
        3
    );
}

#[test]
fn orders_wait_for_a_submission_the_longest_waiting_first() {
    let database = TestDatabase::create();
    for (number, order_number) in [(3, 1), (2, 2), (4, 2), (1, 3)] {
        insert(&database, &refund_of(number, &order(order_number, 4000)));
    }
    let mut free = refund_of(5, &order(4, 0));
    free.state = RefundState::Succeeded;
    insert(&database, &free);
    assert_eq!(
        to_submit(&database, now()),
        [order_id(3), order_id(2), order_id(1)]
    );
    let two = run(&database, |stores| {
        stores.refunds().orders_to_submit(now(), 2)
    });
    assert_eq!(two, [order_id(3), order_id(2)]);
}

/// Rule 6.8: one at a time per order, and spaced.
#[test]
fn an_order_waits_while_a_submission_is_undecided_or_too_recent() {
    let database = TestDatabase::create();
    let order = order(1, 4000);
    let (first, second) = (refund_of(1, &order), refund_of(2, &order));
    insert(&database, &first);
    insert(&database, &second);
    let waiting = || run(&database, |stores| stores.refunds().waiting(order.id));
    assert_eq!(waiting(), [first.clone(), second.clone()]);

    let mut sent = submission(&order, &first);
    submit(&database, &sent, &[&first]);
    assert_eq!(waiting(), [second]);
    let long_after = now() + TimeDelta::hours(1);
    assert_eq!(to_submit(&database, long_after), []);
    for state in [SubmissionState::Accepted, SubmissionState::Succeeded] {
        assert_eq!(to_submit(&database, long_after), []);
        sent.state = state;
        run(&database, |stores| stores.refunds().settle(&sent, now()));
    }
    assert_eq!(
        to_submit(&database, sent.created_at - TimeDelta::microseconds(1)),
        []
    );
    assert_eq!(to_submit(&database, sent.created_at), [order.id]);
}

#[test]
fn a_submission_carries_its_refunds_and_takes_them_along() {
    let database = TestDatabase::create();
    let order = order(1, 4000);
    let (mut first, mut second) = (refund_of(1, &order), refund_of(2, &order));
    insert(&database, &first);
    insert(&database, &second);
    let mut sent = submission(&order, &first);
    sent.amount = order.total;
    submit(&database, &sent, &[&first, &second]);
    let carried = || {
        run(&database, |stores| {
            stores.refunds().carried_by(&sent.number)
        })
    };
    assert_eq!(carried(), [first.clone(), second.clone()]);

    let settle =
        |sent: &RefundSubmission, at| run(&database, |stores| stores.refunds().settle(sent, at));
    let mut next = sent.clone();
    next.attempts = 1;
    next.state = SubmissionState::Accepted;
    next.next_attempt_at = now() + TimeDelta::minutes(1);
    assert!(settle(&next, now()));
    assert!(
        carried()
            .iter()
            .all(|refund| refund.state == RefundState::Submitted)
    );
    assert!(carried().iter().all(|refund| refund.finished_at.is_none()));

    next.state = SubmissionState::Succeeded;
    let end = now() + TimeDelta::minutes(2);
    assert!(settle(&next, end));
    for refund in [&mut first, &mut second] {
        refund.state = RefundState::Succeeded;
        refund.finished_at = Some(end);
    }
    assert_eq!(carried(), [first.clone(), second.clone()]);
    let stored = run(&database, |stores| {
        stores.refunds().find_submission(&next.number)
    });
    assert_eq!(stored.as_ref(), Some(&next));
    let of_order = run(&database, |stores| {
        stores.refunds().submissions_of(order.id)
    });
    assert_eq!(of_order, [next.clone()]);
    assert_eq!(database.queries().refund_submissions(), Ok(vec![next]));
    let sum = first.amount.amount() + second.amount.amount();
    let refunded = database.queries().refunded(&[order.id, order_id(2)]);
    assert_eq!(refunded, Ok(vec![(order.id, sum)]));
}

#[test]
fn a_decided_submission_stays_as_it_is() {
    let database = TestDatabase::create();
    let order = order(1, 4000);
    let refund = refund_of(1, &order);
    insert(&database, &refund);
    let mut sent = submission(&order, &refund);
    submit(&database, &sent, &[&refund]);
    sent.state = SubmissionState::Failed;
    assert!(run(&database, |stores| stores
        .refunds()
        .settle(&sent, now())));
    for late in [SubmissionState::Accepted, SubmissionState::Pending] {
        let mut news = sent.clone();
        news.state = late;
        assert!(!run(&database, |stores| stores
            .refunds()
            .settle(&news, now())));
    }
    let stored = run(&database, |stores| stores.refunds().find(refund.id)).unwrap();
    assert_eq!(stored.state, RefundState::Failed);
    assert_eq!(stored.finished_at, Some(now()));
    assert_eq!(database.queries().refunded(&[order.id]), Ok(Vec::new()));
}

#[test]
fn no_refund_is_submitted_twice() {
    let database = TestDatabase::create();
    let order = order(1, 4000);
    let (first, second) = (refund_of(1, &order), refund_of(2, &order));
    insert(&database, &first);
    insert(&database, &second);
    submit(&database, &submission(&order, &first), &[&first]);
    let again = submission(&order, &second);
    let refused = try_run(&database, |stores| {
        stores.refunds().submit(&again, &[first.id, second.id])
    });
    assert!(matches!(refused, Err(StoreError::Fault(_))), "{refused:?}");
    let stored = run(&database, |stores| {
        stores.refunds().find_submission(&again.number)
    });
    assert_eq!(stored, None);
}

/// The second caller comes while the first has claimed and not yet committed.
#[test]
fn a_submission_is_claimed_by_one_caller_only() {
    let database = TestDatabase::create();
    let pause = TimeDelta::minutes(5);
    let later = now() + TimeDelta::minutes(1);
    for number in [1, 2] {
        let order = order(number, 4000);
        let refund = refund_of(number, &order);
        insert(&database, &refund);
        submit(&database, &submission(&order, &refund), &[&refund]);
    }
    let claim = |state, at, limit| {
        run(&database, |stores| {
            stores.refunds().claim_due(state, at, pause, limit)
        })
    };
    assert_eq!(claim(SubmissionState::Accepted, later, 9), []);
    assert_eq!(claim(SubmissionState::Pending, now(), 9), []);
    thread::scope(|scope| {
        // Made in here, so that a failure of either ends the other's wait.
        let (claimed, second_may_come) = mpsc::channel();
        let (second_came, first_may_commit) = mpsc::channel();
        let database = &database;
        let first = scope.spawn(move || {
            run(database, |stores| {
                let state = SubmissionState::Pending;
                let mine = stores.refunds().claim_due(state, later, pause, 1)?;
                claimed.send(()).unwrap();
                first_may_commit.recv().unwrap();
                Ok(mine)
            })
        });
        second_may_come.recv().unwrap();
        let others = claim(SubmissionState::Pending, later, 9);
        second_came.send(()).unwrap();
        let mine = first.join().unwrap();
        assert_eq!((mine[0].order, others[0].order), (order_id(1), order_id(2)));
        assert_eq!((mine.len(), others.len()), (1, 1));
        assert_eq!(mine[0].next_attempt_at, later + pause);
    });
    assert_eq!(claim(SubmissionState::Pending, later, 9), []);
    assert_eq!(claim(SubmissionState::Pending, later + pause, 9).len(), 2);
}
