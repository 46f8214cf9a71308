//! The OpenAPI document. The routes it describes so far are `api-kit`'s.

use utoipa::ToSchema;
use utoipa::openapi::OpenApi;

/// The document of this service; docs/openapi/admin.json is its copy.
#[must_use]
pub fn document() -> OpenApi {
    <Operations as utoipa::OpenApi>::openapi()
}

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Palace Museum tickets: admin API",
        description = "Codes of errors: docs/ERRORS.md",
        version = "1"
    ),
    paths(healthz, readyz),
    components(schemas(api_kit::error::ErrorBody))
)]
struct Operations;

/// How the service is.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes what api-kit answers, for the document")]
struct Status {
    /// `ok`, `ready` or `not_ready`.
    status: String,
    /// Why it is not ready: `database` or `migrations`.
    #[schema(required = false)]
    reason: Option<String>,
}

/// The process lives.
#[utoipa::path(
    get,
    path = "/healthz",
    tag = "operation",
    responses((status = 200, description = "It does", body = Status))
)]
#[expect(dead_code, reason = "describes a route of api-kit, for the document")]
fn healthz() {}

/// The service can serve: the database answers, and its schema is current.
#[utoipa::path(
    get,
    path = "/readyz",
    tag = "operation",
    responses(
        (status = 200, description = "It can", body = Status),
        (status = 503, description = "It cannot", body = Status)
    )
)]
#[expect(dead_code, reason = "describes a route of api-kit, for the document")]
fn readyz() {}
