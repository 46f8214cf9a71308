//! The values that go over the wire, read into the domain's types at the door.

use api_kit::{mirrored, textual};
use chrono::NaiveDate;
use domain::session::{SessionCode, SessionCodeError};
use domain::venue::{VenueCode, VenueCodeError};
use domain::visit_date::{VisitDate, VisitDateError};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use utoipa::ToSchema;
use uuid::Uuid;

mirrored!(
    /// Whom a ticket is for.
    Category = domain::category::Category { Standard, Senior, Student, Minor, AnnualPass }
);
mirrored!(
    /// The kind of identity document.
    DocumentType = domain::identity::DocumentType {
        IdCard, HkMacauPermit, PermanentResident, Passport, TaiwanPermit, ResidencePermit,
    }
);
mirrored!(
    /// How the places of an order were got.
    OrderKind = domain::order::OrderKind { Ordinary, AnnualPass }
);
mirrored!(
    /// 待支付, 未使用, 已核销, 已退票, 已取消, 已关闭.
    OrderState = domain::order::OrderState { Unpaid, Paid, Used, Refunded, Cancelled, Closed }
);
mirrored!(
    /// The state of a ticket or an add-on.
    TicketState = domain::order::TicketState { Held, Valid, Used, Refunded, Cancelled, Expired }
);
mirrored!(
    /// What has become of a refund.
    RefundState = domain::refund::RefundState { Requested, Submitted, Succeeded, Failed }
);
mirrored!(
    /// 待开票, 已开票, 待红冲, 已红冲, 已驳回.
    InvoiceState = domain::invoice::InvoiceState {
        Requested, Issued, ReversalNeeded, Reversed, Rejected,
    }
);
mirrored!(
    /// What a notice is about.
    NoticeKind = domain::content::NoticeKind {
        VisitorPolicies, Sessions, BannedItems, OpeningHours, Announcement,
    }
);
mirrored!(
    /// Whether an annual pass has entries left; void once its year is over.
    PassState = domain::annual_pass::PassState { Active, Exhausted, Void }
);
mirrored!(
    /// What is left, in words.
    Availability = domain::quota::Availability { Available, Few, SoldOut }
);
mirrored!(
    /// April to October is the peak season.
    Season = domain::season::Season { Peak, Low }
);
mirrored!(
    /// The museum itself, or a hall inside.
    VenueKind = domain::venue::VenueKind { Admission, AddOn }
);

/// A day, as `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, format = Date)]
pub(crate) struct Date(pub(crate) VisitDate);
textual!(
    Date(VisitDate),
    VisitDateError,
    VisitDate::parse,
    VisitDate::to_string
);

/// A birth date, as `YYYY-MM-DD`.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, format = Date)]
pub(crate) struct BirthDate(pub(crate) NaiveDate);
textual!(
    BirthDate(NaiveDate),
    NotABirthDate,
    parse_birth_date,
    NaiveDate::to_string
);

/// The code of a session, such as `morning`.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, pattern = "^[a-z][a-z0-9_]{0,31}$", example = "morning")]
pub(crate) struct Session(pub(crate) SessionCode);
textual!(
    Session(SessionCode),
    SessionCodeError,
    SessionCode::parse,
    SessionCode::to_string
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
#[derive(Debug, Clone, Copy, Serialize, Deserialize, ToSchema)]
#[serde(try_from = "String", into = "String")]
#[schema(value_type = String, format = "uuid")]
pub(crate) struct Id(pub(crate) Uuid);
textual!(Id(Uuid), uuid::Error, Uuid::try_parse, Uuid::to_string);

/// Not a day, written `YYYY-MM-DD`.
#[derive(Debug, Error)]
#[error("not a day written YYYY-MM-DD")]
pub(crate) struct NotABirthDate;

fn parse_birth_date(text: &str) -> Result<NaiveDate, NotABirthDate> {
    let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| NotABirthDate)?;
    // chrono reads `1990-1-2` and `+1990-01-02` too.
    let written_so = date.to_string() == text;
    written_so.then_some(date).ok_or(NotABirthDate)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The codes over the wire are those of the domain, which the database has too.
    macro_rules! assert_same_codes {
        ($($name:ident = $domain:path),+ $(,)?) => {$(
            use $domain as Domain;
            for value in Domain::ALL.iter().copied() {
                let wire = serde_json::to_value($name::from(value)).unwrap();
                assert_eq!(wire, value.code());
                let back: $name = serde_json::from_value(wire).unwrap();
                assert_eq!(Domain::from(back), value);
            }
        )+};
    }

    #[test]
    fn codes_are_those_of_the_domain() {
        {
            assert_same_codes!(Category = domain::category::Category);
        }
        {
            assert_same_codes!(DocumentType = domain::identity::DocumentType);
        }
        {
            assert_same_codes!(OrderKind = domain::order::OrderKind);
        }
        {
            assert_same_codes!(PassState = domain::annual_pass::PassState);
        }
        {
            assert_same_codes!(OrderState = domain::order::OrderState);
        }
        {
            assert_same_codes!(TicketState = domain::order::TicketState);
        }
        {
            assert_same_codes!(RefundState = domain::refund::RefundState);
        }
        {
            assert_same_codes!(Season = domain::season::Season);
        }
        {
            assert_same_codes!(VenueKind = domain::venue::VenueKind);
        }
    }

    #[test]
    fn what_is_no_value_is_refused() {
        assert!(serde_json::from_str::<Date>("\"2026-13-01\"").is_err());
        for text in [
            "1990-02-30",
            "1990-1-2",
            "+1990-01-02",
            " 1990-01-02",
            "10000-01-01",
        ] {
            assert!(
                serde_json::from_value::<BirthDate>(text.into()).is_err(),
                "{text}"
            );
        }
        assert!(serde_json::from_value::<BirthDate>("1990-01-02".into()).is_ok());
        assert!(serde_json::from_str::<Session>("\"Morning\"").is_err());
        assert!(serde_json::from_str::<Id>("\"-1\"").is_err());
        assert!(serde_json::from_str::<Category>("\"child\"").is_err());
    }
}
