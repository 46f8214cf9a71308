//! Messages that two senders come to, and reminders that two instances write.

use chrono::TimeDelta;
use domain::delivery::{Delivery, DeliveryState, Failure};
use domain::ports::{OutboxQueries, SendError, StoreError, UnitOfWork};
use domain::testing::ScriptedMessenger;
use domain::use_cases::remind_visitors::remind_visitors;
use domain::use_cases::send_messages::{claim_messages, deliver};

use super::COMMIT;
use super::office::Office;
use super::overlap::{Stop, overlap};

/// Sends everything that is due.
fn send(
    office: &Office,
    unit_of_work: &dyn UnitOfWork,
    messenger: &ScriptedMessenger,
) -> Result<Vec<Delivery>, StoreError> {
    let due = claim_messages(unit_of_work, office.museum.now(), 100)?;
    due.into_iter()
        .map(|claimed| deliver(unit_of_work, messenger, &office.museum.clock, claimed))
        .collect()
}

fn messages(office: &Office, state: DeliveryState) -> usize {
    let queries = office.database.queries();
    queries.messages(state, 100).unwrap().len()
}

#[test]
fn a_message_is_sent_by_one_of_two_senders() {
    let office = Office::with_capacity(10);
    office.paid();
    let messenger = ScriptedMessenger::new();
    let (first, second) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| send(&office, unit_of_work, &messenger),
        |unit_of_work| send(&office, unit_of_work, &messenger),
    );
    assert_eq!(first.unwrap().len(), 1);
    assert_eq!(second, Ok(vec![]));
    assert_eq!(messenger.asked().len(), 1);
    assert_eq!(messages(&office, DeliveryState::Sent), 1);
}

/// The first has called and got no answer; before it records that, its claim ends, and the second
/// has sent the message.
#[test]
fn what_was_sent_meanwhile_is_not_queued_again() {
    let office = Office::with_capacity(10);
    office.paid();
    let messenger = ScriptedMessenger::new();
    messenger.answer(Err(SendError::Later(Failure::NoAnswer)));
    let (_, second) = overlap(
        &office.database,
        Stop::BeforeUnit(2),
        |unit_of_work| send(&office, unit_of_work, &messenger),
        |unit_of_work| {
            office.museum.clock.advance(TimeDelta::minutes(10));
            send(&office, unit_of_work, &messenger)
        },
    );
    assert_eq!(second.unwrap()[0].state, DeliveryState::Sent);
    assert_eq!(messages(&office, DeliveryState::Sent), 1);
    assert_eq!(messages(&office, DeliveryState::Queued), 0);
}

#[test]
fn a_reminder_is_written_by_one_of_two_instances() {
    let office = Office::with_capacity(10);
    office.paid();
    let eve = office.day.plus_days(-1).start();
    office.museum.clock.set(eve + TimeDelta::hours(12));
    let (rules, now) = (&office.museum.rules, office.museum.now());
    let remind = |unit_of_work: &dyn UnitOfWork| remind_visitors(unit_of_work, rules, now, 100);
    let (first, second) = overlap(&office.database, COMMIT, remind, remind);
    assert_eq!((first, second), (Ok(1), Ok(0)));
    // The word of the payment, and one reminder.
    assert_eq!(messages(&office, DeliveryState::Queued), 2);
}
