//! What tourists are told, and when.

use chrono::{DateTime, NaiveTime, TimeDelta, Utc};
use domain::calendar::{DayState, Hours, OpeningDay};
use domain::delivery::{Delivery, DeliveryState, Failure};
use domain::id::{AccountId, OrderId};
use domain::message_parts::{MessagePart, PartValue, TouristMessage};
use domain::money::Fen;
use domain::no_show::Ban;
use domain::order::Order;
use domain::outbox::{Message, MessageKind};
use domain::ports::{OutboxQueries, ProviderRefund, SendError, StoreError};
use domain::testing::{Fault, ScriptedMessenger, ScriptedPayments, session};
use domain::use_cases::cancel_order::cancel_order;
use domain::use_cases::confirm_payment::Confirmation;
use domain::use_cases::remind_visitors::remind_visitors;
use domain::use_cases::send_messages::{claim_messages, deliver, retry_message};
use domain::use_cases::submit_refunds::submit_refunds;
use domain::visit_date::VisitDate;

use super::office::{Office, instant};

fn office() -> Office {
    Office::with_capacity(10)
}

fn paid(office: &Office) -> Order {
    office.paid(&office.museum.account(), &[&office.museum.adult()])
}

/// Sends everything that is due; what became of it.
fn send(office: &Office, messenger: &ScriptedMessenger) -> Vec<Delivery> {
    let (unit_of_work, clock) = (office.museum.unit_of_work(), &office.museum.clock);
    let due = claim_messages(unit_of_work, office.museum.now(), 100).unwrap();
    due.into_iter()
        .map(|claimed| deliver(unit_of_work, messenger, clock, claimed).unwrap())
        .collect()
}

/// The one message of that kind that the messenger was asked to send.
fn told(messenger: &ScriptedMessenger, kind: MessageKind) -> TouristMessage {
    let mut asked = messenger.asked();
    asked.retain(|message| message.kind == kind);
    assert_eq!(asked.len(), 1, "{asked:?}");
    let message = asked.remove(0);
    for (part, _) in &message.parts {
        assert!(kind.parts().contains(part), "{kind:?} {part:?}");
    }
    message
}

fn part(message: &TouristMessage, wanted: MessagePart) -> &PartValue {
    let found = message.parts.iter().find(|(part, _)| *part == wanted);
    &found.unwrap().1
}

fn period(from: &str, until: &str) -> PartValue {
    PartValue::Period {
        from: instant(from),
        until: instant(until),
    }
}

fn remind(office: &Office) -> usize {
    let (unit_of_work, rules) = (office.museum.unit_of_work(), &office.museum.rules);
    remind_visitors(unit_of_work, rules, office.museum.now(), 100).unwrap()
}

/// What has become of one message, when every due one is sent with this answer.
fn after(answer: Result<(), SendError>) -> (Office, ScriptedMessenger, Delivery) {
    let (office, messenger) = (office(), ScriptedMessenger::new());
    paid(&office);
    messenger.answer(answer);
    let mut sent = send(&office, &messenger);
    assert_eq!(sent.len(), 1);
    let delivery = sent.remove(0);
    let stored = office
        .museum
        .run(|stores| stores.outbox().find(&delivery.key()));
    assert_eq!(stored.as_ref(), Some(&delivery));
    (office, messenger, delivery)
}

#[test]
fn whoever_paid_is_told_when_to_come_once() {
    let (office, messenger) = (office(), ScriptedMessenger::new());
    let order = paid(&office);
    let sent = send(&office, &messenger);
    assert_eq!(sent[0].state, DeliveryState::Sent);
    assert_eq!(sent[0].sent_at, Some(office.museum.now()));
    let message = told(&messenger, MessageKind::OrderPaid);
    let account = office
        .museum
        .run(|stores| stores.accounts().find(order.account));
    assert_eq!(message.to, account.unwrap().open_id);
    assert_eq!(message.order, order.id);
    let number = PartValue::Code(order.number.to_string());
    assert_eq!(part(&message, MessagePart::OrderNumber), &number);
    let session = PartValue::Text("上午场".to_owned());
    assert_eq!(part(&message, MessagePart::Session), &session);
    let amount = PartValue::Amount(Fen::from_yuan(40));
    assert_eq!(part(&message, MessagePart::Amount), &amount);
    assert_eq!(
        part(&message, MessagePart::Entry),
        &period("2026-12-01T08:30:00+08:00", "2026-12-01T12:00:00+08:00")
    );
    office.advance(TimeDelta::hours(2));
    assert_eq!(send(&office, &messenger), []);
}

