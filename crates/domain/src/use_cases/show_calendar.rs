//! What the public and signed-in tourists are shown of the days ahead (rule 4.10).

use chrono::{DateTime, Utc};

use crate::calendar::{Hours, OpeningDay};
use crate::ports::{CalendarQueries, StoreError};
use crate::quota::{Availability, Quota};
use crate::rules::Rules;
use crate::season::Season;
use crate::session::{Session, SessionCode};
use crate::text::LocalText;
use crate::venue::{Venue, VenueCode, VenueKind};
use crate::visit_date::{SalesState, VisitDate};

/// How many days after today the calendar shows.
pub(super) const DAYS_AHEAD: i64 = 14;

/// Whether a day can be booked now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DayOffer {
    /// It can.
    Open,
    /// It cannot: closed, today, or without quotas.
    Closed,
    /// It will be.
    NotYetOpen {
        /// From this instant on.
        opens_at: DateTime<Utc>,
    },
}

/// One day of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarDay {
    /// The day.
    pub date: VisitDate,
    /// Whether it can be booked.
    pub offer: DayOffer,
    /// What staff say about it.
    pub note: Option<LocalText>,
    /// Its season.
    pub season: Season,
    /// Its hours, those of the season where staff have set none.
    pub hours: Hours,
    /// The sessions of a day that can be booked, by position, judged by the admission's quota.
    pub sessions: Vec<(SessionCode, Availability)>,
}

/// What is left in one venue of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VenuePlaces {
    /// The venue.
    pub venue: VenueCode,
    /// The number, unless there are more than [`Rules::exact_remaining_up_to`].
    pub remaining: Option<u32>,
    /// In words.
    pub availability: Availability,
}

/// What is left in one session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionPlaces {
    /// The session.
    pub session: SessionCode,
    /// Its venues, by position.
    pub venues: Vec<VenuePlaces>,
}

