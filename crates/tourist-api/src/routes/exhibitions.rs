//! What is on in the venues.

use actix_web::get;
use api_kit::error::ApiError;
use api_kit::language::Spoken;
use domain::content::Exhibition;
use domain::text::Language;
use domain::visit_date::VisitDate;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::public::{CONTENT, Public, public};
use crate::state::{State, on_database};
use crate::wire;

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service.service(list_exhibitions);
}

/// What is on, and what is to come.
#[derive(Serialize, ToSchema)]
struct Exhibitions {
    items: Vec<ExhibitionView>,
}

/// An exhibition.
#[derive(Serialize, ToSchema)]
#[schema(as = Exhibition)]
struct ExhibitionView {
    id: String,
    venue: wire::Venue,
    title: String,
    /// Plain text; an empty line ends a paragraph.
    body: String,
    /// A path on this site.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    picture: Option<String>,
    #[schema(format = Date)]
    first_day: String,
    /// Missing for a permanent exhibition.
    #[schema(format = Date)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    last_day: Option<String>,
}

impl ExhibitionView {
    fn of(exhibition: Exhibition, language: Language) -> Self {
        Self {
            id: exhibition.code.to_string(),
            venue: wire::Venue(exhibition.venue),
            title: exhibition.title.text().get(language).to_owned(),
            body: exhibition.body.text().get(language).to_owned(),
            picture: exhibition.picture.map(|path| path.as_str().to_owned()),
            first_day: exhibition.days.first().to_string(),
            last_day: exhibition.days.last().map(|day| day.to_string()),
        }
    }
}

/// The exhibitions that are not over today, in order.
#[utoipa::path(tag = "content", responses((status = 200, body = Exhibitions)))]
#[get("/exhibitions")]
async fn list_exhibitions(state: State, spoken: Spoken) -> Result<Public<Exhibitions>, ApiError> {
    let exhibitions = on_database(&state, |service| {
        let today = VisitDate::containing(service.clock.now());
        Ok(service.queries.exhibitions(today)?)
    })
    .await?;
    let items = exhibitions.into_iter();
    let items = items.map(|it| ExhibitionView::of(it, spoken.0)).collect();
    Ok(public(Exhibitions { items }, CONTENT))
}
