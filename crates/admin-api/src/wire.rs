//! The values that go over the wire, read into the domain's types at the door.

use api_kit::{mirrored, textual};
use domain::check_in::Verdict;
use domain::venue::{VenueCode, VenueCodeError};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

mirrored!(
    /// The kind of identity document.
    DocumentType = domain::identity::DocumentType {
        IdCard, HkMacauPermit, PermanentResident, Passport, TaiwanPermit, ResidencePermit,
    }
);

/// The code of a venue, such as `palace`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[a-z][a-z0-9_]{0,31}$", example = "treasure_gallery")]
pub(crate) struct Venue(pub(crate) VenueCode);
textual!(
    Venue(VenueCode),
    VenueCodeError,
    VenueCode::parse,
    VenueCode::to_string
);

/// The id of something of ours.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = "uuid")]
pub(crate) struct Id(#[serde(serialize_with = "hyphenated")] pub(crate) Uuid);

fn hyphenated<S: serde::Serializer>(id: &Uuid, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&id.as_hyphenated())
}

/// What a gate is answered about a ticket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CheckInResult {
    Admitted,
    NotYetValid,
    Expired,
    WrongDate,
    AlreadyUsed,
    Refunded,
    Unpaid,
    Cancelled,
    NoTicket,
    MainGateFirst,
    CertificateNeeded,
    AdultNeeded,
}

impl From<Verdict> for CheckInResult {
    fn from(verdict: Verdict) -> Self {
        match verdict {
            Verdict::Admitted => Self::Admitted,
            Verdict::NotYetValid => Self::NotYetValid,
            Verdict::Expired => Self::Expired,
            Verdict::WrongDate => Self::WrongDate,
            Verdict::AlreadyUsed => Self::AlreadyUsed,
            Verdict::Refunded => Self::Refunded,
            Verdict::Unpaid => Self::Unpaid,
            // The visit is off, as it is with a cancelled order; the message tells which it is.
            Verdict::Cancelled | Verdict::DayClosed => Self::Cancelled,
            Verdict::NoTicket => Self::NoTicket,
            Verdict::MainGateFirst => Self::MainGateFirst,
            Verdict::CertificateNeeded => Self::CertificateNeeded,
            Verdict::AdultNeeded => Self::AdultNeeded,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_the_domain() {
        for kind in domain::identity::DocumentType::ALL {
            let wire = serde_json::to_value(DocumentType::from(kind)).unwrap();
            assert_eq!(wire, kind.code());
        }
        for verdict in Verdict::ALL {
            let wire = serde_json::to_value(CheckInResult::from(*verdict)).unwrap();
            let expected = match verdict {
                Verdict::DayClosed => "cancelled",
                other => other.code(),
            };
            assert_eq!(wire, expected);
        }
    }
}
