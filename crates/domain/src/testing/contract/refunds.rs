//! Refunds and their submissions.

use chrono::TimeDelta;

use crate::id::{AddOnId, RequestKey};
use crate::money::Fen;
use crate::order::Order;
use crate::ports::{RefundSubmission, StoreError, SubmissionState, UniqueKey};
use crate::refund::{Refund, RefundCause, RefundItem, RefundState};

use super::Subject;
use super::scene::Scene;

/// A stored paid order.
fn stored(scene: &Scene) -> Order {
    let order = scene.paid();
    scene.store(std::slice::from_ref(&order));
    order
}

/// A stored refund of an order, requested at minute `minutes`.
fn requested(scene: &Scene, order: &Order, minutes: i64) -> Refund {
    let mut refund = scene.refund_of(order);
    refund.requested_at = scene.after(minutes);
    scene.run(|stores| stores.refunds().insert(&refund));
    refund
}

/// A stored submission of a stored refund, formed and due at minute `minutes`.
fn submitted(scene: &Scene, order: &Order, refund: &Refund, minutes: i64) -> RefundSubmission {
    let mut submission = scene.submission(order, refund);
    submission.created_at = scene.after(minutes);
    submission.next_attempt_at = scene.after(minutes);
    scene.run(|stores| stores.refunds().submit(&submission, &[refund.id]));
    submission
}

fn refund_in_store(scene: &Scene, refund: &Refund) -> Refund {
    scene
        .run(|stores| stores.refunds().find(refund.id))
        .unwrap()
}

fn submission_in_store(scene: &Scene, submission: &RefundSubmission) -> RefundSubmission {
    scene
        .run(|stores| stores.refunds().find_submission(&submission.number))
        .unwrap()
}

fn settle(scene: &Scene, submission: &RefundSubmission, state: SubmissionState) -> bool {
    let settled = RefundSubmission {
        state,
        attempts: submission.attempts + 1,
        next_attempt_at: scene.after(30),
        ..submission.clone()
    };
    let at = scene.after(20);
    scene.run(|stores| stores.refunds().settle(&settled, at))
}

/// The orders to submit when nothing formed after minute `formed_before` may be followed.
fn to_submit(scene: &Scene, formed_before: i64, limit: u32) -> Vec<crate::id::OrderId> {
    let formed_before = scene.after(formed_before);
    scene.run(|stores| stores.refunds().orders_to_submit(formed_before, limit))
}

pub fn a_refund_comes_whole(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let mut refund = scene.refund_of(&order);
    let add_on = &order.tickets[0].add_ons[0];
    refund.items.push(RefundItem {
        ticket: order.tickets[0].id,
        add_on: Some(add_on.id),
        venue: add_on.venue.clone(),
        category: order.tickets[0].category,
        amount: add_on.price,
    });
    refund.amount = refund.amount.checked_add(add_on.price).unwrap();
    scene.run(|stores| stores.refunds().insert(&refund));
    assert_eq!(refund_in_store(&scene, &refund), refund);
    let of_staff = Refund {
        cause: RefundCause::Staff,
        state: RefundState::Succeeded,
        finished_at: Some(scene.after(1)),
        ..scene.refund_of(&order)
    };
    scene.run(|stores| stores.refunds().insert(&of_staff));
    assert_eq!(refund_in_store(&scene, &of_staff), of_staff);
    let unknown = scene.refund_of(&order);
    let found = scene.run(|stores| stores.refunds().find(unknown.id));
    assert_eq!(found, None);
}

pub fn a_refund_is_found_by_its_request_key(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let [refund, _other] = [0, 1].map(|minutes| requested(&scene, &order, minutes));
    let find = |key: RequestKey| scene.run(|stores| stores.refunds().find_by_request_key(&key));
    assert_eq!(find(refund.request_key), Some(refund));
    assert_eq!(find(RequestKey([200; 32])), None);
}

pub fn a_request_key_is_taken_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let first = requested(&scene, &order, 0);
    let second = Refund {
        request_key: first.request_key,
        ..scene.refund_of(&order)
    };
    let again = scene.attempt(|stores| stores.refunds().insert(&second));
    assert_eq!(again, Err(StoreError::Duplicate(UniqueKey::RequestKey)));
    assert_eq!(scene.queries.refund(second.id), Ok(None));
}

