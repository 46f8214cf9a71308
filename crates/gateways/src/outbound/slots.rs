//! A bound on how many calls are under way.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A fixed number of slots; who holds a [`Slot`] may call.
#[derive(Debug)]
pub(super) struct Slots {
    free: Mutex<usize>,
    freed: Condvar,
}

/// Given back when dropped.
#[derive(Debug)]
pub(super) struct Slot<'s>(&'s Slots);

impl Slots {
    pub(super) fn new(count: usize) -> Self {
        Self {
            free: Mutex::new(count),
            freed: Condvar::new(),
        }
    }

    /// Takes a slot, waiting for at most `wait` until one is free.
    pub(super) fn take(&self, wait: Duration) -> Option<Slot<'_>> {
        let (mut free, _) = self
            .freed
            .wait_timeout_while(self.lock(), wait, |free| *free == 0)
            .unwrap_or_else(PoisonError::into_inner);
        *free = free.checked_sub(1)?;
        Some(Slot(self))
    }

    fn lock(&self) -> MutexGuard<'_, usize> {
        self.free.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Slot<'_> {
    fn drop(&mut self) {
        let mut free = self.0.lock();
        *free = free.saturating_add(1);
        drop(free);
        self.0.freed.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;

    #[test]
    fn as_many_as_there_are_and_no_more() {
        let slots = Slots::new(2);
        let first = slots.take(Duration::ZERO);
        let second = slots.take(Duration::ZERO);
        assert!(first.is_some() && second.is_some());
        assert!(slots.take(Duration::ZERO).is_none());
        drop(first);
        assert!(slots.take(Duration::ZERO).is_some());
    }

    #[test]
    fn one_that_waits_gets_what_another_gives_back() {
        let slots = Slots::new(1);
        let held = slots.take(Duration::ZERO);
        thread::scope(|scope| {
            let waiting = scope.spawn(|| slots.take(Duration::from_secs(30)).is_some());
            drop(held);
            assert!(waiting.join().unwrap());
        });
    }
}
