//! What has become of a message to a tourist.

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};

use crate::coded::coded;
use crate::id::IdError;
use crate::outbox::{Message, MessageKind};

/// After this long in the queue a message is not sent any more: whoever hears today that an order
/// was paid the week before last, or months ago and before anybody sent messages, is only confused.
const LIFETIME: TimeDelta = TimeDelta::days(1);

/// How often WeChat is asked before a message counts as dead; with the pauses that is six hours.
const MOST_ATTEMPTS: u32 = 12;

/// The pause after the first failed attempt; each further one doubles it, up to
/// [`LONGEST_PAUSE`].
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(1);

/// Names a message: no two have the same kind and reference.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageKey {
    /// What it tells.
    pub kind: MessageKind,
    /// What happened.
    pub reference: String,
}

impl MessageKey {
    /// Reads what [`fmt::Display`] writes.
    ///
    /// # Errors
    /// [`IdError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let (kind, reference) = text.split_once('/').ok_or(IdError)?;
        let kind = MessageKind::parse(kind).map_err(|_| IdError)?;
        let well_formed = (1..=64).contains(&reference.len())
            && reference.bytes().all(|byte| byte.is_ascii_graphic());
        let reference = reference.to_owned();
        well_formed
            .then_some(Self { kind, reference })
            .ok_or(IdError)
    }
}

/// As `order_paid/261124000000000011`.
impl fmt::Display for MessageKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.kind.code(), self.reference)
    }
}

/// The state of a message in the outbox. All but `queued` are final; only staff queue a dead one
/// again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DeliveryState {
    /// To be sent.
    Queued,
    /// WeChat has taken it.
    Sent,
    /// The tourist never accepted such a message, or has had as many as were accepted.
    Refused,
    /// Nobody needs it: it came too late, is no longer true, or has no template.
    Dropped,
    /// It should have been sent and could not be; waits for a person.
    Dead,
}

coded!(DeliveryState, "delivery state", {
    Queued = "queued", Sent = "sent", Refused = "refused", Dropped = "dropped", Dead = "dead",
});

/// Why a message was not delivered, or not at the last attempt. Never anything personal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Failure {
    /// WeChat's `errcode`.
    Errcode(i64),
    /// WeChat gave no answer, or none that can be understood.
    NoAnswer,
    /// The settings name no template for its kind.
    NotConfigured,
    /// It waited for longer than it is worth telling.
    TooOld,
    /// What it would tell is no longer so.
    NoLongerTrue,
    /// The account, the order or the refund that it is about is not there.
    SubjectMissing,
    /// What is stored of its subject contradicts itself.
    Unreadable,
}

impl Failure {
    const NAMED: [Self; 6] = [
        Self::NoAnswer,
        Self::NotConfigured,
        Self::TooOld,
        Self::NoLongerTrue,
        Self::SubjectMissing,
        Self::Unreadable,
    ];

    const fn name(self) -> Option<&'static str> {
        match self {
            Self::Errcode(_) => None,
            Self::NoAnswer => Some("no_answer"),
            Self::NotConfigured => Some("not_configured"),
            Self::TooOld => Some("too_old"),
            Self::NoLongerTrue => Some("no_longer_true"),
            Self::SubjectMissing => Some("subject_missing"),
            Self::Unreadable => Some("unreadable"),
        }
    }

    /// Reads what [`fmt::Display`] writes.
    ///
    /// # Errors
    /// [`UnknownCode`](crate::text::UnknownCode) for any other text.
    pub fn parse(text: &str) -> Result<Self, crate::text::UnknownCode> {
        let errcode = text.strip_prefix("errcode_");
        let named = || Self::NAMED.into_iter().find(|it| it.name() == Some(text));
        errcode
            .and_then(|code| code.parse().ok())
            .map(Self::Errcode)
            .or_else(named)
            .ok_or(crate::text::UnknownCode {
                what: "delivery failure",
            })
    }
}

/// As `errcode_43101` or `too_old`; at most 32 characters.
impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, self.name()) {
            (Self::Errcode(code), _) => write!(formatter, "errcode_{code}"),
            (_, name) => formatter.write_str(name.unwrap_or_default()),
        }
    }
}

/// A message of the outbox and what has become of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// The message.
    pub message: Message,
    /// Its state.
    pub state: DeliveryState,
    /// How often WeChat was asked to take it, since it was queued.
    pub attempts: u32,
    /// When it was written, or queued again by staff.
    pub queued_at: DateTime<Utc>,
    /// When it is to be sent next, while it is queued.
    pub next_attempt_at: DateTime<Utc>,
    /// Why it was not delivered at the last attempt, if there was one that failed.
    pub failure: Option<Failure>,
    /// When WeChat took it.
    pub sent_at: Option<DateTime<Utc>>,
}

