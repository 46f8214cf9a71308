//! What every application of ours is configured with.

#[cfg(test)]
mod tests;

use actix_web::{HttpRequest, HttpResponse, web};

use crate::body;
use crate::error::{ApiError, codes};

/// Limits bodies, and answers what no route takes in the envelope.
pub fn configure(service: &mut web::ServiceConfig) {
    service
        .app_data(web::PayloadConfig::new(body::LARGEST))
        .default_service(web::to(no_route));
}

/// 405 where the path exists with another method, 404 elsewhere.
async fn no_route(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    Err(match request.match_pattern() {
        Some(_) => ApiError::new(&codes::METHOD_NOT_ALLOWED),
        None => ApiError::not_found(),
    })
}
