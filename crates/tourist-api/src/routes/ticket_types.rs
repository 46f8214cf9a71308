//! What is sold, and for how much.

use actix_web::get;
use actix_web::web::{Json, Query};
use api_kit::error::ApiError;
use api_kit::language::Spoken;
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
use crate::state::{State, on_database};
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

/// What is read of the catalogue for a day.
struct Catalogue {
    sessions: Vec<Session>,
    venues: Vec<Venue>,
    prices: PriceList,
}

/// The categories sold in orders, with names, conditions and the prices of a day, and the
/// sessions and venues by name. Entries of annual passes are registered, not sold.
#[utoipa::path(
    tag = "ticket_types", params(("date" = String, Query, format = Date)),
    responses((status = 200, body = TicketTypes))
)]
#[get("/ticket-types")]
async fn get_ticket_types(
    state: State,
    spoken: Spoken,
    query: Query<DateQuery>,
) -> Result<Json<TicketTypes>, ApiError> {
    let (date, language) = (parse::date(&query.date)?, spoken.0);
    let (day, catalogue) = on_database(&state, move |service| {
        let queries = &service.queries;
        let (sessions, venues, prices) =
            (queries.sessions()?, queries.venues()?, queries.prices()?);
        let catalogue = Catalogue {
            sessions,
            venues,
            prices,
        };
        Ok((queries.days(date, date)?.into_iter().next(), catalogue))
    })
    .await?;
    let hours = hours_of(date, day.as_ref());
    let times = |session| EntryTimes::of(session, &hours, language);
    let sold = Category::ALL
        .into_iter()
        .filter(|category| *category != Category::AnnualPass);
    let (venues, prices) = (&catalogue.venues, &catalogue.prices);
    Ok(Json(TicketTypes {
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
    }))
}
