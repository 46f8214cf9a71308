//! What gates ask (section 9 of the rules).

mod request;
mod view;

use actix_web::post;
use actix_web::web::Json;
use api_kit::body::Body;
use api_kit::error::ApiError;
use api_kit::idempotency::IdempotencyKey;
use api_kit::language::Spoken;
use domain::use_cases::check_in::check_in;
use utoipa_actix_web::service_config::ServiceConfig;

use self::request::CheckInBody;
use self::view::CheckInView;
use crate::at_gate::AtGate;
use crate::state::{State, on_database};

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service.service(create_check_in);
}

/// Judges the tickets that a visitor shows, and admits those that may enter. The same key with
/// the same body gets its first answer again if that admitted anybody.
#[utoipa::path(
    tag = "check_ins", request_body = CheckInBody,
    params(("Idempotency-Key" = String, Header, min_length = 1, max_length = 64)),
    responses((status = 200, body = CheckInView)), security(("gate" = []))
)]
#[post("/check-ins")]
async fn create_check_in(
    state: State,
    gate: AtGate,
    key: IdempotencyKey,
    spoken: Spoken,
    body: Body<CheckInBody>,
) -> Result<Json<CheckInView>, ApiError> {
    let request = body.0.into_request(&state, &gate.0, &key)?;
    let view = on_database(&state, move |service| {
        let answer = check_in(&*service.unit_of_work, &service.rules, &request)?;
        view::count(&request.venue, &answer);
        CheckInView::of(&*service.cipher, &answer, spoken.0)
    })
    .await?;
    Ok(Json(view))
}
