//! The caller's language.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header::{ACCEPT_LANGUAGE, HeaderMap};
use actix_web::{FromRequest, HttpRequest};
use domain::text::Language;

/// The language of the request's `Accept-Language`, Chinese unless English is preferred.
#[derive(Debug, Clone, Copy)]
pub struct Spoken(pub Language);

impl FromRequest for Spoken {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(language_of(request.headers()))))
    }
}

pub(crate) fn language_of(headers: &HeaderMap) -> Language {
    let header = headers
        .get(ACCEPT_LANGUAGE)
        .and_then(|value| value.to_str().ok());
    Language::from_accept_language(header)
}
