//! The visitors that a tourist keeps for the next order (常用观众).

use actix_web::web::{Json, Path};
use actix_web::{HttpResponse, delete, get, post, put};
use api_kit::body::Body;
use api_kit::error::ApiError;
use domain::account::SavedVisitor;
use domain::id::SavedVisitorId;
use domain::identity::mask;
use domain::use_cases::order_request::StatedPerson;
use domain::use_cases::saved_visitors::{change_visitor, delete_visitor, save_visitor};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::parse::visitor_id;
use crate::signed_in::SignedIn;
use crate::state::{Service, State, on_database};
use crate::wire::{BirthDate, DocumentType, Id};

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service
        .service(list_visitors)
        .service(create_visitor)
        .service(update_visitor)
        .service(remove_visitor);
}

/// A visitor as typed.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VisitorBody {
    name: String,
    document_type: DocumentType,
    document_number: String,
    /// Needed where the document's number does not tell it.
    birth_date: Option<BirthDate>,
    /// Needed for passports: ISO 3166, three letters.
    nationality: Option<String>,
}

impl From<VisitorBody> for StatedPerson {
    fn from(body: VisitorBody) -> Self {
        Self {
            name: body.name,
            document_type: body.document_type.into(),
            document_number: body.document_number,
            nationality: body.nationality,
            birth_date: body.birth_date.map(|date| date.0),
        }
    }
}

/// A saved visitor; the number is masked.
#[derive(Serialize, ToSchema)]
struct Visitor {
    id: Id,
    name: String,
    document_type: DocumentType,
    document_masked: String,
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    birth_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    nationality: Option<String>,
}

impl Visitor {
    fn open(service: &Service, saved: &SavedVisitor) -> Result<Self, ApiError> {
        let revealed = service.cipher.open(saved.id.uuid(), &saved.identity)?;
        Ok(Self {
            id: Id(saved.id.uuid()),
            name: revealed.name,
            document_type: saved.document_type.into(),
            document_masked: mask(&revealed.number),
            birth_date: saved.birth_date.map(|date| date.to_string()),
            nationality: saved
                .nationality
                .as_ref()
                .map(|code| code.as_str().to_owned()),
        })
    }
}

/// All saved visitors; there are at most ten.
#[derive(Serialize, ToSchema)]
struct Visitors {
    items: Vec<Visitor>,
}

/// The saved visitors, the oldest first.
#[utoipa::path(tag = "visitors", responses((status = 200, body = Visitors)), security(("token" = [])))]
#[get("/me/visitors")]
async fn list_visitors(state: State, tourist: SignedIn) -> Result<Json<Visitors>, ApiError> {
    let items = on_database(&state, move |service| {
        let saved = service.queries.visitors(tourist.account)?;
        saved
            .iter()
            .map(|saved| Visitor::open(service, saved))
            .collect()
    })
    .await?;
    Ok(Json(Visitors { items }))
}

/// Saves a visitor.
#[utoipa::path(
    tag = "visitors", request_body = VisitorBody, responses((status = 201, body = Visitor)),
    security(("token" = []))
)]
#[post("/me/visitors")]
async fn create_visitor(
    state: State,
    tourist: SignedIn,
    body: Body<VisitorBody>,
) -> Result<HttpResponse, ApiError> {
    let visitor = on_database(&state, move |service| {
        let saved = save_visitor(
            &*service.unit_of_work,
            &*service.cipher,
            &service.rules,
            tourist.account,
            SavedVisitorId::next(&*service.ids),
            &body.0.into(),
            service.clock.now(),
        )?;
        Visitor::open(service, &saved)
    })
    .await?;
    Ok(HttpResponse::Created().json(visitor))
}

/// Replaces a saved visitor.
#[utoipa::path(
    tag = "visitors", request_body = VisitorBody, params(("id" = String, Path)),
    responses((status = 200, body = Visitor)), security(("token" = []))
)]
#[put("/me/visitors/{id}")]
async fn update_visitor(
    state: State,
    tourist: SignedIn,
    id: Path<String>,
    body: Body<VisitorBody>,
) -> Result<Json<Visitor>, ApiError> {
    let id = visitor_id(&id)?;
    let visitor = on_database(&state, move |service| {
        let (stores, cipher) = (&*service.unit_of_work, &*service.cipher);
        let (stated, now) = (body.0.into(), service.clock.now());
        let saved = change_visitor(stores, cipher, tourist.account, id, &stated, now)?;
        Visitor::open(service, &saved)
    })
    .await?;
    Ok(Json(visitor))
}

/// Deletes a saved visitor; tickets stay as they are.
#[utoipa::path(
    tag = "visitors", params(("id" = String, Path)), responses((status = 204)),
    security(("token" = []))
)]
#[delete("/me/visitors/{id}")]
async fn remove_visitor(
    state: State,
    tourist: SignedIn,
    id: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let id = visitor_id(&id)?;
    on_database(&state, move |service| {
        Ok(delete_visitor(&*service.unit_of_work, tourist.account, id)?)
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
