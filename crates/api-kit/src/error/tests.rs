use std::collections::BTreeSet;

use domain::category::CategoryError;
use domain::identity::{BirthDateError, DocumentError};
use domain::person_name::NameError;
use domain::ports::StoreError;
use domain::refund::RefundReason;
use domain::refusal::Reason;
use domain::session::SessionCode;
use domain::venue::VenueCode;
use domain::visit_date::VisitDate;

use serde_json::json;

use super::*;

fn words(zh: &str, en: &str) -> LocalText {
    LocalText::new(zh, en)
}

#[test]
fn the_envelope_speaks_the_callers_language() {
    let error = ApiError::new(&codes::ORDER_REFUSED).detail(
        Detail::new(
            "quota.sold_out",
            words("该场次已售罄", "This session is sold out"),
        )
        .with("visitor", Value::Null)
        .with("venue", "palace")
        .with_some("other_session", None::<String>),
    );
    assert_eq!(
        error.body(Language::English, "r1"),
        json!({
            "code": "order.refused",
            "message": "The order was refused",
            "request_id": "r1",
            "details": [{
                "visitor": null,
                "code": "quota.sold_out",
                "message": "This session is sold out",
                "venue": "palace",
            }],
        })
    );
    let chinese = error.body(Language::Chinese, "r1");
    assert_eq!(chinese["message"], "无法下单");
    assert_eq!(chinese["details"][0]["message"], "该场次已售罄");
}

#[test]
fn a_store_that_fails_tells_the_caller_what_to_do_and_nothing_else() {
    for (error, code, retry) in [
        (StoreError::Unavailable, "overloaded", true),
        (StoreError::Contention, "overloaded", true),
        (StoreError::Unknown, "outcome.unknown", true),
        (
            StoreError::Fault("row 7 of tickets".to_owned()),
            "internal",
            false,
        ),
        (StoreError::LeaseLost, "internal", false),
    ] {
        let error = ApiError::from(error);
        assert_eq!(
            (error.code().code, error.retry_after.is_some()),
            (code, retry)
        );
        assert!(error.cause().is_some(), "{code} is logged");
        assert!(
            !error
                .body(Language::English, "")
                .to_string()
                .contains("row 7")
        );
    }
}

#[test]
fn the_document_is_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/ERRORS.md");
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == codes::table(),
        "docs/ERRORS.md is not what the table says; run: cargo run -p tourist-api -- errors > docs/ERRORS.md"
    );
}

#[test]
fn codes_are_unique_and_statuses_are_errors() {
    let codes: BTreeSet<_> = codes::ALL.iter().map(|entry| entry.code).collect();
    assert_eq!(codes.len(), codes::ALL.len());
    let details: BTreeSet<_> = codes::DETAILS.iter().map(|entry| entry.code).collect();
    assert_eq!(details.len(), codes::DETAILS.len());
    for entry in codes::ALL {
        assert!((400..=599).contains(&entry.status), "{}", entry.code);
    }
    for code in codes::DETAILS
        .iter()
        .flat_map(|entry| entry.within.split(", "))
    {
        assert!(codes.contains(code), "{code}");
    }
}

#[test]
fn every_reason_of_the_domain_is_in_the_table() {
    let venue = VenueCode::parse("palace").unwrap();
    let day = VisitDate::parse("2026-12-01").unwrap();
    let session = SessionCode::parse("morning").ok();
    let orders = [
        Reason::SoldOut {
            venue: venue.clone(),
            other_session: session.clone(),
        },
        Reason::NotEnough {
            venue,
            remaining: 1,
            other_session: session,
        },
        Reason::SalesNotOpen {
            opens_at: day.start(),
        },
        Reason::SalesClosed,
        Reason::DayClosed,
        Reason::AlreadyBooked,
        Reason::DuplicateInOrder,
        Reason::Banned { until: day },
        Reason::Document(DocumentError::Empty),
        Reason::Name(NameError::Empty),
        Reason::VisitorNotFound,
        Reason::BirthDate(BirthDateError::Required),
        Reason::BirthDate(BirthDateError::Mismatch),
        Reason::Category(CategoryError::NotSold),
        Reason::Category(CategoryError::AgeMismatch),
        Reason::NeedsAdult,
        Reason::PassExhausted { entries: 10 },
        Reason::PassVoid,
        Reason::PassOfAnotherYear { year: 2026 },
        Reason::UnpaidExists,
        Reason::TooManyAdmissions { limit: 5, held: 5 },
    ];
    let refunds = [
        RefundReason::NothingChosen,
        RefundReason::NotInOrder,
        RefundReason::NotValid(domain::order::TicketState::Held),
        RefundReason::CheckedIn,
        RefundReason::GatePassed,
        RefundReason::TooLate,
        RefundReason::NeedsAdult {
            also_refund: Vec::new(),
        },
    ];
    let order_codes = orders.iter().map(|reason| (reason.code(), "order.refused"));
    let refund_codes = refunds
        .iter()
        .map(|reason| (reason.code(), "refund.refused"));
    for (code, within) in order_codes.chain(refund_codes) {
        let row = codes::DETAILS.iter().find(|entry| entry.code == code);
        assert!(row.is_some_and(|row| row.within.contains(within)), "{code}");
    }
}
