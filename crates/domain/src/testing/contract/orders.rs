//! Orders with their tickets and add-ons.

use chrono::TimeDelta;

use crate::id::OrderNumber;
use crate::money::Fen;
use crate::order::{Admission, CancelCause, Order, OrderState, TicketState};
use crate::ports::{LapsedOrder, StoreError, UniqueKey, UnpaidOrder};
use crate::refund::{Selection, plan_refund};

use super::Subject;
use super::scene::{Scene, ids_of};

fn duplicate<T>(key: UniqueKey) -> Result<T, StoreError> {
    Err(StoreError::Duplicate(key))
}

fn insert(scene: &Scene, orders: &[Order]) -> Result<(), StoreError> {
    scene.attempt(|stores| stores.orders().insert(orders))
}

pub fn an_order_comes_whole(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let adult = scene.museum.adult();
    let (senior, child) = (
        scene.museum.person("1950-01-01"),
        scene.museum.person("2016-01-01"),
    );
    let order = scene
        .order()
        .visitor_with(&adult, &["clock_gallery", "treasure_gallery", "exhibition"])
        .visitor(&senior)
        .visitor_with(&child, &["treasure_gallery"])
        .build();
    scene.store(std::slice::from_ref(&order));
    assert_eq!(scene.found(order.id), order);
    let locked = scene.run(|stores| stores.orders().lock(&[order.id]));
    assert_eq!(locked, [order]);
}

pub fn nothing_is_found_that_is_not_there(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = scene.unpaid();
    scene.run(|stores| {
        let orders = stores.orders();
        assert_eq!(orders.find(order.id)?, None);
        assert_eq!(orders.find_number(&order.number)?, None);
        assert_eq!(orders.find_by_request_keys(&[order.request_key])?, []);
        assert_eq!(orders.lock(&[order.id])?, []);
        assert_eq!(orders.lock_free(&[order.id])?, []);
        assert_eq!(orders.unpaid_of(&[order.account])?, []);
        Ok(())
    });
}

pub fn an_order_is_found_by_its_number(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (order, other) = (scene.unpaid(), scene.unpaid());
    scene.store(&[order.clone(), other]);
    let found = scene.run(|stores| stores.orders().find_number(&order.number));
    assert_eq!(found, Some(order));
    let unknown = OrderNumber::parse("261124000000000000").unwrap();
    let found = scene.run(|stores| stores.orders().find_number(&unknown));
    assert_eq!(found, None);
}

pub fn orders_are_found_by_request_keys(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [one, two, three] = [scene.unpaid(), scene.unpaid(), scene.unpaid()];
    scene.store(&[one.clone(), two.clone(), three.clone()]);
    let absent = scene.unpaid().request_key;
    let keys = [three.request_key, absent, one.request_key];
    let mut found = scene.run(|stores| stores.orders().find_by_request_keys(&keys));
    found.sort_by_key(|order| order.id);
    assert_eq!(found, [one, three]);
}

pub fn a_document_has_one_live_ticket_a_day(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let person = scene.museum.adult();
    let first = scene.order().visitor(&person).build();
    scene.store(std::slice::from_ref(&first));
    let second = scene.order().session("afternoon").visitor(&person).build();
    let refused = insert(&scene, std::slice::from_ref(&second));
    assert_eq!(refused, duplicate(UniqueKey::ActiveDocument));
    assert_eq!(scene.queries.order(second.id), Ok(None));
    scene.change(first.id, |order| {
        order.confirm(order.total, order.created_at).unwrap();
    });
    assert_eq!(
        insert(&scene, &[second]),
        duplicate(UniqueKey::ActiveDocument)
    );
}

pub fn the_same_document_comes_again_another_day(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let person = scene.museum.adult();
    let first = scene.order().visitor(&person).build();
    let next = scene.day().plus_days(1);
    let second = scene.order().on(next).visitor(&person).build();
    scene.store(&[first, second]);
}

