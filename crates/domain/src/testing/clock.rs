//! A clock that stands still until a test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;

/// A clock that tells what it was set to. Clones show the same time.
#[derive(Debug, Clone)]
pub struct FixedClock {
    /// Since 1970, so that the time is truncated as [`Clock`] promises.
    microseconds: Arc<AtomicI64>,
}

impl FixedClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn at(now: DateTime<Utc>) -> Self {
        Self {
            microseconds: Arc::new(AtomicI64::new(now.timestamp_micros())),
        }
    }

    /// Sets the clock, forward or back.
    pub fn set(&self, now: DateTime<Utc>) {
        self.microseconds
            .store(now.timestamp_micros(), Ordering::SeqCst);
    }

    /// Moves the clock on.
    pub fn advance(&self, by: TimeDelta) {
        self.set(self.now() + by);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> DateTime<Utc> {
        let microseconds = self.microseconds.load(Ordering::SeqCst);
        DateTime::from_timestamp_micros(microseconds).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stands_until_it_is_moved_and_shows_microseconds() {
        let start: DateTime<Utc> = "2026-11-25T02:00:00.123456789Z".parse().unwrap();
        let clock = FixedClock::at(start);
        let same = clock.clone();
        assert_eq!(clock.now().to_rfc3339(), "2026-11-25T02:00:00.123456+00:00");
        clock.advance(TimeDelta::minutes(31));
        assert_eq!(same.now().to_rfc3339(), "2026-11-25T02:31:00.123456+00:00");
        same.set(start - TimeDelta::days(1));
        assert_eq!(clock.now().to_rfc3339(), "2026-11-24T02:00:00.123456+00:00");
    }
}
