//! The nationality of a passport.

use unicode_normalization::UnicodeNormalization;

use super::DocumentError;

/// An ISO 3166 alpha-3 code, such as `FRA`; never one whose holders book with another document.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Nationality(String);

impl Nationality {
    /// Reads the nationality of a passport: three letters, in any case and width.
    ///
    /// # Errors
    /// If it is not three letters, or mainland China, Hong Kong, Macau or Taiwan (rule 3.1).
    pub fn parse(text: &str) -> Result<Self, DocumentError> {
        if text.len() > 32 {
            return Err(DocumentError::NationalityForm);
        }
        let code: String = text.trim().nfkc().collect::<String>().to_ascii_uppercase();
        if code.len() != 3 || !code.bytes().all(|b| b.is_ascii_uppercase()) {
            return Err(DocumentError::NationalityForm);
        }
        match code.as_str() {
            "CHN" => Err(DocumentError::ChinesePassport),
            "HKG" | "MAC" => Err(DocumentError::HkMacauPassport),
            "TWN" => Err(DocumentError::TaiwanPassport),
            _ => Ok(Self(code)),
        }
    }

    /// As [`parse`](Self::parse), for a form field that may have been left empty.
    pub(super) fn of_passport(text: Option<&str>) -> Result<Self, DocumentError> {
        let text = text
            .filter(|text| !text.trim().is_empty())
            .ok_or(DocumentError::NationalityRequired)?;
        Self::parse(text)
    }

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_three_letters() {
        for text in ["FRA", " fra ", "ｆｒａ"] {
            assert_eq!(Nationality::parse(text).unwrap().as_str(), "FRA");
        }
        for text in ["", "FR", "FRAN", "F1A", "法国人", "F A"] {
            assert_eq!(
                Nationality::parse(text),
                Err(DocumentError::NationalityForm),
                "{text}"
            );
        }
        let long = " ".repeat(40) + "FRA";
        assert_eq!(
            Nationality::parse(&long),
            Err(DocumentError::NationalityForm)
        );
    }

    #[test]
    fn some_book_with_another_document() {
        for (code, error) in [
            ("CHN", DocumentError::ChinesePassport),
            ("chn", DocumentError::ChinesePassport),
            ("HKG", DocumentError::HkMacauPassport),
            ("MAC", DocumentError::HkMacauPassport),
            ("TWN", DocumentError::TaiwanPassport),
        ] {
            assert_eq!(Nationality::parse(code), Err(error));
        }
    }

    #[test]
    fn a_passport_needs_one() {
        for text in [None, Some(""), Some("  ")] {
            assert_eq!(
                Nationality::of_passport(text),
                Err(DocumentError::NationalityRequired)
            );
        }
        assert!(Nationality::of_passport(Some("DEU")).is_ok());
    }
}
