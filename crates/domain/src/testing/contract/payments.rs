//! Payment attempts.

use chrono::TimeDelta;

use crate::money::Fen;
use crate::order::Order;
use crate::payment::{
    AttemptState, DifferenceCause, PaymentAttempt, PaymentDifference, PaymentNews,
};
use crate::ports::{HEAD_START, StoreError, UniqueKey};

use super::Subject;
use super::scene::Scene;

/// A stored unpaid order with a stored open attempt that is due in `minutes`.
fn attempted(scene: &Scene, minutes: i64) -> (Order, PaymentAttempt) {
    let order = scene.unpaid();
    let mut attempt = scene.attempt_for(&order);
    attempt.next_check_at = scene.after(minutes);
    scene.run(|stores| {
        stores.orders().insert(std::slice::from_ref(&order))?;
        stores.payments().insert(&attempt)
    });
    (order, attempt)
}

fn find(scene: &Scene, attempt: &PaymentAttempt) -> Option<PaymentAttempt> {
    scene.run(|stores| stores.payments().find(&attempt.number))
}

/// Writes an attempt under the lock of its order.
fn save(scene: &Scene, attempt: &PaymentAttempt) {
    scene.run(|stores| {
        stores.orders().lock(&[attempt.order])?;
        stores.payments().save(attempt)
    });
}

/// The attempts claimed at minute `now`, at most `limit`.
fn claim(scene: &Scene, now: i64, limit: u32) -> Vec<PaymentAttempt> {
    let (now, pause) = (scene.after(now), TimeDelta::minutes(5));
    scene.run(|stores| stores.payments().claim_due(now, pause, limit))
}

pub fn an_attempt_is_found_by_its_number(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (_, attempt) = attempted(&scene, 10);
    let unknown = scene.attempt_for(&scene.unpaid());
    assert_eq!(find(&scene, &attempt).as_ref(), Some(&attempt));
    assert_eq!(find(&scene, &unknown), None);
}

pub fn attempts_are_found_by_their_numbers(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [(_, one), (_, two), _] = [10, 20, 30].map(|minutes| attempted(&scene, minutes));
    let unknown = scene.attempt_for(&scene.unpaid());
    let numbers = [&two, &unknown, &one].map(|attempt| attempt.number.clone());
    let found = scene.run(|stores| stores.payments().find_all(&numbers));
    let mut expected = [one, two];
    expected.sort_by(|one, two| one.number.cmp(&two.number));
    assert_eq!(found, expected);
    assert_eq!(scene.run(|stores| stores.payments().find_all(&[])), []);
}

pub fn attempts_are_booked_together(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let attempts = [10, 20, 30].map(|minutes| attempted(&scene, minutes).1);
    let [one, two, other] = &attempts;
    let booked = |attempt: &PaymentAttempt, transaction: &str| PaymentAttempt {
        state: AttemptState::Paid,
        transaction_id: Some(transaction.to_owned()),
        ..attempt.clone()
    };
    let paid = [booked(two, "4200002"), booked(one, "4200001")];
    // What is not to be written may be anything.
    let handed_in = paid.clone().map(|attempt| PaymentAttempt {
        prepay_id: Some("another".to_owned()),
        next_check_at: scene.after(300),
        ..attempt
    });
    for _ in 0..2 {
        scene.run(|stores| {
            let orders = attempts.each_ref().map(|attempt| attempt.order);
            stores.orders().lock(&orders)?;
            stores.payments().book(&handed_in)
        });
    }
    for attempt in &paid {
        assert_eq!(find(&scene, attempt).as_ref(), Some(attempt));
    }
    assert_eq!(find(&scene, other).as_ref(), Some(other));
    scene.run(|stores| stores.payments().book(&[]));
}

pub fn an_attempt_that_is_not_there_is_not_booked(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (_, known) = attempted(&scene, 10);
    let unknown = scene.attempt_for(&scene.unpaid());
    let both = [known.clone(), unknown];
    let refused = scene.attempt(|stores| stores.payments().book(&both));
    assert!(matches!(refused, Err(StoreError::Fault(_))), "{refused:?}");
    assert_eq!(find(&scene, &known), Some(known));
}

pub fn an_order_has_one_attempt(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (_, attempt) = attempted(&scene, 10);
    let again = scene.attempt(|stores| stores.payments().insert(&attempt));
    assert_eq!(again, Err(StoreError::Duplicate(UniqueKey::Other)));
}

