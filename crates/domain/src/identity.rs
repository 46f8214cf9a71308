//! Identity documents: their types, formats, keys and masks (rules 3.1 to 3.3 and 10.2).

mod any_type;
mod birth_date;
mod citizen_number;
mod error;
mod mask;
mod nationality;
mod number;

use std::fmt;

use chrono::NaiveDate;

use crate::text::{LocalText, UnknownCode, by_code};

pub use any_type::documents_with_number;
pub use birth_date::{BirthDateError, resolve_birth_date};
pub use error::DocumentError;
pub use mask::mask;
pub use nationality::Nationality;

/// The kinds of document that the museum accepts (rule 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DocumentType {
    /// 居民身份证, the only one for mainland visitors.
    IdCard,
    /// 港澳居民来往内地通行证.
    HkMacauPermit,
    /// 外国人永久居留身份证.
    PermanentResident,
    /// A foreign passport.
    Passport,
    /// 台湾居民来往大陆通行证.
    TaiwanPermit,
    /// 港澳台居民居住证.
    ResidencePermit,
}

impl DocumentType {
    /// All types, in the order in which they are offered.
    pub const ALL: [Self; 6] = [
        Self::IdCard,
        Self::HkMacauPermit,
        Self::PermanentResident,
        Self::Passport,
        Self::TaiwanPermit,
        Self::ResidencePermit,
    ];

    /// The name used in the database, the APIs and the identity key.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::IdCard => "id_card",
            Self::HkMacauPermit => "hk_macau_permit",
            Self::PermanentResident => "permanent_resident",
            Self::Passport => "passport",
            Self::TaiwanPermit => "taiwan_permit",
            Self::ResidencePermit => "residence_permit",
        }
    }

    /// Reads a [`code`](Self::code).
    ///
    /// # Errors
    /// If no type has it.
    pub fn parse(code: &str) -> Result<Self, UnknownCode> {
        by_code(&Self::ALL, Self::code, code, "document type")
    }

    /// The name that people read.
    #[must_use]
    pub fn name(self) -> LocalText {
        match self {
            Self::IdCard => LocalText::new("居民身份证", "Resident identity card"),
            Self::HkMacauPermit => LocalText::new(
                "港澳居民来往内地通行证",
                "Mainland travel permit for Hong Kong and Macao residents",
            ),
            Self::PermanentResident => LocalText::new(
                "外国人永久居留身份证",
                "Foreign permanent resident identity card",
            ),
            Self::Passport => LocalText::new("外国护照", "Foreign passport"),
            Self::TaiwanPermit => LocalText::new(
                "台湾居民来往大陆通行证",
                "Mainland travel permit for Taiwan residents",
            ),
            Self::ResidencePermit => LocalText::new(
                "港澳台居民居住证",
                "Residence permit for Hong Kong, Macao and Taiwan residents",
            ),
        }
    }
}

/// An identity document whose number has been checked.
///
/// The number is canonical: NFKC, without spaces, in upper case. It appears neither in `Debug` nor
/// in any error; only [`number`](Self::number) and [`identity_key`](Self::identity_key) tell it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Document {
    kind: DocumentType,
    number: String,
    nationality: Option<Nationality>,
    birth_date: Option<NaiveDate>,
}

impl Document {
    /// Reads a document's number as a visitor types it (rules 3.2 and 3.3).
    ///
    /// `nationality` is needed for passports and ignored elsewhere. `today` is the present day in
    /// Shanghai, which no birth date may lie after.
    ///
    /// # Errors
    /// What exactly is wrong, without the number.
    pub fn parse(
        kind: DocumentType,
        number: &str,
        nationality: Option<&str>,
        today: NaiveDate,
    ) -> Result<Self, DocumentError> {
        let number = number::normalise(number)?;
        let birth_date = number::check(kind, &number, today)?;
        let nationality = match kind {
            DocumentType::Passport => Some(Nationality::of_passport(nationality)?),
            _ => None,
        };
        Ok(Self {
            kind,
            number,
            nationality,
            birth_date,
        })
    }

    /// A document as it was accepted before and stored: its number is canonical and is not checked
    /// again, since what earlier rules allowed keeps its key under later ones. Without the birth
    /// date that [`parse`](Self::parse) finds in a number.
    #[must_use]
    pub fn stored(kind: DocumentType, number: String, nationality: Option<Nationality>) -> Self {
        Self {
            kind,
            number,
            nationality: nationality.filter(|_| kind == DocumentType::Passport),
            birth_date: None,
        }
    }

    /// What kind of document it is.
    #[must_use]
    pub fn kind(&self) -> DocumentType {
        self.kind
    }

    /// The canonical number. Personal: never in a URL, a log line or an error (rule 10.2).
    #[must_use]
    pub fn number(&self) -> &str {
        &self.number
    }

    /// The nationality; of passports only, and of every passport.
    #[must_use]
    pub fn nationality(&self) -> Option<&Nationality> {
        self.nationality.as_ref()
    }

    /// The birth date, where the number carries it: ID cards, residence permits, and permanent
    /// residents' cards of 18 digits.
    #[must_use]
    pub fn birth_date(&self) -> Option<NaiveDate> {
        self.birth_date
    }