pub fn a_document_stands_once_in_an_order(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let person = scene.museum.adult();
    let order = scene.order().visitor(&person).visitor(&person).build();
    assert_eq!(
        insert(&scene, &[order]),
        duplicate(UniqueKey::ActiveDocument)
    );
}

pub fn a_cancelled_ticket_frees_its_document(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let person = scene.museum.adult();
    let first = scene.order().visitor(&person).build();
    scene.store(std::slice::from_ref(&first));
    scene.change(first.id, |order| {
        order.cancel(CancelCause::Tourist).unwrap();
    });
    scene.store(&[scene.order().visitor(&person).build()]);
}

pub fn an_account_has_one_unpaid_order(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let account = scene.museum.account();
    let next = scene.day().plus_days(1);
    let order = || scene.museum.order(&account).visitor(&scene.museum.adult());
    scene.store(&[order().build()]);
    let second = insert(&scene, &[order().on(next).build()]);
    assert_eq!(second, duplicate(UniqueKey::UnpaidAccount));
    scene.store(&[order().on(next).build_paid()]);
}

pub fn a_paid_order_makes_room_for_an_unpaid_one(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let account = scene.museum.account();
    let order = || scene.museum.order(&account).visitor(&scene.museum.adult());
    let (first, second, third) = (order().build(), order().build(), order().build());
    scene.store(std::slice::from_ref(&first));
    scene.change(first.id, |order| {
        order.confirm(order.total, order.created_at).unwrap();
    });
    scene.store(std::slice::from_ref(&second));
    scene.change(second.id, |order| {
        order.cancel(CancelCause::Expired).unwrap();
    });
    scene.store(&[third]);
}

pub fn a_request_key_is_taken_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (first, mut second) = (scene.unpaid(), scene.unpaid());
    scene.store(std::slice::from_ref(&first));
    second.request_key = first.request_key;
    let second = insert(&scene, &[second]);
    assert_eq!(second, duplicate(UniqueKey::RequestKey));
    scene.change(first.id, |order| {
        order.cancel(CancelCause::Tourist).unwrap();
    });
    let mut third = scene.unpaid();
    third.request_key = first.request_key;
    let third = insert(&scene, &[third]);
    assert_eq!(
        third,
        duplicate(UniqueKey::RequestKey),
        "of a dead order, too"
    );
}

pub fn of_two_in_one_call_the_second_is_refused(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let person = scene.museum.adult();
    let [one, two] = [1, 2].map(|_| scene.order().visitor(&person).build());
    let both = insert(&scene, &[one.clone(), two.clone()]);
    assert_eq!(both, duplicate(UniqueKey::ActiveDocument));
    assert_eq!(scene.queries.order(one.id), Ok(None));
    assert_eq!(scene.queries.order(two.id), Ok(None));
}

pub fn those_locked_come_by_id(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let orders: Vec<Order> = (0..3).map(|_| scene.unpaid()).collect();
    scene.store(&orders);
    let absent = scene.unpaid().id;
    let ids = [orders[2].id, absent, orders[0].id];
    let locked = scene.run(|stores| stores.orders().lock(&ids));
    assert_eq!(locked, [orders[0].clone(), orders[2].clone()]);
}

pub fn free_ones_come_by_id(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let orders: Vec<Order> = (0..3).map(|_| scene.unpaid()).collect();
    scene.store(&orders);
    let absent = scene.unpaid().id;
    let ids = [orders[2].id, absent, orders[0].id];
    let locked = scene.run(|stores| stores.orders().lock_free(&ids));
    assert_eq!(locked, [orders[0].clone(), orders[2].clone()]);
}

