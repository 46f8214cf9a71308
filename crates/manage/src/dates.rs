//! Dates and times on the command line and in files.

use chrono::{DateTime, NaiveTime, Utc};
use clap::Args;
use domain::visit_date::{VisitDate, shanghai};

use crate::failure::Failure;

/// More days at once are a typing error.
const LONGEST_RANGE: i64 = 400;

/// How often long work says how far it has come, in days.
const PROGRESS_EVERY: usize = 30;

/// The time in Shanghai, to the minute.
pub(crate) fn local(instant: DateTime<Utc>) -> String {
    let local = instant.with_timezone(&shanghai());
    local.format("%Y-%m-%d %H:%M").to_string()
}

/// The days from one to another, both included.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Range {
    /// The first day, as YYYY-MM-DD
    #[arg(long, value_name = "DATE", value_parser = VisitDate::parse)]
    from: VisitDate,
    /// The last day, included
    #[arg(long, value_name = "DATE", value_parser = VisitDate::parse)]
    to: VisitDate,
}

/// One day or a range of days.
#[derive(Debug, Clone, Copy, Args)]
#[group(required = true, multiple = true)]
pub(crate) struct DateOrRange {
    /// One day, as YYYY-MM-DD
    #[arg(long, value_parser = VisitDate::parse, conflicts_with_all = ["from", "to"])]
    date: Option<VisitDate>,
    /// The first day of a range
    #[arg(long, value_name = "DATE", value_parser = VisitDate::parse, requires = "to")]
    from: Option<VisitDate>,
    /// The last day of a range, included
    #[arg(long, value_name = "DATE", value_parser = VisitDate::parse, requires = "from")]
    to: Option<VisitDate>,
}

/// The first and the last of some days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Days {
    pub(crate) first: VisitDate,
    pub(crate) last: VisitDate,
}

impl Range {
    pub(crate) fn days(self) -> Result<Days, Failure> {
        Days::new(self.from, self.to)
    }
}

impl DateOrRange {
    pub(crate) fn days(self) -> Result<Days, Failure> {
        match (self.date, self.from, self.to) {
            (Some(date), _, _) => Days::new(date, date),
            (None, Some(first), Some(last)) => Days::new(first, last),
            _ => Err(Failure::usage("name --date, or --from and --to")),
        }
    }
}

impl Days {
    fn new(first: VisitDate, last: VisitDate) -> Result<Self, Failure> {
        if last < first {
            return Err(Failure::usage("--to lies before --from"));
        }
        if last.days_since(first) >= LONGEST_RANGE {
            let text = format!("a range has at most {LONGEST_RANGE} days");
            return Err(Failure::usage(text));
        }
        Ok(Self { first, last })
    }

    pub(crate) fn each(self) -> impl Iterator<Item = VisitDate> {
        self.first.until(self.last)
    }
}

/// What to say after the `done`th of several days, if it is time to say something.
pub(crate) fn progress(done: usize, date: VisitDate) -> Option<String> {
    (done > 0 && done.is_multiple_of(PROGRESS_EVERY)).then(|| format!("{done} days, up to {date}"))
}

/// Reads a time of day, `08:30`.
pub(crate) fn parse_time(text: &str) -> Result<NaiveTime, String> {
    NaiveTime::parse_from_str(text, "%H:%M").map_err(|_| "a time is written HH:MM".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> VisitDate {
        VisitDate::parse(text).unwrap()
    }

    #[test]
    fn a_range_is_in_order_and_not_endless() {
        let days = Days::new(day("2026-12-01"), day("2026-12-03")).unwrap();
        assert_eq!(days.each().count(), 3);
        assert!(Days::new(day("2026-12-02"), day("2026-12-01")).is_err());
        assert!(Days::new(day("2026-01-01"), day("2027-02-04")).is_ok());
        assert!(Days::new(day("2026-01-01"), day("2027-02-05")).is_err());
    }

    #[test]
    fn times_are_whole_minutes() {
        assert_eq!(parse_time("08:30").unwrap().to_string(), "08:30:00");
        for text in ["", "8", "24:00", "08:30:10"] {
            assert!(parse_time(text).is_err(), "{text}");
        }
    }
}
