//! One signed call and its verified answer.

use std::sync::Arc;

use domain::clock::Clock;
use reqwest::blocking::Request;
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, Url};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::WechatPaySettings;
use super::merchant_key::{CannotSign, MerchantKey, RequestLines};
use super::platform_keys::{NotSigned, PlatformKeys, SignedMessage};
use super::refusal::CallError;
use crate::outbound::{Answer, Outbound};
use crate::settings::SettingsError;

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const SERIAL: HeaderName = HeaderName::from_static("wechatpay-serial");

/// Makes calls as the merchant.
pub(super) struct Caller {
    outbound: Outbound,
    merchant_key: MerchantKey,
    merchant_id: String,
    platform_keys: PlatformKeys,
    clock: Arc<dyn Clock>,
}

impl Caller {
    pub(super) fn new(
        settings: &WechatPaySettings,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SettingsError> {
        Ok(Self {
            outbound: Outbound::new(&settings.base_url, settings.limits)?,
            merchant_key: MerchantKey::new(
                &settings.merchant_private_key,
                &settings.merchant_serial,
            )?,
            merchant_id: settings.merchant_id.clone(),
            platform_keys: PlatformKeys::new(&settings.platform_keys)?,
            clock,
        })
    }

    pub(super) fn merchant_id(&self) -> &str {
        &self.merchant_id
    }

    /// The time of our clock, in seconds since 1970.
    pub(super) fn timestamp(&self) -> i64 {
        self.clock.now().timestamp()
    }

    pub(super) fn sign(&self, lines: &[&str]) -> Result<String, CannotSign> {
        self.merchant_key.sign(lines)
    }

    /// Whether WeChat Pay signed `message`, lately.
    pub(super) fn verify(&self, message: &SignedMessage<'_>) -> Result<(), NotSigned> {
        self.platform_keys.verify(message, self.clock.now())
    }

    pub(super) fn address(&self, segments: &[&str]) -> Url {
        self.outbound.address(segments)
    }

    /// Asks; `name` is what the log calls it.
    pub(super) fn get<T: DeserializeOwned>(
        &self,
        name: &'static str,
        url: Url,
    ) -> Result<T, CallError> {
        let body = self.exchange(name, Method::GET, url, String::new())?;
        read(name, &body)
    }

    /// Sends `body` and reads what comes back.
    pub(super) fn post<T: DeserializeOwned>(
        &self,
        name: &'static str,
        url: Url,
        body: &impl Serialize,
    ) -> Result<T, CallError> {
        let body = self.exchange(name, Method::POST, url, write(body)?)?;
        read(name, &body)
    }

    /// Sends `body`, to which success is an answer without content.
    pub(super) fn post_for_nothing(
        &self,
        name: &'static str,
        url: Url,
        body: &impl Serialize,
    ) -> Result<(), CallError> {
        self.exchange(name, Method::POST, url, write(body)?)
            .map(drop)
    }

    /// The body of a verified answer of success.
    fn exchange(
        &self,
        name: &'static str,
        method: Method,
        url: Url,
        body: String,
    ) -> Result<Vec<u8>, CallError> {
        let request = self.signed_request(method, url, body)?;
        let answer = self.outbound.send(request).map_err(|why| {
            log::warn!(call = name; "WeChat Pay gives no answer: {why}");
            CallError::Unknown(why.to_string())
        })?;
        let status = answer.status;
        let request_id = answer.header("Request-ID");
        if let Err(why) = self.verify(&signed_message(&answer)) {
            log::warn!(call = name, status, request_id; "an answer is not believed: {why}");
            return Err(CallError::Unknown(format!("{status}, not believed: {why}")));
        }
        log::debug!(call = name, status, request_id; "WeChat Pay answers");
        if matches!(status, 200 | 204) {
            return Ok(answer.body);
        }
        let error = CallError::of_answer(status, &answer.body);
        log::info!(call = name, status, request_id; "WeChat Pay does not: {error:?}");
        Err(error)
    }

    fn signed_request(&self, method: Method, url: Url, body: String) -> Result<Request, CallError> {
        let path_and_query = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let lines = RequestLines {
            method: method.as_str(),
            path_and_query: &path_and_query,
            timestamp: self.timestamp(),
            body: &body,
        };
        let authorization = self
            .merchant_key
            .authorization(&self.merchant_id, &lines)
            .map_err(|CannotSign| not_sent())?;
        let mut request = Request::new(method, url);
        self.set_headers(request.headers_mut(), &authorization)?;
        if !body.is_empty() {
            *request.body_mut() = Some(body.into());
        }
        Ok(request)
    }

    fn set_headers(&self, headers: &mut HeaderMap, authorization: &str) -> Result<(), CallError> {
        let value = |text| HeaderValue::from_str(text).map_err(|_| not_sent());
        headers.insert(ACCEPT, JSON);
        headers.insert(CONTENT_TYPE, JSON);
        headers.insert(AUTHORIZATION, value(authorization)?);
        if let Some(serial) = self.platform_keys.preferred() {
            headers.insert(SERIAL, value(serial)?);
        }
        Ok(())
    }
}

fn not_sent() -> CallError {
    CallError::Unknown("the request could not be formed".to_owned())
}

fn write(body: &impl Serialize) -> Result<String, CallError> {
    serde_json::to_string(body).map_err(|_| not_sent())
}

/// A success that cannot be read is no refusal: what was asked for may well have happened.
fn read<T: DeserializeOwned>(name: &'static str, body: &[u8]) -> Result<T, CallError> {
    serde_json::from_slice(body).map_err(|error| {
        // The error's own words may quote the answer, which may be personal.
        let (line, column) = (error.line(), error.column());
        log::warn!(call = name, line, column; "an answer of WeChat Pay cannot be read");
        CallError::Unknown("the answer cannot be read".to_owned())
    })
}

fn signed_message(answer: &Answer) -> SignedMessage<'_> {
    SignedMessage {
        serial: answer.header("Wechatpay-Serial"),
        timestamp: answer.header("Wechatpay-Timestamp"),
        nonce: answer.header("Wechatpay-Nonce"),
        signature: answer.header("Wechatpay-Signature"),
        body: &answer.body,
    }
}
