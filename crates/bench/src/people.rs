//! People who never were, with documents that the rules accept.

use std::sync::atomic::{AtomicU64, Ordering};

use chrono::{Days, NaiveDate};

/// Numbers the people of a run, so that no two share a document.
#[derive(Debug, Default)]
pub(crate) struct People(AtomicU64);

/// Births are spread over so many days.
const BIRTHDAYS: u64 = 12_000;
/// People born on the same day in the same place.
const PER_DAY: u64 = 1000;
/// The first place: one that the year's visitors do not come from.
const PLACE: u64 = 310_101;

impl People {
    /// The ID card of another adult under 60 (on any day of 2026) at each call.
    pub(crate) fn id_card(&self) -> String {
        id_card(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

fn id_card(number: u64) -> String {
    let (rest, serial) = (number / PER_DAY, number % PER_DAY);
    let (place, day) = (PLACE.saturating_add(rest / BIRTHDAYS), rest % BIRTHDAYS);
    let first = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap_or_default();
    let birth = first.checked_add_days(Days::new(day)).unwrap_or(first);
    let digits = format!("{place}{}{serial:03}", birth.format("%Y%m%d"));
    let check = check_digit(&digits);
    format!("{digits}{check}")
}

/// ISO 7064 MOD 11-2: the remainder so far, doubled, and the check value make 1.
fn check_digit(digits: &str) -> char {
    let digits = digits.chars().filter_map(|digit| digit.to_digit(10));
    let remainder = digits.fold(0, |remainder, digit| (remainder + digit) * 2 % 11);
    match (12 - remainder) % 11 {
        10 => 'X',
        value => char::from_digit(value, 10).unwrap_or('X'),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use domain::identity::{Document, DocumentType};

    use super::*;

    #[test]
    fn everybody_has_a_valid_card_of_their_own() {
        let numbers = (0..3000).chain(11_999_000..12_001_000);
        let cards: BTreeSet<String> = numbers.map(id_card).collect();
        assert_eq!(cards.len(), 5000);
        for card in &cards {
            let today = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
            Document::parse(DocumentType::IdCard, card, None, today).unwrap();
        }
        assert!(cards.iter().any(|card| card.ends_with('X')));
    }
}
