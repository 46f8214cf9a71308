//! The code that a ticket shows at the gate.

use actix_web::get;
use actix_web::web::{Json, Path};
use api_kit::error::{ApiError, codes};
use api_kit::wire::instant;
use domain::order::TicketState;
use domain::ticket_code::TicketCode;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::parse::{order_id, ticket_id};
use crate::signed_in::SignedIn;
use crate::state::{State, on_database};

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service.service(get_ticket_code);
}

/// The text of the QR, good for five minutes.
#[derive(Serialize, ToSchema)]
struct Code {
    code: String,
    #[schema(format = DateTime)]
    expires_at: String,
}

/// A new code of a valid ticket.
#[utoipa::path(
    tag = "ticket_codes", params(("id" = String, Path), ("ticket" = String, Path)),
    responses((status = 200, body = Code)), security(("token" = []))
)]
#[get("/orders/{id}/tickets/{ticket}/code")]
async fn get_ticket_code(
    state: State,
    tourist: SignedIn,
    path: Path<(String, String)>,
) -> Result<Json<Code>, ApiError> {
    let (order, ticket) = (order_id(&path.0)?, ticket_id(&path.1)?);
    let order = on_database(&state, move |service| Ok(service.queries.order(order)?)).await?;
    let own = order.filter(|order| order.account == tourist.account);
    let order = own.ok_or_else(ApiError::not_found)?;
    let ticket = order.ticket(ticket).ok_or_else(ApiError::not_found)?;
    if ticket.state != TicketState::Valid {
        return Err(ApiError::new(&codes::TICKET_NOT_VALID));
    }
    let code = TicketCode::of(
        ticket.id,
        order.date,
        order.session.clone(),
        state.clock.now(),
    );
    Ok(Json(Code {
        code: state.ticket_codes.issue(&code),
        expires_at: instant(code.expires_at),
    }))
}
