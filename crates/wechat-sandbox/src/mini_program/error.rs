//! The errors of the mini-program's server API.

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};
use serde_json::json;

/// An `errcode` other than 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MiniError(i64, &'static str);

impl MiniError {
    pub(crate) const INVALID_CREDENTIAL: Self = Self(40001, "invalid credential");
    pub(crate) const INVALID_GRANT_TYPE: Self = Self(40002, "invalid grant_type");
    pub(crate) const INVALID_OPENID: Self = Self(40003, "invalid openid");
    pub(crate) const INVALID_APP_ID: Self = Self(40013, "invalid appid");
    pub(crate) const INVALID_CODE: Self = Self(40029, "invalid code");
    pub(crate) const INVALID_TEMPLATE: Self = Self(40037, "invalid template_id");
    pub(crate) const INVALID_SECRET: Self = Self(40125, "invalid appsecret");
    pub(crate) const BLOCKED: Self = Self(40226, "code blocked");
    pub(crate) const EXPIRED_TOKEN: Self = Self(42001, "access_token expired");
    pub(crate) const REFUSED: Self = Self(43101, "user refuse to accept the msg");
    pub(crate) const NOT_JSON: Self = Self(47001, "data format error");
    pub(crate) const INVALID_ARGUMENT: Self = Self(47003, "argument invalid!");
}

impl fmt::Display for MiniError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.0, self.1)
    }
}

impl ResponseError for MiniError {
    fn status_code(&self) -> StatusCode {
        StatusCode::OK
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::Ok().json(json!({"errcode": self.0, "errmsg": self.1}))
    }
}
