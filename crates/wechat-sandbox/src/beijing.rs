//! WeChat writes every instant in Beijing's time, to the second.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};

/// China has one time zone without daylight saving, so an offset is all that is needed.
const AHEAD_OF_UTC: TimeDelta = TimeDelta::hours(8);

/// The clock on a wall in Beijing at that instant.
fn wall(instant: DateTime<Utc>) -> NaiveDateTime {
    let instant = instant.naive_utc();
    instant.checked_add_signed(AHEAD_OF_UTC).unwrap_or(instant)
}

/// The calendar day in Beijing at that instant.
pub(crate) fn day(instant: DateTime<Utc>) -> NaiveDate {
    wall(instant).date()
}

/// `2026-12-01T20:00:00+08:00`, as the JSON of Pay v3 has it.
pub(crate) fn rfc3339(instant: DateTime<Utc>) -> String {
    wall(instant).format("%Y-%m-%dT%H:%M:%S+08:00").to_string()
}

/// `2026-12-01 20:00:00`, as bills have it.
pub(crate) fn in_bill(instant: DateTime<Utc>) -> String {
    wall(instant).format("%Y-%m-%d %H:%M:%S").to_string()
}

/// `20261201`, as transaction numbers contain it.
pub(crate) fn compact_day(instant: DateTime<Utc>) -> String {
    wall(instant).format("%Y%m%d").to_string()
}

/// Reads RFC 3339 with any offset.
pub(crate) fn parse(text: &str) -> Option<DateTime<Utc>> {
    DateTime::parse_from_rfc3339(text)
        .ok()
        .map(|instant| instant.with_timezone(&Utc))
}

/// Hours and minutes on the wall, for rules such as "ready after 10:00".
pub(crate) fn has_struck(instant: DateTime<Utc>, hour: u32) -> bool {
    use chrono::Timelike as _;
    wall(instant).hour() >= hour
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beijing_is_eight_hours_ahead() {
        let instant = parse("2026-12-01T20:30:05.123Z").unwrap();
        assert_eq!(rfc3339(instant), "2026-12-02T04:30:05+08:00");
        assert_eq!(in_bill(instant), "2026-12-02 04:30:05");
        assert_eq!(compact_day(instant), "20261202");
        assert!(has_struck(instant, 4) && !has_struck(instant, 5));
    }

    #[test]
    fn the_last_instant_that_can_be_told_does_not_overflow() {
        assert!(!rfc3339(DateTime::<Utc>::MAX_UTC).is_empty());
    }
}
