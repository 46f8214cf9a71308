//! A clock that stands still until it is stepped; the integration tests take it from here too.

use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::Clock;

pub(crate) struct SteppingClock(Mutex<DateTime<Utc>>);

impl SteppingClock {
    pub(crate) fn at(rfc3339: &str) -> Self {
        let instant = DateTime::parse_from_rfc3339(rfc3339).unwrap();
        Self(Mutex::new(instant.to_utc()))
    }

    pub(crate) fn step(&self, by: TimeDelta) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) += by;
    }
}

impl Clock for SteppingClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
