//! The one shape of every error: `{"code", "message", "details"?, "request_id"}`.

mod check_ins;
pub mod codes;
mod detail;
pub(crate) mod foreign;
mod refusals;
#[cfg(test)]
mod tests;

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use domain::text::{Language, LocalText};
use serde::Serialize;
use serde_json::Value;

pub use check_ins::document_invalid;
pub use codes::ErrorCode;
use detail::DetailIn;

pub use detail::Detail;
pub use foreign::ErrorBody;
pub(crate) use foreign::from_actix;
pub use refusals::refund_detail;

/// How long a caller is asked to wait when the house is busy, in seconds.
const BUSY_FOR: u64 = 1;

/// Why a request is not answered as wished.
///
/// It carries its texts in both languages; the middleware [`observe`](crate::observe) writes it
/// in the caller's, with the request's id, and logs the cause of what is our fault.
#[derive(Debug)]
pub struct ApiError {
    code: &'static ErrorCode,
    message: Option<LocalText>,
    details: Vec<Detail>,
    retry_after: Option<u64>,
    cause: Option<Box<str>>,
    is_counted: bool,
}

/// An error as it is written.
#[derive(Serialize)]
struct Envelope<'a> {
    code: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    details: Vec<DetailIn<'a>>,
    request_id: &'a str,
}

impl ApiError {
    /// An error with the message of its code.
    #[must_use]
    pub fn new(code: &'static ErrorCode) -> Self {
        Self {
            code,
            message: None,
            details: Vec::new(),
            retry_after: None,
            cause: None,
            is_counted: false,
        }
    }

    /// Says more exactly what is the matter.
    #[must_use]
    pub fn message(mut self, message: LocalText) -> Self {
        self.message = Some(message);
        self
    }

    /// Adds a detail.
    #[must_use]
    pub fn detail(mut self, detail: Detail) -> Self {
        self.details.push(detail);
        self
    }

    /// Adds details.
    #[must_use]
    pub fn details(mut self, details: impl IntoIterator<Item = Detail>) -> Self {
        self.details.extend(details);
        self
    }

    /// Tells the caller when to come again, in whole seconds.
    #[must_use]
    pub fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds.max(1));
        self
    }

    /// What to log; the caller never sees it. It must hold nothing personal.
    #[must_use]
    pub fn caused_by(mut self, cause: impl fmt::Display) -> Self {
        self.cause = Some(cause.to_string().into());
        self
    }

    /// A metric counts it, and it is too common to be worth a line in the log: the access log has
    /// one only at level `debug`.
    #[must_use]
    pub fn counted(mut self) -> Self {
        self.is_counted = true;
        self
    }

    /// No such thing, or not the caller's.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(&codes::NOT_FOUND)
    }

    /// One field of the request is not as it should be.
    #[must_use]
    pub fn invalid_field(field: impl Into<String>, message: LocalText) -> Self {
        Self::new(&codes::REQUEST_INVALID).detail(Detail::of_field(field, "field.invalid", message))
    }

    /// Nothing was done because too much is going on.
    #[must_use]
    pub fn overloaded() -> Self {
        Self::new(&codes::OVERLOADED).retry_after(BUSY_FOR)
    }

    /// What was asked for is done, or may be, and its outcome cannot be told: the same request,
    /// repeated, finds out.
    #[must_use]
    pub fn outcome_unknown(cause: impl fmt::Display) -> Self {
        Self::new(&codes::OUTCOME_UNKNOWN)
            .retry_after(BUSY_FOR)
            .caused_by(cause)
    }

    /// A fault of ours.
    #[must_use]
    pub fn internal(cause: impl fmt::Display) -> Self {
        Self::new(&codes::INTERNAL).caused_by(cause)
    }

    /// Its code.
    #[must_use]
    pub fn code(&self) -> &'static ErrorCode {
        self.code
    }

    /// What to log of it, if it is our fault.
    pub(crate) fn cause(&self) -> Option<&str> {
        self.cause.as_deref()
    }

    pub(crate) fn is_counted(&self) -> bool {
        self.is_counted
    }

    /// The envelope.
    #[must_use]
    pub fn body(&self, language: Language, request_id: &str) -> Value {
        serde_json::to_value(self.envelope(language, request_id)).unwrap_or_default()
    }

    fn envelope<'a>(&'a self, language: Language, request_id: &'a str) -> Envelope<'a> {
        let message = match (&self.message, language) {
            (Some(message), language) => message.get(language),
            (None, Language::Chinese) => self.code.zh,
            (None, Language::English) => self.code.en,
        };
        let details = self.details.iter();
        Envelope {
            code: self.code.code,
            message,
            details: details.map(|detail| detail.written_in(language)).collect(),
            request_id,
        }
    }

    /// The whole answer.
    pub(crate) fn response(&self, language: Language, request_id: &str) -> HttpResponse {
        let mut response =
            HttpResponse::build(self.status_code()).json(self.envelope(language, request_id));
        if let Some(seconds) = self.retry_after {
            let value = HeaderValue::from(seconds);
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        if self.code.status == 401 {
            let scheme = HeaderValue::from_static("Bearer");
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}

/// For logs and tests: the code, and the cause if there is one.
impl fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.code.code)?;
        match &self.cause {
            Some(cause) => write!(formatter, ": {cause}"),
            None => Ok(()),
        }
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        self.response(Language::default(), "")
    }
}
