//! Answers that are the same for everybody who speaks the language.

use std::time::Duration;

use actix_web::http::header::{CACHE_CONTROL, VARY};
use actix_web::web::Json;
use actix_web::{CustomizeResponder, Responder as _};
use serde::Serialize;

/// What a handler answers that anybody on the way may keep for a while.
pub(super) type Public<T> = CustomizeResponder<Json<T>>;

/// For how long content that staff change now and then may be kept.
pub(super) const CONTENT: Duration = Duration::from_secs(60);

/// An answer that may be kept for `age`, one for each language.
pub(super) fn public<T: Serialize>(answer: T, age: Duration) -> Public<T> {
    let age = format!("public, max-age={}", age.as_secs());
    Json(answer)
        .customize()
        .insert_header((CACHE_CONTROL, age))
        .insert_header((VARY, "Accept-Language"))
}
