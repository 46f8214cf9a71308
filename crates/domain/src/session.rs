//! The sessions of a day and when their tickets admit (rules 1.4 and 1.5).

use std::fmt;

use chrono::{DateTime, NaiveTime, TimeDelta, Timelike, Utc};
use thiserror::Error;

use crate::calendar::Hours;
use crate::text::{LocalText, is_row_code};
use crate::visit_date::VisitDate;

/// The code of a session, such as `morning`: `[a-z][a-z0-9_]{0,31}`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SessionCode(String);

/// Why a text is not the code of a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SessionCodeError {
    /// Not `[a-z][a-z0-9_]{0,31}`.
    #[error("a session's code is 1 to 32 of a-z, 0-9 and _, beginning with a letter")]
    Form,
}

impl SessionCode {
    /// Reads a code. Whether such a session exists, only the database knows (rule 1.5).
    ///
    /// # Errors
    /// If it has not the form of a code.
    pub fn parse(text: &str) -> Result<Self, SessionCodeError> {
        if is_row_code(text) {
            Ok(Self(text.to_owned()))
        } else {
            Err(SessionCodeError::Form)
        }
    }

    /// The code as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SessionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A part of the day for which tickets are sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    code: SessionCode,
    name: LocalText,
    entry_from: Option<NaiveTime>,
    entry_until: Option<NaiveTime>,
    position: u16,
}

/// Why a session cannot be as described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SessionError {
    /// A time with seconds: tickets print minutes.
    #[error("entry times are whole minutes")]
    NotAMinute,
    /// Entry would end before it begins.
    #[error("entry must begin before it ends")]
    Order,
}

/// When the tickets of a session admit on one day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryWindow {
    /// The first instant at which they do.
    pub from: DateTime<Utc>,
    /// The first instant at which they no longer do, a minute after what is printed.
    pub until: DateTime<Utc>,
    /// The last minute, as printed on the ticket, in Shanghai; it still admits.
    pub printed_until: NaiveTime,
}

impl EntryWindow {
    /// Whether tickets admit at `at`.
    #[must_use]
    pub fn contains(&self, at: DateTime<Utc>) -> bool {
        self.from <= at && at < self.until
    }
}

impl Session {
    /// A session.
    ///
    /// `entry_from` `None` means from the day's opening, `entry_until` `None` until its last entry.
    /// Sessions are listed by `position`.
    ///
    /// # Errors
    /// If a time is not a whole minute, or entry would end before it begins.
    pub fn new(
        code: SessionCode,
        name: LocalText,
        entry_from: Option<NaiveTime>,
        entry_until: Option<NaiveTime>,
        position: u16,
    ) -> Result<Self, SessionError> {
        if [entry_from, entry_until]
            .into_iter()
            .flatten()
            .any(|time| !is_whole_minute(time))
        {
            return Err(SessionError::NotAMinute);
        }
        if let (Some(from), Some(until)) = (entry_from, entry_until)
            && from >= until
        {
            return Err(SessionError::Order);
        }
        Ok(Self {
            code,
            name,
            entry_from,
            entry_until,
            position,
        })
    }

    /// The code that names the session.
    #[must_use]
    pub fn code(&self) -> &SessionCode {
        &self.code
    }

    /// The name that people read.
    #[must_use]
    pub fn name(&self) -> &LocalText {
        &self.name
    }

    /// From when the session admits; `None` is the day's opening.
    #[must_use]
    pub fn entry_from(&self) -> Option<NaiveTime> {
        self.entry_from
    }

    /// The last minute of entry; `None` is the day's last entry.
    #[must_use]
    pub fn entry_until(&self) -> Option<NaiveTime> {
        self.entry_until
    }

    /// The place among the sessions of a day, in ascending order.
    #[must_use]
    pub fn position(&self) -> u16 {
        self.position
    }

    /// When the session's tickets admit on `date` (rule 1.4), never outside the day's `hours`.
    ///
    /// On a day that is cut short this may be no time at all: `until` is then not after `from`.
    #[must_use]
    pub fn entry_window(&self, date: VisitDate, hours: &Hours) -> EntryWindow {
        let from = self
            .entry_from
            .map_or(hours.opens(), |time| time.max(hours.opens()));
        let printed_until = self
            .entry_until
            .map_or(hours.last_entry(), |time| time.min(hours.last_entry()));
        EntryWindow {
            from: date.at(from),
            until: date.at(printed_until) + TimeDelta::minutes(1),
            printed_until,
        }
    }
}

/// Whether `time` has neither seconds nor fractions of one.
pub(crate) fn is_whole_minute(time: NaiveTime) -> bool {
    time.second() == 0 && time.nanosecond() == 0
}

