//! A mail server as a test wants it: answers given beforehand, letters written down.

use std::collections::VecDeque;
use std::sync::Mutex;

use crate::id::MailId;
use crate::mail::{Attachment, Letter};
use crate::ports::{MailError, Mailer, OutgoingMail};

use super::memory::lock;

/// A mail as it came to the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedMail {
    /// Its id.
    pub id: MailId,
    /// Recipient, subject and text.
    pub letter: Letter,
    /// The file that came with it.
    pub attachment: Option<Attachment>,
}

/// A mail server with answers given beforehand; without one left it takes every mail.
#[derive(Debug, Default)]
pub struct ScriptedMailer {
    answers: Mutex<VecDeque<Result<(), MailError>>>,
    received: Mutex<Vec<ReceivedMail>>,
}

impl ScriptedMailer {
    /// A server that takes everything.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers a further mail so.
    pub fn answer(&self, answer: Result<(), MailError>) {
        lock(&self.answers).push_back(answer);
    }

    /// The mails that came, taken or not, in order.
    #[must_use]
    pub fn received(&self) -> Vec<ReceivedMail> {
        lock(&self.received).clone()
    }
}

impl Mailer for ScriptedMailer {
    fn send(&self, mail: &OutgoingMail<'_>) -> Result<(), MailError> {
        lock(&self.received).push(ReceivedMail {
            id: mail.id,
            letter: mail.letter.clone(),
            attachment: mail.attachment.cloned(),
        });
        lock(&self.answers).pop_front().unwrap_or(Ok(()))
    }
}
