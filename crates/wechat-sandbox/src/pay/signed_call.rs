//! A request to Pay v3 whose signature was verified; a handler without it cannot read the body.

use std::future::Future;
use std::pin::Pin;

use actix_web::http::header;
use actix_web::http::header::HeaderMap;
use actix_web::web::Bytes;
use actix_web::{FromRequest, HttpRequest, dev};
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::authorization;
use super::error::PayError;
use crate::settings::PLATFORM_KEY_ID;
use crate::state::Shared;

/// A request that the merchant signed.
pub(crate) struct SignedCall {
    body: Bytes,
}

impl SignedCall {
    /// Reads the body as WeChat does: unknown fields are ignored, nulls are not welcome.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, PayError> {
        let value: Value = serde_json::from_slice(&self.body)
            .map_err(|error| PayError::param("", format!("请求体不是合法的JSON：{error}")))?;
        if !is_welcome(&value) {
            let issue = "请求体不得含有null或U+FFFF以外的字符";
            return Err(PayError::param("", issue));
        }
        serde_json::from_value(value).map_err(|error| PayError::param("", error.to_string()))
    }
}

fn is_welcome(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => text.chars().all(|sign| sign <= '\u{FFFF}'),
        Value::Array(items) => items.iter().all(is_welcome),
        Value::Object(fields) => fields.values().all(is_welcome),
    }
}

impl FromRequest for SignedCall {
    type Error = PayError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PayError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut dev::Payload) -> Self::Future {
        let body = Bytes::from_request(request, payload);
        let request = request.clone();
        Box::pin(async move {
            let body = body.await.map_err(|_| PayError::too_large())?;
            check_headers(request.headers(), body.is_empty())?;
            verify(&request, &body)?;
            Ok(Self { body })
        })
    }
}

fn verify(request: &HttpRequest, body: &[u8]) -> Result<(), PayError> {
    let state = request.app_data::<Shared>().ok_or_else(PayError::system)?;
    let header = text(request.headers(), header::AUTHORIZATION.as_str())
        .ok_or_else(|| PayError::sign("Http头缺少Authorization"))?;
    let target = request
        .uri()
        .path_and_query()
        .map_or("/", |target| target.as_str());
    authorization::verify(state, header, request.method().as_str(), target, body)
}

/// The headers WeChat insists on.
fn check_headers(headers: &HeaderMap, without_body: bool) -> Result<(), PayError> {
    let present = |name: header::HeaderName| headers.contains_key(name);
    if !present(header::ACCEPT) || !present(header::USER_AGENT) {
        return Err(PayError::param("", "Http头缺少Accept或User-Agent"));
    }
    let content_type = text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
    if !without_body && !content_type.starts_with("application/json") {
        return Err(PayError::param(
            "",
            "Http头Content-Type必须是application/json",
        ));
    }
    match text(headers, "Wechatpay-Serial") {
        Some(serial) if serial != PLATFORM_KEY_ID => Err(PayError::param(
            "",
            "Http头Wechatpay-Serial不是有效的公钥ID",
        )),
        _ => Ok(()),
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &'static str) -> Result<Value, PayError> {
        let body = Bytes::from_static(body.as_bytes());
        SignedCall { body }.json()
    }

    #[test]
    fn nulls_rare_characters_and_broken_json_are_refused() {
        assert!(read(r#"{"a":{"b":["微"]}}"#).is_ok());
        for body in ["", "{", r#"{"a":null}"#, r#"{"a":["😀"]}"#] {
            assert!(read(body).is_err(), "{body}");
        }
    }
}
