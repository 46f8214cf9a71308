//! The formats of document numbers (rule 3.2) and their normal form (rule 3.3).

use chrono::NaiveDate;
use unicode_normalization::UnicodeNormalization;

use super::citizen_number;
use super::{DocumentError, DocumentType};

/// More characters than any number has, however it is spaced.
const LONGEST_INPUT: usize = 64;

/// Brings a number into its normal form: NFKC, without spaces, in upper case.
///
/// Characters without width go out with the spaces: they come along when a number is pasted.
pub(super) fn normalise(typed: &str) -> Result<String, DocumentError> {
    if typed.chars().count() > LONGEST_INPUT {
        return Err(DocumentError::TooLong);
    }
    let number: String = typed
        .nfkc()
        .filter(|c| !c.is_whitespace() && !is_invisible(*c))
        .map(|c| c.to_ascii_uppercase())
        // Again: without the space between them, a letter and its accent become one.
        .nfkc()
        .collect();
    if number.is_empty() {
        return Err(DocumentError::Empty);
    }
    Ok(number)
}

fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}' | '\u{feff}')
}

/// Checks a normal number of `kind`; answers the birth date if the number carries it.
pub(super) fn check(
    kind: DocumentType,
    number: &str,
    today: NaiveDate,
) -> Result<Option<NaiveDate>, DocumentError> {
    match kind {
        DocumentType::IdCard => check_id_card(number, today).map(Some),
        DocumentType::ResidencePermit => check_residence_permit(number, today).map(Some),
        DocumentType::PermanentResident => check_permanent_resident(number, today),
        DocumentType::HkMacauPermit => {
            let digits = number.strip_prefix(['H', 'M']).unwrap_or_default();
            let fits = are_digits(digits) && matches!(digits.len(), 8 | 10);
            fits.then_some(None).ok_or(DocumentError::HkMacauPermitForm)
        }
        DocumentType::TaiwanPermit => {
            let fits = are_digits(number) && matches!(number.len(), 8 | 10);
            fits.then_some(None).ok_or(DocumentError::TaiwanPermitForm)
        }
        DocumentType::Passport => {
            let fits = are_letters_or_digits(number) && (5..=20).contains(&number.len());
            fits.then_some(None).ok_or(DocumentError::PassportForm)
        }
    }
}

/// An ID card. Numbers that belong to other documents are sent there, lest one person pass as two.
fn check_id_card(number: &str, today: NaiveDate) -> Result<NaiveDate, DocumentError> {
    if number.len() == 15 && are_digits(number) {
        return Err(DocumentError::FirstGenerationCard);
    }
    if !citizen_number::has_form(number) {
        return Err(DocumentError::IdCardForm);
    }
    if number.starts_with("00") {
        return Err(DocumentError::UnknownArea);
    }
    if is_residence_permit(number) {
        return Err(DocumentError::ResidencePermitAsIdCard);
    }
    if number.starts_with('9') {
        return Err(DocumentError::PermanentResidentAsIdCard);
    }
    citizen_number::birth_date(number, today)
}

fn check_residence_permit(number: &str, today: NaiveDate) -> Result<NaiveDate, DocumentError> {
    if !citizen_number::has_form(number) || !is_residence_permit(number) {
        return Err(DocumentError::ResidencePermitForm);
    }
    citizen_number::birth_date(number, today)
}

/// A foreign permanent resident's card, of 18 digits or of the old form, which has no check
/// character and tells the birth year without its century.
fn check_permanent_resident(
    number: &str,
    today: NaiveDate,
) -> Result<Option<NaiveDate>, DocumentError> {
    if citizen_number::has_form(number) && number.starts_with('9') {
        return citizen_number::birth_date(number, today).map(Some);
    }
    let is_old = number.len() == 15
        && number
            .split_at_checked(3)
            .is_some_and(|(letters, digits)| are_letters(letters) && are_digits(digits));
    is_old
        .then_some(None)
        .ok_or(DocumentError::PermanentResidentForm)
}

/// Whether the area of an 18-character number is Hong Kong, Macau or Taiwan.
fn is_residence_permit(number: &str) -> bool {
    ["81", "82", "83"]
        .iter()
        .any(|area| number.starts_with(area))
}

pub(super) fn are_digits(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_digit())
}

fn are_letters(text: &str) -> bool {
    text.bytes().all(|b| b.is_ascii_uppercase())
}

