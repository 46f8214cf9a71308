//! A refusal in plain words.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

use crate::ledger::order::PaymentRefusal;

/// A refusal in plain words, for the person who steers the sandbox.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct Refusal {
    status: StatusCode,
    message: String,
}

impl Refusal {
    /// What was asked makes no sense.
    pub(super) fn senseless(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::BAD_REQUEST,
            message: message.into(),
        }
    }

    /// What was asked for is not there.
    pub(super) fn missing(message: impl Into<String>) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            message: message.into(),
        }
    }
}

impl From<PaymentRefusal> for Refusal {
    fn from(refusal: PaymentRefusal) -> Self {
        let status = match refusal {
            PaymentRefusal::Unknown => StatusCode::NOT_FOUND,
            PaymentRefusal::Paid | PaymentRefusal::Closed | PaymentRefusal::Expired => {
                StatusCode::CONFLICT
            }
        };
        Self {
            status,
            message: refusal.to_string(),
        }
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status).json(json!({"message": self.message}))
    }
}
