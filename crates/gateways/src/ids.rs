//! Time-ordered identifiers.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use domain::clock::Clock;
use domain::id::IdSource;
use uuid::{ContextV7, Timestamp, Uuid};

/// Makes UUIDs of version 7 by the given clock, so that the development offset moves them too.
///
/// Each id is greater than all that this source made before it, from any thread, and also while
/// the clock stands still or steps back: then the last time seen is kept and a counter goes on.
/// Two sources differ by 32 random bits in each id and by where their counters start.
pub struct UuidV7Source {
    clock: Arc<dyn Clock>,
    context: Mutex<ContextV7>,
}

impl UuidV7Source {
    /// A source that goes by `clock`.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            context: Mutex::new(ContextV7::new()),
        }
    }
}

impl IdSource for UuidV7Source {
    fn next(&self) -> Uuid {
        let now = self.clock.now();
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        let context = self.context.lock().unwrap_or_else(PoisonError::into_inner);
        let timestamp = Timestamp::from_unix(&*context, seconds, now.timestamp_subsec_nanos());
        Uuid::new_v7(timestamp)
    }
}

impl fmt::Debug for UuidV7Source {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("UuidV7Source")
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::thread;

    use chrono::TimeDelta;

    use super::*;
    use crate::test_clock::SteppingClock;

    fn assert_increasing(ids: &[Uuid]) {
        assert!(ids.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn carries_the_time_of_the_clock() {
        let clock = Arc::new(SteppingClock::at("2026-12-01T10:00:00Z"));
        let id = UuidV7Source::new(clock.clone()).next();
        assert_eq!(id.get_version_num(), 7);
        let milliseconds = clock.now().timestamp_millis();
        assert_eq!(
            i128::try_from(id.as_u128() >> 80).unwrap(),
            milliseconds.into()
        );
    }

    #[test]
    fn increases_while_the_clock_stands_still_steps_back_and_goes_on() {
        let clock = Arc::new(SteppingClock::at("2026-12-01T10:00:00Z"));
        let source = UuidV7Source::new(clock.clone());
        let mut ids: Vec<Uuid> = (0..1000).map(|_| source.next()).collect();
        clock.step(TimeDelta::hours(-2));
        ids.extend((0..1000).map(|_| source.next()));
        clock.step(TimeDelta::hours(3));
        ids.extend((0..1000).map(|_| source.next()));
        assert_increasing(&ids);
    }

    #[test]
    fn threads_and_sources_never_share_an_id() {
        let clock = Arc::new(SteppingClock::at("2026-12-01T10:00:00Z"));
        let sources: Vec<UuidV7Source> = (0..2).map(|_| UuidV7Source::new(clock.clone())).collect();
        let made: Vec<Vec<Uuid>> = thread::scope(|scope| {
            let workers: Vec<_> = (0..4)
                .map(|worker| {
                    let source = &sources[worker % 2];
                    scope.spawn(move || (0..2000).map(|_| source.next()).collect::<Vec<_>>())
                })
                .collect();
            workers.into_iter().map(|it| it.join().unwrap()).collect()
        });
        made.iter().for_each(|ids| assert_increasing(ids));
        let all: BTreeSet<Uuid> = made.into_iter().flatten().collect();
        assert_eq!(all.len(), 8000);
    }
}
