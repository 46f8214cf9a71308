//! How far the generator is.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Tickets loaded, told every few seconds.
pub(super) struct Progress {
    wanted: u64,
    began: Instant,
    state: Mutex<State>,
}

struct State {
    done: u64,
    told: Instant,
}

impl Progress {
    /// So many tickets are to be loaded.
    pub(super) fn of(wanted: u64) -> Self {
        let began = Instant::now();
        Self {
            wanted,
            began,
            state: Mutex::new(State {
                done: 0,
                told: began,
            }),
        }
    }

    /// So many more are.
    pub(super) fn add(&self, tickets: u64) {
        const EVERY: Duration = Duration::from_secs(5);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.done += tickets;
        if state.told.elapsed() >= EVERY || state.done >= self.wanted {
            state.told = Instant::now();
            println!("{}", line(state.done, self.wanted, self.began.elapsed()));
        }
    }
}

/// Loading only: the keys take as long again.
fn line(done: u64, wanted: u64, elapsed: Duration) -> String {
    let milliseconds = u64::try_from(elapsed.as_millis())
        .unwrap_or(u64::MAX)
        .max(1);
    let rate = done.saturating_mul(1_000) / milliseconds;
    let left = wanted.saturating_sub(done) / rate.max(1);
    format!("{done} of {wanted} tickets, {rate} a second, {left} s left")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_rate_and_time_left() {
        let line = line(1_000_000, 15_000_000, Duration::from_secs(10));
        let wanted = "1000000 of 15000000 tickets, 100000 a second, 140 s left";
        assert_eq!(line, wanted);
    }
}