#[test]
fn the_end_of_a_refund_is_told_with_its_amount() {
    let (office, messenger) = (office(), ScriptedMessenger::new());
    let persons = [office.museum.adult(), office.museum.adult()];
    let order = office.paid(&office.museum.account(), &persons.each_ref());
    office.refund(&order, &[order.tickets[0].id]).unwrap();
    send(&office, &messenger);
    let provider = ScriptedPayments::new();
    provider.answer_refund(Ok(ProviderRefund::Succeeded));
    let (rules, clock) = (&office.museum.rules, &office.museum.clock);
    submit_refunds(office.museum.unit_of_work(), &provider, rules, clock).unwrap();
    assert_eq!(send(&office, &messenger)[0].state, DeliveryState::Sent);
    let message = told(&messenger, MessageKind::RefundSucceeded);
    let amount = PartValue::Amount(Fen::from_yuan(40));
    assert_eq!(part(&message, MessagePart::Amount), &amount);
}

#[test]
fn money_that_came_too_late_is_told_to_go_back() {
    let (office, messenger) = (office(), ScriptedMessenger::new());
    let account = office.museum.account();
    let placed = office.order(&account, &[&office.museum.adult()]);
    let order = super::office::created(&placed);
    let news = office.news(&order, office.museum.now());
    let unit_of_work = office.museum.unit_of_work();
    cancel_order(unit_of_work, account.id, order.id, office.museum.now()).unwrap();
    assert_eq!(office.confirm(&news), Confirmation::Returned);
    assert_eq!(send(&office, &messenger)[0].state, DeliveryState::Sent);
    let message = told(&messenger, MessageKind::LatePaymentReturned);
    let amount = PartValue::Amount(order.total);
    assert_eq!(part(&message, MessagePart::Amount), &amount);
}

#[test]
fn an_order_that_was_given_back_meanwhile_is_not_told_as_paid() {
    let (office, messenger) = (office(), ScriptedMessenger::new());
    let order = paid(&office);
    office.refund(&order, &[order.tickets[0].id]).unwrap();
    let sent = send(&office, &messenger);
    assert_eq!(sent[0].state, DeliveryState::Dropped);
    assert_eq!(sent[0].failure, Some(Failure::NoLongerTrue));
    assert_eq!(messenger.asked(), []);
}

#[test]
fn tomorrows_visitors_are_reminded_once_from_ten_o_clock() {
    let (office, messenger) = (office(), ScriptedMessenger::new());
    paid(&office);
    send(&office, &messenger);
    for early in [
        "2026-11-29T23:00:00+08:00",
        "2026-11-30T09:59:59.999999+08:00",
    ] {
        office.set(early);
        assert_eq!(remind(&office), 0, "{early}");
    }
    office.set("2026-11-30T10:00:00+08:00");
    assert_eq!(remind(&office), 1);
    assert_eq!(remind(&office), 0);
    send(&office, &messenger);
    let message = told(&messenger, MessageKind::VisitReminder);
    assert_eq!(part(&message, MessagePart::Visitors), &PartValue::Count(1));
    assert_eq!(
        part(&message, MessagePart::Entry),
        &period("2026-12-01T08:30:00+08:00", "2026-12-01T12:00:00+08:00")
    );
    office.set("2026-12-01T10:00:00+08:00");
    assert_eq!(remind(&office), 0);
}

#[test]
fn whoever_pays_after_the_reminders_gets_none() {
    let office = office();
    office.set("2026-11-30T09:59:00+08:00");
    paid(&office);
    office.set("2026-11-30T10:00:00+08:00");
    paid(&office);
    office.advance(TimeDelta::hours(1));
    assert_eq!(remind(&office), 1);
}

#[test]
fn a_reminder_tells_the_hours_of_that_day() {
    let (office, messenger) = (office(), ScriptedMessenger::new());
    paid(&office);
    send(&office, &messenger);
    let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0).unwrap();
    let hours = Hours::new(at(9, 30), at(11, 0), at(12, 0)).unwrap();
    put_day(&office, DayState::Open, hours);
    office.set("2026-11-30T18:00:00+08:00");
    assert_eq!(remind(&office), 1);
    send(&office, &messenger);
    assert_eq!(
        part(
            &told(&messenger, MessageKind::VisitReminder),
            MessagePart::Entry
        ),
        &period("2026-12-01T09:30:00+08:00", "2026-12-01T11:00:00+08:00")
    );
}

fn put_day(office: &Office, state: DayState, hours: Hours) {
    let day = OpeningDay::new(Office::fixed_day(), state, hours, None);
    office.museum.run(|stores| stores.days().put(&day));
}