/// Stores the order, changes it, and checks that it comes back as it was changed.
fn change_comes_back(scene: &Scene, order: &Order, change: impl Fn(&mut Order)) {
    scene.store(std::slice::from_ref(order));
    let mut changed = order.clone();
    change(&mut changed);
    assert_ne!(changed, *order);
    scene.change(order.id, |order| change(order));
    assert_eq!(scene.found(order.id), changed);
    scene.change(order.id, |order| order.clone_from(&changed));
    assert_eq!(scene.found(order.id), changed, "saved unchanged");
}

pub fn a_payment_is_saved(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = scene.unpaid();
    change_comes_back(&scene, &order, |order| {
        order.confirm(order.total, scene.after(1)).unwrap();
    });
}

pub fn orders_are_saved_each_with_its_own_money(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let mut orders: Vec<Order> = (0..3).map(|_| scene.unpaid()).collect();
    let two_visitors = scene.order().visitor(&scene.museum.adult());
    orders.push(two_visitors.visitor(&scene.museum.adult()).build());
    orders.push(scene.unpaid());
    scene.store(&orders);
    let paid_at = [1, 1, 2, 3].map(|number| scene.now() + TimeDelta::microseconds(number));
    for (order, paid_at) in orders.iter_mut().zip(paid_at) {
        order.confirm(order.total, paid_at).unwrap();
    }
    orders[4].cancel(CancelCause::Expired).unwrap();
    let plan = plan_refund(
        &orders[3],
        &Selection::All,
        &[],
        scene.now(),
        &scene.museum.rules,
    );
    orders[3].apply_refund(&plan.unwrap()).unwrap();
    let ids = ids_of(&orders);
    // Twice: what is written again, unchanged, is there all the same.
    for _ in 0..2 {
        scene.run(|stores| {
            stores.orders().lock(&ids)?;
            stores.orders().save(&orders)
        });
    }
    for order in &orders {
        assert_eq!(scene.found(order.id), *order);
    }
}

pub fn a_cancellation_is_saved(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    for cause in [CancelCause::Tourist, CancelCause::Expired] {
        change_comes_back(&scene, &scene.unpaid(), |order| {
            order.cancel(cause).unwrap();
        });
    }
    change_comes_back(&scene, &scene.unpaid(), |order| {
        order.close_unpaid().unwrap();
    });
}

/// An order of `person`, stored and expired.
fn expired(scene: &Scene, person: &crate::testing::Person) -> Order {
    let mut order = scene.order().visitor(person).build();
    scene.store(std::slice::from_ref(&order));
    scene.change(order.id, |order| {
        order.cancel(CancelCause::Expired).unwrap();
    });
    order.cancel(CancelCause::Expired).unwrap();
    order
}

pub fn an_expired_order_is_revived(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let person = scene.museum.adult();
    let order = expired(&scene, &person);
    scene.change(order.id, |order| {
        order.revive(order.total, scene.after(40)).unwrap();
    });
    let found = scene.found(order.id);
    assert_eq!(found.state, OrderState::Paid);
    assert_eq!(found.cancelled_because, None);
    assert_eq!(found.tickets[0].state, TicketState::Valid);
    let again = insert(&scene, &[scene.order().visitor(&person).build()]);
    assert_eq!(again, duplicate(UniqueKey::ActiveDocument));
}

pub fn a_revival_runs_into_a_document(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let person = scene.museum.adult();
    let order = expired(&scene, &person);
    scene.store(&[scene.order().visitor(&person).build()]);
    let revived = scene.attempt(|stores| {
        let mut orders = stores.orders().lock(&[order.id])?;
        orders[0].revive(order.total, scene.after(40))?;
        stores.orders().save(&orders)
    });
    assert_eq!(revived, duplicate(UniqueKey::ActiveDocument));
    assert_eq!(scene.found(order.id), order);
}

pub fn a_refund_is_saved(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = scene.paid();
    let tickets = [order.tickets[0].id].into();
    let add_ons = [].into();
    let selection = Selection::Of { tickets, add_ons };
    let rules = &scene.museum.rules;
    let plan = plan_refund(&order, &selection, &[], scene.now(), rules).unwrap();
    assert_eq!(plan.items.len(), 2);
    change_comes_back(&scene, &order, |order| {
        order.apply_refund(&plan).unwrap();
    });
}

