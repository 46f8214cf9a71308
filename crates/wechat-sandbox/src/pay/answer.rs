//! What happens to every call: faults strike, and the answers of Pay v3 are signed.

use std::time::Duration;

use actix_web::body::{BoxBody, to_bytes};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::ErrorInternalServerError;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, HttpResponse, ResponseError as _};

use super::error::PayError;
use crate::crypto::fresh_token;
use crate::crypto::signing::Hand;
use crate::faults::FaultKind;
use crate::state::{Shared, State};

/// Lets the faults strike that concern a call as a whole.
pub(crate) async fn suffer_faults(
    state: Shared,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let path = request.path().to_owned();
    if let Some(fault) = state.faults.take(FaultKind::DelayMs, &path) {
        tokio::time::sleep(fault.duration(Duration::from_secs(1))).await;
    }
    if state.faults.take(FaultKind::Http500, &path).is_some() {
        return Ok(request.into_response(PayError::system().error_response()));
    }
    let response = next.call(request).await?;
    // The work is done and only its answer is late: the case in which a client may not repeat a
    // write under a new number.
    if let Some(fault) = state.faults.take(FaultKind::Timeout, &path) {
        tokio::time::sleep(fault.duration(Duration::from_secs(6))).await;
    }
    Ok(response)
}

/// Signs every answer, errors included.
pub(crate) async fn sign(
    state: Shared,
    request: ServiceRequest,
    next: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let hand = match state.faults.take(FaultKind::BadSignature, request.path()) {
        Some(_) => Hand::Forger,
        None => Hand::Platform,
    };
    let (request, response) = next.call(request).await?.into_parts();
    let (head, body) = response.into_parts();
    let body = to_bytes(body).await.map_err(ErrorInternalServerError)?;
    let mut response = head.set_body(BoxBody::new(body.clone()));
    set_headers(&state, hand, &mut response, &body)?;
    Ok(ServiceResponse::new(request, response))
}

fn set_headers(
    state: &State,
    hand: Hand,
    response: &mut HttpResponse,
    body: &[u8],
) -> Result<(), Error> {
    let signed = state
        .signer
        .sign_body(hand, state.now().timestamp(), body)
        .map_err(ErrorInternalServerError)?;
    let id = fresh_token();
    for (name, value) in signed
        .pairs()
        .into_iter()
        .chain([("request-id", id.as_str())])
    {
        let value = HeaderValue::from_str(value).map_err(ErrorInternalServerError)?;
        response
            .headers_mut()
            .insert(HeaderName::from_static(name), value);
    }
    Ok(())
}
