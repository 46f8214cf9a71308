//! A clock that stands still until it is told.

use std::sync::Mutex;

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::Clock;

use crate::beijing;

pub(crate) struct TestClock(Mutex<DateTime<Utc>>);

impl TestClock {
    pub(crate) fn at(text: &str) -> Self {
        Self(Mutex::new(beijing::parse(text).unwrap()))
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        *self.0.lock().unwrap() += by;
    }
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        *self.0.lock().unwrap()
    }
}
