//! Annual passes (年票) and their entries (section 8 of the rules).

use chrono::{DateTime, NaiveDate, Utc};
use thiserror::Error;

use crate::coded::coded;
use crate::id::AnnualPassId;
use crate::identity::{DocumentType, Nationality};
use crate::sealed::{DocumentHash, Sealed};
use crate::visit_date::VisitDate;

/// One person's pass for the visits of one calendar year; at most one for each document and year
/// (rule 8.1).
///
/// The fields are open to read and to store; the entries change only through the methods below,
/// which keep `reserved + used <= entries`, as the database does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AnnualPass {
    /// Its id.
    pub id: AnnualPassId,
    /// The kind of document.
    pub document_type: DocumentType,
    /// The nationality, for passports.
    pub nationality: Option<Nationality>,
    /// What the document is looked up by; `None` once erased (rule 10.3).
    pub document_hash: Option<DocumentHash>,
    /// The holder's name and number, sealed for this id; `None` once erased (rule 10.3).
    pub identity: Option<Sealed>,
    /// The holder's birth date, by which the age on the visit date is told; `None` once erased.
    pub birth_date: Option<NaiveDate>,
    /// The calendar year of the visit dates that it is good for.
    pub year: i32,
    /// How many entries it was granted with.
    pub entries: u16,
    /// Entries of visits that are registered and still to come.
    pub reserved: u16,
    /// Entries of visits that were made, or missed (rule 8.3).
    pub used: u16,
    /// When it was granted.
    pub granted_at: DateTime<Utc>,
    /// When its balance became void (rule 8.4), if it did.
    pub voided_at: Option<DateTime<Utc>>,
}

/// What a pass is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PassState {
    /// An entry is left.
    Active,
    /// Every entry is reserved or used.
    Exhausted,
    /// Its year is over, or its balance was voided (rule 8.4).
    Void,
}

coded!(PassState, "state of an annual pass", {
    Active = "active", Exhausted = "exhausted", Void = "void",
});

/// Why a pass registers no further visit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum ReserveError {
    /// Its balance is void (rule 8.4).
    #[error("the pass is void")]
    Void,
    /// Every entry is reserved or used (rule 8.1).
    #[error("no entry is left")]
    Exhausted,
}

