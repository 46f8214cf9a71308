//! The OpenAPI document, made from the routes themselves.

use actix_web::App;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa_actix_web::{AppExt as _, scope};

use crate::routes;

/// Where all routes stand.
pub(crate) const PREFIX: &str = "/api/v1";

/// The document of this service; docs/openapi/tourist.json is its copy.
#[must_use]
pub fn document() -> OpenApi {
    let app = App::new().into_utoipa_app();
    let app = app.service(scope(PREFIX).configure(routes::configure));
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    api_kit::openapi::complete(
        app.split_for_parts().1,
        "Palace Museum tickets: tourist API",
        &[("token", SecurityScheme::Http(bearer))],
    )
}
