//! Payment: in time, twice, wrong, late, lost (section 5).

use std::ops::ControlFlow;

use chrono::TimeDelta;
use domain::money::Fen;
use domain::order::{CancelCause, OrderState, TicketState};
use domain::payment::AttemptState;
use domain::ports::{OrderQueries, ProviderError, ProviderPayment};
use domain::testing::{ProviderCall, ScriptedPayments};
use domain::use_cases::cancel_order::cancel_order;
use domain::use_cases::confirm_payment::Confirmation;
use domain::use_cases::expire_unpaid_orders::{expire_unpaid_orders, expire_with_pauses};
use domain::use_cases::follow_payments::{FollowedPayments, follow_payments};
use domain::use_cases::start_payment::{PayError, start_payment};

use super::office::{Office, created};

fn expire(office: &Office) -> usize {
    let (unit_of_work, now) = (office.museum.unit_of_work(), office.museum.now());
    let expired = expire_unpaid_orders(unit_of_work, now, 100).unwrap();
    assert_eq!(expired.faulty, []);
    expired.released
}

fn follow(office: &Office, provider: &ScriptedPayments) -> FollowedPayments {
    let museum = &office.museum;
    let (unit_of_work, clock) = (museum.unit_of_work(), &museum.clock);
    follow_payments(
        unit_of_work,
        provider,
        &museum.rules,
        &museum.ids,
        clock,
        10,
    )
    .unwrap()
}

#[test]
fn a_notification_twice_and_again_later_pays_once() {
    let office = Office::with_capacity(10);
    let order = created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    let news = office.news(&order, office.museum.now());
    assert_eq!(office.confirm(&news), Confirmation::Confirmed);
    assert_eq!(office.confirm(&news), Confirmation::Already);
    office.advance(TimeDelta::days(1));
    assert_eq!(office.confirm(&news), Confirmation::Already);
    let paid = office.reload(&order);
    assert_eq!((paid.state, paid.paid), (OrderState::Paid, order.total));
    assert_eq!(paid.tickets[0].state, TicketState::Valid);
    office.sweep();
}

#[test]
fn a_wrong_amount_or_payer_pays_nothing_and_goes_to_the_difference_list() {
    let office = Office::with_capacity(10);
    let order = created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    let right = office.news(&order, office.museum.now());
    let mut wrong = right.clone();
    wrong.amount = Fen::new(1).unwrap();
    assert_eq!(office.confirm(&wrong), Confirmation::Difference);
    assert_eq!(office.confirm(&wrong), Confirmation::Difference);
    assert_eq!(office.reload(&order).state, OrderState::Unpaid);
    let mut unknown = right;
    unknown.number = domain::id::OrderNumber::parse("261125ZZZZZZZZZZZZ").unwrap();
    assert_eq!(office.confirm(&unknown), Confirmation::Difference);
    office.sweep();
}

#[test]
fn late_news_of_a_payment_in_time_still_pays() {
    let office = Office::with_capacity(10);
    let order = created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    let news = office.news(&order, order.pay_by);
    office.advance(TimeDelta::hours(3));
    assert_eq!(office.confirm(&news), Confirmation::Confirmed);
    office.sweep();
}

#[test]
fn a_payment_after_expiry_revives_the_order_while_there_is_room() {
    let office = Office::with_capacity(1);
    let order = created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    let news = office.news(&order, order.pay_by + TimeDelta::seconds(1));
    office.advance(TimeDelta::minutes(31));
    assert_eq!(expire(&office), 1);
    assert_eq!(office.taken("palace"), 0);
    assert_eq!(office.confirm(&news), Confirmation::Revived);
    assert_eq!(office.confirm(&news), Confirmation::Already);
    let revived = office.reload(&order);
    assert_eq!(revived.state, OrderState::Paid);
    assert_eq!(revived.tickets[0].state, TicketState::Valid);
    assert_eq!(office.taken("palace"), 1);
    office.sweep();
}

#[test]
fn a_late_payment_revives_an_order_that_the_job_has_not_reached() {
    let office = Office::with_capacity(1);
    let order = created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    let news = office.news(&order, order.pay_by + TimeDelta::seconds(1));
    office.advance(TimeDelta::minutes(31));
    assert_eq!(office.confirm(&news), Confirmation::Revived);
    assert_eq!(office.taken("palace"), 1);
    office.sweep();
}

#[test]
fn a_payment_one_second_after_expiry_with_the_stock_gone_goes_back() {
    let office = Office::with_capacity(1);
    let order = created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    let news = office.news(&order, order.pay_by + TimeDelta::seconds(1));
    office.advance(TimeDelta::minutes(31));
    expire(&office);
    created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    assert_eq!(office.confirm(&news), Confirmation::Returned);
    assert_eq!(office.confirm(&news), Confirmation::Already);
    let dead = office.reload(&order);
    assert_eq!(dead.state, OrderState::Cancelled);
    assert_eq!((dead.paid, dead.refunded), (order.total, order.total));
    assert_eq!(office.taken("palace"), 1);
    office.sweep();
}

#[test]
fn a_late_payment_goes_back_when_the_document_was_booked_again_or_sales_have_closed() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    let order = created(&office.order(&office.museum.account(), &[&person]));
    let news = office.news(&order, order.pay_by + TimeDelta::seconds(1));
    office.advance(TimeDelta::minutes(31));
    expire(&office);
    created(&office.order(&office.museum.account(), &[&person]));
    assert_eq!(office.confirm(&news), Confirmation::Returned);

    let other = created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    let news = office.news(&other, other.pay_by + TimeDelta::seconds(1));
    office.set("2026-12-01T00:00:00+08:00");
    assert_eq!(office.confirm(&news), Confirmation::Returned);
    office.sweep();
}

