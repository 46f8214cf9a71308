//! Messages to tourists, and what becomes of them.

use chrono::TimeDelta;

use crate::delivery::{Delivery, DeliveryState, Failure, MessageKey};
use crate::id::{AccountId, OrderId};
use crate::order::{Order, TicketState};
use crate::outbox::{Message, MessageKind};
use crate::ports::{OrderToRemind, OutboxBacklog};

use super::Subject;
use super::scene::Scene;

/// A message about an order, stored or not, written now.
pub(super) fn message_about(scene: &Scene, order: &Order, reference: &str) -> Message {
    Message {
        kind: MessageKind::OrderPaid,
        account: order.account,
        order: order.id,
        reference: reference.to_owned(),
        created_at: scene.now(),
    }
}

/// A stored message, written at minute `minutes`.
fn stored(scene: &Scene, reference: &str, minutes: i64) -> Delivery {
    let message = Message {
        created_at: scene.after(minutes),
        ..message_about(scene, &scene.paid(), reference)
    };
    scene.run(|stores| stores.outbox().add(std::slice::from_ref(&message)));
    Delivery::of(message)
}

fn found(scene: &Scene, delivery: &Delivery) -> Delivery {
    let key = delivery.key();
    scene.run(|stores| stores.outbox().find(&key)).unwrap()
}

fn settle(scene: &Scene, delivery: &Delivery) -> bool {
    scene.run(|stores| stores.outbox().settle(delivery))
}

fn requeue(scene: &Scene, delivery: &Delivery, minutes: i64) -> bool {
    let (key, now) = (delivery.key(), scene.after(minutes));
    scene.run(|stores| stores.outbox().requeue(&key, now))
}

/// The messages claimed at minute `now`, at most `limit`.
fn claim(scene: &Scene, now: i64, limit: u32) -> Vec<Delivery> {
    let (now, pause) = (scene.after(now), TimeDelta::minutes(5));
    scene.run(|stores| stores.outbox().claim_due(now, pause, limit))
}

fn references(deliveries: &[Delivery]) -> Vec<&str> {
    let messages = deliveries.iter().map(|delivery| &delivery.message);
    messages.map(|message| &*message.reference).collect()
}

/// The delivery in each state in which a message can end.
fn ends(scene: &Scene, delivery: &Delivery) -> [Delivery; 4] {
    let ended = |state, failure| delivery.clone().ended(state, failure);
    [
        delivery.clone().sent(scene.after(3)),
        ended(DeliveryState::Refused, Failure::Errcode(43101)),
        ended(DeliveryState::Dropped, Failure::TooOld),
        ended(DeliveryState::Dead, Failure::NoAnswer),
    ]
}

pub fn a_message_is_queued_and_due_since_it_was_written(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let message = stored(&scene, "one", 10);
    assert_eq!(found(&scene, &message), message);
    let unknown = MessageKey {
        kind: MessageKind::Banned,
        ..message.key()
    };
    assert_eq!(scene.run(|stores| stores.outbox().find(&unknown)), None);
    assert_eq!(claim(&scene, 9, 10), []);
    assert_eq!(references(&claim(&scene, 10, 10)), ["one"]);
}

pub fn due_messages_are_claimed_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [due, later] = [("due", 10), ("later", 30)].map(|(name, at)| stored(&scene, name, at));
    let claimed = Delivery {
        next_attempt_at: scene.after(15),
        ..due
    };
    assert_eq!(claim(&scene, 10, 10), std::slice::from_ref(&claimed));
    assert_eq!(found(&scene, &claimed), claimed);
    assert_eq!(claim(&scene, 14, 10), []);
    assert_eq!(claim(&scene, 15, 10).len(), 1);
    assert_eq!(found(&scene, &later), later);
}

pub fn the_longest_due_are_claimed_first(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    for (name, at) in [("third", 30), ("first", 10), ("second", 20)] {
        stored(&scene, name, at);
    }
    assert_eq!(references(&claim(&scene, 40, 2)), ["first", "second"]);
    assert_eq!(references(&claim(&scene, 40, 2)), ["third"]);
}

pub fn only_queued_messages_are_claimed(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    for (place, name) in ["a", "b", "c", "d"].into_iter().enumerate() {
        let message = stored(&scene, name, 0);
        assert!(settle(&scene, &ends(&scene, &message)[place]));
    }
    assert_eq!(claim(&scene, 60, 10), []);
}

pub fn what_becomes_of_a_message_is_written(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    for (place, name) in ["a", "b", "c", "d"].into_iter().enumerate() {
        let message = stored(&scene, name, 0);
        let postponed = message.postponed(Failure::Errcode(-1), scene.after(1));
        assert!(settle(&scene, &postponed));
        assert_eq!(found(&scene, &postponed), postponed);
        let ended = ends(&scene, &postponed)[place].clone();
        assert!(settle(&scene, &ended));
        assert_eq!(found(&scene, &ended), ended);
    }
}

pub fn nothing_else_is_written(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let message = stored(&scene, "one", 0);
    let mut changed = message.clone();
    changed.message.account = AccountId::new(scene.museum.next_id());
    changed.message.order = OrderId::new(scene.museum.next_id());
    changed.message.created_at = scene.after(7);
    changed.queued_at = scene.after(7);
    assert!(settle(&scene, &changed));
    assert_eq!(found(&scene, &message), message);
}

pub fn what_is_decided_stays_so(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    for (place, name) in ["a", "b", "c", "d"].into_iter().enumerate() {
        let message = stored(&scene, name, 0);
        let ended = ends(&scene, &message)[place].clone();
        assert!(settle(&scene, &ended));
        for other in ends(&scene, &message).iter().chain([&message]) {
            assert!(!settle(&scene, other));
        }
        assert_eq!(found(&scene, &ended), ended);
    }
}

