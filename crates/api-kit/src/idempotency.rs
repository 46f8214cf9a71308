//! The header `Idempotency-Key`, by which a repeated request is recognised (rule 4.8).

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use domain::text::LocalText;

use crate::error::{ApiError, Detail, codes};

const HEADER: &str = "Idempotency-Key";

/// 1–64 visible ASCII characters, chosen by the caller.
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// The key as it was sent.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

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