pub fn the_longest_waiting_order_is_submitted_first(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [third, first, second] = [stored(&scene), stored(&scene), stored(&scene)];
    for (order, minutes) in [(&third, 3), (&first, 1), (&first, 9), (&second, 2)] {
        requested(&scene, order, minutes);
    }
    assert_eq!(to_submit(&scene, 0, 10), [first.id, second.id, third.id]);
    assert_eq!(to_submit(&scene, 0, 2), [first.id, second.id]);
}

pub fn an_order_waits_for_its_submission(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let first = requested(&scene, &order, 0);
    let submission = submitted(&scene, &order, &first, 0);
    assert_eq!(to_submit(&scene, 60, 10), [], "nothing waits");
    requested(&scene, &order, 1);
    assert_eq!(to_submit(&scene, 60, 10), [], "one is pending");
    assert!(settle(&scene, &submission, SubmissionState::Accepted));
    assert_eq!(to_submit(&scene, 60, 10), [], "one is accepted");
    assert!(settle(&scene, &submission, SubmissionState::Succeeded));
    assert_eq!(to_submit(&scene, 60, 10), [order.id]);
}

pub fn an_order_waits_for_the_pause(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let first = requested(&scene, &order, 0);
    let submission = submitted(&scene, &order, &first, 5);
    assert!(settle(&scene, &submission, SubmissionState::Failed));
    requested(&scene, &order, 1);
    assert_eq!(to_submit(&scene, 4, 10), []);
    assert_eq!(to_submit(&scene, 5, 10), [order.id]);
}

pub fn those_that_wait_come_oldest_first(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [order, other] = [stored(&scene), stored(&scene)];
    let [second, first, submitted_one] =
        [2, 1, 0].map(|minutes| requested(&scene, &order, minutes));
    submitted(&scene, &order, &submitted_one, 0);
    requested(&scene, &other, 0);
    let waiting = scene.run(|stores| {
        stores.orders().lock(&[order.id])?;
        stores.refunds().waiting(order.id)
    });
    assert_eq!(waiting, [first, second]);
}

pub fn a_submission_is_found(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let [first, second, _third] = [0, 1, 2].map(|minutes| requested(&scene, &order, minutes));
    let amount = first.amount.checked_add(second.amount).unwrap();
    let submission = RefundSubmission {
        amount,
        ..scene.submission(&order, &first)
    };
    let carried = [second.id, first.id];
    scene.run(|stores| stores.refunds().submit(&submission, &carried));
    scene.run(|stores| {
        let refunds = stores.refunds();
        let found = refunds.find_submission(&submission.number)?;
        assert_eq!(found.as_ref(), Some(&submission));
        assert_eq!(refunds.find_submission("unknown")?, None);
        let carried = refunds.carried_by(&submission.number)?;
        assert_eq!(carried, [first.clone(), second.clone()]);
        assert_eq!(refunds.carried_by("unknown")?, []);
        Ok(())
    });
}

pub fn a_number_is_taken_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let [first, second] = [0, 1].map(|minutes| requested(&scene, &order, minutes));
    let submission = submitted(&scene, &order, &first, 0);
    let again = scene.attempt(|stores| stores.refunds().submit(&submission, &[second.id]));
    assert_eq!(again, Err(StoreError::Duplicate(UniqueKey::Other)));
    let waiting = scene.run(|stores| stores.refunds().waiting(order.id));
    assert_eq!(waiting, [second]);
}

pub fn submissions_come_oldest_first(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [order, other] = [stored(&scene), stored(&scene)];
    let [later, sooner] = [5, 1].map(|minutes| {
        let refund = requested(&scene, &order, minutes);
        submitted(&scene, &order, &refund, minutes)
    });
    let refund = requested(&scene, &other, 0);
    submitted(&scene, &other, &refund, 0);
    let submissions = scene.run(|stores| stores.refunds().submissions_of(order.id));
    assert_eq!(submissions, [sooner, later]);
}

