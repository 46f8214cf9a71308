//! The system's clock, which development may set ahead.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use domain::clock::Clock;

/// How long an offset that was read stays good.
const REREAD_AFTER: Duration = Duration::from_millis(100);

/// The system's time, in development moved by the offset that stands in a file.
///
/// The file holds one integer, the offset in milliseconds; it is read again when the last reading
/// is older than 100 ms, so that all processes of a stack move together. A missing or unreadable
/// file leaves the offset as it was last read, 0 at first.
#[derive(Debug)]
pub struct SystemClock {
    offset: Option<OffsetFile>,
}

#[derive(Debug)]
struct OffsetFile {
    path: PathBuf,
    milliseconds: AtomicI64,
    read_at: Mutex<Option<Instant>>,
}

impl SystemClock {
    /// A clock that goes by the system's time alone, as production must.
    #[must_use]
    pub fn system() -> Self {
        Self { offset: None }
    }

    /// A clock that adds the offset kept in `path`.
    #[must_use]
    pub fn with_offset_file(path: PathBuf) -> Self {
        Self {
            offset: Some(OffsetFile {
                path,
                milliseconds: AtomicI64::new(0),
                read_at: Mutex::new(None),
            }),
        }
    }
}

impl Clock for SystemClock {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the one place that reads the system's time"
    )]
    fn now(&self) -> DateTime<Utc> {
        let system = Utc::now();
        let moved = match &self.offset {
            None => system,
            Some(file) => system.checked_add_signed(file.current()).unwrap_or(system),
        };
        moved.trunc_subsecs(6)
    }
}

impl OffsetFile {
    fn current(&self) -> TimeDelta {
        let mut read_at = self.read_at.lock().unwrap_or_else(PoisonError::into_inner);
        if read_at.is_none_or(|instant| instant.elapsed() >= REREAD_AFTER) {
            if let Some(offset) = std::fs::read_to_string(&self.path)
                .ok()
                .and_then(|text| text.trim().parse().ok())
            {
                self.milliseconds.store(offset, Ordering::Relaxed);
            }
            *read_at = Some(Instant::now());
        }
        TimeDelta::try_milliseconds(self.milliseconds.load(Ordering::Relaxed))
            .unwrap_or_else(TimeDelta::zero)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_offset_in_the_file() {
        let path = std::env::temp_dir().join(format!("clock-offset-{}", std::process::id()));
        std::fs::write(&path, "3600000\n").unwrap();
        let ahead = SystemClock::with_offset_file(path.clone()).now();
        let behind = SystemClock::system().now();
        std::fs::remove_file(&path).unwrap();
        let difference = ahead - behind;
        assert!(difference > TimeDelta::minutes(59) && difference < TimeDelta::minutes(61));
    }

    #[test]
    fn a_missing_file_means_no_offset() {
        let clock = SystemClock::with_offset_file("/nonexistent/offset".into());
        assert!((clock.now() - SystemClock::system().now()).abs() < TimeDelta::minutes(1));
    }
}
