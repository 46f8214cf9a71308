//! Messages to tourists. Sent between transactions, never inside one.

use thiserror::Error;

use crate::delivery::Failure;
use crate::message_parts::TouristMessage;

/// Why a message was not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SendError {
    /// The tourist never accepted such a message, or has had as many as were accepted; asking
    /// again changes nothing.
    #[error("the tourist accepts no such message: {0}")]
    Refused(Failure),
    /// The message, its template or its receiver is wrong; it needs a person.
    #[error("the message is not taken as it is: {0}")]
    Wrong(Failure),
    /// There is no template for its kind.
    #[error("no template is configured")]
    NotConfigured,
    /// It was not taken now, or no answer came and it may have been: send it again later. A
    /// message that is told twice is better than none.
    #[error("not taken now: {0}")]
    Later(Failure),
    /// The messenger was not called at all.
    #[error("the messenger was not called")]
    NotCalled,
}

/// Brings messages to tourists: WeChat's subscribe messages.
pub trait TouristMessenger: Send + Sync {
    /// Sends one message, those of its parts that its kind's template has a place for. May be
    /// called by several threads at once.
    ///
    /// # Errors
    /// [`SendError`].
    fn send(&self, message: &TouristMessage) -> Result<(), SendError>;
}
