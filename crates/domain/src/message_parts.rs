//! What messages say: the parts from which WeChat fills a template.

use chrono::{DateTime, Utc};

use crate::account::OpenId;
use crate::coded::coded;
use crate::id::OrderId;
use crate::money::Fen;
use crate::outbox::MessageKind;
use crate::visit_date::VisitDate;

/// One thing that a message may say. A template has places for some of those that its kind knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MessagePart {
    /// The order's number.
    OrderNumber,
    /// The session's name.
    Session,
    /// The visit day.
    VisitDay,
    /// When the session's tickets admit on that day (rule 1.4).
    Entry,
    /// For how many visitors there is a valid ticket.
    Visitors,
    /// What was paid, or goes back.
    Amount,
    /// The last day of a ban (rule 7.2).
    BannedUntil,
    /// A sentence of advice.
    Note,
}

coded!(MessagePart, "message part", {
    OrderNumber = "order_number",
    Session = "session",
    VisitDay = "visit_day",
    Entry = "entry",
    Visitors = "visitors",
    Amount = "amount",
    BannedUntil = "banned_until",
    Note = "note",
});

impl MessageKind {
    /// What messages of this kind can say.
    #[must_use]
    pub const fn parts(self) -> &'static [MessagePart] {
        use MessagePart::{
            Amount, BannedUntil, Entry, Note, OrderNumber, Session, VisitDay, Visitors,
        };
        match self {
            Self::OrderPaid => &[
                OrderNumber,
                Session,
                VisitDay,
                Entry,
                Visitors,
                Amount,
                Note,
            ],
            Self::LatePaymentReturned | Self::RefundSucceeded => {
                &[OrderNumber, Session, VisitDay, Amount, Note]
            }
            Self::VisitReminder => &[OrderNumber, Session, VisitDay, Entry, Visitors, Note],
            Self::Banned => &[OrderNumber, VisitDay, BannedUntil, Note],
        }
    }
}

/// What stands in a part. How it is written is the messenger's affair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PartValue {
    /// Digits and Latin letters.
    Code(String),
    /// A text in Chinese.
    Text(String),
    /// A number of people.
    Count(usize),
    /// An amount of money.
    Amount(Fen),
    /// A day.
    Day(VisitDate),
    /// A part of one day, both minutes included.
    Period {
        /// Its first minute.
        from: DateTime<Utc>,
        /// Its last minute.
        until: DateTime<Utc>,
    },
}

/// A message ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TouristMessage {
    /// To whom.
    pub to: OpenId,
    /// Of which kind.
    pub kind: MessageKind,
    /// The order that opens when the message is touched.
    pub order: OrderId,
    /// All that its kind [can say](MessageKind::parts).
    pub parts: Vec<(MessagePart, PartValue)>,
}
