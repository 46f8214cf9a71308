//! Look-ups across the tickets of many orders.

use crate::order::{Admission, CancelCause, TicketState};
use crate::ports::{DocumentTicket, HeldDocument};
use crate::sealed::IdentityCipher;
use crate::testing::venue;

use super::Subject;
use super::scene::Scene;

pub fn a_held_document_is_told(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (unpaid, paid) = (scene.unpaid(), scene.paid());
    scene.store(&[unpaid.clone(), paid.clone()]);
    let [of_unpaid, of_paid] =
        [&unpaid, &paid].map(|order| order.tickets[0].document_hash.unwrap());
    let mut held = scene.run(|stores| {
        let documents = [of_unpaid, of_paid];
        stores.tickets().held_documents(scene.day(), &documents)
    });
    held.sort_by_key(|held| held.order);
    let expected = [
        HeldDocument {
            document: of_unpaid,
            order: unpaid.id,
            unpaid_until: Some(unpaid.pay_by),
        },
        HeldDocument {
            document: of_paid,
            order: paid.id,
            unpaid_until: None,
        },
    ];
    assert_eq!(held, expected);
}

pub fn free_documents_are_not_told(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (order, stranger) = (scene.paid(), scene.museum.adult());
    scene.store(std::slice::from_ref(&order));
    let free = scene.museum.cipher.hash(&stranger.document);
    let booked = order.tickets[0].document_hash.unwrap();
    let (day, next) = (scene.day(), scene.day().plus_days(1));
    scene.run(|stores| {
        assert_eq!(stores.tickets().held_documents(day, &[free])?, []);
        assert_eq!(stores.tickets().held_documents(next, &[booked])?, []);
        Ok(())
    });
}

pub fn live_admissions_are_told_over_all_sessions(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let account = scene.museum.account();
    let (adult, child) = (scene.museum.adult(), scene.museum.person("2016-01-01"));
    let builder = || scene.museum.order(&account);
    let morning = builder().visitor(&adult).visitor(&child).build_paid();
    let adult = scene.museum.adult();
    let afternoon = builder().session("afternoon").visitor(&adult).build();
    let adult = scene.museum.adult();
    let other_day = builder().on(scene.day().plus_days(1));
    let other_day = other_day.visitor(&adult).build_paid();
    let other_account = scene.unpaid();
    let stored = [&morning, &afternoon, &other_day, &other_account].map(Clone::clone);
    scene.store(&stored);
    let mut live = scene.run(|stores| {
        let accounts = [account.id];
        stores.tickets().live_admissions(scene.day(), &accounts)
    });
    live.sort_by_key(|admission| admission.ticket);
    let told: Vec<_> = live
        .iter()
        .map(|live| (live.order, live.ticket, live.session.as_str(), live.age))
        .collect();
    let expected = [
        (morning.id, morning.tickets[0].id, "morning", 36),
        (morning.id, morning.tickets[1].id, "morning", 10),
        (afternoon.id, afternoon.tickets[0].id, "afternoon", 36),
    ];
    assert_eq!(told, expected);
    assert!(live.iter().all(|live| live.account == account.id));
    let paid = (TicketState::Valid, None);
    let held = (TicketState::Held, Some(afternoon.pay_by));
    let states: Vec<_> = live
        .iter()
        .map(|live| (live.state, live.unpaid_until))
        .collect();
    assert_eq!(states, [paid, paid, held]);
}

pub fn what_is_not_live_is_not_told(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = scene.unpaid();
    scene.store(std::slice::from_ref(&order));
    scene.change(order.id, |order| {
        order.cancel(CancelCause::Tourist).unwrap();
    });
    let document = order.tickets[0].document_hash.unwrap();
    scene.run(|stores| {
        let tickets = stores.tickets();
        assert_eq!(tickets.held_documents(scene.day(), &[document])?, []);
        let accounts = [order.account];
        assert_eq!(tickets.live_admissions(scene.day(), &accounts)?, []);
        Ok(())
    });
}

pub fn a_documents_tickets_are_told_in_any_state(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (person, stranger) = (scene.museum.adult(), scene.museum.adult());
    let ordered = |days| {
        let order = scene.order().on(scene.day().plus_days(days));
        order.visitor(&person).visitor(&stranger).build()
    };
    let (early, mut gone, late, next) = (ordered(-1), ordered(0), ordered(0), ordered(1));
    gone.cancel(CancelCause::Tourist).unwrap();
    scene.store(&[next.clone(), late.clone(), gone.clone(), early]);
    let document = scene.museum.cipher.hash(&person.document);
    let told = scene.run(|stores| stores.tickets().of_documents(&[document], scene.day()));
    let expected = [&gone, &late, &next].map(|order| DocumentTicket {
        document,
        order: order.id,
        ticket: order.tickets[0].id,
        date: order.date,
        state: order.tickets[0].state,
    });
    assert_eq!(told, expected);
    let none = scene.run(|stores| stores.tickets().of_documents(&[], scene.day()));
    assert_eq!(none, []);
}

pub fn a_ticket_tells_its_order(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (order, other) = (scene.paid(), scene.paid());
    scene.store(std::slice::from_ref(&order));
    scene.run(|stores| {
        let tickets = stores.tickets();
        assert_eq!(tickets.order_of(order.tickets[1].id)?, Some(order.id));
        assert_eq!(tickets.order_of(other.tickets[0].id)?, None);
        Ok(())
    });
}

pub fn what_is_still_valid_is_told_by_date(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let day = |number| scene.day().plus_days(number);
    let paid = |number| {
        let order = scene.order().on(day(number));
        let order = order.visitor_with(&scene.museum.adult(), &["treasure_gallery"]);
        order.build_paid()
    };
    let [valid, add_on_left, expired, later] = [paid(0), paid(0), paid(0), paid(2)];
    let all_used = scene.order().on(day(1)).visitor(&scene.museum.adult());
    let all_used = all_used.build_paid();
    let orders = [&valid, &add_on_left, &expired, &later, &all_used].map(Clone::clone);
    scene.store(&orders);
    scene.store(&[scene.unpaid()]);
    let admission = || Admission {
        at: scene.now(),
        gate: "east".to_owned(),
    };
    for order in [&add_on_left, &all_used] {
        scene.change(order.id, |order| {
            let ticket = order.tickets[0].id;
            order.admit(ticket, &venue("palace"), admission()).unwrap();
        });
    }
    scene.change(expired.id, |order| drop(order.expire_unused()));
    scene.run(|stores| {
        let tickets = stores.tickets();
        assert_eq!(tickets.unused_dates(day(2))?, [day(0), day(2)]);
        assert_eq!(tickets.unused_dates(day(1))?, [day(0)]);
        assert_eq!(tickets.unused_dates(day(-1))?, []);
        let mut both = [valid.id, add_on_left.id];
        both.sort();
        assert_eq!(tickets.unused_orders(day(0), None, 10)?, both);
        assert_eq!(tickets.unused_orders(day(0), None, 1)?, both[..1]);
        assert_eq!(tickets.unused_orders(day(0), Some(both[0]), 10)?, both[1..]);
        assert_eq!(tickets.unused_orders(day(1), None, 10)?, []);
        Ok(())
    });
}