#[test]
fn lapsed_orders_do_not_keep_a_late_payment_from_reviving_its_order() {
    let office = Office::with_capacity(1);
    let first = created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    let news = office.news(&first, first.pay_by);
    office.advance(TimeDelta::minutes(31));
    expire(&office);
    // Somebody else takes the place, and does not pay either.
    let second = created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    office.advance(TimeDelta::minutes(31));
    assert_eq!(office.confirm(&news), Confirmation::Revived);
    assert_eq!(office.reload(&first).state, OrderState::Paid);
    assert_eq!(office.reload(&second).state, OrderState::Cancelled);
    assert_eq!(office.taken("palace"), 1);
    office.sweep();
}

#[test]
fn money_for_an_order_that_the_tourist_cancelled_goes_back_whole() {
    let office = Office::with_capacity(10);
    let account = office.museum.account();
    let order = created(&office.order(&account, &[&office.museum.adult()]));
    let news = office.news(&order, office.museum.now());
    cancel_order(
        office.museum.unit_of_work(),
        account.id,
        order.id,
        office.museum.now(),
    )
    .unwrap();
    assert_eq!(office.confirm(&news), Confirmation::Returned);
    let dead = office.reload(&order);
    assert_eq!(dead.cancelled_because, Some(CancelCause::Tourist));
    assert_eq!(dead.refunded, order.total);
    office.sweep();
}

#[test]
fn a_repeated_payment_call_signs_the_same_prepay() {
    let office = Office::with_capacity(10);
    let account = office.museum.account();
    let order = created(&office.order(&account, &[&office.museum.adult()]));
    let provider = ScriptedPayments::new();
    provider.answer_prepay(Ok("prepay-1".to_owned()));
    let pay = || {
        let museum = &office.museum;
        start_payment(
            museum.unit_of_work(),
            &provider,
            &museum.clock,
            account.id,
            order.id,
        )
    };
    assert_eq!(pay().unwrap().package, "prepay_id=prepay-1");
    assert_eq!(pay().unwrap().package, "prepay_id=prepay-1");
    let prepays = provider.calls().into_iter();
    assert_eq!(
        prepays
            .filter(|call| matches!(call, ProviderCall::Prepay(_)))
            .count(),
        1
    );
    office.advance(TimeDelta::minutes(31));
    assert_eq!(pay(), Err(PayError::NotPayable));
    let stranger = office.museum.account();
    let museum = &office.museum;
    let pay = start_payment(
        museum.unit_of_work(),
        &provider,
        &museum.clock,
        stranger.id,
        order.id,
    );
    assert_eq!(pay, Err(PayError::NotFound));
}

#[test]
fn a_lost_notification_is_made_up_for_by_asking() {
    let office = Office::with_capacity(10);
    let order = created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    let news = office.news(&order, office.museum.now());
    let provider = ScriptedPayments::new();
    assert_eq!(follow(&office, &provider).asked, 0, "not due yet");
    office.advance(TimeDelta::minutes(3));
    provider.answer_query(Ok(ProviderPayment::Paid(news)));
    let done = follow(&office, &provider);
    assert_eq!((done.asked, done.booked), (1, 1));
    assert_eq!(office.reload(&order).state, OrderState::Paid);
    office.advance(TimeDelta::hours(1));
    assert_eq!(
        follow(&office, &provider).asked,
        0,
        "paid attempts are left alone"
    );
}

#[test]
fn an_expired_orders_payment_is_closed_at_the_provider() {
    let office = Office::with_capacity(10);
    let order = created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    office.news(&order, office.museum.now());
    office.advance(TimeDelta::minutes(31));
    expire(&office);
    let provider = ScriptedPayments::new();
    provider.answer_query(Ok(ProviderPayment::Open));
    provider.answer_close(Err(ProviderError::Unknown("timeout".to_owned())));
    assert_eq!(follow(&office, &provider).failed.len(), 1);
    office.advance(TimeDelta::minutes(6));
    provider.answer_query(Ok(ProviderPayment::Open));
    provider.answer_close(Ok(()));
    assert_eq!(follow(&office, &provider).closed, 1);
    let attempt = office
        .museum
        .run(|stores| stores.payments().find(&order.number));
    assert_eq!(attempt.unwrap().state, AttemptState::Closed);
    assert!(office.store.order(order.id).unwrap().is_some());
    office.sweep();
}

#[test]
fn others_have_their_turn_between_two_groups_of_expiry() {
    let office = Office::with_capacity(130);
    for _ in 0..130 {
        created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    }
    office.advance(TimeDelta::minutes(31));
    let (unit_of_work, now) = (office.museum.unit_of_work(), office.museum.now());
    let expire = |flow: ControlFlow<()>| {
        let mut left = Vec::new();
        let mut between = || {
            left.push(office.taken("palace"));
            flow
        };
        let expired = expire_with_pauses(unit_of_work, now, 500, &mut between).unwrap();
        (expired.found, expired.released, left)
    };
    assert_eq!(expire(ControlFlow::Break(())), (130, 128, vec![2]));
    assert_eq!(expire(ControlFlow::Continue(())), (2, 2, vec![]));
    office.sweep();
}

#[test]
fn expiry_leaves_paid_and_running_orders_alone_and_can_be_repeated() {
    let office = Office::with_capacity(10);
    office.paid(&office.museum.account(), &[&office.museum.adult()]);
    created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    office.advance(TimeDelta::minutes(30));
    assert_eq!(expire(&office), 0);
    office.advance(TimeDelta::microseconds(1));
    assert_eq!(expire(&office), 1);
    assert_eq!(expire(&office), 0);
    assert_eq!(office.taken("palace"), 1);
    office.sweep();
}
