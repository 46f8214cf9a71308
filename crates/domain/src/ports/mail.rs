//! The mail server. Called between transactions, never inside one.

use thiserror::Error;

use crate::id::MailId;
use crate::mail::{Attachment, Letter};

/// A mail as it goes out.
#[derive(Debug, Clone, Copy)]
pub struct OutgoingMail<'a> {
    /// Its id, which becomes its Message-ID: mailboxes that see it twice may show it once.
    pub id: MailId,
    /// Recipient, subject and text.
    pub letter: &'a Letter,
    /// The file that goes with it.
    pub attachment: Option<&'a Attachment>,
}

/// Why a mail was not sent. The texts hold nothing personal: no address, no subject.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum MailError {
    /// It may be sent at another time, or may even have been.
    #[error("{0}")]
    Failed(String),
    /// Repeating will not help: there is no such mailbox.
    #[error("{0}")]
    Refused(String),
    /// It was not tried: the caller is to stop, or may not send any more.
    #[error("not tried: {0}")]
    NotTried(String),
}

/// Sends mail.
pub trait Mailer: Send + Sync {
    /// Hands one mail to the server. `Ok` means that the server has taken it.
    ///
    /// # Errors
    /// [`MailError`].
    fn send(&self, mail: &OutgoingMail<'_>) -> Result<(), MailError>;
}
