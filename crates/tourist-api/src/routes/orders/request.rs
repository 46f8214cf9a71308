//! An order as it is asked for.

use std::collections::BTreeSet;

use api_kit::error::ApiError;
use domain::id::{AccountId, SavedVisitorId};
use domain::text::LocalText;
use domain::use_cases::order_request::{OrderDraft, StatedPerson, VisitorDraft, Who};
use domain::venue::VenueCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::idempotency::IdempotencyKey;
use crate::routes::me::{one_of, parse_phone};
use crate::state::Service;
use crate::wire::{BirthDate, Category, Date, DocumentType, Id, Session, Venue};

/// One date, one session, 1–5 visitors.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct OrderBody {
    date: Date,
    session: Session,
    /// To reach the party: 11 mainland digits, or `+` and 8 to 15 digits.
    phone: String,
    #[schema(min_items = 1, max_items = 5)]
    visitors: Vec<OrderVisitor>,
}

/// A visitor: either a saved one by `visitor_id`, or name and document.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OrderVisitor {
    visitor_id: Option<Id>,
    name: Option<String>,
    document_type: Option<DocumentType>,
    document_number: Option<String>,
    /// Needed where the document's number does not tell it.
    birth_date: Option<BirthDate>,
    /// Needed for passports: ISO 3166, three letters.
    nationality: Option<String>,
    category: Category,
    #[serde(default)]
    add_ons: Vec<Venue>,
}

impl OrderBody {
    /// The draft of this order; 422 for what has not the shape of one.
    pub(super) fn into_draft(
        self,
        service: &Service,
        account: AccountId,
        key: &IdempotencyKey,
    ) -> Result<OrderDraft, ApiError> {
        let received_at = service.clock.now();
        let most = service.rules.visitors_per_order;
        if !(1..=most).contains(&self.visitors.len()) {
            let message = LocalText::new(
                format!("每单 1 至 {most} 位观众"),
                format!("An order has 1 to {most} visitors"),
            );
            return Err(ApiError::invalid_field("visitors", message));
        }
        let phone = parse_phone(&self.phone)?;
        let (request_key, body_digest) = key.name_request(service, account, "order", &self)?;
        let visitors = self.visitors.into_iter().enumerate();
        let visitors = visitors.map(|(place, visitor)| visitor.into_draft(place));
        Ok(OrderDraft {
            account,
            date: self.date.0,
            session: self.session.0,
            phone,
            visitors: visitors.collect::<Result<_, _>>()?,
            request_key,
            body_digest,
            received_at,
        })
    }
}

impl OrderVisitor {
    fn into_draft(self, place: usize) -> Result<VisitorDraft, ApiError> {
        let add_ons: BTreeSet<VenueCode> =
            self.add_ons.iter().map(|venue| venue.0.clone()).collect();
        Ok(VisitorDraft {
            category: self.category.into(),
            add_ons,
            who: self.who(place)?,
        })
    }

    fn who(self, place: usize) -> Result<Who, ApiError> {
        let says_nothing_else = self.birth_date.is_none() && self.nationality.is_none();
        let stated = (self.name, self.document_type, self.document_number);
        match (self.visitor_id, stated) {
            (Some(id), (None, None, None)) if says_nothing_else => {
                Ok(Who::Saved(SavedVisitorId::new(id.0)))
            }
            (None, (Some(name), Some(document_type), Some(document_number))) => {
                Ok(Who::Stated(StatedPerson {
                    name,
                    document_type: document_type.into(),
                    document_number,
                    nationality: self.nationality,
                    birth_date: self.birth_date.map(|date| date.0),
                }))
            }
            _ => Err(one_of(
                &format!("visitors[{place}].visitor_id"),
                "name, document_type, document_number",
            )),
        }
    }
}
