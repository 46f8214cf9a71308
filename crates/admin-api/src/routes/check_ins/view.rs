//! The answer to a gate.

use api_kit::error::ApiError;
use api_kit::wire::instant;
use domain::order::Ticket;
use domain::sealed::IdentityCipher;
use domain::text::Language;
use domain::use_cases::check_in::CheckedTicket;
use domain::venue::VenueCode;
use serde::Serialize;
use utoipa::ToSchema;

use crate::wire::{CheckInResult, Id};

/// The answers, by ticket; a look-up that found nothing has one without a ticket.
#[derive(Serialize, ToSchema)]
#[schema(as = CheckIn)]
pub(super) struct CheckInView {
    results: Vec<TicketResult>,
}

/// The answer about one ticket.
#[derive(Serialize, ToSchema)]
struct TicketResult {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ticket: Option<Id>,
    result: CheckInResult,
    /// What the clerk tells the visitor.
    message: String,
    /// The first character of the visitor's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    visitor: Option<String>,
    /// When it was used, if it was used before.
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    used_at: Option<String>,
    /// At which gate it was used, if it was used before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    gate: Option<String>,
}

impl CheckInView {
    pub(super) fn of(
        cipher: &dyn IdentityCipher,
        answer: &[CheckedTicket],
        language: Language,
    ) -> Result<Self, ApiError> {
        let results = answer
            .iter()
            .map(|checked| TicketResult::of(cipher, checked, language));
        Ok(Self {
            results: results.collect::<Result<_, _>>()?,
        })
    }
}

impl TicketResult {
    fn of(
        cipher: &dyn IdentityCipher,
        checked: &CheckedTicket,
        language: Language,
    ) -> Result<Self, ApiError> {
        let ticket = checked.ticket.as_ref();
        let visitor = ticket.map(|ticket| initial(cipher, ticket)).transpose()?;
        let used = checked.used.as_ref();
        Ok(Self {
            ticket: ticket.map(|ticket| Id(ticket.id.uuid())),
            result: checked.verdict.into(),
            message: checked.message.get(language).to_owned(),
            visitor: visitor.flatten(),
            used_at: used.map(|used| instant(used.at)),
            gate: used.map(|used| used.gate.clone()),
        })
    }
}

/// The first character of the visitor's name (rule 10.2); none once it is erased (rule 10.3).
fn initial(cipher: &dyn IdentityCipher, ticket: &Ticket) -> Result<Option<String>, ApiError> {
    let Some(sealed) = &ticket.identity else {
        return Ok(None);
    };
    let revealed = cipher.open(ticket.id.uuid(), sealed)?;
    Ok(revealed.name.chars().next().map(String::from))
}

/// Tells the metrics of the answers, by venue and result.
pub(super) fn count(venue: &VenueCode, answer: &[CheckedTicket]) {
    for checked in answer {
        metrics::counter!(
            "check_in_results_total",
            "venue" => venue.as_str().to_owned(), "result" => checked.verdict.code()
        )
        .increment(1);
    }
}
