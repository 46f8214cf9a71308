//! The outermost middleware: it gives each request an id, writes every error in the envelope and
//! in the caller's language, and tells the log and the metrics of the outcome.

mod series;

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpResponse};
use domain::text::Language;
use log::Level;

use crate::error::{ApiError, from_actix};
use crate::health;
use crate::language::language_of;
use crate::request_id::RequestId;

/// The route of a request that none takes.
const UNMATCHED: &str = "unmatched";

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Wrap the whole application in it: `App::new().wrap(from_fn(observe))`.
///
/// # Errors
/// Only what actix-web answers by itself; it is in the envelope too.
pub async fn observe(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let seen = Seen::of(&request);
    request.extensions_mut().insert(seen.id.clone());
    match next.call(request).await {
        Ok(response) => Ok(seen.finish(response.map_into_boxed_body())),
        Err(error) => {
            // What failed on its way to a route went to none.
            let mut answer = seen.envelope(&error, UNMATCHED);
            seen.stamp(answer.headers_mut());
            seen.tell(UNMATCHED, answer.status(), is_counted(&error));
            Err(InternalError::from_response("answered", answer).into())
        }
    }
}

/// What is known of a request before it is answered.
struct Seen {
    id: RequestId,
    method: &'static str,
    language: Language,
    began: Instant,
}

impl Seen {
    fn of(request: &ServiceRequest) -> Self {
        Self {
            id: RequestId::random(),
            method: known_method(request.method()),
            language: language_of(request.headers()),
            began: Instant::now(),
        }
    }

    fn finish(&self, response: ServiceResponse<BoxBody>) -> ServiceResponse<BoxBody> {
        // The pattern, never the path: paths hold ids, and queries may hold anything. Asked once
        // the request was routed, since before that every pattern would be tried a second time.
        let pattern = response.request().match_pattern();
        let route = pattern.as_deref().unwrap_or(UNMATCHED);
        let answer = response
            .response()
            .error()
            .map(|error| self.envelope(error, route));
        let counted = response.response().error().is_some_and(is_counted);
        let mut response = match answer {
            Some(answer) => response.into_response(answer),
            None => response,
        };
        self.stamp(response.headers_mut());
        self.tell(route, response.status(), counted);
        response
    }

    fn stamp(&self, headers: &mut HeaderMap) {
        if let Ok(id) = HeaderValue::from_str(self.id.as_str()) {
            headers.insert(REQUEST_ID, id);
        }
    }

    fn envelope(&self, error: &Error, route: &str) -> HttpResponse {
        match error.as_error::<ApiError>() {
            Some(error) => self.write(error, route),
            None => self.write(&from_actix(error), route),
        }
    }

    /// The error's answer; what is our fault is logged here, once.
    fn write(&self, error: &ApiError, route: &str) -> HttpResponse {
        let id = self.id.as_str();
        if let Some(cause) = error.cause() {
            let code = error.code().code;
            if error.code().status == 500 {
                log::error!(request_id = id, route, code; "{cause}");
            } else {
                log::warn!(request_id = id, route, code; "{cause}");
            }
        }
        error.response(self.language, id)
    }

    /// One line in the access log, one count and one duration.
    fn tell(&self, route: &str, status: StatusCode, counted: bool) {
        let (took, method) = (self.began.elapsed(), self.method);
        log::log!(
            target: "access",
            level_of(method, route, status, counted),
            method, route, status = status.as_u16(), ms = took.as_secs_f64() * 1000.0,
            request_id = self.id.as_str();
            "request"
        );
        series::record(method, route, status.as_u16(), took);
    }
}

/// A line costs as much as all the rest of answering from memory. So there is one for each request
/// that failed or may have changed something; those who only look, and those who come too late in
/// a sale, are counted.
fn level_of(method: &str, route: &str, status: StatusCode, counted: bool) -> Level {
    let only_looked = matches!(method, "GET" | "HEAD") || health::PATHS.contains(&route);
    let answered = status.is_success() || status == StatusCode::NOT_MODIFIED;
    if counted || only_looked && answered {
        Level::Debug
    } else {
        Level::Info
    }
}

/// Whether the error stands in a metric of its own.
fn is_counted(error: &Error) -> bool {
    let error = error.as_error::<ApiError>();
    error.is_some_and(ApiError::is_counted)
}

/// The method as a label: there are as many texts as callers can think of, but few methods.
fn known_method(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "OTHER",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_only_looked_has_no_line_unless_it_failed() {
        let level = |method, route, status| level_of(method, route, status, false);
        for (method, route) in [("GET", "/readyz"), ("GET", "/api/v1/calendar")] {
            assert_eq!(level(method, route, StatusCode::OK), Level::Debug);
            assert_eq!(level(method, route, StatusCode::NOT_MODIFIED), Level::Debug);
            let unwell = level(method, route, StatusCode::SERVICE_UNAVAILABLE);
            assert_eq!(unwell, Level::Info);
            assert_eq!(level(method, route, StatusCode::NOT_FOUND), Level::Info);
        }
        assert_eq!(level("POST", "/api/v1/orders", StatusCode::OK), Level::Info);
    }

    #[test]
    fn a_refusal_has_no_line_only_if_it_is_counted() {
        let level = |counted| level_of("POST", "/orders", StatusCode::CONFLICT, counted);
        assert_eq!((level(true), level(false)), (Level::Debug, Level::Info));
        let counted = |error: ApiError| is_counted(&error.into());
        assert!(counted(ApiError::not_found().counted()));
        assert!(!counted(ApiError::not_found()));
    }
}