/// A reminder that is written, and then `change` happens before it is sent.
fn reminded_after(change: impl FnOnce(&Office, &Order)) -> Delivery {
    let (office, messenger) = (office(), ScriptedMessenger::new());
    let order = paid(&office);
    send(&office, &messenger);
    office.set("2026-11-30T18:00:00+08:00");
    assert_eq!(remind(&office), 1);
    change(&office, &order);
    let mut sent = send(&office, &messenger);
    sent.retain(|delivery| delivery.message.kind == MessageKind::VisitReminder);
    sent.remove(0)
}

#[test]
fn a_reminder_of_a_visit_that_will_not_be_is_not_sent() {
    let untrue = |delivery: Delivery| {
        (delivery.state, delivery.failure) == (DeliveryState::Dropped, Some(Failure::NoLongerTrue))
    };
    let nothing = reminded_after(|_, _| {});
    assert_eq!(nothing.state, DeliveryState::Sent);
    assert!(untrue(reminded_after(|office, order| {
        office.refund(order, &[order.tickets[0].id]).unwrap();
    })));
    assert!(untrue(reminded_after(|office, _| {
        let hours = Hours::of_season(Office::fixed_day().season());
        put_day(office, DayState::Closed, hours);
    })));
    // The last minute of entry is told; the one after it is too late.
    let at = |time| reminded_after(move |office, _| office.set(time));
    assert_eq!(at("2026-12-01T12:00:59+08:00").state, DeliveryState::Sent);
    assert!(untrue(at("2026-12-01T12:01:00+08:00")));
}

/// The message of a ban that the missed order brought, sent when the ban of that third day runs.
fn banned_after(third: Option<VisitDate>) -> (Delivery, Vec<TouristMessage>) {
    let (office, messenger) = (office(), ScriptedMessenger::new());
    let order = paid(&office);
    send(&office, &ScriptedMessenger::new());
    let ticket = &order.tickets[0];
    let document = ticket.document_hash.unwrap();
    office.museum.run(|stores| {
        if let Some(third) = third {
            let ban = Ban::after(document, third, &office.museum.rules);
            stores.bans().ban(&ban)?;
        }
        let message = Message::banned(&order, ticket.id, office.museum.now());
        stores.outbox().add(&[message])
    });
    (send(&office, &messenger).remove(0), messenger.asked())
}

#[test]
fn a_ban_is_told_with_its_last_day_unless_it_was_taken_back() {
    // The third day may be a later one that was recorded before.
    for third in [Office::fixed_day(), Office::fixed_day().plus_days(2)] {
        let (delivery, asked) = banned_after(Some(third));
        assert_eq!(delivery.state, DeliveryState::Sent);
        let until = PartValue::Day(third.plus_days(60));
        assert_eq!(part(&asked[0], MessagePart::BannedUntil), &until);
    }
    let (delivery, asked) = banned_after(None);
    assert_eq!(delivery.failure, Some(Failure::NoLongerTrue));
    assert_eq!(asked, []);
}

#[test]
fn a_tourist_who_refuses_is_not_asked_again() {
    let refused = Failure::Errcode(43101);
    let (office, messenger, delivery) = after(Err(SendError::Refused(refused)));
    assert_eq!(delivery.state, DeliveryState::Refused);
    assert_eq!((delivery.failure, delivery.attempts), (Some(refused), 1));
    office.advance(TimeDelta::hours(2));
    assert_eq!(send(&office, &messenger), []);
}

#[test]
fn what_cannot_be_sent_is_dead_until_staff_queue_it_again() {
    let wrong = Failure::Errcode(40037);
    let (office, messenger, delivery) = after(Err(SendError::Wrong(wrong)));
    assert_eq!(delivery.state, DeliveryState::Dead);
    assert_eq!(office.store.outbox_backlog().unwrap().dead, 1);
    office.advance(TimeDelta::days(3));
    assert_eq!(send(&office, &messenger), []);
    let retry = || {
        let unit_of_work = office.museum.unit_of_work();
        retry_message(unit_of_work, &delivery.key(), office.museum.now()).unwrap()
    };
    assert!(retry());
    assert!(!retry());
    assert_eq!(send(&office, &messenger)[0].state, DeliveryState::Sent);
}

#[test]
fn a_kind_without_a_template_is_dropped() {
    let (_, _, delivery) = after(Err(SendError::NotConfigured));
    assert_eq!(delivery.state, DeliveryState::Dropped);
    assert_eq!(delivery.failure, Some(Failure::NotConfigured));
    assert_eq!(delivery.attempts, 0);
}

