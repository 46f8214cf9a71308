//! What is sold, and for how much.

use actix_web::web::Query;
use actix_web::{HttpRequest, HttpResponse, get};
use api_kit::error::ApiError;
use api_kit::language::Spoken;
use domain::calendar::OpeningDay;
use domain::category::Category;
use domain::session::Session;
use domain::text::Language;
use domain::ticket_type::{PriceList, conditions};
use domain::venue::Venue;
use domain::visit_date::VisitDate;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::opening_hours::{EntryTimes, hours_of};
use super::parse::{self, DateQuery};
use crate::page::{Keeping, Page};
use crate::state::{Service, State, on_database};
use crate::wire;

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service.service(get_ticket_types);
}

/// What is sold for a day.
#[derive(Serialize, ToSchema)]
struct TicketTypes {
    #[schema(format = Date)]
    date: String,
    season: wire::Season,
    sessions: Vec<EntryTimes>,
    venues: Vec<VenueName>,
    ticket_types: Vec<TicketType>,
}

/// A venue by name.
#[derive(Serialize, ToSchema)]
struct VenueName {
    venue: wire::Venue,
    name: String,
    kind: wire::VenueKind,
}

/// A category with its prices.
#[derive(Serialize, ToSchema)]
struct TicketType {
    category: wire::Category,
    name: String,
    /// Who qualifies and what to bring.
    conditions: String,
    /// By venue, where it is sold.
    prices: Vec<Price>,
}

/// A price.
#[derive(Serialize, ToSchema)]
struct Price {
    venue: wire::Venue,
    price_fen: i64,
}

impl VenueName {
    fn of(venue: &Venue, language: Language) -> Self {
        Self {
            venue: wire::Venue(venue.code().clone()),
            name: venue.name().get(language).to_owned(),
            kind: venue.kind().into(),
        }
    }
}

impl TicketType {
    fn of(
        category: Category,
        venues: &[Venue],
        prices: &PriceList,
        date: VisitDate,
        language: Language,
    ) -> Self {
        let prices = venues.iter().filter_map(|venue| {
            let price = prices.price(venue.code(), category, date.season())?;
            Some(Price {
                venue: wire::Venue(venue.code().clone()),
                price_fen: price.amount(),
            })
        });
        Self {
            category: category.into(),
            name: category.name().get(language).to_owned(),
            conditions: conditions(category).get(language).to_owned(),
            prices: prices.collect(),
        }
    }
}

/// What is on sale.
pub(crate) struct Catalogue<'a> {
    pub(crate) sessions: &'a [Session],
    pub(crate) venues: &'a [Venue],
    pub(crate) prices: &'a PriceList,
}

/// What is sold for `date`; entries of annual passes are registered, not sold.
pub(crate) fn page(
    date: VisitDate,
    day: Option<&OpeningDay>,
    catalogue: &Catalogue<'_>,
    language: Language,
) -> Result<Page, serde_json::Error> {
    let hours = hours_of(date, day);
    let times = |session| EntryTimes::of(session, &hours, language);
    let sold = Category::ALL
        .into_iter()
        .filter(|category| *category != Category::AnnualPass);
    let (venues, prices) = (catalogue.venues, catalogue.prices);
    Page::write(&TicketTypes {
        date: date.to_string(),
        season: date.season().into(),
        sessions: catalogue.sessions.iter().map(times).collect(),
        venues: venues
            .iter()
            .map(|venue| VenueName::of(venue, language))
            .collect(),
        ticket_types: sold
            .map(|category| TicketType::of(category, venues, prices, date, language))
            .collect(),
    })
}

fn read(service: &Service, date: VisitDate, language: Language) -> Result<Page, ApiError> {
    let queries = &service.queries;
    let catalogue = Catalogue {
        sessions: &queries.sessions()?,
        venues: &queries.venues()?,
        prices: &queries.prices()?,
    };
    let days = queries.days(date, date)?;
    page(date, days.first(), &catalogue, language).map_err(ApiError::internal)
}

/// The categories sold in orders, with names, conditions and the prices of a day, and the
/// sessions and venues by name.
#[utoipa::path(
    tag = "ticket_types", params(("date" = String, Query, format = Date)),
    responses(
        (status = 200, body = TicketTypes),
        (status = 304, description = "Nothing has changed"),
    )
)]
#[get("/ticket-types")]
async fn get_ticket_types(
    state: State,
    spoken: Spoken,
    query: Query<DateQuery>,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let (date, language) = (parse::date(&query.date)?, spoken.0);
    let seen = state.sale.latest().await?;
    if let Some(page) = seen.pages().ticket_types(date, language) {
        return Ok(page.answer(&request, Keeping::ForAMinute));
    }
    let page = on_database(&state, move |service| read(service, date, language));
    Ok(page.await?.answer(&request, Keeping::ForAMinute))
}