/// The submissions in `state` that are claimed at minute `now`, at most `limit`.
fn claim(scene: &Scene, state: SubmissionState, now: i64, limit: u32) -> Vec<RefundSubmission> {
    let (now, pause) = (scene.after(now), TimeDelta::minutes(5));
    scene.run(|stores| stores.refunds().claim_due(state, now, pause, limit))
}

pub fn due_submissions_are_claimed_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [first, second] = [1, 0].map(|minutes| {
        let order = stored(&scene);
        let refund = requested(&scene, &order, 0);
        submitted(&scene, &order, &refund, minutes)
    });
    let claimed = [&second, &first].map(|submission| RefundSubmission {
        next_attempt_at: scene.after(7),
        ..submission.clone()
    });
    let pending = SubmissionState::Pending;
    assert_eq!(claim(&scene, pending, 2, 1), claimed[..1]);
    assert_eq!(claim(&scene, pending, 2, 10), claimed[1..]);
    assert_eq!(claim(&scene, pending, 6, 10), []);
    assert_eq!(claim(&scene, pending, 7, 10).len(), 2);
}

pub fn only_those_of_the_state_are_claimed(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let refund = requested(&scene, &order, 0);
    let submission = submitted(&scene, &order, &refund, 0);
    assert_eq!(claim(&scene, SubmissionState::Accepted, 60, 10), []);
    assert!(settle(&scene, &submission, SubmissionState::Accepted));
    assert_eq!(claim(&scene, SubmissionState::Pending, 60, 10), []);
    assert_eq!(
        claim(&scene, SubmissionState::Accepted, 29, 10),
        [],
        "not due"
    );
    let accepted = claim(&scene, SubmissionState::Accepted, 30, 10);
    assert_eq!(accepted.len(), 1);
    assert_eq!(accepted[0].attempts, 1);
}

pub fn refunds_follow_their_submission(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let [refund, other] = [0, 1].map(|minutes| requested(&scene, &order, minutes));
    let submission = submitted(&scene, &order, &refund, 0);
    let state = |refund: &Refund| {
        let stored = refund_in_store(&scene, refund);
        (stored.state, stored.finished_at)
    };
    assert_eq!(state(&refund), (RefundState::Requested, None), "only sent");
    assert!(settle(&scene, &submission, SubmissionState::Accepted));
    assert_eq!(state(&refund), (RefundState::Submitted, None));
    assert!(settle(&scene, &submission, SubmissionState::Succeeded));
    let finished_at = Some(scene.after(20));
    assert_eq!(state(&refund), (RefundState::Succeeded, finished_at));
    assert_eq!(state(&other), (RefundState::Requested, None));
    let found = scene.run(|stores| stores.refunds().find_submission(&submission.number));
    let found = found.unwrap();
    assert_eq!(found.state, SubmissionState::Succeeded);
    assert_eq!(
        (found.attempts, found.next_attempt_at),
        (1, scene.after(30))
    );
}

pub fn a_pending_submission_leaves_its_refunds(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let refund = requested(&scene, &order, 0);
    let submission = submitted(&scene, &order, &refund, 0);
    assert!(settle(&scene, &submission, SubmissionState::Pending));
    assert_eq!(refund_in_store(&scene, &refund), refund);
    let found = scene.run(|stores| stores.refunds().find_submission(&submission.number));
    assert_eq!(found.unwrap().attempts, 1);
}

pub fn a_failure_finishes(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let refund = requested(&scene, &order, 0);
    let submission = submitted(&scene, &order, &refund, 0);
    assert!(settle(&scene, &submission, SubmissionState::Failed));
    let failed = refund_in_store(&scene, &refund);
    assert_eq!(failed.state, RefundState::Failed);
    assert_eq!(failed.finished_at, Some(scene.after(20)));
}

pub fn a_decided_submission_stays_so(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    for decided in [SubmissionState::Succeeded, SubmissionState::Failed] {
        let order = stored(&scene);
        let refund = requested(&scene, &order, 0);
        let submission = submitted(&scene, &order, &refund, 0);
        assert!(settle(&scene, &submission, decided));
        let before = refund_in_store(&scene, &refund);
        let is_believed =
            |state| (decided, state) == (SubmissionState::Failed, SubmissionState::Succeeded);
        for state in SubmissionState::ALL
            .iter()
            .filter(|state| !is_believed(**state))
        {
            assert!(!settle(&scene, &submission, *state));
        }
        assert_eq!(refund_in_store(&scene, &refund), before);
        let found = scene.run(|stores| stores.refunds().find_submission(&submission.number));
        assert_eq!(found.unwrap().state, decided);
    }
}