/// The sessions that the house opens with (rule 1.4), for seeding a database.
#[must_use]
pub fn first_sessions() -> Vec<Session> {
    const ELEVEN: NaiveTime = NaiveTime::from_hms_opt(11, 0, 0).unwrap();
    const TWELVE: NaiveTime = NaiveTime::from_hms_opt(12, 0, 0).unwrap();
    vec![
        Session {
            code: SessionCode("morning".to_owned()),
            name: LocalText::new("上午场", "Morning"),
            entry_from: None,
            entry_until: Some(TWELVE),
            position: 1,
        },
        Session {
            code: SessionCode("afternoon".to_owned()),
            name: LocalText::new("下午场", "Afternoon"),
            entry_from: Some(ELEVEN),
            entry_until: None,
            position: 2,
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::season::Season;

    fn time(hour: u32, minute: u32) -> NaiveTime {
        NaiveTime::from_hms_opt(hour, minute, 0).unwrap()
    }

    fn instant(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    fn window(code: &str, date: &str, hours: &Hours) -> EntryWindow {
        let date = VisitDate::parse(date).unwrap();
        first_sessions()
            .into_iter()
            .find(|session| session.code().as_str() == code)
            .unwrap()
            .entry_window(date, hours)
    }

    #[test]
    fn the_first_sessions_are_well_formed_and_in_order() {
        let sessions = first_sessions();
        assert!(sessions.is_sorted_by_key(Session::position));
        for session in &sessions {
            assert_eq!(
                SessionCode::parse(session.code().as_str()).as_ref(),
                Ok(session.code())
            );
            let again = Session::new(
                session.code().clone(),
                session.name().clone(),
                session.entry_from(),
                session.entry_until(),
                session.position(),
            );
            assert_eq!(again.as_ref(), Ok(session));
        }
        assert_eq!(SessionCode::parse("Morning"), Err(SessionCodeError::Form));
    }

    #[test]
    fn the_printed_minute_is_inclusive() {
        let window = window("morning", "2026-04-01", &Hours::of_season(Season::Peak));
        assert_eq!(window.from, instant("2026-04-01T08:30:00+08:00"));
        assert_eq!(window.until, instant("2026-04-01T12:01:00+08:00"));
        assert_eq!(window.printed_until, time(12, 0));
        assert!(!window.contains(instant("2026-04-01T08:29:59.999+08:00")));
        assert!(window.contains(instant("2026-04-01T08:30:00+08:00")));
        assert!(window.contains(instant("2026-04-01T12:00:59.999+08:00")));
        assert!(!window.contains(instant("2026-04-01T12:01:00+08:00")));
        assert!(!window.contains(instant("2026-04-02T10:00:00+08:00")));
    }

    #[test]
    fn the_afternoon_ends_with_the_last_entry_of_the_season() {
        let peak = window("afternoon", "2026-04-01", &Hours::of_season(Season::Peak));
        assert_eq!(peak.from, instant("2026-04-01T11:00:00+08:00"));
        assert_eq!(peak.until, instant("2026-04-01T16:11:00+08:00"));
        let low = window("afternoon", "2026-03-31", &Hours::of_season(Season::Low));
        assert_eq!(low.until, instant("2026-03-31T15:31:00+08:00"));
        assert_eq!(low.printed_until, time(15, 30));
    }

    #[test]
    fn nobody_enters_outside_the_hours_of_the_day() {
        let late = Hours::new(time(11, 30), time(16, 10), time(17, 0)).unwrap();
        let from = instant("2026-04-01T11:30:00+08:00");
        assert_eq!(window("afternoon", "2026-04-01", &late).from, from);
        let short = Hours::new(time(8, 30), time(10, 30), time(11, 0)).unwrap();
        let morning = window("morning", "2026-04-01", &short);
        assert_eq!(morning.printed_until, time(10, 30));
        let afternoon = window("afternoon", "2026-04-01", &short);
        assert!(afternoon.until <= afternoon.from);
        assert!(!afternoon.contains(afternoon.from));
    }

    #[test]
    fn entry_times_are_whole_minutes_in_order() {
        let session = |from, until| {
            let code = SessionCode::parse("evening").unwrap();
            Session::new(code, LocalText::new("夜场", "Evening"), from, until, 3)
        };
        assert!(session(Some(time(17, 0)), Some(time(19, 0))).is_ok());
        assert!(session(None, None).is_ok());
        let with_seconds = NaiveTime::from_hms_opt(17, 0, 30);
        assert_eq!(session(with_seconds, None), Err(SessionError::NotAMinute));
        assert_eq!(session(None, with_seconds), Err(SessionError::NotAMinute));
        let backwards = session(Some(time(19, 0)), Some(time(19, 0)));
        assert_eq!(backwards, Err(SessionError::Order));
    }
}