fn are_letters_or_digits(text: &str) -> bool {
    text.bytes()
        .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity::citizen_number::tests::with_check_character;
    use proptest::prelude::*;

    use DocumentError as E;
    use DocumentType::{
        HkMacauPermit, IdCard, Passport, PermanentResident, ResidencePermit, TaiwanPermit,
    };

    fn today() -> NaiveDate {
        NaiveDate::from_ymd_opt(2026, 4, 1).unwrap()
    }

    fn assert_error(kind: DocumentType, number: &str, error: DocumentError) {
        assert_eq!(check(kind, number, today()), Err(error), "{number}");
    }

    fn assert_fits(kind: DocumentType, number: &str, birth: Option<&str>) {
        let birth = birth.map(|text| text.parse().unwrap());
        assert_eq!(check(kind, number, today()), Ok(birth), "{number}");
    }

    #[test]
    fn normalises_width_spaces_and_case() {
        let canonical = "11010519491231002X";
        for typed in [
            canonical,
            " 110105 19491231 002x ",
            "１１０１０５１９４９１２３１００２ｘ",
            "110105\u{3000}1949\u{a0}1231\t002Ｘ\n",
            "\u{feff}110105\u{200b}19491231002x\u{202c}",
        ] {
            assert_eq!(normalise(typed).as_deref(), Ok(canonical), "{typed}");
        }
        assert_eq!(normalise(" \u{3000}\u{200b}"), Err(E::Empty));
        assert_eq!(normalise(&"1".repeat(65)), Err(E::TooLong));
        assert_eq!(normalise("c\u{b8}").as_deref(), Ok("\u{c7}"));
    }

    #[test]
    fn id_cards_of_another_form() {
        assert_error(IdCard, "110105491231002", E::FirstGenerationCard);
        for number in [
            "1",
            "1101051949123100",
            "1101051949123100200",
            "1101051949123100XX",
            "X10105194912310021",
            "11010519491231002Y",
            "11O105194912310021",
            "A10105491231002",
            "一二三四五六",
        ] {
            assert_error(IdCard, number, E::IdCardForm);
        }
        assert_error(
            IdCard,
            &with_check_character("00010519491231002"),
            E::UnknownArea,
        );
    }

    #[test]
    fn other_documents_do_not_pass_as_id_cards() {
        for area in ["810000", "820000", "830000"] {
            let number = with_check_character(&format!("{area}19900101001"));
            assert_error(IdCard, &number, E::ResidencePermitAsIdCard);
            assert_fits(ResidencePermit, &number, Some("1990-01-01"));
        }
        let number = with_check_character("91184019900101001");
        assert_error(IdCard, &number, E::PermanentResidentAsIdCard);
        assert_fits(PermanentResident, &number, Some("1990-01-01"));
    }

    #[test]
    fn residence_permits() {
        assert_error(
            ResidencePermit,
            "11010519491231002X",
            E::ResidencePermitForm,
        );
        assert_error(ResidencePermit, "H12345678", E::ResidencePermitForm);
        let number = with_check_character("81000019990229001");
        assert_error(ResidencePermit, &number, E::NotADate);
    }

    #[test]
    fn permanent_residents() {
        assert_fits(PermanentResident, "USA110075032001", None);
        for number in [
            "US1110075032001",
            "USA11007503200",
            "USA1100750320011",
            "110105491231002",
            "11010519491231002X",
        ] {
            assert_error(PermanentResident, number, E::PermanentResidentForm);
        }
        let number = with_check_character("91184019990229001");
        assert_error(PermanentResident, &number, E::NotADate);
    }

    #[test]
    fn permits_and_passports() {
        assert_fits(HkMacauPermit, "H12345678", None);
        assert_fits(HkMacauPermit, "M1234567801", None);
        for number in [
            "H1234567",
            "H123456780",
            "A12345678",
            "12345678",
            "HH2345678",
            "H",
        ] {
            assert_error(HkMacauPermit, number, E::HkMacauPermitForm);
        }
        assert_fits(TaiwanPermit, "12345678", None);
        assert_fits(TaiwanPermit, "1234567801", None);
        for number in ["1234567", "123456789", "T1234567", "12345678901"] {
            assert_error(TaiwanPermit, number, E::TaiwanPermitForm);
        }
        for number in ["12345", "12AB34567", "ABCDEFGHIJ1234567890"] {
            assert_fits(Passport, number, None);
        }
        for number in ["1234", "ABCDEFGHIJ12345678901", "12-34567", "É1234567"] {
            assert_error(Passport, number, E::PassportForm);
        }
    }

    proptest! {
        #[test]
        fn whatever_is_typed_is_answered(text in "\\PC{0,40}", kind in 0_usize..6) {
            if let Ok(number) = normalise(&text) {
                // One character may stand for many: what was short enough may not be any more.
                let again = normalise(&number);
                prop_assert!(again == Ok(number.clone()) || again == Err(E::TooLong));
                let _ = check(DocumentType::ALL[kind], &number, today());
            }
        }
    }
}
