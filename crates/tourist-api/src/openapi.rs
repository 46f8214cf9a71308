//! The OpenAPI document, made from the routes themselves.

use actix_web::App;
use api_kit::error::ErrorBody;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, OpenApi, Ref, RefOr, ResponseBuilder,
};
use utoipa::{PartialSchema as _, ToSchema as _};
use utoipa_actix_web::{AppExt as _, scope};

use crate::routes;

/// Where all routes stand.
pub(crate) const PREFIX: &str = "/api/v1";

/// The document of this service; docs/openapi/tourist.json is its copy.
#[must_use]
pub fn document() -> OpenApi {
    let app = App::new().into_utoipa_app();
    let app = app.service(scope(PREFIX).configure(routes::configure));
    complete(app.split_for_parts().1)
}

/// Adds what all operations have in common: how one signs in, and the shape of errors.
fn complete(mut document: OpenApi) -> OpenApi {
    document.info = InfoBuilder::new()
        .title("Palace Museum tickets: tourist API")
        .description(Some("Codes of errors: docs/ERRORS.md"))
        .version("1")
        .build();
    let components = document.components.get_or_insert_with(Components::new);
    let bearer = HttpBuilder::new()
        .scheme(HttpAuthScheme::Bearer)
        .bearer_format("JWT")
        .build();
    components.add_security_scheme("token", SecurityScheme::Http(bearer));
    components
        .schemas
        .insert(ErrorBody::name().into_owned(), ErrorBody::schema());
    document.paths.paths.values_mut().for_each(|item| {
        operations(item).for_each(add_error);
    });
    document
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [
        &mut item.get,
        &mut item.put,
        &mut item.post,
        &mut item.delete,
    ]
    .into_iter()
    .filter_map(Option::as_mut)
}

fn add_error(operation: &mut Operation) {
    for response in operation.responses.responses.values_mut() {
        // OpenAPI wants a description; what a success is, the operation's summary says.
        if let RefOr::T(response) = response
            && response.description.is_empty()
        {
            response.description = "Done".to_owned();
        }
    }
    let reference = Ref::from_schema_name(ErrorBody::name());
    let response = ResponseBuilder::new()
        .description("Any error")
        .content(
            "application/json",
            ContentBuilder::new().schema(Some(reference)).build(),
        )
        .build();
    operation
        .responses
        .responses
        .entry("default".to_owned())
        .or_insert(response.into());
}
