//! Authors whose requests are decided alone for a while, because one of them made a group fail.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// For how long.
const APART_FOR: Duration = Duration::from_secs(60);

pub(super) struct Solitary<A>(HashMap<A, Instant>);

impl<A> Default for Solitary<A> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<A: Hash + Eq> Solitary<A> {
    pub(super) fn add(&mut self, author: A, now: Instant) {
        self.0.insert(author, now);
    }

    pub(super) fn contains(&self, author: &A) -> bool {
        self.0.contains_key(author)
    }

    pub(super) fn forget_old(&mut self, now: Instant) {
        if !self.0.is_empty() {
            self.0
                .retain(|_, since| now.duration_since(*since) < APART_FOR);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_author_is_kept_apart_for_a_minute() {
        let mut solitary = Solitary::default();
        let now = Instant::now();
        solitary.add(7, now);
        solitary.forget_old(now + APART_FOR - Duration::from_nanos(1));
        assert!(solitary.contains(&7) && !solitary.contains(&8));
        solitary.forget_old(now + APART_FOR);
        assert!(!solitary.contains(&7));
    }
}
