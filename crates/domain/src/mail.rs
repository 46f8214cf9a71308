//! Mail to tourists: written with what gives the reason for it, sent by a job.

mod attachment;
mod letter;

use chrono::{DateTime, TimeDelta, Utc};

use crate::coded::coded;
use crate::id::MailId;
use crate::sealed::Sealed;

pub use attachment::{Attachment, AttachmentError};
pub use letter::Letter;

/// How often a mail is tried before it counts as dead: with the pauses below for three days.
const MOST_ATTEMPTS: u32 = 17;
/// The pause after the first attempt, which doubles with each further one.
const FIRST_PAUSE: TimeDelta = TimeDelta::minutes(1);
/// The longest pause.
const LONGEST_PAUSE: TimeDelta = TimeDelta::hours(8);

/// What a mail is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MailKind {
    /// An invoice was issued; it is attached.
    InvoiceIssued,
}

/// What has become of a mail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MailState {
    /// To be sent, or sent with an unknown outcome.
    Queued,
    /// A server has taken it.
    Sent,
    /// It was tried too often, or its recipient does not exist; staff must act.
    Dead,
}

coded!(MailKind, "mail kind", { InvoiceIssued = "invoice_issued" });
coded!(MailState, "mail state", { Queued = "queued", Sent = "sent", Dead = "dead" });

/// A mail, unique by kind and reference, so that nothing is written twice.
///
/// It may be sent twice: where a server took it and its answer was lost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// Its id.
    pub id: MailId,
    /// What it is about.
    pub kind: MailKind,
    /// What it is about exactly: the id of the invoice.
    pub reference: String,
    /// The [`Letter`], sealed for the id; `None` once erased (rule 10.3).
    pub letter: Option<Sealed>,
    /// A file that goes with it.
    pub attachment: Option<Attachment>,
    /// Its state.
    pub state: MailState,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, while it is queued.
    pub next_attempt_at: DateTime<Utc>,
    /// What went wrong last, without anything personal.
    pub last_error: Option<String>,
    /// When it was written.
    pub created_at: DateTime<Utc>,
    /// When a server took it.
    pub sent_at: Option<DateTime<Utc>>,
}

/// What came of an attempt to send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MailAttempt {
    /// A server took it.
    Sent,
    /// It was not sent; it may be at another time.
    Failed(String),
    /// It was not sent, and repeating will not help.
    Refused(String),
}

impl Mail {
    /// A mail that waits to be sent.
    #[must_use]
    pub fn queued(
        id: MailId,
        kind: MailKind,
        reference: String,
        letter: Sealed,
        attachment: Option<Attachment>,
        now: DateTime<Utc>,
    ) -> Self {
        Self {
            id,
            kind,
            reference,
            letter: Some(letter),
            attachment,
            state: MailState::Queued,
            attempts: 0,
            next_attempt_at: now,
            last_error: None,
            created_at: now,
            sent_at: None,
        }
    }

    /// Notes what came of an attempt: after a failure it waits, longer each time, and is dead
    /// after the last.
    pub fn note(&mut self, attempt: MailAttempt, now: DateTime<Utc>) {
        self.attempts = self.attempts.saturating_add(1);
        match attempt {
            MailAttempt::Sent => {
                self.state = MailState::Sent;
                self.sent_at = Some(now);
                self.last_error = None;
            }
            MailAttempt::Failed(cause) => {
                self.last_error = Some(cause);
                self.next_attempt_at = now + pause_after(self.attempts);
                if self.attempts >= MOST_ATTEMPTS {
                    self.state = MailState::Dead;
                }
            }
            MailAttempt::Refused(cause) => {
                self.last_error = Some(cause);
                self.state = MailState::Dead;
            }
        }
    }
}

fn pause_after(attempts: u32) -> TimeDelta {
    let doublings = attempts.saturating_sub(1).min(10);
    (FIRST_PAUSE * (1_i32 << doublings)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail() -> Mail {
        let letter = Sealed {
            key_id: "plain".to_owned(),
            bytes: Vec::new(),
        };
        let id = MailId::new(uuid::Uuid::from_u128(1));
        let now = DateTime::UNIX_EPOCH;
        Mail::queued(
            id,
            MailKind::InvoiceIssued,
            "1".to_owned(),
            letter,
            None,
            now,
        )
    }

    #[test]
    fn pauses_grow_up_to_eight_hours_and_the_last_attempt_kills() {
        let mut mail = mail();
        let mut now = mail.next_attempt_at;
        let mut pauses = Vec::new();
        while mail.state == MailState::Queued {
            mail.note(MailAttempt::Failed("SMTP 451".to_owned()), now);
            pauses.push((mail.next_attempt_at - now).num_minutes());
            now = mail.next_attempt_at;
        }
        assert_eq!(pauses[..5], [1, 2, 4, 8, 16]);
        assert_eq!(pauses.iter().max(), Some(&480));
        assert_eq!((mail.state, mail.attempts), (MailState::Dead, 17));
        assert!((now - mail.created_at).num_days() >= 3);
    }

    #[test]
    fn a_refusal_kills_at_once_and_a_success_ends() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let mut refused = mail();
        refused.note(MailAttempt::Refused("SMTP 550".to_owned()), now);
        assert_eq!(refused.state, MailState::Dead);
        let mut sent = mail();
        sent.note(MailAttempt::Failed("no connection".to_owned()), now);
        sent.note(MailAttempt::Sent, now);
        assert_eq!((sent.state, sent.attempts), (MailState::Sent, 2));
        assert_eq!((sent.sent_at, sent.last_error), (Some(now), None));
    }
}