    /// The text whose keyed hash tells persons apart (rule 3.3): `v1|type|nationality|number key`.
    ///
    /// The nationality is empty but for passports. The number key is the number, without what
    /// changes when the document is renewed: the first 9 characters of an HK/Macau permit, the
    /// first 8 digits of a Taiwan permit. As personal as the number.
    #[must_use]
    pub fn identity_key(&self) -> String {
        let key_length = match self.kind {
            DocumentType::HkMacauPermit => 9,
            DocumentType::TaiwanPermit => 8,
            _ => self.number.len(),
        };
        let key = self.number.get(..key_length).unwrap_or(&self.number);
        let nationality = self.nationality.as_ref().map_or("", Nationality::as_str);
        format!("v1|{}|{nationality}|{key}", self.kind.code())
    }

    /// The number as it may be shown (rule 10.2).
    #[must_use]
    pub fn masked(&self) -> String {
        mask(&self.number)
    }
}

/// The kind alone: what is personal stays out of logs.
impl fmt::Debug for Document {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Document")
            .field("kind", &self.kind)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID_CARD: &str = "11010519491231002X";

    fn parse(
        kind: DocumentType,
        number: &str,
        nationality: Option<&str>,
    ) -> Result<Document, DocumentError> {
        let today = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
        Document::parse(kind, number, nationality, today)
    }

    fn key(kind: DocumentType, number: &str) -> String {
        parse(kind, number, Some("FRA")).unwrap().identity_key()
    }

    #[test]
    fn types_round_trip() {
        for kind in DocumentType::ALL {
            assert_eq!(DocumentType::parse(kind.code()), Ok(kind));
        }
        assert_eq!(
            DocumentType::parse("visa"),
            Err(UnknownCode {
                what: "document type"
            })
        );
    }

    #[test]
    fn a_stored_document_has_the_key_it_had() {
        for (kind, number, nationality) in [
            (DocumentType::IdCard, ID_CARD, None),
            (DocumentType::Passport, "E1234567", Some("FRA")),
            (DocumentType::HkMacauPermit, "H1234567801", None),
        ] {
            let typed = parse(kind, number, nationality).unwrap();
            let nationality = typed.nationality().cloned();
            let stored = Document::stored(kind, typed.number().to_owned(), nationality);
            assert_eq!(stored.identity_key(), typed.identity_key());
        }
    }

    #[test]
    fn however_it_is_typed_the_key_is_the_same() {
        let typed = parse(DocumentType::IdCard, " １１０１０５ 19491231 002ｘ", None).unwrap();
        let canonical = parse(DocumentType::IdCard, ID_CARD, None).unwrap();
        assert_eq!(typed, canonical);
        assert_eq!(typed.number(), ID_CARD);
        assert_eq!(typed.identity_key(), "v1|id_card||11010519491231002X");
        assert_eq!(typed.birth_date(), NaiveDate::from_ymd_opt(1949, 12, 31));
    }

    #[test]
    fn a_renewed_permit_is_the_same_person() {
        let kind = DocumentType::HkMacauPermit;
        assert_eq!(key(kind, "h1234567801"), "v1|hk_macau_permit||H12345678");
        assert_eq!(key(kind, "H1234567802"), key(kind, "H12345678"));
        assert_ne!(key(kind, "M12345678"), key(kind, "H12345678"));
        let kind = DocumentType::TaiwanPermit;
        assert_eq!(key(kind, "1234567801"), "v1|taiwan_permit||12345678");
        assert_eq!(key(kind, "12345678"), key(kind, "1234567802"));
    }

    #[test]
    fn a_renewed_permit_keeps_its_whole_number() {
        let permit = parse(DocumentType::HkMacauPermit, "H1234567801", None).unwrap();
        assert_eq!(permit.number(), "H1234567801");
        assert_eq!(permit.masked(), "H12******01");
    }

    #[test]
    fn passports_of_two_countries_are_two_persons() {
        let kind = DocumentType::Passport;
        let french = parse(kind, "ab 1234567", Some("fra")).unwrap();
        assert_eq!(french.identity_key(), "v1|passport|FRA|AB1234567");
        assert_eq!(french.nationality().map(Nationality::as_str), Some("FRA"));
        let german = parse(kind, "AB1234567", Some("DEU")).unwrap();
        assert_ne!(german.identity_key(), french.identity_key());
        assert_eq!(
            parse(kind, "AB1234567", None),
            Err(DocumentError::NationalityRequired)
        );
        assert_eq!(
            parse(kind, "AB1234567", Some("CHN")),
            Err(DocumentError::ChinesePassport)
        );
    }

    #[test]
    fn elsewhere_a_nationality_is_ignored() {
        let card = parse(DocumentType::IdCard, ID_CARD, Some("CHN")).unwrap();
        assert_eq!(card.nationality(), None);
        assert_eq!(card.kind(), DocumentType::IdCard);
    }

    #[test]
    fn debug_tells_the_kind_alone() {
        let passport = parse(DocumentType::Passport, "AB1234567", Some("FRA")).unwrap();
        assert_eq!(format!("{passport:?}"), "Document { kind: Passport, .. }");
    }

    #[test]
    fn refusals_are_worded_in_both_languages() {
        let error = parse(DocumentType::IdCard, "110105491231002", None).unwrap_err();
        assert_eq!(error, DocumentError::FirstGenerationCard);
        assert!(error.message().zh().contains("15位"));
        assert!(error.message().en().contains("15-digit"));
    }
}
