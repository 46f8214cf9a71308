//! The 18-character number of GB 11643, which several documents share.

use chrono::{Datelike, NaiveDate};

use super::DocumentError;
use super::number::are_digits;

/// The earliest year in which anyone is taken to be born.
pub(super) const FIRST_YEAR: i32 = 1900;

/// 17 digits and a digit or `X`.
pub(super) fn has_form(number: &str) -> bool {
    let digits = number.strip_suffix('X').unwrap_or(number);
    number.len() == 18 && digits.len() >= 17 && are_digits(digits)
}

/// The birth date in a number of this form, its check character being right.
pub(super) fn birth_date(number: &str, today: NaiveDate) -> Result<NaiveDate, DocumentError> {
    let born = birth_date_in(number).ok_or(DocumentError::NotADate)?;
    if born.year() < FIRST_YEAR || born > today {
        return Err(DocumentError::BirthDateOutOfRange);
    }
    if !check_character_fits(number) {
        return Err(DocumentError::CheckCharacter);
    }
    Ok(born)
}

/// The date in digits 7 to 14.
fn birth_date_in(number: &str) -> Option<NaiveDate> {
    let part = |from, to| number.get(from..to)?.parse::<u32>().ok();
    let year = i32::try_from(part(6, 10)?).ok()?;
    NaiveDate::from_ymd_opt(year, part(10, 12)?, part(12, 14)?)
}

/// ISO 7064 MOD 11-2, as a running remainder: each character is added and the sum doubled; with
/// the check character, `X` being ten, 1 must remain.
fn check_character_fits(number: &str) -> bool {
    let sum = number.chars().try_fold(0, |remainder, c| {
        let value = if c == 'X' { 10 } else { c.to_digit(10)? };
        Some((remainder * 2 + value) % 11)
    });
    sum == Some(1)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The standard's own table of weights: another way to the check character than the code's.
    pub(in crate::identity) fn with_check_character(digits: &str) -> String {
        const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
        let digit_values = digits.chars().map(|c| c.to_digit(10).unwrap());
        let sum: u32 = digit_values.zip(WEIGHTS).map(|(d, w)| d * w).sum();
        let at = usize::try_from(sum % 11).unwrap();
        format!("{digits}{}", &"10X98765432"[at..=at])
    }

    fn read(number: &str) -> Result<NaiveDate, DocumentError> {
        birth_date(number, NaiveDate::from_ymd_opt(2026, 4, 1).unwrap())
    }

    fn born(birth: &str) -> Result<NaiveDate, DocumentError> {
        read(&with_check_character(&format!("110105{birth}001")))
    }

    #[test]
    fn the_example_of_the_standard() {
        assert_eq!(
            with_check_character("11010519491231002"),
            "11010519491231002X"
        );
        assert_eq!(
            read("11010519491231002X"),
            Ok("1949-12-31".parse().unwrap())
        );
        assert_eq!(
            read("110105194912310021"),
            Err(DocumentError::CheckCharacter)
        );
    }

    #[test]
    fn has_17_digits_and_a_check_character() {
        assert!(has_form("11010519491231002X") && has_form("110105194912310021"));
        for number in [
            "",
            "X",
            "1101051949123100XX",
            "1101051949123100211",
            "X10105194912310021",
        ] {
            assert!(!has_form(number), "{number}");
        }
    }

    #[test]
    fn births_from_1900_to_today() {
        for birth in ["19000101", "20000229", "20260401"] {
            assert!(born(birth).is_ok(), "{birth}");
        }
        for birth in ["00000101", "18991231", "20260402", "99991231"] {
            assert_eq!(
                born(birth),
                Err(DocumentError::BirthDateOutOfRange),
                "{birth}"
            );
        }
    }

    #[test]
    fn births_on_days_that_exist() {
        for birth in [
            "19990229", "19000229", "20251301", "20250431", "20250100", "20250001",
        ] {
            assert_eq!(born(birth), Err(DocumentError::NotADate), "{birth}");
        }
    }

    proptest! {
        #[test]
        fn any_true_number_fits(area in 110_000_u32..660_000, days in 0_u64..46_000, serial in 0_u32..1000) {
            let born = NaiveDate::from_ymd_opt(1900, 1, 1).unwrap() + chrono::Days::new(days);
            let number = with_check_character(&format!("{area}{}{serial:03}", born.format("%Y%m%d")));
            prop_assert!(has_form(&number));
            prop_assert_eq!(read(&number), Ok(born));
        }

        #[test]
        fn one_wrong_character_never_fits(at in 0_usize..18, to in "[0-9X]") {
            let number = with_check_character("11010519491231002");
            let mut wrong = number.clone();
            wrong.replace_range(at..=at, &to);
            prop_assert_eq!(has_form(&wrong) && read(&wrong).is_ok(), wrong == number);
        }
    }
}
