//! Statutory holidays, which are data that staff import (rules 1.2 and 1.6).

use std::collections::BTreeSet;

use chrono::NaiveDate;
use thiserror::Error;

use crate::text::LocalText;
use crate::visit_date::VisitDate;

/// A holiday period as the State Council publishes it; its Mondays are open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HolidayPeriod {
    first: VisitDate,
    last: VisitDate,
    name: LocalText,
    eve: Option<VisitDate>,
}

/// Why a holiday period cannot be as described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum HolidayError {
    /// The last day lies before the first.
    #[error("a holiday period must not end before it begins")]
    Order,
    /// A period of more than 31 days is a typing error.
    #[error("a holiday period has at most 31 days")]
    TooLong,
    /// Spring Festival's eve lies outside the period.
    #[error("the eve must be a day of the holiday period")]
    EveOutside,
}

impl HolidayPeriod {
    /// The days from `first` to `last`, both included.
    ///
    /// `eve` is the eve of Spring Festival, on which the museum is closed, where the period holds
    /// one: the lunar calendar is not computed here.
    ///
    /// # Errors
    /// If the days are out of order or more than 31, or the eve is none of them.
    pub fn new(
        first: VisitDate,
        last: VisitDate,
        name: LocalText,
        eve: Option<VisitDate>,
    ) -> Result<Self, HolidayError> {
        if last < first {
            return Err(HolidayError::Order);
        }
        if last.days_since(first) >= 31 {
            return Err(HolidayError::TooLong);
        }
        if eve.is_some_and(|eve| eve < first || eve > last) {
            return Err(HolidayError::EveOutside);
        }
        Ok(Self {
            first,
            last,
            name,
            eve,
        })
    }

    /// The first day.
    #[must_use]
    pub fn first(&self) -> VisitDate {
        self.first
    }

    /// The last day.
    #[must_use]
    pub fn last(&self) -> VisitDate {
        self.last
    }

    /// The name that people read.
    #[must_use]
    pub fn name(&self) -> &LocalText {
        &self.name
    }

    /// The eve of Spring Festival, if it is one of the days.
    #[must_use]
    pub fn eve(&self) -> Option<VisitDate> {
        self.eve
    }

    /// Whether `date` is one of the days.
    #[must_use]
    pub fn contains(&self, date: VisitDate) -> bool {
        self.first <= date && date <= self.last
    }
}

/// The holidays imported so far.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Holidays {
    periods: Vec<HolidayPeriod>,
    years: BTreeSet<i32>,
}

impl Holidays {
    /// The `periods`, being all of each of the calendar `years`.
    ///
    /// The years are told apart from the periods because a year without periods is either
    /// unpublished or without holidays, and only the importer knows which.
    pub fn new(
        periods: impl IntoIterator<Item = HolidayPeriod>,
        years: impl IntoIterator<Item = i32>,
    ) -> Self {
        Self {
            periods: periods.into_iter().collect(),
            years: years.into_iter().collect(),
        }
    }

    /// Whether the holidays of `year` are imported.
    #[must_use]
    pub fn covers(&self, year: i32) -> bool {
        self.years.contains(&year)
    }

    /// The period in which `date` lies, if any. Ask [`covers`](Self::covers) first: `None` for a
    /// year that is not imported says nothing.
    #[must_use]
    pub fn period_of(&self, date: VisitDate) -> Option<&HolidayPeriod> {
        self.periods.iter().find(|period| period.contains(date))
    }

    /// The eve of the Spring Festival that falls in `year`, if imported.
    #[must_use]
    pub fn spring_festival_eve(&self, year: i32) -> Option<VisitDate> {
        self.periods
            .iter()
            .filter_map(HolidayPeriod::eve)
            .find(|eve| eve.year() == year)
    }

    /// The periods, in the order of their import.
    #[must_use]
    pub fn periods(&self) -> &[HolidayPeriod] {
        &self.periods
    }

    /// The imported years, ascending.
    pub fn years(&self) -> impl Iterator<Item = i32> {
        self.years.iter().copied()
    }
}

