//! Bringing mail to the server.

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;
use crate::id::MailId;
use crate::mail::{Letter, Mail, MailAttempt, MailState};
use crate::ports::{MailError, Mailer, OutgoingMail, StoreError, UnitOfWork};
use crate::sealed::TextCipher;

/// For how long a claimed mail is left alone, so that it is not sent a second time while the first
/// is under way: longer than any server is waited for.
const PAUSE: TimeDelta = TimeDelta::minutes(5);

/// How many are claimed at a time; they may hold 5 MiB each.
const BATCH: u32 = 10;

/// What one round has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SentMails {
    /// Mails that a server has taken.
    pub sent: usize,
    /// Mails that wait for another attempt.
    pub failed: usize,
    /// Mails that are dead now.
    pub died: usize,
    /// How many are dead in all, these included.
    pub dead: usize,
}

/// Sends the mails that are due, at most `most`. What a server does not take is tried again,
/// after longer and longer pauses, and dead after the last.
///
/// # Errors
/// [`StoreError`]; what was done before stays done.
pub fn send_mails(
    unit_of_work: &dyn UnitOfWork,
    cipher: &dyn TextCipher,
    mailer: &dyn Mailer,
    clock: &dyn Clock,
    most: u32,
) -> Result<SentMails, StoreError> {
    let mut done = SentMails::default();
    let mut left = most;
    while left > 0 {
        let (now, limit) = (clock.now(), left.min(BATCH));
        let claimed = unit_of_work.run(|stores| stores.mails().claim_due(now, PAUSE, limit))?;
        if claimed.is_empty() {
            break;
        }
        left = left.saturating_sub(limit);
        for mail in claimed {
            // A caller that is to stop leaves the rest for the next round, which comes after the
            // pause.
            let Some(attempt) = attempt(cipher, mailer, &mail) else {
                left = 0;
                break;
            };
            record(unit_of_work, mail, attempt, clock.now(), &mut done)?;
        }
    }
    let dead = unit_of_work.run(|stores| stores.mails().dead())?;
    done.dead = usize::try_from(dead).unwrap_or(usize::MAX);
    Ok(done)
}

/// Has a dead mail sent again, once a person has mended what made it fail. `false` if no mail of
/// that id is dead.
///
/// # Errors
/// [`StoreError`].
pub fn retry_mail(
    unit_of_work: &dyn UnitOfWork,
    id: MailId,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    unit_of_work.run(|stores| stores.mails().reopen(id, now))
}

/// `None` if it was not tried.
fn attempt(cipher: &dyn TextCipher, mailer: &dyn Mailer, mail: &Mail) -> Option<MailAttempt> {
    let letter = match open_letter(cipher, mail) {
        Ok(letter) => letter,
        Err(cause) => return Some(MailAttempt::Refused(cause)),
    };
    let outgoing = OutgoingMail {
        id: mail.id,
        letter: &letter,
        attachment: mail.attachment.as_ref(),
    };
    match mailer.send(&outgoing) {
        Ok(()) => Some(MailAttempt::Sent),
        Err(MailError::Failed(cause)) => Some(MailAttempt::Failed(cause)),
        Err(MailError::Refused(cause)) => Some(MailAttempt::Refused(cause)),
        Err(MailError::NotTried(_)) => None,
    }
}

fn open_letter(cipher: &dyn TextCipher, mail: &Mail) -> Result<Letter, String> {
    let sealed = mail.letter.as_ref().ok_or("the letter was erased")?;
    let text = cipher.open_text(mail.id.uuid(), sealed);
    let text = text.map_err(|error| error.to_string())?;
    Letter::from_sealable(&text).ok_or_else(|| "the letter cannot be read".to_owned())
}

fn record(
    unit_of_work: &dyn UnitOfWork,
    mut mail: Mail,
    attempt: MailAttempt,
    now: DateTime<Utc>,
    done: &mut SentMails,
) -> Result<(), StoreError> {
    mail.note(attempt, now);
    if !unit_of_work.run(|stores| stores.mails().settle(&mail))? {
        return Ok(());
    }
    let count = match mail.state {
        MailState::Queued => &mut done.failed,
        MailState::Sent => &mut done.sent,
        MailState::Dead => &mut done.died,
    };
    *count = count.saturating_add(1);
    Ok(())
}