pub fn a_dead_message_is_queued_again(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let message = stored(&scene, "one", 0);
    let dead = message.turned_down(DeliveryState::Dead, Failure::Errcode(40037));
    assert!(settle(&scene, &dead));
    assert!(requeue(&scene, &dead, 90));
    let queued = Delivery {
        state: DeliveryState::Queued,
        attempts: 0,
        queued_at: scene.after(90),
        next_attempt_at: scene.after(90),
        ..dead
    };
    assert_eq!(found(&scene, &queued), queued);
    assert_eq!(references(&claim(&scene, 90, 10)), ["one"]);
}

pub fn only_a_dead_message_is_queued_again(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let queued = stored(&scene, "queued", 0);
    assert!(!requeue(&scene, &queued, 90));
    assert_eq!(found(&scene, &queued), queued);
    for (place, name) in ["a", "b", "c"].into_iter().enumerate() {
        let message = stored(&scene, name, 0);
        let ended = ends(&scene, &message)[place].clone();
        assert!(settle(&scene, &ended));
        assert!(!requeue(&scene, &ended, 90));
        assert_eq!(found(&scene, &ended), ended);
    }
    let unknown = message_about(&scene, &scene.paid(), "unknown");
    assert!(!requeue(&scene, &Delivery::of(unknown), 90));
}

fn to_remind(scene: &Scene, paid_before: i64, limit: u32) -> Vec<OrderToRemind> {
    let (day, before) = (scene.day(), scene.after(paid_before));
    scene.run(|stores| stores.outbox().to_remind(day, before, limit))
}

fn as_to_remind(order: &Order) -> OrderToRemind {
    OrderToRemind {
        order: order.id,
        account: order.account,
        number: order.number.clone(),
    }
}

pub fn orders_to_remind_come_by_id(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let mut orders = [scene.paid(), scene.paid(), scene.paid()];
    scene.store(&orders);
    orders.sort_by_key(|order| order.id);
    let expected = orders.each_ref().map(as_to_remind);
    assert_eq!(to_remind(&scene, 10, 10), expected);
    assert_eq!(to_remind(&scene, 10, 2), expected[..2]);
}

pub fn orders_are_reminded_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let orders = [scene.paid(), scene.paid()];
    scene.store(&orders);
    let reminder = Message {
        kind: MessageKind::VisitReminder,
        ..message_about(&scene, &orders[0], orders[0].number.as_str())
    };
    let another = message_about(&scene, &orders[1], orders[1].number.as_str());
    scene.run(|stores| stores.outbox().add(&[reminder.clone(), another.clone()]));
    assert_eq!(to_remind(&scene, 10, 10), [as_to_remind(&orders[1])]);
    assert!(settle(&scene, &Delivery::of(reminder).sent(scene.now())));
    assert_eq!(to_remind(&scene, 10, 10), [as_to_remind(&orders[1])]);
}

pub fn only_expected_visitors_are_reminded(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let adult = || scene.museum.adult();
    let other_day = scene.order().on(scene.day().plus_days(1));
    let (mut refunded, mut used, mut partly) = (scene.paid(), scene.paid(), scene.paid());
    for ticket in &mut refunded.tickets {
        ticket.state = TicketState::Refunded;
    }
    refunded.derive_state();
    for ticket in &mut used.tickets {
        ticket.state = TicketState::Expired;
    }
    used.derive_state();
    partly.tickets[0].state = TicketState::Refunded;
    scene.store(&[
        scene.unpaid(),
        other_day.visitor(&adult()).build_paid(),
        refunded,
        used,
        partly.clone(),
    ]);
    assert_eq!(to_remind(&scene, 10, 10), [as_to_remind(&partly)]);
    // The builder's orders are paid at minute 1.
    assert_eq!(to_remind(&scene, 1, 10), []);
}

pub fn messages_of_a_state_come_oldest_first(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    for (name, at) in [("third", 30), ("first", 10), ("second", 20)] {
        stored(&scene, name, at);
    }
    let dead = stored(&scene, "dead", 5).ended(DeliveryState::Dead, Failure::Unreadable);
    assert!(settle(&scene, &dead));
    let queued = scene.queries.messages(DeliveryState::Queued, 2).unwrap();
    assert_eq!(references(&queued), ["first", "second"]);
    assert_eq!(
        scene.queries.messages(DeliveryState::Dead, 10),
        Ok(vec![dead])
    );
    assert_eq!(scene.queries.messages(DeliveryState::Sent, 10), Ok(vec![]));
}

pub fn the_backlog_is_counted(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let none = OutboxBacklog::default();
    assert_eq!(scene.queries.outbox_backlog(), Ok(none));
    let [oldest, ..] = [("a", 1), ("b", 2), ("c", 3)].map(|(name, at)| stored(&scene, name, at));
    let backlog = |queued, since, dead| OutboxBacklog {
        queued,
        queued_since: Some(scene.after(since)),
        dead,
    };
    assert_eq!(scene.queries.outbox_backlog(), Ok(backlog(3, 1, 0)));
    let dead = oldest.ended(DeliveryState::Dead, Failure::NoAnswer);
    assert!(settle(&scene, &dead));
    assert_eq!(scene.queries.outbox_backlog(), Ok(backlog(2, 2, 1)));
    assert!(requeue(&scene, &dead, 9));
    assert_eq!(scene.queries.outbox_backlog(), Ok(backlog(3, 2, 0)));
}
