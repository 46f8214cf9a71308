//! What is left on a day, for tourists who have signed in.

use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse, get};
use api_kit::error::ApiError;
use domain::use_cases::show_calendar::{SessionPlaces, VenuePlaces, show_places};
use domain::visit_date::VisitDate;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::parse::{self, DateQuery};
use crate::page::{Keeping, Page};
use crate::signed_in::SignedIn;
use crate::state::{State, on_database};
use crate::wire;

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service.service(get_availability);
}

/// What is left on a day; no session unless the day can be booked now.
#[derive(Serialize, ToSchema)]
struct DayAvailability {
    #[schema(format = Date)]
    date: String,
    sessions: Vec<SessionAvailability>,
}

/// What is left in a session.
#[derive(Serialize, ToSchema)]
struct SessionAvailability {
    session: wire::Session,
    venues: Vec<VenueAvailability>,
}

/// What is left in a venue.
#[derive(Serialize, ToSchema)]
struct VenueAvailability {
    venue: wire::Venue,
    /// Null above 999.
    #[schema(required = true)]
    remaining: Option<u32>,
    state: wire::Availability,
}

impl From<SessionPlaces> for SessionAvailability {
    fn from(places: SessionPlaces) -> Self {
        Self {
            session: wire::Session(places.session),
            venues: places.venues.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<VenuePlaces> for VenueAvailability {
    fn from(places: VenuePlaces) -> Self {
        Self {
            venue: wire::Venue(places.venue),
            remaining: places.remaining,
            state: places.availability.into(),
        }
    }
}

/// What is left on `date`.
pub(crate) fn page(date: VisitDate, places: Vec<SessionPlaces>) -> Result<Page, serde_json::Error> {
    Page::write(&DayAvailability {
        date: date.to_string(),
        sessions: places.into_iter().map(Into::into).collect(),
    })
}

/// What is left on a day, by session and venue.
#[utoipa::path(
    tag = "availability", params(("date" = String, Query, format = Date)),
    responses(
        (status = 200, body = DayAvailability),
        (status = 304, description = "Nothing has changed"),
    ),
    security(("token" = []))
)]
#[get("/availability")]
async fn get_availability(
    state: State,
    _: SignedIn,
    query: Query<DateQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let date = parse::date(&query.date)?;
    let seen = state.sale.latest().await?;
    if let Some(page) = seen.pages().availability(date) {
        return Ok(page.answer(&request, Keeping::ByTheReader));
    }
    let page = on_database(&state, move |service| {
        let now = service.clock.now();
        let places = show_places(&*service.queries, &service.rules, date, now)?;
        page(date, places).map_err(ApiError::internal)
    });
    Ok(page.await?.answer(&request, Keeping::ByTheReader))
}
