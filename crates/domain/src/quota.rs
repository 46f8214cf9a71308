//! How many places a venue has in a session of a day, and how many are taken.

use thiserror::Error;

use crate::rules::Rules;
use crate::session::SessionCode;
use crate::venue::VenueCode;
use crate::visit_date::VisitDate;

/// Names one quota. Its order is the order in which quotas are locked.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QuotaKey {
    /// The visit date.
    pub date: VisitDate,
    /// The session.
    pub session: SessionCode,
    /// The venue.
    pub venue: VenueCode,
}

/// The places of one venue in one session.
///
/// `0 ≤ taken ≤ ceiling` and `capacity ≤ ceiling` at every instant (rule 4.6); the ceiling is
/// the capacity, or what was taken when staff set the capacity below it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    key: QuotaKey,
    capacity: u32,
    ceiling: u32,
    taken: u32,
}

/// Why places cannot be taken or given back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum QuotaError {
    /// Fewer places are left than wanted; nothing was taken.
    #[error("only {remaining} places are left")]
    NotEnough {
        /// How many are left.
        remaining: u32,
    },
    /// More were given back than are taken: a fault of the program, never of a tourist.
    #[error("more places were given back than are taken")]
    Underflow,
    /// The stored numbers contradict each other.
    #[error("taken, ceiling and capacity contradict each other")]
    Inconsistent,
}

/// What the public may know of a session's places (rule 4.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Availability {
    /// Enough places.
    Available,
    /// Under the share of [`Rules::few_left_percent`].
    Few,
    /// None.
    SoldOut,
}

impl Quota {
    /// A new quota of which nothing is taken.
    #[must_use]
    pub fn open(key: QuotaKey, capacity: u32) -> Self {
        Self {
            key,
            capacity,
            ceiling: capacity,
            taken: 0,
        }
    }

    /// A quota as it was stored.
    ///
    /// # Errors
    /// [`QuotaError::Inconsistent`] if the numbers break rule 4.6.
    pub fn restore(
        key: QuotaKey,
        capacity: u32,
        ceiling: u32,
        taken: u32,
    ) -> Result<Self, QuotaError> {
        if taken > ceiling || capacity > ceiling {
            return Err(QuotaError::Inconsistent);
        }
        Ok(Self {
            key,
            capacity,
            ceiling,
            taken,
        })
    }

    /// Which quota this is.
    #[must_use]
    pub fn key(&self) -> &QuotaKey {
        &self.key
    }

    /// How many places staff allow to be sold.
    #[must_use]
    pub fn capacity(&self) -> u32 {
        self.capacity
    }

    /// The most places that may be taken at this moment.
    #[must_use]
    pub fn ceiling(&self) -> u32 {
        self.ceiling
    }

    /// How many places live tickets hold.
    #[must_use]
    pub fn taken(&self) -> u32 {
        self.taken
    }

    /// How many places can still be sold; 0 while more are taken than the capacity allows.
    #[must_use]
    pub fn remaining(&self) -> u32 {
        self.capacity.saturating_sub(self.taken)
    }

    /// What the public is told (rule 4.10).
    #[must_use]
    pub fn availability(&self, rules: &Rules) -> Availability {
        let remaining = u64::from(self.remaining());
        if remaining == 0 {
            Availability::SoldOut
        } else if remaining * 100 < u64::from(self.capacity) * u64::from(rules.few_left_percent) {
            Availability::Few
        } else {
            Availability::Available
        }
    }

    /// Takes `wanted` places, all or none (rule 4.6: taken + wanted ≤ capacity).
    ///
    /// # Errors
    /// [`QuotaError::NotEnough`] if fewer are left.
    pub fn take(&mut self, wanted: u32) -> Result<(), QuotaError> {
        let remaining = self.remaining();
        if wanted > remaining {
            return Err(QuotaError::NotEnough { remaining });
        }
        self.taken = self.taken.saturating_add(wanted);
        Ok(())
    }

    /// Gives `places` back; a raised ceiling comes down with them (rule 4.6).
    ///
    /// # Errors
    /// [`QuotaError::Underflow`] if fewer are taken.
    pub fn release(&mut self, places: u32) -> Result<(), QuotaError> {
        self.taken = self
            .taken
            .checked_sub(places)
            .ok_or(QuotaError::Underflow)?;
        self.ceiling = self.capacity.max(self.taken);
        Ok(())
    }

    /// Sets the capacity, also below what is taken: then nothing is cancelled, and refunds are
    /// absorbed until the taken places fit again (rule 4.7).
    pub fn set_capacity(&mut self, capacity: u32) {
        self.capacity = capacity;
        self.ceiling = capacity.max(self.taken);
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;
    use proptest::prelude::*;

    use super::*;

    fn quota(capacity: u32) -> Quota {
        Quota::open(
            QuotaKey {
                date: VisitDate::new(NaiveDate::from_ymd_opt(2026, 12, 1).unwrap()),
                session: SessionCode::parse("morning").unwrap(),
                venue: VenueCode::parse("palace").unwrap(),
            },
            capacity,
        )
    }

    #[test]
    fn an_order_for_four_on_three_places_takes_nothing() {
        let mut quota = quota(3);
        assert_eq!(quota.take(4), Err(QuotaError::NotEnough { remaining: 3 }));
        assert_eq!(quota.taken(), 0);
        assert_eq!(quota.take(3), Ok(()));
        assert_eq!(quota.remaining(), 0);
    }

    /// Worked case: capacity lowered from 100 to 60 with 80 taken, then 30 refunds.
    #[test]
    fn a_lowered_capacity_absorbs_refunds_until_it_fits() {
        let mut quota = quota(100);
        quota.take(80).unwrap();
        quota.set_capacity(60);
        assert_eq!((quota.remaining(), quota.ceiling()), (0, 80));
        for refund in 1..=30 {
            quota.release(1).unwrap();
            let expected = u32::saturating_sub(refund, 20);
            assert_eq!(quota.remaining(), expected, "after refund {refund}");
            assert_eq!(quota.ceiling(), quota.taken().max(60));
        }
    }

    #[test]
    fn few_left_is_under_five_percent() {
        let rules = Rules::default();
        let mut quota = quota(100);
        quota.take(95).unwrap();
        assert_eq!(quota.availability(&rules), Availability::Available);
        quota.take(1).unwrap();
        assert_eq!(quota.availability(&rules), Availability::Few);
        quota.take(4).unwrap();
        assert_eq!(quota.availability(&rules), Availability::SoldOut);
    }

    #[test]
    fn more_than_was_taken_is_never_given_back() {
        let mut quota = quota(3);
        quota.take(1).unwrap();
        assert_eq!(quota.release(2), Err(QuotaError::Underflow));
        assert_eq!(quota.taken(), 1);
    }

    proptest! {
        #[test]
        fn the_invariant_of_rule_4_6_survives_any_sequence(steps in prop::collection::vec((0u8..3, 0u32..60), 0..60)) {
            let mut quota = quota(50);
            for (kind, number) in steps {
                match kind {
                    0 => drop(quota.take(number)),
                    1 => drop(quota.release(number)),
                    _ => quota.set_capacity(number),
                }
                prop_assert!(quota.taken() <= quota.ceiling());
                prop_assert_eq!(quota.ceiling(), quota.capacity().max(quota.taken()));
            }
        }
    }
}