/// The holidays of 2026 as published (rule 1.6), for seeding a database.
#[must_use]
pub fn holidays_2026() -> Holidays {
    const fn day(month: u32, day: u32) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(2026, month, day)
    }
    const EVE: NaiveDate = day(2, 16).unwrap();
    const PERIODS: [(NaiveDate, NaiveDate, &str, &str); 7] = [
        (
            day(1, 1).unwrap(),
            day(1, 3).unwrap(),
            "元旦",
            "New Year's Day",
        ),
        (
            day(2, 15).unwrap(),
            day(2, 23).unwrap(),
            "春节",
            "Spring Festival",
        ),
        (
            day(4, 4).unwrap(),
            day(4, 6).unwrap(),
            "清明节",
            "Tomb-Sweeping Day",
        ),
        (
            day(5, 1).unwrap(),
            day(5, 5).unwrap(),
            "劳动节",
            "Labour Day",
        ),
        (
            day(6, 19).unwrap(),
            day(6, 21).unwrap(),
            "端午节",
            "Dragon Boat Festival",
        ),
        (
            day(9, 25).unwrap(),
            day(9, 27).unwrap(),
            "中秋节",
            "Mid-Autumn Festival",
        ),
        (
            day(10, 1).unwrap(),
            day(10, 7).unwrap(),
            "国庆节",
            "National Day",
        ),
    ];
    let periods = PERIODS.map(|(first, last, zh, en)| HolidayPeriod {
        first: VisitDate::new(first),
        last: VisitDate::new(last),
        name: LocalText::new(zh, en),
        eve: (first <= EVE && EVE <= last).then_some(VisitDate::new(EVE)),
    });
    Holidays::new(periods, [2026])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> VisitDate {
        VisitDate::parse(text).unwrap()
    }

    fn period(first: &str, last: &str, eve: Option<&str>) -> Result<HolidayPeriod, HolidayError> {
        HolidayPeriod::new(
            day(first),
            day(last),
            LocalText::new("春节", "Spring Festival"),
            eve.map(day),
        )
    }

    #[test]
    fn a_period_is_a_few_days_in_order() {
        assert!(period("2027-02-05", "2027-02-05", None).is_ok());
        assert!(period("2027-02-01", "2027-03-03", None).is_ok());
        assert_eq!(
            period("2027-02-05", "2027-02-04", None),
            Err(HolidayError::Order)
        );
        assert_eq!(
            period("2027-02-01", "2027-03-04", None),
            Err(HolidayError::TooLong)
        );
        assert_eq!(
            period("2027-02-06", "2027-02-11", Some("2027-02-05")),
            Err(HolidayError::EveOutside)
        );
    }

    #[test]
    fn the_holidays_of_2026() {
        let holidays = holidays_2026();
        assert!(holidays.covers(2026) && !holidays.covers(2025) && !holidays.covers(2027));
        let days: i64 = holidays
            .periods()
            .iter()
            .map(|period| period.last().days_since(period.first()) + 1)
            .sum();
        assert_eq!((holidays.periods().len(), days), (7, 33));
        for (date, name) in [
            ("2026-01-03", Some("元旦")),
            ("2026-01-04", None),
            ("2026-02-14", None),
            ("2026-02-15", Some("春节")),
            ("2026-02-23", Some("春节")),
            ("2026-04-06", Some("清明节")),
            ("2026-05-05", Some("劳动节")),
            ("2026-06-19", Some("端午节")),
            ("2026-09-27", Some("中秋节")),
            ("2026-10-07", Some("国庆节")),
            ("2026-10-08", None),
        ] {
            let found = holidays
                .period_of(day(date))
                .map(|period| period.name().zh());
            assert_eq!(found, name, "{date}");
        }
        assert_eq!(holidays.spring_festival_eve(2026), Some(day("2026-02-16")));
        assert_eq!(holidays.spring_festival_eve(2027), None);
        assert_eq!(holidays.years().collect::<Vec<_>>(), [2026]);
    }

    #[test]
    fn the_checked_in_periods_pass_their_own_checks() {
        for period in holidays_2026().periods() {
            let again = HolidayPeriod::new(
                period.first(),
                period.last(),
                period.name().clone(),
                period.eve(),
            );
            assert_eq!(again.as_ref(), Ok(period));
        }
    }
}
