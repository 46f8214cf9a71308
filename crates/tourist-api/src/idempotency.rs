//! The header `Idempotency-Key`, by which a repeated request is recognised (rule 4.8).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use api_kit::error::{ApiError, Detail, codes};
use domain::id::{AccountId, BodyDigest, RequestKey};
use domain::text::LocalText;
use serde::Serialize;

use crate::state::Service;

const HEADER: &str = "Idempotency-Key";

/// 1–64 visible ASCII characters, chosen by the caller.
pub(crate) struct IdempotencyKey(String);

impl FromRequest for IdempotencyKey {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let value = request.headers().get(HEADER);
        ready(match value.map(|value| value.to_str()) {
            Some(Ok(key)) if is_key(key) => Ok(Self(key.to_owned())),
            Some(_) => Err(refused("field.invalid")),
            None => Err(refused("field.missing")),
        })
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
            digests.request_key(account, purpose, &self.0),
            digests.body_digest(&canonical),
        ))
    }
}

fn is_key(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn refused(code: &'static str) -> ApiError {
    let message = LocalText::new(
        "须带请求头 Idempotency-Key，1 至 64 个可见 ASCII 字符",
        "The header Idempotency-Key is required: 1 to 64 visible ASCII characters",
    );
    ApiError::new(&codes::REQUEST_INVALID).detail(Detail::of_field(HEADER, code, message))
}
