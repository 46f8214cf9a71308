//! Where a visitor's birth date comes from (rule 3.5).

use chrono::{Datelike, NaiveDate};
use thiserror::Error;

use super::{Document, citizen_number::FIRST_YEAR};
use crate::text::LocalText;

/// Why a visitor's birth date is not settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BirthDateError {
    /// The document does not carry it, and the visitor has not stated it.
    #[error("the birth date has to be stated")]
    Required,
    /// The stated one is not that of the document.
    #[error("the stated birth date is not that of the document")]
    Mismatch,
    /// Later than today.
    #[error("the birth date lies in the future")]
    InFuture,
    /// Before 1900.
    #[error("the birth date lies before 1900")]
    TooEarly,
}

impl BirthDateError {
    /// What to tell the visitor.
    #[must_use]
    pub fn message(&self) -> LocalText {
        match self {
            Self::Required => LocalText::new(
                "该证件号码不含出生日期，请填写出生日期",
                "This document's number does not contain the birth date; please state it",
            ),
            Self::Mismatch => LocalText::new(
                "填写的出生日期与证件号码中的不一致",
                "The birth date stated differs from the one in the document's number",
            ),
            Self::InFuture => LocalText::new(
                "出生日期不能晚于今天",
                "The birth date must not be later than today",
            ),
            Self::TooEarly => LocalText::new(
                "出生日期不能早于1900年",
                "The birth date must not be before 1900",
            ),
        }
    }
}

/// The birth date of the holder of `document`: the one in its number, else the `stated` one.
///
/// `today` is the present day in Shanghai.
///
/// # Errors
/// If neither tells it, both tell different ones, or the stated one is not from 1900 to `today`.
pub fn resolve_birth_date(
    document: &Document,
    stated: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<NaiveDate, BirthDateError> {
    match (document.birth_date(), stated) {
        (Some(carried), Some(stated)) if carried != stated => Err(BirthDateError::Mismatch),
        (Some(carried), _) => Ok(carried),
        (None, None) => Err(BirthDateError::Required),
        (None, Some(stated)) if stated > today => Err(BirthDateError::InFuture),
        (None, Some(stated)) if stated.year() < FIRST_YEAR => Err(BirthDateError::TooEarly),
        (None, Some(stated)) => Ok(stated),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::DocumentType;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn resolve(
        kind: DocumentType,
        number: &str,
        stated: Option<&str>,
    ) -> Result<NaiveDate, BirthDateError> {
        let today = date("2026-04-01");
        let document = Document::parse(kind, number, Some("FRA"), today).unwrap();
        resolve_birth_date(&document, stated.map(date), today)
    }

    #[test]
    fn the_document_tells_it() {
        let of_card = |stated| resolve(DocumentType::IdCard, "11010519491231002X", stated);
        assert_eq!(of_card(None), Ok(date("1949-12-31")));
        assert_eq!(of_card(Some("1949-12-31")), Ok(date("1949-12-31")));
        assert_eq!(of_card(Some("1949-12-30")), Err(BirthDateError::Mismatch));
    }

    #[test]
    fn else_the_visitor_states_it() {
        let of_passport = |stated| resolve(DocumentType::Passport, "12AB34567", stated);
        assert_eq!(of_passport(None), Err(BirthDateError::Required));
        assert_eq!(of_passport(Some("2010-07-14")), Ok(date("2010-07-14")));
        assert_eq!(of_passport(Some("2026-04-01")), Ok(date("2026-04-01")));
        assert_eq!(
            of_passport(Some("2026-04-02")),
            Err(BirthDateError::InFuture)
        );
        assert_eq!(of_passport(Some("1900-01-01")), Ok(date("1900-01-01")));
        assert_eq!(
            of_passport(Some("1899-12-31")),
            Err(BirthDateError::TooEarly)
        );
        assert_eq!(
            resolve(DocumentType::PermanentResident, "USA110075032001", None),
            Err(BirthDateError::Required)
        );
    }
}
