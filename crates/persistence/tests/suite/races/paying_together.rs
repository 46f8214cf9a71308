//! Payments that are booked in groups, and what happens to their orders at the same time.

use std::collections::BTreeMap;
use std::thread;

use chrono::TimeDelta;
use domain::order::{Order, OrderState};
use domain::ports::UnitOfWork;
use domain::use_cases::cancel_order::{CancelError, cancel_order};
use domain::use_cases::confirm_payment::{
    Confirmation, GroupBooking, PaymentNotice, confirm_payments,
};
use domain::use_cases::refund_tickets::Refunded;

use super::COMMIT;
use super::office::Office;
use super::overlap::overlap;

use Confirmation::{Already, Confirmed};
use GroupBooking::{Late, Settled};

/// How many threads tell of the same payments at once.
const TELLERS: usize = 6;

fn unpaid<const N: usize>(office: &Office) -> ([Order; N], [PaymentNotice; N]) {
    let orders = [(); N].map(|()| office.unpaid());
    let notices = orders
        .each_ref()
        .map(|order| office.notice(&office.news(order)));
    (orders, notices)
}

fn book(unit_of_work: &dyn UnitOfWork, notices: &[PaymentNotice]) -> Vec<GroupBooking> {
    confirm_payments(unit_of_work, notices).unwrap()
}

/// Each teller has the same news in an order of its own, so that groups meet in every way.
#[test]
fn payments_told_in_many_groups_at_once_are_booked_once_each() {
    let office = Office::with_capacity(20);
    let (orders, notices) = unpaid::<12>(&office);
    let tell = |teller: usize| {
        let unit_of_work = office.database.unit_of_work();
        let mut places: Vec<usize> = (0..notices.len()).collect();
        places.rotate_left(teller * 2);
        if teller % 2 == 1 {
            places.reverse();
        }
        let group: Vec<PaymentNotice> =
            places.iter().map(|place| notices[*place].clone()).collect();
        let outcomes = book(&unit_of_work, &group);
        places.into_iter().zip(outcomes).collect::<Vec<_>>()
    };
    let told: Vec<(usize, GroupBooking)> = thread::scope(|scope| {
        let tell = &tell;
        let tellers: Vec<_> = (0..TELLERS)
            .map(|teller| scope.spawn(move || tell(teller)))
            .collect();
        let told = tellers.into_iter();
        told.flat_map(|teller| teller.join().unwrap()).collect()
    });
    let mut confirmed: BTreeMap<usize, usize> = BTreeMap::new();
    for (place, outcome) in told {
        assert!(
            matches!(outcome, Settled(Confirmed | Already)),
            "{outcome:?}"
        );
        *confirmed.entry(place).or_default() += usize::from(outcome == Settled(Confirmed));
    }
    assert!(confirmed.values().all(|times| *times == 1), "{confirmed:?}");
    for order in &orders {
        assert_eq!(office.reload(order.id).paid, order.total);
    }
    office.sweep();
}

#[test]
fn a_payment_that_is_being_booked_in_another_group_is_found_booked() {
    let office = Office::with_capacity(10);
    let (orders, [one, two, three]) = unpaid::<3>(&office);
    let (first, second) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| book(unit_of_work, &[one.clone(), two.clone()]),
        |unit_of_work| book(unit_of_work, &[three.clone(), two.clone()]),
    );
    assert_eq!(first, [Settled(Confirmed); 2]);
    assert_eq!(second, [Settled(Confirmed), Settled(Already)]);
    for order in &orders {
        assert_eq!(office.reload(order.id).state, OrderState::Paid);
    }
    office.sweep();
}

#[test]
fn an_order_of_a_group_that_is_being_cancelled_is_late_and_its_neighbour_is_paid() {
    let office = Office::with_capacity(10);
    let (orders, notices) = unpaid::<2>(&office);
    let [cancelled, paid] = &orders;
    let now = office.museum.now();
    let (cancellation, booked) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| cancel_order(unit_of_work, cancelled.account, cancelled.id, now),
        |unit_of_work| book(unit_of_work, &notices),
    );
    assert!(cancellation.is_ok(), "{cancellation:?}");
    assert_eq!(booked, [Late(cancelled.date), Settled(Confirmed)]);
    let unit_of_work = office.database.unit_of_work();
    let returned = office.confirm(&unit_of_work, &notices[0].news);
    assert_eq!(returned, Ok(Confirmation::Returned));
    assert_eq!(office.reload(paid.id).state, OrderState::Paid);
    assert_eq!(office.taken(), 1);
    office.sweep();
}

#[test]
fn an_order_of_a_group_that_is_being_paid_is_not_cancelled() {
    let office = Office::with_capacity(10);
    let (orders, notices) = unpaid::<2>(&office);
    let now = office.museum.now();
    let (booked, cancellation) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| book(unit_of_work, &notices),
        |unit_of_work| cancel_order(unit_of_work, orders[1].account, orders[1].id, now),
    );
    assert_eq!(booked, [Settled(Confirmed); 2]);
    assert_eq!(cancellation, Err(CancelError::NotUnpaid(OrderState::Paid)));
    assert_eq!(office.taken(), 2);
    office.sweep();
}

#[test]
fn the_job_passes_over_the_orders_of_a_group_that_is_being_paid() {
    let office = Office::with_capacity(10);
    let (_, notices) = unpaid::<2>(&office);
    let lapsed = office.unpaid();
    office.museum.clock.advance(TimeDelta::minutes(31));
    let (booked, expired) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| book(unit_of_work, &notices),
        |unit_of_work| office.expire(unit_of_work),
    );
    assert_eq!(booked, [Settled(Confirmed); 2]);
    assert_eq!(expired, 1);
    assert_eq!(office.reload(lapsed.id).state, OrderState::Cancelled);
    assert_eq!(office.taken(), 2);
    office.sweep();
}

#[test]
fn what_is_being_refunded_is_not_booked_again_beside_a_new_payment() {
    let office = Office::with_capacity(10);
    let (orders, notices) = unpaid::<2>(&office);
    let unit_of_work = office.database.unit_of_work();
    assert_eq!(book(&unit_of_work, &notices[..1]), [Settled(Confirmed)]);
    let request = office.refund_request(&orders[0]);
    let (refunded, booked) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.refund(unit_of_work, &request),
        |unit_of_work| book(unit_of_work, &notices),
    );
    assert!(matches!(refunded, Ok(Refunded::Created(_))), "{refunded:?}");
    assert_eq!(booked, [Settled(Already), Settled(Confirmed)]);
    let order = office.reload(orders[0].id);
    assert_eq!((order.paid, order.refunded), (order.total, order.total));
    assert_eq!(office.taken(), 1);
    office.sweep();
}
