//! A check-in as a gate asks for it.

use api_kit::error::{ApiError, document_invalid};
use api_kit::idempotency::IdempotencyKey;
use domain::gate::Gate;
use domain::id::OrderNumber;
use domain::text::LocalText;
use domain::use_cases::check_in::{CheckInRequest, Shown, documents_shown};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::state::Service;
use crate::wire::{DocumentType, Venue};

/// Exactly one of `document_number`, `code` and `order_number`.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct CheckInBody {
    /// Without it the number is looked up under each type that it fits.
    document_type: Option<DocumentType>,
    document_number: Option<String>,
    /// Of passports: ISO 3166, three letters.
    nationality: Option<String>,
    /// The text of the ticket's QR.
    code: Option<String>,
    /// All tickets of that order.
    order_number: Option<String>,
    /// The gate's own, if it is told.
    venue: Option<Venue>,
    /// Whether the certificates of those who need one have been seen.
    #[serde(default)]
    certificate_checked: bool,
}

impl CheckInBody {
    /// The request of `gate`; 422 for what has not the shape of one.
    pub(super) fn into_request(
        self,
        service: &Service,
        gate: &Gate,
        key: &IdempotencyKey,
    ) -> Result<CheckInRequest, ApiError> {
        if self
            .venue
            .as_ref()
            .is_some_and(|venue| venue.0 != gate.venue)
        {
            return Err(ApiError::invalid_field("venue", another_venue(gate)));
        }
        let canonical = serde_json::to_vec(&self).map_err(ApiError::internal)?;
        Ok(CheckInRequest {
            shown: self.shown(service)?,
            gate: gate.name.as_str().to_owned(),
            venue: gate.venue.clone(),
            certificate_checked: self.certificate_checked,
            request_key: service.digests.gate_request_key(gate.id, key.as_str()),
            body_digest: service.digests.body_digest(&canonical),
            received_at: service.clock.now(),
        })
    }

    fn shown(&self, service: &Service) -> Result<Shown, ApiError> {
        let says_document = self.document_type.is_some() || self.nationality.is_some();
        match (&self.document_number, &self.code, &self.order_number) {
            (Some(number), None, None) => self.document(service, number),
            (None, Some(code), None) if !says_document => {
                let code = service.ticket_codes.verify(code, service.clock.now())?;
                Ok(Shown::Ticket(code.ticket))
            }
            (None, None, Some(number)) if !says_document => {
                let number = OrderNumber::parse(number);
                number.map(Shown::Order).map_err(|_| no_order_number())
            }
            _ => Err(ApiError::invalid_field("document_number", one_of_three())),
        }
    }

    fn document(&self, service: &Service, number: &str) -> Result<Shown, ApiError> {
        let kind = self.document_type.map(Into::into);
        let (nationality, now) = (self.nationality.as_deref(), service.clock.now());
        documents_shown(&*service.cipher, kind, number, nationality, now).map_err(document_invalid)
    }
}

fn another_venue(gate: &Gate) -> LocalText {
    let venue = &gate.venue;
    LocalText::new(
        format!("本闸机属于 {venue}，不能为其他场馆检票"),
        format!("This gate is at {venue} and cannot admit to another venue"),
    )
}

fn no_order_number() -> ApiError {
    let message = LocalText::new("订单号格式有误", "This is no order number");
    ApiError::invalid_field("order_number", message)
}

fn one_of_three() -> LocalText {
    LocalText::new(
        "document_number、code、order_number 须填且只填一项；document_type 与 nationality 仅与 document_number 同用",
        "Exactly one of document_number, code and order_number; document_type and nationality only \
         beside document_number",
    )
}
