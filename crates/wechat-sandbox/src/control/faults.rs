//! `/sandbox/faults`: mishaps on demand.

use actix_web::HttpResponse;
use actix_web::web::{Bytes, Json};

use super::refusal::Refusal;
use crate::faults::Fault;
use crate::state::Shared;

/// Adds a fault behind those that are still to happen.
pub(crate) async fn add(state: Shared, body: Bytes) -> Result<HttpResponse, Refusal> {
    let fault: Fault =
        serde_json::from_slice(&body).map_err(|error| Refusal::senseless(error.to_string()))?;
    if let Some(objection) = fault.objection() {
        return Err(Refusal::senseless(objection));
    }
    state.faults.add(fault);
    Ok(HttpResponse::NoContent().finish())
}

/// What is still to happen.
pub(crate) async fn list(state: Shared) -> Json<Vec<Fault>> {
    Json(state.faults.pending())
}

/// Nothing more shall go wrong.
pub(crate) async fn clear(state: Shared) -> HttpResponse {
    state.faults.clear();
    HttpResponse::NoContent().finish()
}
