//! Giving tickets back.

use actix_web::web::{Json, Path};
use actix_web::{HttpResponse, get, post};
use api_kit::body::Body;
use api_kit::error::{ApiError, refund_detail};
use api_kit::language::Spoken;
use api_kit::wire::instant;
use domain::id::{AddOnId, RefundId, TicketId};
use domain::refund::{Refund, RefundPlan, Selection};
use domain::text::Language;
use domain::use_cases::refund_tickets::{
    NoShowConsent, RefundPreview, RefundRequest, Refunded, preview_refund, refund_tickets,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::parse::{order_id, refund_id};
use crate::idempotency::IdempotencyKey;
use crate::signed_in::SignedIn;
use crate::state::{State, on_database};
use crate::wire::{Id, RefundState};

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service
        .service(create_refund_preview)
        .service(create_refund)
        .service(get_refund);
}

/// Tickets, each with its add-ons, and single add-ons.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Chosen {
    #[serde(default)]
    tickets: Vec<Id>,
    #[serde(default)]
    add_ons: Vec<Id>,
}

fn selection(tickets: &[Id], add_ons: &[Id]) -> Selection {
    Selection::Of {
        tickets: tickets.iter().map(|id| TicketId::new(id.0)).collect(),
        add_ons: add_ons.iter().map(|id| AddOnId::new(id.0)).collect(),
    }
}

/// What is given back, and whether the no-show that it may be is accepted.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewRefund {
    #[serde(default)]
    tickets: Vec<Id>,
    #[serde(default)]
    add_ons: Vec<Id>,
    /// The tourist was shown that a refund on the day of the visit is a no-show, and wants it all
    /// the same. Without it such a refund is refused.
    #[serde(default)]
    accepts_no_show: bool,
}

impl NewRefund {
    fn consent(&self) -> NoShowConsent {
        if self.accepts_no_show {
            NoShowConsent::Given
        } else {
            NoShowConsent::Withheld
        }
    }
}

/// What a refund would bring.
#[derive(Serialize, ToSchema)]
struct Preview {
    amount_fen: i64,
    /// Whether it would count as a no-show of anybody.
    no_show: bool,
    no_shows: Vec<NoShow>,
    allowed: bool,
    /// Every rule in the way; the same shape as the details of `refund.refused`.
    reasons: Vec<serde_json::Value>,
}

/// A no-show that a refund would bring.
#[derive(Serialize, ToSchema)]
struct NoShow {
    ticket: Id,
    /// The visitor's no-shows in the window afterwards.
    count_after: usize,
    /// The last day of the ban it would bring.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    ban_until: Option<String>,
}

impl Preview {
    fn of(preview: RefundPreview, language: Language) -> Self {
        let (plan, reasons) = match preview.plan {
            Ok(plan) => (Some(plan), Vec::new()),
            Err(refusal) => {
                let details = refusal.objections.iter().map(refund_detail);
                (
                    None,
                    details.map(|detail| detail.in_language(language)).collect(),
                )
            }
        };
        let no_shows = preview
            .no_shows
            .into_iter()
            .map(|(ticket, standing)| NoShow {
                ticket: Id(ticket.uuid()),
                count_after: standing.count,
                ban_until: standing.ban_until.map(|day| day.to_string()),
            });
        let brings_no_show = |plan: &RefundPlan| !plan.no_shows.is_empty();
        Self {
            amount_fen: plan.as_ref().map_or(0, |plan| plan.amount.amount()),
            no_show: plan.as_ref().is_some_and(brings_no_show),
            no_shows: no_shows.collect(),
            allowed: plan.is_some(),
            reasons,
        }
    }
}

/// What a refund would bring; nothing is changed.
#[utoipa::path(
    tag = "refunds", request_body = Chosen, params(("id" = String, Path)),
    responses((status = 200, body = Preview)), security(("token" = []))
)]
#[post("/orders/{id}/refund-preview")]
async fn create_refund_preview(
    state: State,
    tourist: SignedIn,
    id: Path<String>,
    spoken: Spoken,
    body: Body<Chosen>,
) -> Result<Json<Preview>, ApiError> {
    let id = order_id(&id)?;
    let preview = on_database(&state, move |service| {
        let (stores, rules, now) = (&*service.unit_of_work, &service.rules, service.clock.now());
        let selection = selection(&body.0.tickets, &body.0.add_ons);
        Ok(preview_refund(
            stores,
            rules,
            Some(tourist.account),
            id,
            &selection,
            now,
        )?)
    })
    .await?;
    Ok(Json(Preview::of(preview, spoken.0)))
}

/// A refund.
#[derive(Serialize, ToSchema)]
#[schema(as = Refund)]
struct RefundView {
    id: Id,
    order: Id,
    state: RefundState,
    amount_fen: i64,
    #[schema(format = DateTime)]
    requested_at: String,
    /// When the money was back, or the provider gave up.
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    finished_at: Option<String>,
}

impl From<Refund> for RefundView {
    fn from(refund: Refund) -> Self {
        Self {
            id: Id(refund.id.uuid()),
            order: Id(refund.order.uuid()),
            state: refund.state.into(),
            amount_fen: refund.amount.amount(),
            requested_at: instant(refund.requested_at),
            finished_at: refund.finished_at.map(instant),
        }
    }
}

/// Gives tickets or single add-ons back. The places are free at once; the money follows. On the day
/// of the visit it is a no-show, which `accepts_no_show` has to accept (rules 6.2 and 7.3).
#[utoipa::path(
    tag = "refunds", request_body = NewRefund,
    params(
        ("id" = String, Path),
        ("Idempotency-Key" = String, Header, min_length = 1, max_length = 64),
    ),
    responses((status = 202, body = RefundView)), security(("token" = []))
)]
#[post("/orders/{id}/refunds")]
async fn create_refund(
    state: State,
    tourist: SignedIn,
    id: Path<String>,
    key: IdempotencyKey,
    body: Body<NewRefund>,
) -> Result<HttpResponse, ApiError> {
    let (order, chosen) = (order_id(&id)?, body.0);
    let named = (order.to_string(), &chosen);
    let (request_key, body_digest) = key.name_request(&state, tourist.account, "refund", &named)?;
    let request = RefundRequest {
        refund: RefundId::next(&*state.ids),
        order,
        account: Some(tourist.account),
        selection: selection(&chosen.tickets, &chosen.add_ons),
        no_show: chosen.consent(),
        request_key,
        body_digest,
        received_at: state.clock.now(),
    };
    let refunded = on_database(&state, move |service| {
        Ok(refund_tickets(
            &*service.unit_of_work,
            &service.rules,
            &request,
        )?)
    })
    .await?;
    let (Refunded::Created(refund) | Refunded::Existing(refund)) = refunded;
    Ok(HttpResponse::Accepted().json(RefundView::from(refund)))
}

/// A refund and what has become of it.
#[utoipa::path(
    tag = "refunds", params(("id" = String, Path)),
    responses((status = 200, body = RefundView)), security(("token" = []))
)]
#[get("/refunds/{id}")]
async fn get_refund(
    state: State,
    tourist: SignedIn,
    id: Path<String>,
) -> Result<Json<RefundView>, ApiError> {
    let id = refund_id(&id)?;
    let refund = on_database(&state, move |service| Ok(service.queries.refund(id)?)).await?;
    let own = refund.filter(|refund| refund.account == tourist.account);
    Ok(Json(own.ok_or_else(ApiError::not_found)?.into()))
}