pub fn no_more_goes_back_than_was_paid(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = scene.paid();
    scene.store(std::slice::from_ref(&order));
    let more = order.paid.checked_add(super::scene::fen(1)).unwrap();
    let saved = scene.attempt(|stores| {
        let mut orders = stores.orders().lock(&[order.id])?;
        orders[0].refunded = more;
        stores.orders().save(&orders)
    });
    assert!(matches!(saved, Err(StoreError::Fault(_))), "{saved:?}");
    assert_eq!(scene.found(order.id).refunded, Fen::ZERO);
}

pub fn an_admission_is_saved(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let admission = |minutes, gate: &str| {
        let at = scene.day().start() + TimeDelta::minutes(minutes);
        let gate = gate.to_owned();
        Some(Admission { at, gate })
    };
    change_comes_back(&scene, &scene.paid(), |order| {
        let ticket = &mut order.tickets[0];
        ticket.state = TicketState::Used;
        ticket.admission = admission(540, "午门 1");
        ticket.add_ons[0].state = TicketState::Used;
        ticket.add_ons[0].admission = admission(600, "珍宝馆");
    });
}

pub fn nothing_else_is_saved(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = scene.unpaid();
    scene.store(std::slice::from_ref(&order));
    scene.change(order.id, |order| {
        order.pay_by += TimeDelta::hours(1);
        order.total = Fen::ZERO;
        order.session = crate::testing::session("afternoon");
        order.tickets[0].price = Fen::ZERO;
        order.tickets[0].age = 3;
    });
    assert_eq!(scene.found(order.id), order);
}

pub fn unpaid_orders_are_told_lapsed_or_not(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (fresh, paid, cancelled) = (scene.unpaid(), scene.paid(), scene.unpaid());
    let lapsed = scene.order().created_at(scene.after(-600));
    let lapsed = lapsed.visitor(&scene.museum.adult()).build();
    scene.store(&[
        fresh.clone(),
        paid.clone(),
        cancelled.clone(),
        lapsed.clone(),
    ]);
    scene.change(cancelled.id, |order| {
        order.cancel(CancelCause::Tourist).unwrap();
    });
    let accounts = [&fresh, &paid, &cancelled, &lapsed].map(|order| order.account);
    let mut unpaid = scene.run(|stores| stores.orders().unpaid_of(&accounts));
    unpaid.sort_by_key(|unpaid| unpaid.order);
    let expected = [&fresh, &lapsed].map(|order| UnpaidOrder {
        account: order.account,
        order: order.id,
        date: order.date,
        pay_by: order.pay_by,
    });
    assert_eq!(unpaid, expected);
    let only = scene.run(|stores| stores.orders().unpaid_of(&accounts[1..3]));
    assert_eq!(only, []);
}

/// Unpaid orders created `minutes` ago, each for the day so many days after the museum's.
fn created<const N: usize>(scene: &Scene, minutes_and_days: [(i64, i64); N]) -> [Order; N] {
    let orders = minutes_and_days.map(|(minutes, days)| {
        let order = scene.order().created_at(scene.after(-minutes));
        let order = order.on(scene.day().plus_days(days));
        order.visitor(&scene.museum.adult()).build()
    });
    scene.store(&orders);
    orders
}

fn lapsed(order: &Order) -> LapsedOrder {
    LapsedOrder {
        date: order.date,
        order: order.id,
    }
}

pub fn the_longest_lapsed_come_first(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [second, third, first, at_once, _fresh, paid] = created(
        &scene,
        [(50, 1), (40, 0), (60, 2), (30, 0), (10, 0), (90, 0)],
    );
    scene.change(paid.id, |order| {
        order.confirm(order.total, order.created_at).unwrap();
    });
    assert_eq!(at_once.pay_by, scene.now(), "payable to the last instant");
    let ask = |limit| scene.run(|stores| stores.orders().lapsed(None, scene.now(), limit));
    let expected = [&first, &second, &third].map(lapsed);
    assert_eq!(ask(10), expected);
    assert_eq!(ask(2), expected[..2]);
}

