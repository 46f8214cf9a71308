//! The hours of a day.

use actix_web::get;
use actix_web::web::Query;
use api_kit::error::ApiError;
use api_kit::language::Spoken;
use api_kit::wire::time_of_day;
use domain::calendar::{self, OpeningDay};
use domain::content::NoticeKind;
use domain::session::Session;
use domain::text::Language;
use domain::visit_date::VisitDate;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::calendar::Hours;
use super::parse::{self, DateQuery};
use super::public::{CONTENT, Public, public};
use crate::state::{State, on_database};
use crate::wire;

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service.service(get_opening_hours);
}

/// The hours of a day and when its sessions admit.
#[derive(Serialize, ToSchema)]
struct OpeningHours {
    #[schema(format = Date)]
    date: String,
    /// Whether the museum is open; where staff have not decided yet, it is not.
    open: bool,
    season: wire::Season,
    hours: Hours,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    note: Option<String>,
    sessions: Vec<EntryTimes>,
    /// The hours in general, in words, where the museum has published them.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    text: Option<String>,
}

/// When a session admits.
#[derive(Serialize, ToSchema)]
pub(super) struct EntryTimes {
    session: wire::Session,
    name: String,
    #[schema(example = "08:30")]
    entry_from: String,
    /// The last minute of entry, which still admits.
    #[schema(example = "12:00")]
    entry_until: String,
}

impl EntryTimes {
    /// When `session` admits on a day with these hours.
    pub(super) fn of(session: &Session, hours: &calendar::Hours, language: Language) -> Self {
        let from = session.entry_from().unwrap_or(hours.opens());
        let until = session.entry_until().unwrap_or(hours.last_entry());
        Self {
            session: wire::Session(session.code().clone()),
            name: session.name().get(language).to_owned(),
            entry_from: time_of_day(from.max(hours.opens())),
            entry_until: time_of_day(until.min(hours.last_entry())),
        }
    }
}

/// The hours of `day`, those of the season where staff have set none.
pub(super) fn hours_of(date: VisitDate, day: Option<&OpeningDay>) -> calendar::Hours {
    day.map_or(calendar::Hours::of_season(date.season()), |day| {
        *day.hours()
    })
}

/// The hours of a day.
#[utoipa::path(
    tag = "opening_hours", params(("date" = String, Query, format = Date)),
    responses((status = 200, body = OpeningHours))
)]
#[get("/opening-hours")]
async fn get_opening_hours(
    state: State,
    spoken: Spoken,
    query: Query<DateQuery>,
) -> Result<Public<OpeningHours>, ApiError> {
    let date = parse::date(&query.date)?;
    let (day, sessions, notices) = on_database(&state, move |service| {
        let queries = &service.queries;
        let days = queries.days(date, date)?;
        let notices = queries.notices(service.clock.now())?;
        Ok((days.into_iter().next(), queries.sessions()?, notices))
    })
    .await?;
    let hours = hours_of(date, day.as_ref());
    let times = |session| EntryTimes::of(session, &hours, spoken.0);
    let mut notices = notices.iter();
    let general = notices.find(|notice| notice.kind == NoticeKind::OpeningHours);
    let answer = OpeningHours {
        date: date.to_string(),
        open: day.as_ref().is_some_and(OpeningDay::is_open),
        season: date.season().into(),
        hours: Hours::from(&hours),
        note: day.and_then(|day| Some(day.note()?.get(spoken.0).to_owned())),
        sessions: sessions.iter().map(times).collect(),
        text: general.map(|notice| notice.body.text().get(spoken.0).to_owned()),
    };
    Ok(public(answer, CONTENT))
}