impl Delivery {
    /// A message as it enters the outbox: due at once.
    #[must_use]
    pub fn of(message: Message) -> Self {
        Self {
            state: DeliveryState::Queued,
            attempts: 0,
            queued_at: message.created_at,
            next_attempt_at: message.created_at,
            failure: None,
            sent_at: None,
            message,
        }
    }

    /// What names it.
    #[must_use]
    pub fn key(&self) -> MessageKey {
        MessageKey {
            kind: self.message.kind,
            reference: self.message.reference.clone(),
        }
    }

    /// Whether it waited in the queue for longer than it is worth telling.
    #[must_use]
    pub fn is_too_old(&self, now: DateTime<Utc>) -> bool {
        now - self.queued_at > LIFETIME
    }

    /// WeChat took it.
    #[must_use]
    pub fn sent(mut self, at: DateTime<Utc>) -> Self {
        self.attempts = self.attempts.saturating_add(1);
        self.state = DeliveryState::Sent;
        self.failure = None;
        self.sent_at = Some(at);
        self
    }

    /// It will not be sent, without WeChat having been asked.
    #[must_use]
    pub fn ended(mut self, state: DeliveryState, failure: Failure) -> Self {
        self.state = state;
        self.failure = Some(failure);
        self
    }

    /// WeChat was asked, and will not take it if it is asked again.
    #[must_use]
    pub fn turned_down(mut self, state: DeliveryState, failure: Failure) -> Self {
        self.attempts = self.attempts.saturating_add(1);
        self.ended(state, failure)
    }

    /// An attempt failed that may go better later: the pause grows with each, and after the last
    /// one the message is dead.
    #[must_use]
    pub fn postponed(mut self, failure: Failure, now: DateTime<Utc>) -> Self {
        self.attempts = self.attempts.saturating_add(1);
        self.failure = Some(failure);
        if self.attempts >= MOST_ATTEMPTS {
            self.state = DeliveryState::Dead;
        } else {
            self.next_attempt_at = now + pause_after(self.attempts);
        }
        self
    }
}

fn pause_after(attempts: u32) -> TimeDelta {
    let doublings = attempts.saturating_sub(1).min(16);
    let pause = FIRST_PAUSE.checked_mul(1_i32.wrapping_shl(doublings));
    pause.map_or(LONGEST_PAUSE, |pause| pause.min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::id::{AccountId, OrderId};

    fn queued() -> Delivery {
        Delivery::of(Message {
            kind: MessageKind::OrderPaid,
            account: AccountId::new(Uuid::from_u128(1)),
            order: OrderId::new(Uuid::from_u128(2)),
            reference: "261124000000000011".to_owned(),
            created_at: DateTime::UNIX_EPOCH,
        })
    }

    #[test]
    fn a_message_is_named_by_kind_and_reference() {
        let key = queued().key();
        assert_eq!(key.to_string(), "order_paid/261124000000000011");
        assert_eq!(MessageKey::parse(&key.to_string()), Ok(key));
        for text in ["", "order_paid", "order_paid/", "love/1", "order_paid/a b"] {
            assert_eq!(MessageKey::parse(text), Err(IdError), "{text}");
        }
    }

    #[test]
    fn failures_are_read_as_they_are_written() {
        let errcodes = [43101, -1, i64::MIN].map(Failure::Errcode);
        for failure in Failure::NAMED.into_iter().chain(errcodes) {
            let text = failure.to_string();
            assert!((1..=32).contains(&text.len()), "{text}");
            assert_eq!(Failure::parse(&text), Ok(failure), "{text}");
        }
        for text in ["", "errcode_", "errcode_x", "else"] {
            assert!(Failure::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn pauses_grow_and_the_last_failure_is_the_end() {
        let mut delivery = queued();
        let mut now = delivery.queued_at;
        let mut pauses = Vec::new();
        while delivery.state == DeliveryState::Queued {
            delivery = delivery.postponed(Failure::NoAnswer, now);
            pauses.push((delivery.next_attempt_at - now).num_minutes());
            now = delivery.next_attempt_at;
        }
        assert_eq!(pauses[..8], [1, 2, 4, 8, 16, 32, 60, 60]);
        assert_eq!(delivery.state, DeliveryState::Dead);
        assert_eq!(delivery.attempts, MOST_ATTEMPTS);
        assert!(!delivery.is_too_old(now), "it dies before it is too old");
    }

    #[test]
    fn a_day_is_the_longest_that_a_message_waits() {
        let delivery = queued();
        let day_after = delivery.queued_at + TimeDelta::days(1);
        assert!(!delivery.is_too_old(day_after));
        assert!(delivery.is_too_old(day_after + TimeDelta::microseconds(1)));
    }
}