pub fn a_success_after_a_failure_is_believed(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let refund = requested(&scene, &order, 0);
    let submission = submitted(&scene, &order, &refund, 0);
    assert!(settle(&scene, &submission, SubmissionState::Failed));
    let believed = RefundSubmission {
        state: SubmissionState::Succeeded,
        attempts: 7,
        next_attempt_at: scene.after(50),
        ..submission
    };
    let at = scene.after(40);
    let settle = || scene.run(|stores| stores.refunds().settle(&believed, at));
    assert!(settle());
    let stored = refund_in_store(&scene, &refund);
    assert_eq!(stored.state, RefundState::Succeeded);
    assert_eq!(stored.finished_at, Some(at));
    assert_eq!(submission_in_store(&scene, &believed), believed);
    assert!(!settle(), "believed already");
}

pub fn a_failed_submission_is_reopened(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = stored(&scene);
    let [refund, other] = [0, 1].map(|minutes| requested(&scene, &order, minutes));
    let submission = submitted(&scene, &order, &refund, 0);
    let later = submitted(&scene, &order, &other, 1);
    for submission in [&submission, &later] {
        assert!(settle(&scene, submission, SubmissionState::Failed));
    }
    let now = scene.after(40);
    let reopen = |number: &str| scene.run(|stores| stores.refunds().reopen(number, now));
    assert!(reopen(&submission.number));
    assert_eq!(refund_in_store(&scene, &refund), refund);
    let due = RefundSubmission {
        attempts: 1,
        next_attempt_at: now,
        ..submission
    };
    assert_eq!(submission_in_store(&scene, &due), due);
    assert_eq!(claim(&scene, SubmissionState::Pending, 39, 10), []);
    assert_eq!(claim(&scene, SubmissionState::Pending, 40, 10).len(), 1);
    let other = refund_in_store(&scene, &other);
    assert_eq!(other.state, RefundState::Failed, "not its own");
}

pub fn only_a_failed_submission_is_reopened(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let reopen = |number: &str| {
        let now = scene.after(40);
        scene.run(|stores| stores.refunds().reopen(number, now))
    };
    for state in [
        SubmissionState::Pending,
        SubmissionState::Accepted,
        SubmissionState::Succeeded,
    ] {
        let order = stored(&scene);
        let refund = requested(&scene, &order, 0);
        let submission = submitted(&scene, &order, &refund, 0);
        assert!(settle(&scene, &submission, state));
        let refund = refund_in_store(&scene, &refund);
        let submission = submission_in_store(&scene, &submission);
        assert!(!reopen(&submission.number));
        assert_eq!(refund_in_store(&scene, &refund), refund);
        assert_eq!(submission_in_store(&scene, &submission), submission);
    }
    assert!(!reopen("unknown"));
}

/// Rule 6.8: what is free succeeds at once, without the provider.
pub fn a_refund_without_money_is_never_submitted(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (adult, child) = (scene.museum.adult(), scene.museum.person("2016-01-01"));
    let order = scene.order().visitor_with(&child, &["exhibition"]);
    let order = order.visitor(&adult).build_paid();
    scene.store(std::slice::from_ref(&order));
    let free = Refund {
        state: RefundState::Succeeded,
        finished_at: Some(scene.now()),
        ..scene.refund_of(&order)
    };
    assert_eq!(free.amount, Fen::ZERO);
    let exhibition: AddOnId = order.tickets[0].add_ons[0].id;
    assert!(
        free.items
            .iter()
            .all(|item| item.add_on != Some(exhibition))
    );
    scene.run(|stores| stores.refunds().insert(&free));
    assert_eq!(to_submit(&scene, 60, 10), []);
    let waiting = scene.run(|stores| stores.refunds().waiting(order.id));
    assert_eq!(waiting, []);
}
