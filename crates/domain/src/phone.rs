//! Phone numbers (rule 3.7).

use std::fmt;

use thiserror::Error;
use unicode_normalization::UnicodeNormalization;

use crate::identity::mask;
use crate::text::LocalText;

/// More characters than any number has, however it is spaced.
const LONGEST_INPUT: usize = 64;

/// A phone number: 11 mainland digits beginning 1[3–9], or `+` and 8 to 15 digits.
///
/// A mainland mobile number is always the 11 digits alone, so that equal numbers are equal texts.
/// Personal: `Debug` does not print it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Phone(String);

/// Why a text is not a phone number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PhoneError {
    /// Nothing but spaces.
    #[error("the phone number is empty")]
    Empty,
    /// Neither of the two forms.
    #[error("a phone number is 11 mainland digits, or + and 8 to 15 digits")]
    Form,
}

impl PhoneError {
    /// What to tell the visitor.
    #[must_use]
    pub fn message(&self) -> LocalText {
        match self {
            Self::Empty => LocalText::new("请填写手机号码", "Please enter a phone number"),
            Self::Form => LocalText::new(
                "请填写11位内地手机号码，或以“+”和国家（地区）代码开头的号码",
                "Please enter an 11-digit mainland mobile number, or + with the country code and \
                 the number",
            ),
        }
    }
}

impl Phone {
    /// Reads a number as a visitor types it, with spaces and hyphens anywhere.
    ///
    /// # Errors
    /// If it has neither form.
    pub fn parse(typed: &str) -> Result<Self, PhoneError> {
        if typed.chars().count() > LONGEST_INPUT {
            return Err(PhoneError::Form);
        }
        let number: String = typed.nfkc().filter(|c| !is_filler(*c)).collect();
        if number.is_empty() {
            return Err(PhoneError::Empty);
        }
        let domestic = number.strip_prefix("+86").unwrap_or(&number);
        if is_mainland_mobile(domestic) {
            Ok(Self(domestic.to_owned()))
        } else if number.strip_prefix('+').is_some_and(is_international) {
            Ok(Self(number))
        } else {
            Err(PhoneError::Form)
        }
    }

    /// The number. Personal: never in a URL, a log line or an error (rule 10.2).
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The number as it may be shown (rule 10.2).
    #[must_use]
    pub fn masked(&self) -> String {
        mask(&self.0)
    }
}

/// What is personal stays out of logs.
impl fmt::Debug for Phone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Phone(…)")
    }
}

/// Spaces, hyphens of any kind, and what has no width.
fn is_filler(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '-' | '\u{2010}'..='\u{2015}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{feff}')
}

fn is_mainland_mobile(number: &str) -> bool {
    let mut bytes = number.bytes();
    number.len() == 11
        && bytes.next() == Some(b'1')
        && bytes.next().is_some_and(|b| (b'3'..=b'9').contains(&b))
        && bytes.all(|b| b.is_ascii_digit())
}

fn is_international(digits: &str) -> bool {
    (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_reads(typed: &str, expected: &str) {
        let phone = Phone::parse(typed);
        assert_eq!(phone.as_ref().map(Phone::as_str), Ok(expected), "{typed}");
    }

    #[test]
    fn mainland_numbers_are_eleven_digits() {
        for typed in [
            "13812345678",
            " 138-1234 5678 ",
            "+86 138 1234 5678",
            "＋８６１３８１２３４５６７８",
            "138–1234–5678",
            "\u{202d}13812345678\u{202c}",
        ] {
            assert_reads(typed, "13812345678");
        }
        assert_reads("19900000000", "19900000000");
    }

    #[test]
    fn other_numbers_begin_with_a_plus() {
        assert_reads("+852 1234 5678", "+85212345678");
        assert_reads("+12345678", "+12345678");
        assert_reads("+123456789012345", "+123456789012345");
        assert_reads("+86 10 8500 7114", "+861085007114");
    }

    #[test]
    fn what_is_no_number() {
        for typed in ["", " - "] {
            assert_eq!(Phone::parse(typed), Err(PhoneError::Empty));
        }
        let long = "1".repeat(65);
        for typed in [
            "12812345678",
            "1381234567",
            "138123456789",
            "8613812345678",
            "23812345678",
            "+1234567",
            "+1234567890123456",
            "+",
            "++85212345678",
            "1381234567a",
            "+852abcdefgh",
            "138.1234.5678",
            "١٣٨١٢٣٤٥٦٧٨",
            &long,
        ] {
            assert_eq!(Phone::parse(typed), Err(PhoneError::Form), "{typed}");
        }
        assert_eq!(PhoneError::Empty.message().zh(), "请填写手机号码");
    }

    #[test]
    fn is_masked_and_kept_out_of_logs() {
        let phone = Phone::parse("13812345678").unwrap();
        assert_eq!(phone.masked(), "138******78");
        assert_eq!(format!("{phone:?}"), "Phone(…)");
    }
}