#[test]
fn what_fails_for_now_comes_again_and_is_dead_in_the_end() {
    let (office, messenger, delivery) = after(Err(SendError::Later(Failure::NoAnswer)));
    assert_eq!(delivery.state, DeliveryState::Queued);
    assert_eq!(send(&office, &messenger), []);
    office.advance(TimeDelta::minutes(1));
    messenger.answer(Err(SendError::Later(Failure::Errcode(-1))));
    assert_eq!(send(&office, &messenger)[0].attempts, 2);
    office.advance(TimeDelta::minutes(1));
    assert_eq!(send(&office, &messenger), []);
    let mut last = None;
    for _ in 0..20 {
        office.advance(TimeDelta::hours(1));
        messenger.answer(Err(SendError::Later(Failure::NoAnswer)));
        last = send(&office, &messenger).pop().or(last);
    }
    let last = last.unwrap();
    assert_eq!((last.state, last.attempts), (DeliveryState::Dead, 12));
    assert_eq!(messenger.asked().len(), 12);
}

#[test]
fn what_nobody_was_called_for_comes_again_when_the_claim_has_ended() {
    let (office, messenger, delivery) = after(Err(SendError::NotCalled));
    assert_eq!(
        (delivery.state, delivery.attempts),
        (DeliveryState::Queued, 0)
    );
    assert_eq!(send(&office, &messenger), []);
    office.advance(TimeDelta::minutes(10));
    assert_eq!(send(&office, &messenger)[0].state, DeliveryState::Sent);
}

fn write(office: &Office, account: AccountId, order: OrderId, at: DateTime<Utc>) {
    let message = Message {
        kind: MessageKind::OrderPaid,
        account,
        order,
        reference: "the test's".to_owned(),
        created_at: at,
    };
    office
        .museum
        .run(|stores| stores.outbox().add(std::slice::from_ref(&message)));
}

#[test]
fn old_news_is_no_news() {
    let (office, messenger) = (office(), ScriptedMessenger::new());
    let order = paid(&office);
    send(&office, &ScriptedMessenger::new());
    let day_before = office.museum.now() - TimeDelta::days(1) - TimeDelta::seconds(1);
    write(&office, order.account, order.id, day_before);
    let sent = send(&office, &messenger);
    assert_eq!(sent[0].state, DeliveryState::Dropped);
    assert_eq!(sent[0].failure, Some(Failure::TooOld));
    assert_eq!(messenger.asked(), []);
}

#[test]
fn a_message_to_nobody_or_about_nothing_is_dead() {
    let (office, messenger) = (office(), ScriptedMessenger::new());
    let order = paid(&office);
    send(&office, &ScriptedMessenger::new());
    let nobody = AccountId::new(office.museum.next_id());
    write(&office, nobody, order.id, office.museum.now());
    let sent = send(&office, &messenger);
    assert_eq!(sent[0].state, DeliveryState::Dead);
    assert_eq!(sent[0].failure, Some(Failure::SubjectMissing));
    assert_eq!(messenger.asked(), []);
}

#[test]
fn one_that_cannot_be_read_does_not_hold_up_the_others() {
    let (office, messenger) = (office(), ScriptedMessenger::new());
    let mut order = office.museum.order(&office.museum.account());
    order = order.visitor(&office.museum.adult());
    let mut order = order.build_paid();
    order.session = session("midnight");
    office
        .museum
        .run(|stores| stores.orders().insert(std::slice::from_ref(&order)));
    write(&office, order.account, order.id, office.museum.now());
    paid(&office);
    let mut states: Vec<_> = send(&office, &messenger)
        .iter()
        .map(|delivery| (delivery.state.code(), delivery.failure))
        .collect();
    states.sort_unstable_by_key(|(state, _)| *state);
    let unreadable = Some(Failure::Unreadable);
    assert_eq!(states, [("queued", unreadable), ("sent", None)]);
}

/// A unit whose answer is lost is not known to have been committed: the caller hears so, and the
/// message is not sent a second time.
#[test]
fn an_outcome_whose_answer_is_lost_is_recorded_once() {
    let (office, messenger) = (office(), ScriptedMessenger::new());
    paid(&office);
    let (unit_of_work, clock) = (office.museum.unit_of_work(), &office.museum.clock);
    let due = claim_messages(unit_of_work, office.museum.now(), 100).unwrap();
    office.store.inject(Fault::RunTwice, 1);
    office.store.inject(Fault::LoseAnswer, 1);
    let answer = deliver(unit_of_work, &messenger, clock, due[0].clone());
    assert_eq!(answer, Err(StoreError::Unknown));
    office.advance(TimeDelta::hours(1));
    assert_eq!(send(&office, &messenger), []);
    assert_eq!(messenger.asked().len(), 1);
}
