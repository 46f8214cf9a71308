//! Identifiers that a test can foresee.

use std::sync::atomic::{AtomicU64, Ordering};

use uuid::{Builder, Uuid};

use crate::id::IdSource;

/// 2026-11-25T00:00:00Z, the millisecond that every identifier of these sources carries.
const MILLISECONDS: u64 = 1_795_564_800_000;

/// A source of increasing identifiers that look like UUIDs of version 7 and are the same in every
/// run.
#[derive(Debug, Default)]
pub struct SequentialIds {
    source: u16,
    made: AtomicU64,
}

impl SequentialIds {
    /// A source; all that are made so give the same identifiers.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The source numbered `source`, which shares no identifier with those of other numbers.
    #[must_use]
    pub fn of_source(source: u16) -> Self {
        Self {
            source,
            made: AtomicU64::new(0),
        }
    }
}

impl IdSource for SequentialIds {
    fn next(&self) -> Uuid {
        let number = self.made.fetch_add(1, Ordering::SeqCst).saturating_add(1);
        let [s0, s1] = self.source.to_be_bytes();
        let [_, _, _, n0, n1, n2, n3, n4] = number.to_be_bytes();
        // All of it lies in the low 60 bits, from which an order takes its number.
        let rest = [0, 0, 0, s0, s1, n0, n1, n2, n3, n4];
        Builder::from_unix_timestamp_millis(MILLISECONDS, &rest).into_uuid()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_increase_and_sources_share_none() {
        let (one, two) = (SequentialIds::new(), SequentialIds::of_source(2));
        let first: Vec<Uuid> = (0..300).map(|_| one.next()).collect();
        assert!(first.is_sorted_by(|a, b| a < b));
        assert!(first.iter().all(|id| id.get_version_num() == 7));
        assert!((0..300).all(|_| !first.contains(&two.next())));
        assert_eq!(SequentialIds::new().next(), first[0]);
    }
}
