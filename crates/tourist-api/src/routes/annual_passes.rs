//! Annual passes: looking at them, registering a visit, cancelling it (section 8 of the rules).

use actix_web::web::{Json, Path};
use actix_web::{HttpResponse, delete, get, post};
use api_kit::body::Body;
use api_kit::error::{ApiError, codes};
use domain::id::RefundId;
use domain::identity::mask;
use domain::order::Order;
use domain::use_cases::pass_visits::{Cancellation, VisitDraft, cancel_visit};
use domain::use_cases::place_orders::Placed;
use domain::use_cases::show_passes::{ShownPass, passes_of_account};
use domain::visit_date::VisitDate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::orders::view::OrderView;
use super::parse::{annual_pass_id, order_id};
use crate::idempotency::IdempotencyKey;
use crate::order_desk::Decided;
use crate::signed_in::SignedIn;
use crate::state::{Service, State, on_database};
use crate::wire::{Date, DocumentType, Id, PassState, Session};

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service
        .service(list_annual_passes)
        .service(register_visit)
        .service(remove_visit);
}

/// A pass of one of the saved visitors.
#[derive(Serialize, ToSchema)]
struct AnnualPass {
    id: Id,
    /// The calendar year of the visit dates that it is good for.
    year: i32,
    entries: u16,
    /// Entries of visits that are registered and still to come.
    reserved: u16,
    /// Entries of visits that were made, or missed.
    used: u16,
    /// What can still be registered.
    remaining: u16,
    state: PassState,
    /// As saved among the visitors.
    holder_name: String,
    document_type: DocumentType,
    document_masked: String,
    /// The visits to come that this account registered, by date.
    visits: Vec<Visit>,
}

/// A registered visit; `GET /orders/{order}` tells all of it.
#[derive(Serialize, ToSchema)]
struct Visit {
    order: Id,
    #[schema(format = Date)]
    date: String,
    session: Session,
}

impl From<Order> for Visit {
    fn from(order: Order) -> Self {
        Self {
            order: Id(order.id.uuid()),
            date: order.date.to_string(),
            session: Session(order.session),
        }
    }
}

impl AnnualPass {
    fn of(service: &Service, shown: ShownPass, today: VisitDate) -> Result<Self, ApiError> {
        let ShownPass {
            pass,
            holder,
            visits,
        } = shown;
        let revealed = service.cipher.open(holder.id.uuid(), &holder.identity)?;
        Ok(Self {
            id: Id(pass.id.uuid()),
            year: pass.year,
            entries: pass.entries,
            reserved: pass.reserved,
            used: pass.used,
            remaining: pass.remaining_on(today),
            state: pass.state(today).into(),
            holder_name: revealed.name,
            document_type: holder.document_type.into(),
            document_masked: mask(&revealed.number),
            visits: visits.into_iter().map(Visit::from).collect(),
        })
    }
}

/// All passes of the saved visitors.
#[derive(Serialize, ToSchema)]
struct AnnualPasses {
    items: Vec<AnnualPass>,
}

/// The annual passes of the saved visitors, the latest year first.
#[utoipa::path(
    tag = "annual_passes", responses((status = 200, body = AnnualPasses)),
    security(("token" = []))
)]
#[get("/annual-passes")]
async fn list_annual_passes(
    state: State,
    tourist: SignedIn,
) -> Result<Json<AnnualPasses>, ApiError> {
    let items = on_database(&state, move |service| {
        let now = service.clock.now();
        let today = VisitDate::containing(now);
        let shown = passes_of_account(&*service.queries, tourist.account, now)?;
        let shown = shown.into_iter();
        shown
            .map(|shown| AnnualPass::of(service, shown, today))
            .collect()
    })
    .await?;
    Ok(Json(AnnualPasses { items }))
}

/// When to come.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct VisitBody {
    date: Date,
    session: Session,
}

/// Registers a visit. The same key with the same body gives the same order: 201, then 200.
#[utoipa::path(
    tag = "annual_passes", request_body = VisitBody,
    params(
        ("id" = String, Path),
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 64),
    ),
    responses((status = 201, body = OrderView), (status = 200, body = OrderView)),
    security(("token" = []))
)]
#[post("/annual-passes/{id}/visits")]
async fn register_visit(
    state: State,
    tourist: SignedIn,
    id: Path<String>,
    key: IdempotencyKey,
    body: Body<VisitBody>,
) -> Result<HttpResponse, ApiError> {
    state.order_limit.check(&tourist.account)?;
    let draft = body.0.into_draft(&state, &tourist, &id, &key)?;
    state.sale.check_visit(&draft)?;
    let Decided { placed, refunded } = state.desk.place_visit(draft).await?;
    let (mut answer, order) = match placed {
        Placed::Created(order) => (HttpResponse::Created(), order),
        Placed::Existing(order) => (HttpResponse::Ok(), order),
        Placed::KeyReused => return Err(ApiError::new(&codes::IDEMPOTENCY_MISMATCH)),
        Placed::Refused(refusal) => return Err(refusal.into()),
    };
    Ok(answer.json(OrderView::with_refunded(&*state.cipher, *order, refunded)?))
}

impl VisitBody {
    fn into_draft(
        self,
        service: &Service,
        tourist: &SignedIn,
        pass: &str,
        key: &IdempotencyKey,
    ) -> Result<VisitDraft, ApiError> {
        let pass = annual_pass_id(pass)?;
        let named = (pass.to_string(), &self);
        let (request_key, body_digest) =
            key.name_request(service, tourist.account, "visit", &named)?;
        Ok(VisitDraft {
            account: tourist.account,
            pass,
            date: self.date.0,
            session: self.session.0,
            request_key,
            body_digest,
            received_at: service.clock.now(),
        })
    }
}

/// Cancels a visit, until 20:00 of its day; entry and place come back. One that is cancelled
/// already is shown as it is.
#[utoipa::path(
    tag = "annual_passes", params(("id" = String, Path), ("order" = String, Path)),
    responses((status = 200, body = OrderView)), security(("token" = []))
)]
#[delete("/annual-passes/{id}/visits/{order}")]
async fn remove_visit(
    state: State,
    tourist: SignedIn,
    path: Path<(String, String)>,
) -> Result<Json<OrderView>, ApiError> {
    let cancellation = Cancellation {
        account: tourist.account,
        pass: annual_pass_id(&path.0)?,
        visit: order_id(&path.1)?,
        refund: RefundId::next(&*state.ids),
        received_at: state.clock.now(),
    };
    let view = on_database(&state, move |service| {
        let order = cancel_visit(&*service.unit_of_work, &service.rules, &cancellation)?;
        OrderView::of_changed(service, order)
    })
    .await?;
    Ok(Json(view))
}
