//! Naming a tourist's requests by their `Idempotency-Key` (rule 4.8).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use api_kit::error::ApiError;
use api_kit::idempotency;
use domain::id::{AccountId, BodyDigest, RequestKey};
use serde::Serialize;

use crate::state::Service;

/// 1–64 visible ASCII characters, chosen by the caller.
pub(crate) struct IdempotencyKey(idempotency::IdempotencyKey);

impl FromRequest for IdempotencyKey {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let key = idempotency::IdempotencyKey::from_request(request, payload).into_inner();
        ready(key.map(Self))
    }
}

impl IdempotencyKey {
    /// Names what `account` asks for with `body`; `purpose` keeps orders and refunds apart.
    pub(crate) fn name_request(
        &self,
        service: &Service,
        account: AccountId,
        purpose: &str,
        body: &impl Serialize,
    ) -> Result<(RequestKey, BodyDigest), ApiError> {
        let canonical = serde_json::to_vec(body).map_err(ApiError::internal)?;
        let digests = &service.digests;
        Ok((
            digests.request_key(account, purpose, self.0.as_str()),
            digests.body_digest(&canonical),
        ))
    }
}