/// An entry that is moved from where there is none: what is stored contradicts the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the annual pass has no entry that could be {0}")]
pub struct NoSuchEntry(&'static str);

impl AnnualPass {
    /// What it is good for on `today`.
    #[must_use]
    pub fn state(&self, today: VisitDate) -> PassState {
        if self.voided_at.is_some() || self.year < today.year() {
            PassState::Void
        } else if self.remaining() == 0 {
            PassState::Exhausted
        } else {
            PassState::Active
        }
    }

    /// The entries that can still be reserved; 0 once the balance is void.
    #[must_use]
    pub fn remaining(&self) -> u16 {
        if self.voided_at.is_some() {
            return 0;
        }
        let gone = self.reserved.saturating_add(self.used);
        self.entries.saturating_sub(gone)
    }

    /// What its holder can still register on `today`: nothing once the year is over or the balance
    /// is void (rule 8.4).
    #[must_use]
    pub fn remaining_on(&self, today: VisitDate) -> u16 {
        match self.state(today) {
            PassState::Void | PassState::Exhausted => 0,
            PassState::Active => self.remaining(),
        }
    }

    /// Reserves an entry for a visit that is registered (rule 8.3).
    ///
    /// # Errors
    /// [`ReserveError`]; nothing is changed then.
    pub fn reserve(&mut self) -> Result<(), ReserveError> {
        if self.voided_at.is_some() {
            return Err(ReserveError::Void);
        }
        if self.remaining() == 0 {
            return Err(ReserveError::Exhausted);
        }
        self.reserved = self.reserved.saturating_add(1);
        Ok(())
    }

    /// Gives a reserved entry back: its visit was cancelled (rule 8.3).
    ///
    /// # Errors
    /// [`NoSuchEntry`] if none is reserved; nothing is changed then.
    pub fn give_back(&mut self) -> Result<(), NoSuchEntry> {
        let fewer = self.reserved.checked_sub(1);
        self.reserved = fewer.ok_or(NoSuchEntry("given back"))?;
        Ok(())
    }

    /// Uses a reserved entry: its holder was admitted, or did not come (rule 8.3). A void balance
    /// does not stop it, since the visits of a year's last day are settled after its end.
    ///
    /// # Errors
    /// [`NoSuchEntry`] if none is reserved; nothing is changed then.
    pub fn use_entry(&mut self) -> Result<(), NoSuchEntry> {
        let fewer = self.reserved.checked_sub(1);
        self.reserved = fewer.ok_or(NoSuchEntry("used"))?;
        self.used = self.used.saturating_add(1);
        Ok(())
    }

    /// Frees a used entry: its visit was missed on a day that turned out to be closed (rule 7.1).
    ///
    /// # Errors
    /// [`NoSuchEntry`] if none is used; nothing is changed then.
    pub fn return_used(&mut self) -> Result<(), NoSuchEntry> {
        let fewer = self.used.checked_sub(1);
        self.used = fewer.ok_or(NoSuchEntry("returned"))?;
        Ok(())
    }

    /// Voids the balance (rule 8.4). A pass that is void already keeps its first instant.
    pub fn void(&mut self, now: DateTime<Utc>) {
        self.voided_at.get_or_insert(now);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use uuid::Uuid;

    use super::*;

    fn pass(entries: u16) -> AnnualPass {
        AnnualPass {
            id: AnnualPassId::new(Uuid::from_u128(1)),
            document_type: DocumentType::IdCard,
            nationality: None,
            document_hash: Some(DocumentHash([1; 16])),
            identity: None,
            birth_date: None,
            year: 2026,
            entries,
            reserved: 0,
            used: 0,
            granted_at: DateTime::UNIX_EPOCH,
            voided_at: None,
        }
    }

    #[test]
    fn the_eleventh_entry_is_refused_and_allowed_after_one_came_back() {
        let mut pass = pass(10);
        for left in (0..10).rev() {
            assert_eq!(pass.reserve(), Ok(()));
            assert_eq!(pass.remaining(), left);
        }
        assert_eq!(pass.reserve(), Err(ReserveError::Exhausted));
        assert_eq!(pass.give_back(), Ok(()));
        assert_eq!(pass.reserve(), Ok(()));
        assert_eq!(pass.reserve(), Err(ReserveError::Exhausted));
    }

    #[test]
    fn a_pass_is_void_once_its_year_is_over_or_its_balance_voided() {
        let day = |text| VisitDate::parse(text).unwrap();
        let mut pass = pass(1);
        assert_eq!(pass.state(day("2025-12-31")), PassState::Active);
        assert_eq!(pass.state(day("2026-12-31")), PassState::Active);
        assert_eq!(pass.state(day("2027-01-01")), PassState::Void);
        assert_eq!(pass.remaining_on(day("2026-12-31")), 1);
        assert_eq!(pass.remaining_on(day("2027-01-01")), 0);
        pass.reserve().unwrap();
        assert_eq!(pass.state(day("2026-12-31")), PassState::Exhausted);
        pass.void(DateTime::UNIX_EPOCH);
        assert_eq!(pass.state(day("2026-12-31")), PassState::Void);
    }

    #[test]
    fn a_used_entry_does_not_come_back_by_itself() {
        let mut pass = pass(1);
        pass.reserve().unwrap();
        pass.use_entry().unwrap();
        assert_eq!((pass.reserved, pass.used, pass.remaining()), (0, 1, 0));
        assert_eq!(pass.give_back(), Err(NoSuchEntry("given back")));
        assert_eq!(pass.reserve(), Err(ReserveError::Exhausted));
        assert_eq!(pass.return_used(), Ok(()));
        assert_eq!(pass.reserve(), Ok(()));
    }

    #[test]
    fn a_void_pass_registers_nothing_and_settles_what_was_registered() {
        let mut pass = pass(10);
        pass.reserve().unwrap();
        pass.reserve().unwrap();
        let first = DateTime::UNIX_EPOCH;
        pass.void(first);
        pass.void(first + chrono::TimeDelta::days(1));
        assert_eq!(pass.voided_at, Some(first));
        assert_eq!(pass.remaining(), 0);
        assert_eq!(pass.reserve(), Err(ReserveError::Void));
        assert_eq!(pass.use_entry(), Ok(()));
        assert_eq!(pass.give_back(), Ok(()));
    }

    proptest! {
        #[test]
        fn the_invariant_of_rule_8_1_survives_any_sequence(steps in prop::collection::vec(0..5, 0..60)) {
            let mut pass = pass(3);
            for step in steps {
                let before = pass.clone();
                let moved = match step {
                    0 => pass.reserve().is_ok(),
                    1 => pass.give_back().is_ok(),
                    2 => pass.use_entry().is_ok(),
                    3 => pass.return_used().is_ok(),
                    _ => {
                        pass.void(DateTime::UNIX_EPOCH);
                        true
                    }
                };
                prop_assert!(moved || pass == before);
                prop_assert!(pass.reserved + pass.used <= pass.entries);
            }
        }
    }
}