/// The calendar from today to today + 14.
///
/// # Errors
/// [`StoreError`].
pub fn show_calendar(
    queries: &dyn CalendarQueries,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Result<Vec<CalendarDay>, StoreError> {
    let today = VisitDate::containing(now);
    let last = today.plus_days(DAYS_AHEAD);
    Ok(Shown::read(queries, today, last)?.calendar(rules, now))
}

/// The day of a calendar whose sales open next, and when they do.
#[must_use]
pub fn next_opening(days: &[CalendarDay]) -> Option<(VisitDate, DateTime<Utc>)> {
    let to_open = days.iter().filter_map(|day| match day.offer {
        DayOffer::NotYetOpen { opens_at } => Some((day.date, opens_at)),
        DayOffer::Open | DayOffer::Closed => None,
    });
    to_open.min_by_key(|(date, opens_at)| (*opens_at, *date))
}

/// What is left on `date`: nothing unless it can be booked now.
///
/// # Errors
/// [`StoreError`].
pub fn show_places(
    queries: &dyn CalendarQueries,
    rules: &Rules,
    date: VisitDate,
    now: DateTime<Utc>,
) -> Result<Vec<SessionPlaces>, StoreError> {
    Ok(Shown::read(queries, date, date)?.places(date, rules, now))
}

fn places(quota: &Quota, rules: &Rules) -> VenuePlaces {
    let remaining = quota.remaining();
    VenuePlaces {
        venue: quota.key().venue.clone(),
        remaining: (remaining <= rules.exact_remaining_up_to).then_some(remaining),
        availability: quota.availability(rules),
    }
}

/// What was read for a range of days.
pub(super) struct Shown {
    first: VisitDate,
    last: VisitDate,
    days: Vec<OpeningDay>,
    quotas: Vec<Quota>,
    sessions: Vec<Session>,
    venues: Vec<Venue>,
}

impl Shown {
    pub(super) fn read<Q: CalendarQueries + ?Sized>(
        queries: &Q,
        first: VisitDate,
        last: VisitDate,
    ) -> Result<Self, StoreError> {
        Ok(Self {
            first,
            last,
            days: queries.days(first, last)?,
            quotas: queries.quotas(first, last)?,
            sessions: queries.sessions()?,
            venues: queries.venues()?,
        })
    }

    /// The calendar of today and the days after it that were read.
    pub(super) fn calendar(&self, rules: &Rules, now: DateTime<Utc>) -> Vec<CalendarDay> {
        let today = VisitDate::containing(now);
        let last = today.plus_days(DAYS_AHEAD).min(self.last);
        let dates = today.max(self.first).until(last);
        dates
            .map(|date| self.calendar_day(date, rules, now))
            .collect()
    }

    /// What is left on `date`: nothing unless it can be booked now.
    pub(super) fn places(
        &self,
        date: VisitDate,
        rules: &Rules,
        now: DateTime<Utc>,
    ) -> Vec<SessionPlaces> {
        if self.offer(date, rules, now) != DayOffer::Open {
            return Vec::new();
        }
        let sessions = self.sessions.iter().filter_map(|session| {
            self.admission_quota(date, session.code())?;
            let venues = self.venues.iter().filter_map(|venue| {
                let quota = self.quota(date, session.code(), venue.code())?;
                Some(places(quota, rules))
            });
            Some(SessionPlaces {
                session: session.code().clone(),
                venues: venues.collect(),
            })
        });
        sessions.collect()
    }

    /// Whether `date` is among the days that were read.
    pub(super) fn covers(&self, date: VisitDate) -> bool {
        (self.first..=self.last).contains(&date)
    }

    /// The days that were asked for, with what staff have decided of each.
    pub(super) fn days(&self) -> impl Iterator<Item = (VisitDate, Option<&OpeningDay>)> {
        let dates = self.first.until(self.last);
        dates.map(|date| (date, self.day(date)))
    }

    /// The sessions, by position.
    pub(super) fn sessions(&self) -> &[Session] {
        &self.sessions
    }

    /// The venues, by position.
    pub(super) fn venues(&self) -> &[Venue] {
        &self.venues
    }

    /// Whether the museum is open on `date` and the session is sold at all.
    pub(super) fn is_offered(&self, date: VisitDate, session: &SessionCode) -> bool {
        self.day(date).is_some_and(OpeningDay::is_open)
            && self.admission_quota(date, session).is_some()
    }

    /// The quotas that were read.
    pub(super) fn quotas(&self) -> impl Iterator<Item = &Quota> {
        self.quotas.iter()
    }

    /// The venue that admits.
    pub(super) fn admission_venue(&self) -> Option<&VenueCode> {
        let mut venues = self.venues.iter();
        let admission = venues.find(|venue| venue.kind() == VenueKind::Admission)?;
        Some(admission.code())
    }

    fn calendar_day(&self, date: VisitDate, rules: &Rules, now: DateTime<Utc>) -> CalendarDay {
        let day = self.day(date);
        let offer = self.offer(date, rules, now);
        let sessions = match offer {
            DayOffer::Open => self.session_states(date, rules),
            DayOffer::Closed | DayOffer::NotYetOpen { .. } => Vec::new(),
        };
        CalendarDay {
            date,
            offer,
            note: day.and_then(|day| day.note().cloned()),
            season: date.season(),
            hours: day.map_or(Hours::of_season(date.season()), |day| *day.hours()),
            sessions,
        }
    }

    fn offer(&self, date: VisitDate, rules: &Rules, now: DateTime<Utc>) -> DayOffer {
        let open = self.day(date).is_some_and(OpeningDay::is_open);
        let has_quotas = self
            .sessions
            .iter()
            .any(|session| self.admission_quota(date, session.code()).is_some());
        if !open || !has_quotas {
            return DayOffer::Closed;
        }
        match date.sales_state(now, rules) {
            SalesState::Open => DayOffer::Open,
            SalesState::Closed => DayOffer::Closed,
            SalesState::NotYetOpen { opens_at } => DayOffer::NotYetOpen { opens_at },
        }
    }

    fn session_states(&self, date: VisitDate, rules: &Rules) -> Vec<(SessionCode, Availability)> {
        let states = self.sessions.iter().filter_map(|session| {
            let quota = self.admission_quota(date, session.code())?;
            Some((session.code().clone(), quota.availability(rules)))
        });
        states.collect()
    }

    fn day(&self, date: VisitDate) -> Option<&OpeningDay> {
        self.days.iter().find(|day| day.date() == date)
    }

    /// The quota of the museum itself, without which a session is not on sale.
    fn admission_quota(&self, date: VisitDate, session: &SessionCode) -> Option<&Quota> {
        self.quota(date, session, self.admission_venue()?)
    }

    fn quota(&self, date: VisitDate, session: &SessionCode, venue: &VenueCode) -> Option<&Quota> {
        self.quotas.iter().find(|quota| {
            let key = quota.key();
            key.date == date && key.session == *session && key.venue == *venue
        })
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::quota::QuotaKey;
    use crate::testing::{Museum, session, venue};

    fn take(museum: &Museum, date: VisitDate, places: u32) {
        museum.run(|stores| {
            let mut quotas = stores.quotas().lock_day(date)?;
            let key = QuotaKey {
                date,
                session: session("morning"),
                venue: venue("palace"),
            };
            quotas.retain(|quota| *quota.key() == key);
            for quota in &mut quotas {
                quota.take(places)?;
            }
            stores.quotas().save(&quotas)
        });
    }

    #[test]
    fn days_are_closed_until_opened_and_open_at_20_00() {
        let (museum, store) = Museum::in_memory();
        let today = VisitDate::containing(museum.now());
        for ahead in [0, 6, 8] {
            museum.open(today.plus_days(ahead), 100);
        }
        let days = show_calendar(&*store, &museum.rules, museum.now()).unwrap();
        assert_eq!(days.len(), 15);
        assert_eq!(days[0].offer, DayOffer::Closed, "today");
        assert_eq!(days[1].offer, DayOffer::Closed, "never opened");
        assert_eq!(days[6].offer, DayOffer::Open);
        assert_eq!(days[6].sessions.len(), 2);
        let opens_at = days[8].date.sales_open_at(&museum.rules);
        assert_eq!(days[8].offer, DayOffer::NotYetOpen { opens_at });
        assert!(days[8].sessions.is_empty());
        let tomorrow_at_20 = opens_at;
        let days = show_calendar(&*store, &museum.rules, tomorrow_at_20).unwrap();
        assert_eq!(days[7].offer, DayOffer::Open);
    }

    #[test]
    fn the_next_opening_is_that_of_the_first_day_that_is_not_on_sale_yet() {
        let (museum, store) = Museum::in_memory();
        let today = VisitDate::containing(museum.now());
        let next = || next_opening(&show_calendar(&*store, &museum.rules, museum.now()).unwrap());
        museum.open(today.plus_days(6), 100);
        assert_eq!(next(), None, "nothing is decided beyond what is on sale");
        for ahead in [10, 9] {
            museum.open(today.plus_days(ahead), 100);
        }
        let date = today.plus_days(9);
        assert_eq!(next(), Some((date, date.sales_open_at(&museum.rules))));
    }

    #[test]
    fn few_and_sold_out_go_by_the_palace() {
        let (museum, store) = Museum::in_memory();
        museum.open(museum.day(), 100);
        let state = || {
            let days = show_calendar(&*store, &museum.rules, museum.now()).unwrap();
            days[6].sessions.clone()
        };
        take(&museum, museum.day(), 96);
        assert_eq!(state()[0], (session("morning"), Availability::Few));
        take(&museum, museum.day(), 4);
        assert_eq!(state()[0], (session("morning"), Availability::SoldOut));
        assert_eq!(state()[1], (session("afternoon"), Availability::Available));
    }

    #[test]
    fn numbers_are_told_up_to_999_and_only_while_on_sale() {
        let (museum, store) = Museum::in_memory();
        museum.open(museum.day(), 1000);
        let places = |now| show_places(&*store, &museum.rules, museum.day(), now).unwrap();
        assert_eq!(places(museum.now())[0].venues[0].remaining, None);
        take(&museum, museum.day(), 1);
        assert_eq!(places(museum.now())[0].venues[0].remaining, Some(999));
        assert_eq!(places(museum.now())[1].venues[0].remaining, None);
        assert!(places(museum.now() + TimeDelta::days(6)).is_empty());
        assert!(places(museum.now() - TimeDelta::days(6)).is_empty());
    }
}
