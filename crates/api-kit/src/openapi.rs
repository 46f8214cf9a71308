//! What the documents of both services have in common.

use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::security::SecurityScheme;
use utoipa::openapi::{
    Components, ContentBuilder, InfoBuilder, OpenApi, Ref, RefOr, ResponseBuilder,
};
use utoipa::{PartialSchema as _, ToSchema as _};

use crate::error::ErrorBody;

/// Adds to a document made from routes what all operations share: how one proves who one is, and
/// the shape of errors.
#[must_use]
pub fn complete(mut document: OpenApi, title: &str, schemes: &[(&str, SecurityScheme)]) -> OpenApi {
    document.info = InfoBuilder::new()
        .title(title)
        .description(Some("Codes of errors: docs/ERRORS.md"))
        .version("1")
        .build();
    let components = document.components.get_or_insert_with(Components::new);
    for (name, scheme) in schemes {
        components.add_security_scheme(*name, scheme.clone());
    }
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
