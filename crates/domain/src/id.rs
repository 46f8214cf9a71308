//! Typed identifiers, so that a ticket's id is never taken for an order's.

use std::fmt;

use chrono::{DateTime, Utc};
use thiserror::Error;
use uuid::Uuid;

use crate::visit_date::VisitDate;

/// Makes identifiers.
///
/// Successive ids of one source increase, and two sources never make the same one: they are
/// UUIDs of version 7. They are made before a unit of work begins, so that a unit that is run
/// again stores the same ids again.
pub trait IdSource: Send + Sync {
    /// The next identifier.
    fn next(&self) -> Uuid;
}

/// A text that is no identifier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an identifier")]
pub struct IdError;

macro_rules! typed_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(Uuid);

        impl $name {
            /// Takes an identifier that an [`IdSource`] made or that was stored before.
            #[must_use]
            pub const fn new(id: Uuid) -> Self {
                Self(id)
            }

            /// The next identifier of this kind.
            pub fn next(ids: &dyn IdSource) -> Self {
                Self(ids.next())
            }

            /// The identifier without its type, for storing.
            #[must_use]
            pub const fn uuid(self) -> Uuid {
                self.0
            }

            /// Reads the hyphenated form that [`fmt::Display`] writes.
            ///
            /// # Errors
            /// [`IdError`] for any other text.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                match Uuid::try_parse(text) {
                    Ok(id) if text.len() == uuid::fmt::Hyphenated::LENGTH => Ok(Self(id)),
                    _ => Err(IdError),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(formatter)
            }
        }
    };
}

typed_id!(
    /// A tourist's account.
    AccountId
);
typed_id!(
    /// A saved visitor (常用观众) of an account.
    SavedVisitorId
);
typed_id!(
    /// An order.
    OrderId
);
typed_id!(
    /// An annual pass (年票).
    AnnualPassId
);
typed_id!(
    /// A ticket: one visitor's admission within an order.
    TicketId
);
typed_id!(
    /// A ticket's place in one of the add-on venues.
    AddOnId
);
typed_id!(
    /// A refund that a tourist or staff asked for.
    RefundId
);
typed_id!(
    /// An invoice that a tourist asked for.
    InvoiceId
);
typed_id!(
    /// A mail.
    MailId
);
typed_id!(
    /// A gate.
    GateId
);

/// The digits of Crockford's base 32: no I, L, O, U, so that a number can be read out aloud.
const CROCKFORD: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The number by which people and the payment provider name an order (订单号, `out_trade_no`).
///
/// 18 characters: the Shanghai day of creation as `YYMMDD`, then 60 bits of the order's id in
/// Crockford's base 32. The database holds it unique.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OrderNumber(String);

impl OrderNumber {
    /// The one number of the order `id`.
    #[must_use]
    pub fn of(id: OrderId, created_at: DateTime<Utc>) -> Self {
        let bits = id.uuid().as_u128();
        let digits = (0..12).rev().map(|place| {
            let index = usize::try_from((bits >> (place * 5)) & 31).unwrap_or(0);
            char::from(CROCKFORD.get(index).copied().unwrap_or(b'0'))
        });
        let day = VisitDate::containing(created_at).date().format("%y%m%d");
        Self(day.to_string().chars().chain(digits).collect())
    }

    /// Reads a number as a person typed it: surrounding space is dropped, case does not matter.
    ///
    /// # Errors
    /// [`IdError`] if it does not have the form of an order number.
    pub fn parse(text: &str) -> Result<Self, IdError> {
        let number = text.trim().to_ascii_uppercase();
        let (Some(day), Some(rest)) = (number.get(..6), number.get(6..)) else {
            return Err(IdError);
        };
        let well_formed = day.bytes().all(|byte| byte.is_ascii_digit())
            && rest.len() == 12
            && rest.bytes().all(|byte| CROCKFORD.contains(&byte));
        well_formed.then_some(Self(number)).ok_or(IdError)
    }

    /// The number as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for OrderNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Names a request that must not be carried out twice: a keyed digest of the account, what was
/// asked for, and the caller's `Idempotency-Key` (rule 4.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestKey(pub [u8; 32]);

impl RequestKey {
    /// The key of something that the system itself asks for, once: named by its own id.
    #[must_use]
    pub fn of_id(id: Uuid) -> Self {
        let mut key = [0; 32];
        for (place, byte) in key.iter_mut().zip(id.as_bytes()) {
            *place = *byte;
        }
        Self(key)
    }
}

/// A keyed digest of a request's parsed body: the same key with another body is refused
/// (rule 4.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BodyDigest(pub [u8; 32]);

#[cfg(test)]
mod tests {
    use chrono::TimeZone;

    use super::*;

    fn created_at() -> DateTime<Utc> {
        Utc.with_ymd_and_hms(2026, 11, 23, 16, 30, 0).unwrap()
    }

    #[test]
    fn an_order_number_carries_the_shanghai_day_and_the_low_bits() {
        let number = OrderNumber::of(OrderId::new(Uuid::from_u128(33)), created_at());
        assert_eq!(number.as_str(), "261124000000000011");
        assert_eq!(OrderNumber::parse(" 261124000000000011 "), Ok(number));
    }

    #[test]
    fn what_is_no_order_number_is_refused() {
        for text in [
            "",
            "2611240000000000",
            "26112400000000001U",
            "二六11240000000",
            "26112400000000001é",
        ] {
            assert_eq!(OrderNumber::parse(text), Err(IdError), "{text}");
        }
    }

    #[test]
    fn ids_are_read_in_one_form_only() {
        let id = OrderId::new(Uuid::from_u128(7));
        assert_eq!(OrderId::parse(&id.to_string()), Ok(id));
        assert_eq!(
            OrderId::parse("00000000000000000000000000000007"),
            Err(IdError)
        );
        assert_eq!(OrderId::parse("-7"), Err(IdError));
    }
}
