//! The OpenAPI document, made from the routes themselves; those of `api-kit` are described here.

use actix_web::App;
use utoipa::ToSchema;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, SecurityScheme};
use utoipa_actix_web::{AppExt as _, scope};

use crate::routes;

/// Where all routes stand.
pub(crate) const PREFIX: &str = "/api/v1";

/// The document of this service; docs/openapi/admin.json is its copy.
#[must_use]
pub fn document() -> OpenApi {
    let app = App::new().into_utoipa_app();
    let app = app.service(scope(PREFIX).configure(routes::configure));
    let key = ApiKeyValue::with_description("Authorization", "Gate <key>");
    let mut document = api_kit::openapi::complete(
        app.split_for_parts().1,
        "Palace Museum tickets: admin API",
        &[("gate", SecurityScheme::ApiKey(ApiKey::Header(key)))],
    );
    document.merge(<Operations as utoipa::OpenApi>::openapi());
    document
}

#[derive(utoipa::OpenApi)]
#[openapi(paths(healthz, readyz))]
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
