//! The calendar that everybody sees.

use actix_web::get;
use api_kit::error::ApiError;
use api_kit::language::Spoken;
use api_kit::wire::{instant, time_of_day};
use domain::calendar;
use domain::text::Language;
use domain::use_cases::show_calendar::{CalendarDay, DayOffer, next_opening, show_calendar};
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::public::{CALENDAR, Public, public};
use crate::state::{State, on_database};
use crate::wire::{Availability, Season, Session};

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service.service(get_calendar);
}

/// The days from today to today + 14.
#[derive(Serialize, ToSchema)]
struct Calendar {
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
    fn of(day: CalendarDay, language: Language) -> Self {
        let (state, opens_at) = match day.offer {
            DayOffer::Open => (DayState::Open, None),
            DayOffer::Closed => (DayState::Closed, None),
            DayOffer::NotYetOpen { opens_at } => (DayState::NotYetOpen, Some(instant(opens_at))),
        };
        let sessions = day
            .sessions
            .into_iter()
            .map(|(session, state)| SessionState {
                session: Session(session),
                state: state.into(),
            });
        Self {
            date: day.date.to_string(),
            state,
            opens_at,
            note: day.note.map(|note| note.get(language).to_owned()),
            season: day.season.into(),
            hours: Hours::from(&day.hours),
            sessions: sessions.collect(),
        }
    }
}

/// Today and the 14 days after it. Exact numbers are for those who have signed in.
#[utoipa::path(tag = "calendar", responses((status = 200, body = Calendar)))]
#[get("/calendar")]
async fn get_calendar(state: State, spoken: Spoken) -> Result<Public<Calendar>, ApiError> {
    let now = state.clock.now();
    let days = on_database(&state, move |service| {
        Ok(show_calendar(&*service.queries, &service.rules, now)?)
    })
    .await?;
    let next_opening = next_opening(&days).map(|(date, opens_at)| NextOpening {
        date: date.to_string(),
        opens_at: instant(opens_at),
    });
    let answer = Calendar {
        server_time: instant(now),
        next_opening,
        days: days.into_iter().map(|day| Day::of(day, spoken.0)).collect(),
    };
    Ok(public(answer, CALENDAR))
}
