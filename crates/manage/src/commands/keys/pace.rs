//! How fast long work goes, and for how long it will.

use std::time::{Duration, Instant};

use crate::output;

/// How often long work says how far it has come.
const EVERY: Duration = Duration::from_secs(2);

/// The pace of work on a known number of rows.
pub(super) struct Pace {
    began: Instant,
    told: Option<Instant>,
}

impl Pace {
    pub(super) fn begin() -> Self {
        Self {
            began: Instant::now(),
            told: None,
        }
    }

    /// Says how far the work has come, if it has not been said lately.
    pub(super) fn tell(&mut self, what: &str, done: u64, to_do: u64) {
        let now = Instant::now();
        let lately = |told: Instant| now.duration_since(told) < EVERY;
        if !self.told.is_some_and(lately) {
            self.told = Some(now);
            output::progress(&line(what, done, to_do, self.began.elapsed()));
        }
    }

    /// Rows in a second over all.
    pub(super) fn rate(&self, done: u64) -> u64 {
        rate(done, self.began.elapsed())
    }
}

fn rate(done: u64, took: Duration) -> u64 {
    let milliseconds = u64::try_from(took.as_millis()).unwrap_or(u64::MAX).max(1);
    done.saturating_mul(1000) / milliseconds
}

fn line(what: &str, done: u64, to_do: u64, took: Duration) -> String {
    let rate = rate(done, took);
    let left = to_do.saturating_sub(done);
    let estimate = match left.checked_div(rate) {
        Some(seconds) if seconds >= 120 => format!(", about {} min left", seconds / 60),
        Some(seconds) => format!(", about {seconds} s left"),
        None => String::new(),
    };
    format!("{what}: {done} of {to_do} rows, {rate} a second{estimate}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rest_is_estimated_by_the_pace_so_far() {
        let line = |done, seconds| line("tickets", done, 9_000, Duration::from_secs(seconds));
        assert_eq!(line(0, 1), "tickets: 0 of 9000 rows, 0 a second");
        assert_eq!(
            line(1_000, 2),
            "tickets: 1000 of 9000 rows, 500 a second, about 16 s left"
        );
        assert_eq!(
            line(1_000, 50),
            "tickets: 1000 of 9000 rows, 20 a second, about 6 min left"
        );
    }
}
