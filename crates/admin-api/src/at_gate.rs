//! Authorisation: a handler that asks for [`AtGate`] is reached by gates alone.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpRequest};
use api_kit::error::{ApiError, codes};
use domain::gate::{Gate, GateKey};
use domain::text::LocalText;
use domain::use_cases::gates::known_gate;

use crate::state::{State, on_database};

/// The gate whose key came with the request, as `Authorization: Gate <key>`.
///
/// It is asked of the database each time, so that a key that was revoked opens nothing from then
/// on. Staff, who prove themselves by tokens, are another extractor's matter.
pub(crate) struct AtGate(pub(crate) Gate);

impl FromRequest for AtGate {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Self::Error>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<State>().cloned();
        let key = shown_key(request);
        Box::pin(async move {
            let (Some(state), Some(key)) = (state, key) else {
                return Err(unknown());
            };
            let gate = on_database(&state, move |service| {
                Ok(known_gate(&*service.queries, &*service.gate_secrets, &key)?)
            });
            gate.await?.map(Self).ok_or_else(unknown)
        })
    }
}

fn shown_key(request: &HttpRequest) -> Option<GateKey> {
    let header = request.headers().get(AUTHORIZATION)?.to_str().ok()?;
    let (scheme, key) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("gate") {
        return None;
    }
    GateKey::parse(key.trim()).ok()
}

fn unknown() -> ApiError {
    ApiError::new(&codes::AUTH_REQUIRED).message(LocalText::new(
        "须带有效的闸机密钥；该密钥不存在或已停用",
        "A gate's key is required; this one does not exist or has been revoked",
    ))
}
