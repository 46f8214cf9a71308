//! Errors that actix-web raises itself, and the envelope as documentation describes it.

use actix_web::Error;
use actix_web::error::{PathError, PayloadError, QueryPayloadError};
use domain::text::LocalText;
use serde::Serialize;
use utoipa::ToSchema;

use super::{ApiError, Detail, codes};

/// The shape of every error.
#[derive(Serialize, ToSchema)]
pub struct ErrorBody {
    /// A stable code, such as `order.refused`; see docs/ERRORS.md.
    pub code: String,
    /// What people read, in the caller's language.
    pub message: String,
    /// Every place of the request that something stands in the way of, where that is known.
    #[schema(required = false)]
    pub details: Vec<serde_json::Map<String, serde_json::Value>>,
    /// Under which the request stands in the log.
    pub request_id: String,
}

/// Gives an error of actix-web the shape of ours. Its own text is never passed on: it may quote
/// the request.
pub(crate) fn from_actix(error: &Error) -> ApiError {
    if let Some(PayloadError::Overflow) = error.as_error::<PayloadError>() {
        return ApiError::new(&codes::REQUEST_TOO_LARGE);
    }
    if error.as_error::<PathError>().is_some() {
        return ApiError::not_found();
    }
    if let Some(error) = error.as_error::<QueryPayloadError>() {
        return ApiError::new(&codes::REQUEST_INVALID).detail(query_detail(&error.to_string()));
    }
    match error.as_response_error().status_code().as_u16() {
        404 => ApiError::not_found(),
        405 => ApiError::new(&codes::METHOD_NOT_ALLOWED),
        413 => ApiError::new(&codes::REQUEST_TOO_LARGE),
        408 => ApiError::new(&codes::REQUEST_TIMEOUT),
        400..=499 => ApiError::new(&codes::REQUEST_INVALID).detail(Detail::new(
            "body.malformed",
            LocalText::new("无法读取请求", "The request cannot be read"),
        )),
        _ => ApiError::internal(error),
    }
}

/// What serde says of a query names the field only between backticks.
fn query_detail(text: &str) -> Detail {
    let named = text.split('`').nth(1).unwrap_or("query");
    if text.contains("unknown field") {
        unknown_field(named)
    } else if text.contains("missing field") {
        missing_field(named)
    } else {
        invalid_field(named)
    }
}

pub(crate) fn unknown_field(field: &str) -> Detail {
    let message = LocalText::new("没有该字段", "There is no such field");
    Detail::of_field(field, "field.unknown", message)
}

pub(crate) fn missing_field(field: &str) -> Detail {
    let message = LocalText::new("必填", "This field is required");
    Detail::of_field(field, "field.missing", message)
}

pub(crate) fn invalid_field(field: &str) -> Detail {
    let message = LocalText::new("类型、格式或取值有误", "Wrong type, form or value");
    Detail::of_field(field, "field.invalid", message)
}
