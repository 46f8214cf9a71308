//! The day of a visit, in Shanghai, and when its tickets are on sale (rules 1.3 and 4.1).

use std::fmt;
use std::iter;

use chrono::{DateTime, Datelike, Days, FixedOffset, NaiveDate, NaiveTime, Utc, Weekday};
use thiserror::Error;

use crate::rules::Rules;
use crate::season::Season;

const SHANGHAI: FixedOffset = FixedOffset::east_opt(8 * 60 * 60).unwrap();

/// The offset of Shanghai, UTC+8. There has been no summer time since 1991.
#[must_use]
pub fn shanghai() -> FixedOffset {
    SHANGHAI
}

/// A day in Shanghai on which people visit the museum.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VisitDate(NaiveDate);

/// Why a text is not a visit date.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum VisitDateError {
    /// Not of the form `YYYY-MM-DD`.
    #[error("a date is written YYYY-MM-DD")]
    Form,
    /// Of the right form, but no such day exists.
    #[error("there is no such day")]
    NoSuchDay,
    /// A year before 2000 or after 2199.
    #[error("the year must be from 2000 to 2199")]
    Year,
}

/// Whether tickets for a date are on sale at an instant (rule 4.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SalesState {
    /// Not yet.
    NotYetOpen {
        /// The first instant at which they are.
        opens_at: DateTime<Utc>,
    },
    /// They are on sale.
    Open,
    /// No longer: the day itself has begun.
    Closed,
}

impl VisitDate {
    /// The visit on `date`, a day of Shanghai's calendar.
    #[must_use]
    pub const fn new(date: NaiveDate) -> Self {
        Self(date)
    }

    /// Reads `YYYY-MM-DD`, and nothing else.
    ///
    /// # Errors
    /// If the form is another, the day does not exist, or the year is not from 2000 to 2199.
    pub fn parse(text: &str) -> Result<Self, VisitDateError> {
        let well_formed = text.len() == 10
            && text.bytes().enumerate().all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !well_formed {
            return Err(VisitDateError::Form);
        }
        let date =
            NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| VisitDateError::NoSuchDay)?;
        if !(2000..=2199).contains(&date.year()) {
            return Err(VisitDateError::Year);
        }
        Ok(Self(date))
    }

    /// The day that it is in Shanghai at `instant`.
    #[must_use]
    pub fn containing(instant: DateTime<Utc>) -> Self {
        let utc = instant.naive_utc();
        Self(utc.checked_add_offset(SHANGHAI).unwrap_or(utc).date())
    }

    /// The day of the calendar.
    #[must_use]
    pub const fn date(self) -> NaiveDate {
        self.0
    }

    /// The instant at which the day begins, 00:00 in Shanghai.
    #[must_use]
    pub fn start(self) -> DateTime<Utc> {
        self.at(NaiveTime::MIN)
    }

    /// The instant at which the next day begins, the rules' "24:00": the first one not in this day.
    #[must_use]
    pub fn end(self) -> DateTime<Utc> {
        self.plus_days(1).start()
    }

    /// The instant of `time` on this day, in Shanghai.
    #[must_use]
    pub fn at(self, time: NaiveTime) -> DateTime<Utc> {
        self.0
            .and_time(time)
            .checked_sub_offset(SHANGHAI)
            .map_or(DateTime::<Utc>::MIN_UTC, |utc| utc.and_utc())
    }

    /// The day `days` later, or earlier if negative; stops at the ends of the calendar.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        let distance = Days::new(days.unsigned_abs());
        Self(if days < 0 {
            self.0.checked_sub_days(distance).unwrap_or(NaiveDate::MIN)
        } else {
            self.0.checked_add_days(distance).unwrap_or(NaiveDate::MAX)
        })
    }

    /// How many days this day lies after `earlier`; negative if it lies before.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> i64 {
        self.0.signed_duration_since(earlier.0).num_days()
    }

    /// The day of the week.
    #[must_use]
    pub fn weekday(self) -> Weekday {
        self.0.weekday()
    }

    /// The calendar year; annual passes and imported holidays go by it.
    #[must_use]
    pub fn year(self) -> i32 {
        self.0.year()
    }

    /// The season of the day (rule 1.3).
    #[must_use]
    pub fn season(self) -> Season {
        match self.0.month() {
            4..=10 => Season::Peak,
            _ => Season::Low,
        }
    }

    /// This day and each one after it until `last`, which is included; none if `last` is earlier.
    pub fn until(self, last: Self) -> impl Iterator<Item = Self> {
        iter::successors(Some(self.0), NaiveDate::succ_opt)
            .take_while(move |day| *day <= last.0)
            .map(Self)
    }

    /// The first instant at which tickets for this day are sold (rule 4.1).
    #[must_use]
    pub fn sales_open_at(self, rules: &Rules) -> DateTime<Utc> {
        self.plus_days(-i64::from(rules.sales_open_days_ahead))
            .at(rules.sales_open_at)
    }

    /// The first instant at which tickets for this day are no longer sold (rule 4.1).
    #[must_use]
    pub fn sales_close_at(self) -> DateTime<Utc> {
        self.start()
    }

    /// Whether tickets for this day are on sale at `at` (rule 4.1), be the day open or not.
    #[must_use]
    pub fn sales_state(self, at: DateTime<Utc>, rules: &Rules) -> SalesState {
        let opens_at = self.sales_open_at(rules);
        if at >= self.sales_close_at() {
            SalesState::Closed
        } else if at < opens_at {
            SalesState::NotYetOpen { opens_at }
        } else {
            SalesState::Open
        }
    }
}

