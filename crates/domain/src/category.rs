//! Ticket categories and who may have which (rules 3.4 and 3.5).

use chrono::{Datelike, NaiveDate};
use thiserror::Error;

use crate::identity::DocumentType;
use crate::rules::Rules;
use crate::text::{LocalText, UnknownCode, by_code};
use crate::visit_date::VisitDate;

/// Whom a ticket is for, which decides its price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// 标准票, an adult.
    Standard,
    /// 老年人票, 60 or over.
    Senior,
    /// 学生票, self-declared; also a minor with a foreign passport.
    Student,
    /// 未成年人票, under 18.
    Minor,
    /// 年票, an entry of an annual pass: registered, never sold in an order.
    AnnualPass,
}

/// Why a visitor cannot have a ticket of a category.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum CategoryError {
    /// Annual-pass entries are registered, not sold.
    #[error("annual-pass entries are not sold in orders")]
    NotSold,
    /// Not the category of someone of this age with this document.
    #[error("the category does not fit the visitor's age on the visit date")]
    AgeMismatch,
}

impl CategoryError {
    /// What to tell the visitor.
    #[must_use]
    pub fn message(&self) -> LocalText {
        match self {
            Self::NotSold => LocalText::new(
                "年票入院请使用年票预约，不能在订单中购买",
                "Annual-pass entries are registered with the pass, not bought in an order",
            ),
            Self::AgeMismatch => LocalText::new(
                "票种与参观当日的年龄或证件不符：未成年人请选择未成年人票（持外国护照者选择学生票），成年人请选择标准票或学生票，老年人票须达到规定年龄",
                "The ticket category does not fit the visitor's age on the visit date or the document: \
                 minors take a minor ticket (with a foreign passport a student ticket), adults a \
                 standard or student ticket, and a senior ticket only from the senior age",
            ),
        }
    }
}

impl Category {
    /// All categories.
    pub const ALL: [Self; 5] = [
        Self::Standard,
        Self::Senior,
        Self::Student,
        Self::Minor,
        Self::AnnualPass,
    ];

    /// The name used in the database and the APIs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Standard => "standard",
            Self::Senior => "senior",
            Self::Student => "student",
            Self::Minor => "minor",
            Self::AnnualPass => "annual_pass",
        }
    }

    /// Reads a [`code`](Self::code).
    ///
    /// # Errors
    /// If no category has it.
    pub fn parse(code: &str) -> Result<Self, UnknownCode> {
        by_code(&Self::ALL, Self::code, code, "category")
    }

    /// The name that people read.
    #[must_use]
    pub fn name(self) -> LocalText {
        match self {
            Self::Standard => LocalText::new("标准票", "Standard"),
            Self::Senior => LocalText::new("老年人票", "Senior"),
            Self::Student => LocalText::new("学生票", "Student"),
            Self::Minor => LocalText::new("未成年人票", "Minor"),
            Self::AnnualPass => LocalText::new("年票", "Annual pass"),
        }
    }
}

/// The age in full years on `day` of one born on `birth` (rule 3.4); `None` if born after it.
///
/// Attained on the birthday; one born on 29 February attains on 1 March in common years.
#[must_use]
pub fn age_on(birth: NaiveDate, day: VisitDate) -> Option<u8> {
    let day = day.date();
    if birth > day {
        return None;
    }
    let still_to_come = (day.month(), day.day()) < (birth.month(), birth.day());
    let years = day.year() - birth.year() - i32::from(still_to_come);
    Some(u8::try_from(years).unwrap_or(u8::MAX))
}

/// Checks that someone of `age`, in full years on the visit date, may have a ticket of `category`
/// on a document of `document_type` (rule 3.5).
///
/// # Errors
/// [`CategoryError::NotSold`] for annual-pass entries, [`CategoryError::AgeMismatch`] if the
/// category is not one of those the visitor may choose from.
pub fn check_category(
    category: Category,
    age: u8,
    document_type: DocumentType,
    rules: &Rules,
) -> Result<(), CategoryError> {
    let fits = match category {
        Category::AnnualPass => return Err(CategoryError::NotSold),
        Category::Standard => age >= rules.adult_age,
        Category::Senior => age >= rules.senior_age,
        Category::Student => age >= rules.adult_age || document_type == DocumentType::Passport,
        Category::Minor => age < rules.adult_age && document_type != DocumentType::Passport,
    };
    if fits {
        Ok(())
    } else {
        Err(CategoryError::AgeMismatch)
    }
}