pub fn an_attempt_is_saved(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (_, attempt) = attempted(&scene, 10);
    let prepared = PaymentAttempt {
        prepay_id: Some("wx201410272009395522657a690389285100".to_owned()),
        next_check_at: scene.after(20),
        ..attempt
    };
    save(&scene, &prepared);
    assert_eq!(find(&scene, &prepared).as_ref(), Some(&prepared));
    for state in [
        AttemptState::Closed,
        AttemptState::Difference,
        AttemptState::Paid,
    ] {
        let settled = PaymentAttempt {
            state,
            transaction_id: Some("4200001234202611250000000001".to_owned()),
            ..prepared.clone()
        };
        save(&scene, &settled);
        save(&scene, &settled);
        assert_eq!(find(&scene, &settled).as_ref(), Some(&settled));
    }
}

pub fn nothing_else_is_saved(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (_, attempt) = attempted(&scene, 10);
    let changed = PaymentAttempt {
        amount: Fen::ZERO,
        time_expire: scene.after(300),
        ..attempt.clone()
    };
    save(&scene, &changed);
    assert_eq!(find(&scene, &attempt).as_ref(), Some(&attempt));
}

pub fn due_attempts_are_claimed_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [(_, due), (_, later)] = [10, 30].map(|minutes| attempted(&scene, minutes));
    assert_eq!(claim(&scene, 9, 10), []);
    let claimed = PaymentAttempt {
        next_check_at: scene.after(15),
        ..due
    };
    assert_eq!(claim(&scene, 10, 10), std::slice::from_ref(&claimed));
    assert_eq!(find(&scene, &claimed).as_ref(), Some(&claimed));
    assert_eq!(claim(&scene, 14, 10), []);
    assert_eq!(claim(&scene, 15, 10).len(), 1);
    assert_eq!(find(&scene, &later).as_ref(), Some(&later));
}

pub fn the_longest_due_are_claimed_first(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [(third, _), (first, _), (second, _)] =
        [30, 10, 20].map(|minutes| attempted(&scene, minutes));
    let orders = |attempts: Vec<PaymentAttempt>| -> Vec<_> {
        attempts.iter().map(|attempt| attempt.order).collect()
    };
    assert_eq!(orders(claim(&scene, 40, 2)), [first.id, second.id]);
    assert_eq!(orders(claim(&scene, 40, 2)), [third.id]);
}

pub fn only_open_attempts_are_claimed(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    for state in [
        AttemptState::Paid,
        AttemptState::Closed,
        AttemptState::Difference,
    ] {
        let (_, attempt) = attempted(&scene, 10);
        save(&scene, &PaymentAttempt { state, ..attempt });
    }
    assert_eq!(claim(&scene, 60, 10), []);
}

pub fn attempts_are_hastened(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [(hastened, _), (closed, attempt), _] =
        [20, 20, 20].map(|minutes| attempted(&scene, minutes));
    let attempt = PaymentAttempt {
        state: AttemptState::Closed,
        ..attempt
    };
    save(&scene, &attempt);
    let (orders, now) = ([hastened.id, closed.id], scene.now());
    for _ in 0..2 {
        scene.run(|stores| stores.payments().hasten(&orders, now));
    }
    let found = scene.run(|stores| stores.payments().find(&hastened.number));
    assert_eq!(found.unwrap().next_check_at, now - HEAD_START);
    let due: Vec<_> = claim(&scene, 0, 10).iter().map(|due| due.order).collect();
    assert_eq!(due, [hastened.id]);
    assert_eq!(find(&scene, &attempt).as_ref(), Some(&attempt));
}

pub fn hastened_attempts_come_before_routine_ones(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let head_start = HEAD_START.num_minutes();
    let [(routine, _), (hastened, _), (overdue, _)] =
        [-30, 20, -head_start - 1].map(|minutes| attempted(&scene, minutes));
    let now = scene.now();
    scene.run(|stores| stores.payments().hasten(&[hastened.id], now));
    let due: Vec<_> = claim(&scene, 0, 10).iter().map(|due| due.order).collect();
    assert_eq!(due, [overdue.id, hastened.id, routine.id]);
}

pub fn a_difference_is_noted_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (order, attempt) = attempted(&scene, 10);
    let news = PaymentNews {
        number: order.number.clone(),
        transaction_id: "4200001234202611250000000002".to_owned(),
        amount: Fen::from_yuan(1),
        payer: attempt.payer.clone(),
        success_time: scene.after(1),
    };
    let difference = |cause, expected| PaymentDifference {
        news: news.clone(),
        expected,
        cause,
        noticed_at: scene.after(2),
    };
    scene.run(|stores| {
        let payments = stores.payments();
        let amount = difference(DifferenceCause::Amount, Some(attempt.amount));
        payments.record_difference(&amount)?;
        payments.record_difference(&amount)?;
        payments.record_difference(&difference(DifferenceCause::UnknownNumber, None))
    });
}
