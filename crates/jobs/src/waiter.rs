//! Waiting, which tests do without.

use std::ops::ControlFlow;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

/// Waits between two runs.
pub trait Waiter: Send + Sync {
    /// Waits for `length`; breaks, at once, when the runner is to stop.
    fn wait(&self, length: Duration) -> ControlFlow<()>;
    /// Whether the runner is to stop.
    fn is_stopping(&self) -> bool;
}

/// The waiter of a running process: real time, until [`stop`](StopSignal::stop).
#[derive(Debug, Default)]
pub struct StopSignal {
    stopped: Mutex<bool>,
    changed: Condvar,
}

impl StopSignal {
    /// Ends all waits, those to come included.
    pub fn stop(&self) {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.changed.notify_all();
    }
}

impl Waiter for StopSignal {
    fn wait(&self, length: Duration) -> ControlFlow<()> {
        let stopped = self.stopped.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .changed
            .wait_timeout_while(stopped, length, |stopped| !*stopped);
        let (stopped, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if *stopped {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    }

    fn is_stopping(&self) -> bool {
        *self.stopped.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    #[test]
    fn a_stop_ends_the_wait_that_is_under_way_and_all_others() {
        let signal = Arc::new(StopSignal::default());
        assert!(signal.wait(Duration::ZERO).is_continue() && !signal.is_stopping());
        let waiting = Arc::clone(&signal);
        let waiter = thread::spawn(move || waiting.wait(Duration::from_secs(3600)));
        signal.stop();
        assert!(waiter.join().unwrap().is_break());
        assert!(signal.wait(Duration::from_secs(3600)).is_break() && signal.is_stopping());
    }
}