/// The category to offer first to someone of `age`, in full years on the visit date: the cheapest
/// that needs no certificate, where there is one. [`check_category`] accepts it.
#[must_use]
pub fn proposed_category(age: u8, document_type: DocumentType, rules: &Rules) -> Category {
    if age < rules.adult_age {
        match document_type {
            DocumentType::Passport => Category::Student,
            _ => Category::Minor,
        }
    } else if age >= rules.senior_age {
        Category::Senior
    } else {
        Category::Standard
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn age(birth: &str, day: &str) -> Option<u8> {
        age_on(date(birth), VisitDate::new(date(day)))
    }

    fn allowed(age: u8, document_type: DocumentType) -> Vec<Category> {
        Category::ALL
            .into_iter()
            .filter(|c| check_category(*c, age, document_type, &Rules::default()).is_ok())
            .collect()
    }

    #[test]
    fn codes_round_trip() {
        for category in Category::ALL {
            assert_eq!(Category::parse(category.code()), Ok(category));
        }
        assert_eq!(
            Category::parse("child"),
            Err(UnknownCode { what: "category" })
        );
    }

    #[test]
    fn an_age_is_attained_on_the_birthday() {
        assert_eq!(age("2008-05-01", "2026-04-30"), Some(17));
        assert_eq!(age("2008-05-01", "2026-05-01"), Some(18));
        assert_eq!(age("2008-05-01", "2026-06-15"), Some(18));
        assert_eq!(age("2026-05-01", "2026-05-01"), Some(0));
        assert_eq!(age("2026-05-02", "2026-05-01"), None);
        assert_eq!(age("1700-01-01", "2026-05-01"), Some(u8::MAX));
    }

    #[test]
    fn born_on_29_february() {
        assert_eq!(age("2008-02-29", "2026-02-28"), Some(17));
        assert_eq!(age("2008-02-29", "2026-03-01"), Some(18));
        assert_eq!(age("2008-02-29", "2028-02-28"), Some(19));
        assert_eq!(age("2008-02-29", "2028-02-29"), Some(20));
    }

    #[test]
    fn the_18th_birthday_costs_the_standard_price() {
        let on = |day| age("2008-05-01", day).unwrap();
        assert_eq!(
            allowed(on("2026-04-30"), DocumentType::IdCard),
            [Category::Minor]
        );
        assert_eq!(
            allowed(on("2026-05-01"), DocumentType::IdCard),
            [Category::Standard, Category::Student]
        );
    }

    #[test]
    fn the_60th_birthday_brings_the_senior_price() {
        let on = |day| age("1966-05-01", day).unwrap();
        assert_eq!(
            allowed(on("2026-04-30"), DocumentType::IdCard),
            [Category::Standard, Category::Student]
        );
        assert_eq!(
            allowed(on("2026-05-01"), DocumentType::Passport),
            [Category::Standard, Category::Senior, Category::Student]
        );
    }

    #[test]
    fn a_minor_with_a_foreign_passport_pays_as_a_student() {
        assert_eq!(allowed(10, DocumentType::Passport), [Category::Student]);
        for document_type in DocumentType::ALL {
            if document_type != DocumentType::Passport {
                assert_eq!(allowed(10, document_type), [Category::Minor]);
            }
        }
    }

    #[test]
    fn annual_pass_entries_are_not_sold() {
        for age in [0, 17, 18, 60] {
            assert_eq!(
                check_category(
                    Category::AnnualPass,
                    age,
                    DocumentType::IdCard,
                    &Rules::default()
                ),
                Err(CategoryError::NotSold)
            );
        }
        assert_eq!(
            check_category(Category::Minor, 18, DocumentType::IdCard, &Rules::default()),
            Err(CategoryError::AgeMismatch)
        );
    }

    #[test]
    fn the_ages_are_settings() {
        let rules = Rules {
            adult_age: 16,
            senior_age: 65,
            ..Rules::default()
        };
        let check = |category, age| check_category(category, age, DocumentType::IdCard, &rules);
        assert!(check(Category::Standard, 16).is_ok());
        assert!(check(Category::Minor, 16).is_err());
        assert!(check(Category::Senior, 64).is_err());
    }

    proptest! {
        #[test]
        fn what_is_proposed_is_allowed(age: u8, document in 0_usize..6) {
            let document_type = DocumentType::ALL[document];
            let rules = Rules::default();
            let proposed = proposed_category(age, document_type, &rules);
            prop_assert_eq!(check_category(proposed, age, document_type, &rules), Ok(()));
        }
    }
}
