//! Visitors with documents that the rules accept.

use chrono::NaiveDate;

use crate::category::{Category, age_on};
use crate::identity::{Document, DocumentType};
use crate::person_name::PersonName;
use crate::visit_date::VisitDate;

/// A person with an ID card.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The name.
    pub name: PersonName,
    /// The ID card.
    pub document: Document,
    /// The birth date, as in the card's number.
    pub birth_date: NaiveDate,
}

impl Person {
    /// The person with the ID card of [`id_card_number`].
    ///
    /// # Panics
    /// If `birth` is no date of the form `YYYY-MM-DD`, or before 1900.
    #[must_use]
    pub fn born(birth: &str, serial: u32) -> Self {
        let number = id_card_number(birth, serial);
        let document = Document::parse(DocumentType::IdCard, &number, None, NaiveDate::MAX)
            .expect("a made-up number has the form of an ID card's");
        Self {
            name: PersonName::parse("张三丰").expect("a name of three characters"),
            birth_date: document.birth_date().expect("an ID card tells it"),
            document,
        }
    }

    /// The age on `date`, in full years; 0 for one not born by then.
    #[must_use]
    pub fn age_on(&self, date: VisitDate) -> u8 {
        age_on(self.birth_date, date).unwrap_or_default()
    }

    /// The category of a person of that age who claims nothing: minor, standard or senior.
    #[must_use]
    pub fn category_on(&self, date: VisitDate) -> Category {
        match self.age_on(date) {
            ..18 => Category::Minor,
            18..60 => Category::Standard,
            60.. => Category::Senior,
        }
    }
}

/// The number of an ID card for one born on `birth` (`YYYY-MM-DD`); each `serial` below 100,000
/// gives another.
///
/// # Panics
/// If `birth` has not that form.
#[must_use]
pub fn id_card_number(birth: &str, serial: u32) -> String {
    let birth: NaiveDate = birth.parse().expect("a birth date is written YYYY-MM-DD");
    let area = 110_101 + serial / 1000;
    let digits = format!("{area}{}{:03}", birth.format("%Y%m%d"), serial % 1000);
    // ISO 7064 MOD 11-2: the remainder so far, doubled, and the check value make 1.
    let remainder = digits
        .chars()
        .filter_map(|digit| digit.to_digit(10))
        .fold(0, |remainder, digit| (remainder + digit) * 2 % 11);
    let check = match (12 - remainder) % 11 {
        10 => 'X',
        value => char::from_digit(value, 10).unwrap_or('X'),
    };
    format!("{digits}{check}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_valid_and_different() {
        let numbers: std::collections::BTreeSet<String> = (0..2500)
            .map(|serial| Person::born("2012-02-29", serial))
            .map(|person| person.document.number().to_owned())
            .collect();
        assert_eq!(numbers.len(), 2500);
        assert!(numbers.iter().any(|number| number.ends_with('X')));
    }

    #[test]
    fn a_category_follows_the_age_on_the_day() {
        let day = VisitDate::parse("2026-12-01").unwrap();
        let category = |birth| Person::born(birth, 0).category_on(day);
        assert_eq!(category("2008-12-02"), Category::Minor);
        assert_eq!(category("2008-12-01"), Category::Standard);
        assert_eq!(category("1966-12-01"), Category::Senior);
    }
}