pub fn lapsed_ones_of_a_date(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [_, second, first] = created(&scene, [(90, 1), (50, 0), (60, 0)]);
    let date = Some(scene.day());
    let found = scene.run(|stores| stores.orders().lapsed(date, scene.now(), 10));
    assert_eq!(found, [&first, &second].map(lapsed));
}

pub fn instants_keep_microseconds(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let instant = scene.now() + TimeDelta::microseconds(123_456);
    let order = scene.order().created_at(instant);
    let order = order.visitor(&scene.museum.adult()).build();
    scene.store(std::slice::from_ref(&order));
    let found = scene.found(order.id);
    assert_eq!(found.created_at, instant);
    assert_eq!(found.pay_by, instant + TimeDelta::minutes(30));
}

pub fn erased_identities_stay_readable(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let mut order = scene.paid();
    order.tickets[0].document_hash = None;
    order.tickets[0].identity = None;
    scene.store(std::slice::from_ref(&order));
    assert_eq!(scene.found(order.id), order);
}

/// A full group of performance.md in one call: 128 orders, 512 tickets.
pub fn a_group_is_stored_at_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let orders: Vec<Order> = (0..128)
        .map(|_| {
            let account = crate::id::AccountId::new(scene.museum.next_id());
            let (ids, cipher) = (&scene.museum.ids, &scene.museum.cipher);
            let builder =
                crate::testing::OrderBuilder::new(ids, cipher, account, scene.day(), scene.now());
            let with_four = (0..4).fold(builder, |builder, _| {
                builder.visitor_with(&scene.museum.adult(), &["treasure_gallery"])
            });
            with_four.build()
        })
        .collect();
    scene.store(&orders);
    let ids = ids_of(&orders);
    scene.run(|stores| {
        let mut locked = stores.orders().lock(&ids)?;
        assert_eq!(locked, orders);
        for order in &mut locked {
            order.confirm(order.total, scene.after(1))?;
        }
        stores.orders().save(&locked)
    });
    let accounts: Vec<_> = orders.iter().map(|order| order.account).collect();
    let live = scene.run(|stores| stores.tickets().live_admissions(scene.day(), &accounts));
    assert_eq!(live.len(), 512);
    assert!(live.iter().all(|live| live.state == TicketState::Valid));
}

pub fn orders_that_may_be_closed_come_by_id(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [unpaid, cancelled, closed] = [scene.unpaid(), scene.unpaid(), scene.unpaid()];
    let [paid, used, refunded] = [scene.paid(), scene.paid(), scene.paid()];
    let elsewhere = scene.order().on(scene.day().plus_days(1));
    let elsewhere = elsewhere.visitor(&scene.museum.adult()).build();
    let all = [
        &unpaid, &cancelled, &closed, &paid, &used, &refunded, &elsewhere,
    ];
    scene.store(&all.map(Clone::clone));
    scene.change(cancelled.id, |order| {
        order.cancel(CancelCause::Tourist).unwrap();
    });
    scene.change(closed.id, |order| drop(order.close_unpaid().unwrap()));
    scene.change(used.id, |order| order.state = OrderState::Used);
    scene.change(refunded.id, |order| order.state = OrderState::Refunded);
    let mut expected = [unpaid.id, paid.id, used.id];
    expected.sort();
    let closable =
        |after, limit| scene.run(|stores| stores.orders().closable(scene.day(), after, limit));
    assert_eq!(closable(None, 10), expected);
    assert_eq!(closable(None, 2), expected[..2]);
    assert_eq!(closable(Some(expected[0]), 10), expected[1..]);
}
