//! The calendar that everybody sees.

use actix_web::{HttpRequest, HttpResponse, get};
use api_kit::error::ApiError;
use api_kit::language::Spoken;
use api_kit::wire::{instant, time_of_day};
use chrono::{DateTime, Utc};
use domain::calendar;
use domain::text::Language;
use domain::use_cases::show_calendar::{CalendarDay, DayOffer, next_opening};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::page::{Keeping, Page};
use crate::state::State;
use crate::wire::{Availability, Season, Session};

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service.service(get_calendar);
}

/// The days from today to today + 14.
#[derive(Serialize, ToSchema)]
struct Calendar {
    /// When this was so. Whoever is told that nothing has changed since (304) keeps an old one.
    #[schema(format = DateTime)]
    server_time: String,
    /// The day whose sales open next, if one is decided.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    next_opening: Option<NextOpening>,
    days: Vec<Day>,
}

/// When sales open next, and for which day.
#[derive(Serialize, ToSchema)]
struct NextOpening {
    #[schema(format = Date)]
    date: String,
    #[schema(format = DateTime)]
    opens_at: String,
}

/// One day.
#[derive(Serialize, ToSchema)]
struct Day {
    #[schema(format = Date)]
    date: String,
    state: DayState,
    /// When sales open, of a day that is not yet open.
    #[schema(format = DateTime)]
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    opens_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    note: Option<String>,
    season: Season,
    hours: Hours,
    /// Of a day that can be booked.
    sessions: Vec<SessionState>,
}

/// Whether a day can be booked.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum DayState {
    Open,
    Closed,
    NotYetOpen,
}

/// The hours of a day in Shanghai.
#[derive(Serialize, ToSchema)]
pub(super) struct Hours {
    #[schema(example = "08:30")]
    opens: String,
    #[schema(example = "15:30")]
    last_entry: String,
    #[schema(example = "16:30")]
    closes: String,
}

impl From<&calendar::Hours> for Hours {
    fn from(hours: &calendar::Hours) -> Self {
        Self {
            opens: time_of_day(hours.opens()),
            last_entry: time_of_day(hours.last_entry()),
            closes: time_of_day(hours.closes()),
        }
    }
}

/// What is left in a session, in words.
#[derive(Serialize, ToSchema)]
struct SessionState {
    session: Session,
    state: Availability,
}

impl Day {
    fn of(day: &CalendarDay, language: Language) -> Self {
        let (state, opens_at) = match day.offer {
            DayOffer::Open => (DayState::Open, None),
            DayOffer::Closed => (DayState::Closed, None),
            DayOffer::NotYetOpen { opens_at } => (DayState::NotYetOpen, Some(instant(opens_at))),
        };
        let sessions = day.sessions.iter().map(|(session, state)| SessionState {
            session: Session(session.clone()),
            state: (*state).into(),
        });
        Self {
            date: day.date.to_string(),
            state,
            opens_at,
            note: day.note.as_ref().map(|note| note.get(language).to_owned()),
            season: day.season.into(),
            hours: Hours::from(&day.hours),
            sessions: sessions.collect(),
        }
    }
}

/// The calendar as it was at `now`.
pub(crate) fn page(
    days: &[CalendarDay],
    now: DateTime<Utc>,
    language: Language,
) -> Result<Page, serde_json::Error> {
    let next_opening = next_opening(days).map(|(date, opens_at)| NextOpening {
        date: date.to_string(),
        opens_at: instant(opens_at),
    });
    let calendar = Calendar {
        server_time: instant(now),
        next_opening,
        days: days.iter().map(|day| Day::of(day, language)).collect(),
    };
    // What day it is goes with the days.
    Page::write_essence(&calendar, &(&calendar.next_opening, &calendar.days))
}

/// Today and the 14 days after it. Exact numbers are for those who have signed in.
#[utoipa::path(
    tag = "calendar",
    responses((status = 200, body = Calendar), (status = 304, description = "Nothing has changed"))
)]
#[get("/calendar")]
async fn get_calendar(
    state: State,
    spoken: Spoken,
    request: HttpRequest,
) -> Result<HttpResponse, ApiError> {
    let seen = state.sale.latest().await?;
    let page = seen.pages().calendar(spoken.0);
    Ok(page.answer(&request, Keeping::ForASecond))
}
