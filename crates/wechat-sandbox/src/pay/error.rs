//! The errors of Pay v3: a status, a code and words.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

use crate::ledger::order::{CloseRefusal, PrepareRefusal};
use crate::ledger::refund::RefundRefusal;

/// An error as Pay v3 answers it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{status} {code}: {message}")]
pub(crate) struct PayError {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// Where in the request the fault lies, as a JSON pointer.
    field: Option<&'static str>,
}

impl PayError {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self {
            status,
            code,
            message: message.into(),
            field: None,
        }
    }

    /// The signature, or something about it, is wrong.
    pub(crate) fn sign(message: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "SIGN_ERROR", message)
    }

    /// A field of the request is wrong.
    pub(crate) fn param(field: &'static str, issue: impl Into<String>) -> Self {
        Self {
            field: Some(field),
            ..Self::new(StatusCode::BAD_REQUEST, "PARAM_ERROR", issue)
        }
    }

    pub(crate) fn too_large() -> Self {
        let status = StatusCode::PAYLOAD_TOO_LARGE;
        Self::new(status, "PARAM_ERROR", "请求体过大")
    }

    pub(crate) fn invalid(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "INVALID_REQUEST", message)
    }

    pub(crate) fn no_such_order() -> Self {
        CloseRefusal::Unknown.into()
    }

    /// What is not an order and does not exist.
    pub(crate) fn no_such_resource(message: &str) -> Self {
        Self::new(StatusCode::NOT_FOUND, "RESOURCE_NOT_EXISTS", message)
    }

    pub(crate) fn no_statement(code: &'static str, message: &str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, code, message)
    }

    pub(crate) fn system() -> Self {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        Self::new(status, "SYSTEM_ERROR", "系统异常，请稍后重试")
    }
}

impl From<PrepareRefusal> for PayError {
    fn from(refusal: PrepareRefusal) -> Self {
        let (status, code) = match refusal {
            PrepareRefusal::Paid => (StatusCode::BAD_REQUEST, "ORDERPAID"),
            PrepareRefusal::Closed => (StatusCode::BAD_REQUEST, "ORDER_CLOSED"),
            PrepareRefusal::Different => (StatusCode::FORBIDDEN, "OUT_TRADE_NO_USED"),
        };
        Self::new(status, code, refusal.to_string())
    }
}

impl From<CloseRefusal> for PayError {
    fn from(refusal: CloseRefusal) -> Self {
        let (status, code) = match refusal {
            CloseRefusal::Unknown => (StatusCode::NOT_FOUND, "ORDER_NOT_EXIST"),
            CloseRefusal::Paid => (StatusCode::BAD_REQUEST, "ORDERPAID"),
        };
        Self::new(status, code, refusal.to_string())
    }
}

impl From<RefundRefusal> for PayError {
    fn from(refusal: RefundRefusal) -> Self {
        let (status, code) = match refusal {
            RefundRefusal::NoSuchOrder => (StatusCode::NOT_FOUND, "RESOURCE_NOT_EXISTS"),
            RefundRefusal::TooSoon => (StatusCode::TOO_MANY_REQUESTS, "FREQUENCY_LIMITED"),
            RefundRefusal::NotPaid
            | RefundRefusal::Different
            | RefundRefusal::WrongTotal
            | RefundRefusal::TooMuch
            | RefundRefusal::TooMany
            | RefundRefusal::TooOld => (StatusCode::BAD_REQUEST, "INVALID_REQUEST"),
        };
        Self::new(status, code, refusal.to_string())
    }
}

impl ResponseError for PayError {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut body = json!({"code": self.code, "message": self.message});
        if let (Some(field), Some(body)) = (self.field, body.as_object_mut()) {
            let detail = json!({"field": field, "issue": self.message});
            body.insert("detail".to_owned(), detail);
        }
        HttpResponse::build(self.status).json(body)
    }
}