/// As `YYYY-MM-DD`.
impl fmt::Display for VisitDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> VisitDate {
        VisitDate::parse(text).unwrap()
    }

    fn instant(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn reads_one_form_only() {
        assert_eq!(day("2026-04-01").to_string(), "2026-04-01");
        for text in [
            "",
            "2026-4-1",
            "2026-04-1 ",
            " 2026-04-01",
            "2026/04/01",
            "20260401",
            "+026-04-01",
            "2026-04-01T00:00",
            "２０２６-04-01",
            "2026-04-0１",
            "-226-04-01",
        ] {
            assert_eq!(VisitDate::parse(text), Err(VisitDateError::Form), "{text}");
        }
        for text in ["2026-02-29", "2026-13-01", "2026-00-10", "2026-04-31"] {
            assert_eq!(
                VisitDate::parse(text),
                Err(VisitDateError::NoSuchDay),
                "{text}"
            );
        }
        for text in ["1999-12-31", "2200-01-01", "0000-01-01"] {
            assert_eq!(VisitDate::parse(text), Err(VisitDateError::Year), "{text}");
        }
        assert!(VisitDate::parse("2000-01-01").is_ok() && VisitDate::parse("2199-12-31").is_ok());
    }

    #[test]
    fn a_day_begins_and_ends_in_shanghai() {
        let date = day("2026-04-01");
        assert_eq!(date.start(), instant("2026-04-01T00:00:00+08:00"));
        assert_eq!(date.end(), instant("2026-04-02T00:00:00+08:00"));
        let noon = NaiveTime::from_hms_opt(12, 0, 0).unwrap();
        assert_eq!(date.at(noon), instant("2026-04-01T04:00:00Z"));
        assert_eq!(
            VisitDate::containing(instant("2026-03-31T15:59:59.999999Z")),
            day("2026-03-31")
        );
        assert_eq!(VisitDate::containing(instant("2026-03-31T16:00:00Z")), date);
    }

    #[test]
    fn counts_days() {
        let date = day("2026-02-28");
        assert_eq!(date.plus_days(1), day("2026-03-01"));
        assert_eq!(date.plus_days(-59), day("2025-12-31"));
        assert_eq!(date.days_since(day("2026-02-21")), 7);
        assert_eq!(date.days_since(day("2026-03-02")), -2);
        assert_eq!(date.weekday(), Weekday::Sat);
        let days: Vec<_> = date.until(day("2026-03-02")).collect();
        assert_eq!(
            days,
            [day("2026-02-28"), day("2026-03-01"), day("2026-03-02")]
        );
        assert_eq!(date.until(date).count(), 1);
        assert_eq!(date.until(day("2026-02-27")).count(), 0);
    }

    #[test]
    fn stops_at_the_ends_of_the_calendar() {
        let (first, last) = (
            VisitDate::new(NaiveDate::MIN),
            VisitDate::new(NaiveDate::MAX),
        );
        assert_eq!(first.plus_days(-1), first);
        assert_eq!(last.plus_days(i64::MAX), last);
        assert_eq!(day("2026-01-01").plus_days(i64::MIN), first);
        assert_eq!(last.until(last).count(), 1);
        assert_eq!(first.start(), DateTime::<Utc>::MIN_UTC);
        assert!(last.end() <= DateTime::<Utc>::MAX_UTC);
        assert!(VisitDate::containing(DateTime::<Utc>::MAX_UTC) <= last);
    }

    #[test]
    fn the_season_is_that_of_the_visit() {
        // An order on 31 March for a visit on 1 April pays the peak price.
        assert_eq!(day("2026-03-31").season(), Season::Low);
        assert_eq!(day("2026-04-01").season(), Season::Peak);
        assert_eq!(day("2026-10-31").season(), Season::Peak);
        assert_eq!(day("2026-11-01").season(), Season::Low);
    }

    #[test]
    fn sales_open_seven_days_ahead_at_eight_in_the_evening() {
        let rules = Rules::default();
        let date = day("2026-04-08");
        let opens_at = instant("2026-04-01T20:00:00+08:00");
        let state = |text: &str| date.sales_state(instant(text), &rules);
        let not_yet = SalesState::NotYetOpen { opens_at };
        assert_eq!(state("2026-04-01T19:59:59.9+08:00"), not_yet);
        assert_eq!(state("2026-03-01T20:00:00+08:00"), not_yet);
        assert_eq!(state("2026-04-01T20:00:00+08:00"), SalesState::Open);
        assert_eq!(state("2026-04-07T23:59:59.999999+08:00"), SalesState::Open);
        assert_eq!(state("2026-04-08T00:00:00+08:00"), SalesState::Closed);
        assert_eq!(state("2026-04-08T12:00:00+08:00"), SalesState::Closed);
    }

    proptest! {
        #[test]
        fn every_day_round_trips_as_text(offset in 0_i64..73_049) {
            let date = day("2000-01-01").plus_days(offset);
            prop_assert_eq!(VisitDate::parse(&date.to_string()), Ok(date));
        }

        #[test]
        fn every_instant_lies_in_its_day(seconds in 0_i64..6_000_000_000) {
            let at = DateTime::<Utc>::UNIX_EPOCH + TimeDelta::seconds(seconds);
            let date = VisitDate::containing(at);
            prop_assert!(date.start() <= at && at < date.end());
        }
    }
}
