//! Payments that are booked together (section 5).

use chrono::TimeDelta;
use domain::account::OpenId;
use domain::id::OrderId;
use domain::money::Fen;
use domain::order::{Order, OrderState};
use domain::payment::{AttemptState, PaymentAttempt, PaymentNews};
use domain::ports::{OrderQueries, StoreError};
use domain::testing::Fault;
use domain::use_cases::confirm_payment::{
    Confirmation, GroupBooking, PaymentNotice, confirm_payments,
};
use domain::use_cases::late_payment::confirm_late_payment;

use super::office::{Office, created};

use Confirmation::{Already, Confirmed, Difference};
use GroupBooking::{Late, Settled};

fn unpaid(office: &Office) -> Order {
    created(&office.order(&office.museum.account(), &[&office.museum.adult()]))
}

fn paid_now(office: &Office) -> (Order, PaymentNews) {
    let order = unpaid(office);
    let news = office.news(&order, office.museum.now());
    (order, news)
}

fn notices<const N: usize>(office: &Office, news: [&PaymentNews; N]) -> [PaymentNotice; N] {
    news.map(|news| office.notice(news))
}

fn book(office: &Office, notices: &[PaymentNotice]) -> Result<Vec<GroupBooking>, StoreError> {
    confirm_payments(office.museum.unit_of_work(), notices)
}

fn state(office: &Office, order: &Order) -> OrderState {
    office.reload(order).state
}

#[test]
fn each_of_a_group_has_its_own_outcome() {
    let office = Office::with_capacity(10);
    let (one, in_time) = paid_now(&office);
    let (two, booked) = paid_now(&office);
    assert_eq!(office.confirm(&booked), Confirmed);
    let (three, mut wrong) = paid_now(&office);
    wrong.amount = Fen::new(1).unwrap();
    let mut unknown = in_time.clone();
    unknown.number = domain::id::OrderNumber::parse("261125ZZZZZZZZZZZZ").unwrap();
    let four = unpaid(&office);
    let late = office.news(&four, four.pay_by + TimeDelta::seconds(1));
    let (five, last) = paid_now(&office);
    let group = notices(&office, [&late, &in_time, &booked, &wrong, &unknown, &last]);
    let outcomes = book(&office, &group).unwrap();
    let expected = [
        Late(four.date),
        Settled(Confirmed),
        Settled(Already),
        Settled(Difference),
        Settled(Difference),
        Settled(Confirmed),
    ];
    assert_eq!(outcomes, expected);
    let states = [&one, &two, &three, &four, &five].map(|order| state(&office, order));
    let (paid, unpaid) = (OrderState::Paid, OrderState::Unpaid);
    assert_eq!(states, [paid, paid, unpaid, unpaid, paid]);
    office.sweep();
}

#[test]
fn what_came_too_late_is_booked_alone_under_its_day() {
    let office = Office::with_capacity(1);
    let order = unpaid(&office);
    let news = office.news(&order, order.pay_by + TimeDelta::seconds(1));
    office.advance(TimeDelta::minutes(31));
    let group = notices(&office, [&news, &news]);
    assert_eq!(book(&office, &group).unwrap(), [Late(order.date); 2]);
    let museum = &office.museum;
    let late = |notice| {
        confirm_late_payment(museum.unit_of_work(), &museum.rules, notice, order.date).unwrap()
    };
    assert_eq!(late(&group[0]), Confirmation::Revived);
    assert_eq!(late(&group[1]), Already);
    assert_eq!(book(&office, &group).unwrap(), [Settled(Already); 2]);
    office.sweep();
}

#[test]
fn one_payment_twice_in_a_group_is_booked_once() {
    let office = Office::with_capacity(10);
    let (order, news) = paid_now(&office);
    let mut second_payment = news.clone();
    second_payment.transaction_id = "another".to_owned();
    let group = notices(&office, [&news, &news, &second_payment]);
    let expected = [Settled(Confirmed), Settled(Already), Settled(Difference)];
    assert_eq!(book(&office, &group).unwrap(), expected);
    assert_eq!(office.reload(&order).paid, order.total);
    office.sweep();
}

#[test]
fn a_difference_that_comes_first_leaves_the_order_to_the_right_payment() {
    let office = Office::with_capacity(10);
    let (order, news) = paid_now(&office);
    let mut wrong = news.clone();
    wrong.payer = OpenId::parse("somebody-else").unwrap();
    let group = notices(&office, [&wrong, &news]);
    assert_eq!(
        book(&office, &group).unwrap(),
        [Settled(Difference), Settled(Confirmed)]
    );
    assert_eq!(state(&office, &order), OrderState::Paid);
    office.sweep();
}

#[test]
fn a_group_whose_answer_was_lost_is_found_booked() {
    let office = Office::with_capacity(10);
    let ((_, one), (_, two)) = (paid_now(&office), paid_now(&office));
    let group = notices(&office, [&one, &two]);
    office.store.inject(Fault::LoseAnswer, 1);
    assert_eq!(book(&office, &group), Err(StoreError::Unknown));
    assert_eq!(book(&office, &group).unwrap(), [Settled(Already); 2]);
    let (_, three) = paid_now(&office);
    let group = notices(&office, [&three, &one]);
    office.store.inject(Fault::RunTwice, 1);
    assert_eq!(
        book(&office, &group).unwrap(),
        [Settled(Confirmed), Settled(Already)]
    );
    office.sweep();
}

/// The desk takes such a group apart.
#[test]
fn a_group_with_a_broken_order_is_left_as_it_was_and_its_members_are_booked_alone() {
    let office = Office::with_capacity(10);
    let (order, news) = paid_now(&office);
    let attempt = office
        .museum
        .run(|stores| stores.payments().find(&news.number))
        .unwrap();
    let broken = PaymentNews {
        number: domain::id::OrderNumber::parse("261125YYYYYYYYYYYY").unwrap(),
        ..news.clone()
    };
    let orphan = PaymentAttempt {
        number: broken.number.clone(),
        order: OrderId::new(office.museum.next_id()),
        state: AttemptState::Open,
        ..attempt
    };
    office
        .museum
        .run(|stores| stores.payments().insert(&orphan));
    let [whole, broken] = notices(&office, [&news, &broken]);
    let group = [whole.clone(), broken.clone()];
    assert!(matches!(book(&office, &group), Err(StoreError::Fault(_))));
    assert_eq!(state(&office, &order), OrderState::Unpaid);
    assert!(matches!(
        book(&office, &[broken]),
        Err(StoreError::Fault(_))
    ));
    assert_eq!(book(&office, &[whole]).unwrap(), [Settled(Confirmed)]);
    assert!(office.store.order(order.id).unwrap().is_some());
}

#[test]
fn no_news_is_no_booking() {
    assert_eq!(book(&Office::with_capacity(1), &[]).unwrap(), []);
}
