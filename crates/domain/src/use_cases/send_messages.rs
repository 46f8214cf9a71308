//! Sending the messages of the outbox: claim, compose, call, record.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;
use crate::delivery::{Delivery, DeliveryState, Failure, MessageKey};
use crate::ports::{SendError, StoreError, TouristMessenger, UnitOfWork};

use super::compose_message::{NothingToSend, compose};

/// For how long a claimed message is nobody else's: much longer than a whole batch takes when
/// every call ends without an answer.
const CLAIMED_FOR: TimeDelta = TimeDelta::minutes(10);

/// Claims at most `limit` messages that are due; each is to be [delivered](deliver).
///
/// # Errors
/// [`StoreError`].
pub fn claim_messages(
    unit_of_work: &dyn UnitOfWork,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<Delivery>, StoreError> {
    unit_of_work.run(|stores| stores.outbox().claim_due(now, CLAIMED_FOR, limit))
}

/// Sends a claimed message, if it is still worth telling, and records what came of it; the
/// message as it is recorded.
///
/// What the message tells is composed now, so that it is true now. One that could not be sent is
/// tried again with growing pauses, and dead after the last of them. If the messenger is
/// not called at all, nothing is recorded, and the message comes again when its claim has ended.
///
/// # Errors
/// [`StoreError`]; the message comes again.
pub fn deliver(
    unit_of_work: &dyn UnitOfWork,
    messenger: &dyn TouristMessenger,
    clock: &dyn Clock,
    claimed: Delivery,
) -> Result<Delivery, StoreError> {
    let Some(delivery) = attempt(unit_of_work, messenger, clock, &claimed)? else {
        return Ok(claimed);
    };
    unit_of_work.run(|stores| stores.outbox().settle(&delivery))?;
    Ok(delivery)
}

/// Queues a dead message again, once a person has mended what made it so. `false` if no message of
/// that name is dead.
///
/// # Errors
/// [`StoreError`].
pub fn retry_message(
    unit_of_work: &dyn UnitOfWork,
    key: &MessageKey,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    unit_of_work.run(|stores| stores.outbox().requeue(key, now))
}

/// What is to be recorded, if anything is.
fn attempt(
    unit_of_work: &dyn UnitOfWork,
    messenger: &dyn TouristMessenger,
    clock: &dyn Clock,
    claimed: &Delivery,
) -> Result<Option<Delivery>, StoreError> {
    let now = clock.now();
    let claimed = claimed.clone();
    if claimed.is_too_old(now) {
        return Ok(Some(claimed.ended(DeliveryState::Dropped, Failure::TooOld)));
    }
    let composed = unit_of_work.run(|stores| compose(stores, &claimed.message, now));
    let message = match composed {
        Ok(message) => message,
        Err(NothingToSend::Ended(state, failure)) => {
            return Ok(Some(claimed.ended(state, failure)));
        }
        // One that cannot be read must not hold up the others; staff may mend it meanwhile.
        Err(NothingToSend::Store(StoreError::Fault(_))) => {
            return Ok(Some(claimed.postponed(Failure::Unreadable, now)));
        }
        Err(NothingToSend::Store(error)) => return Err(error),
    };
    let answer = messenger.send(&message);
    Ok(after(answer, claimed, clock.now()))
}

/// What an answer makes of a message; nothing if there was no call.
fn after(answer: Result<(), SendError>, claimed: Delivery, now: DateTime<Utc>) -> Option<Delivery> {
    Some(match answer {
        Ok(()) => claimed.sent(now),
        Err(SendError::Refused(failure)) => claimed.turned_down(DeliveryState::Refused, failure),
        Err(SendError::Wrong(failure)) => claimed.turned_down(DeliveryState::Dead, failure),
        Err(SendError::NotConfigured) => {
            claimed.ended(DeliveryState::Dropped, Failure::NotConfigured)
        }
        Err(SendError::Later(failure)) => claimed.postponed(failure, now),
        Err(SendError::NotCalled) => return None,
    })
}
