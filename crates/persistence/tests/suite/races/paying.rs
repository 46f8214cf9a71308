//! An order that is paid, cancelled, expired, or several of these at once.

use chrono::TimeDelta;
use domain::order::OrderState;
use domain::ports::UnitOfWork;
use domain::testing::ScriptedPayments;
use domain::use_cases::cancel_order::{CancelError, cancel_order};
use domain::use_cases::confirm_payment::Confirmation;
use domain::use_cases::start_payment::start_payment;

use super::COMMIT;
use super::office::{Office, created};
use super::overlap::{Stop, overlap};

#[test]
fn an_order_that_is_being_paid_is_not_cancelled() {
    let office = Office::with_capacity(10);
    let order = office.unpaid();
    let news = office.news(&order);
    let (payment, cancellation) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.confirm(unit_of_work, &news),
        |unit_of_work| cancel_order(unit_of_work, order.account, order.id, office.museum.now()),
    );
    assert_eq!(payment, Ok(Confirmation::Confirmed));
    assert_eq!(cancellation, Err(CancelError::NotUnpaid(OrderState::Paid)));
    assert_eq!(office.taken(), 1);
    office.sweep();
}

#[test]
fn the_payment_of_an_order_that_is_being_cancelled_goes_back() {
    let office = Office::with_capacity(10);
    let order = office.unpaid();
    let news = office.news(&order);
    let (cancellation, payment) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| cancel_order(unit_of_work, order.account, order.id, office.museum.now()),
        |unit_of_work| office.confirm(unit_of_work, &news),
    );
    assert!(cancellation.is_ok(), "{cancellation:?}");
    assert_eq!(payment, Ok(Confirmation::Returned));
    let order = office.reload(order.id);
    assert_eq!((order.paid, order.refunded), (news.amount, news.amount));
    assert_eq!(office.taken(), 0);
    office.sweep();
}

#[test]
fn an_order_that_is_cancelled_twice_gives_its_places_back_once() {
    let office = Office::with_capacity(10);
    let order = office.unpaid();
    office.unpaid();
    let cancel = |unit_of_work: &dyn UnitOfWork| {
        cancel_order(unit_of_work, order.account, order.id, office.museum.now())
    };
    let (first, second) = overlap(&office.database, COMMIT, cancel, cancel);
    assert!(first.is_ok(), "{first:?}");
    assert_eq!(first, second);
    assert_eq!(office.taken(), 1);
    office.sweep();
}

#[test]
fn news_that_comes_twice_at_once_is_booked_once() {
    let office = Office::with_capacity(10);
    let order = office.unpaid();
    let news = office.news(&order);
    let (first, second) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.confirm(unit_of_work, &news),
        |unit_of_work| office.confirm(unit_of_work, &news),
    );
    assert_eq!(first, Ok(Confirmation::Confirmed));
    assert_eq!(second, Ok(Confirmation::Already));
    assert_eq!(office.reload(order.id).paid, order.total);
    office.sweep();
}

/// The job has found the order lapsed; before it comes to it, news of a payment in time arrives.
#[test]
fn an_order_that_was_paid_since_the_job_looked_does_not_expire() {
    let office = Office::with_capacity(10);
    let order = office.unpaid();
    let news = office.news(&order);
    office.museum.clock.advance(TimeDelta::minutes(31));
    let (expired, payment) = overlap(
        &office.database,
        Stop::BeforeUnit(1),
        |unit_of_work| office.expire(unit_of_work),
        |unit_of_work| office.confirm(unit_of_work, &news),
    );
    assert_eq!(payment, Ok(Confirmation::Confirmed));
    assert_eq!(expired, 0);
    assert_eq!(office.reload(order.id).state, OrderState::Paid);
    assert_eq!(office.taken(), 1);
    office.sweep();
}

#[test]
fn the_job_passes_over_an_order_that_is_being_paid() {
    let office = Office::with_capacity(10);
    let order = office.unpaid();
    let news = office.news(&order);
    office.museum.clock.advance(TimeDelta::minutes(31));
    let (payment, expired) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.confirm(unit_of_work, &news),
        |unit_of_work| office.expire(unit_of_work),
    );
    assert_eq!(payment, Ok(Confirmation::Confirmed));
    assert_eq!(expired, 0);
    assert_eq!(office.reload(order.id).state, OrderState::Paid);
    office.sweep();
}

#[test]
fn an_order_that_expires_while_its_payment_is_told_lives_again() {
    let office = Office::with_capacity(10);
    let order = office.unpaid();
    let news = office.news(&order);
    office.museum.clock.advance(TimeDelta::minutes(31));
    let (expired, payment) = overlap(
        &office.database,
        Stop::BeforeCommitOf(1),
        |unit_of_work| office.expire(unit_of_work),
        |unit_of_work| office.confirm(unit_of_work, &news),
    );
    assert_eq!(expired, 1);
    assert_eq!(payment, Ok(Confirmation::Revived));
    assert_eq!(office.reload(order.id).state, OrderState::Paid);
    assert_eq!(office.taken(), 1);
    office.sweep();
}

#[test]
fn two_that_begin_to_pay_one_order_share_one_payment() {
    let office = Office::with_capacity(10);
    let request = office.somebodys_request();
    let order = created(&office.place(office.museum.unit_of_work(), &request)).unwrap();
    let provider = ScriptedPayments::new();
    let pay = |unit_of_work: &dyn UnitOfWork| {
        let clock = &office.museum.clock;
        start_payment(unit_of_work, &provider, clock, order.account, order.id)
    };
    let (first, second) = overlap(&office.database, COMMIT, pay, pay);
    assert!(first.is_ok(), "{first:?}");
    assert_eq!(first, second);
}
