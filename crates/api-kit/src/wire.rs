//! How values go over the wire.

mod macros;

use chrono::{DateTime, NaiveTime, SecondsFormat, Utc};
use domain::visit_date::shanghai;

/// An instant as RFC 3339 in Shanghai's time: `2026-12-01T20:00:00+08:00`.
#[must_use]
pub fn instant(at: DateTime<Utc>) -> String {
    at.with_timezone(&shanghai())
        .to_rfc3339_opts(SecondsFormat::AutoSi, false)
}

/// A time of day as it is printed: `08:30`.
#[must_use]
pub fn time_of_day(time: NaiveTime) -> String {
    time.format("%H:%M").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_told_in_shanghai() {
        let at = DateTime::from_timestamp(1_796_126_400, 500_000_000).unwrap();
        assert_eq!(instant(at), "2026-12-01T20:00:00.500+08:00");
        assert_eq!(
            time_of_day(NaiveTime::from_hms_opt(8, 30, 0).unwrap()),
            "08:30"
        );
    }
}
