//! A number without its document's type, as a clerk at the gate types it.

use chrono::NaiveDate;

use super::{Document, DocumentError, DocumentType};

/// Each document that has this number: mostly one, but eight digits may be a Taiwan permit or a
/// passport. Passports are among them only if the `nationality` is told.
///
/// # Errors
/// What is wrong, in the words for the document that the number comes closest to.
pub fn documents_with_number(
    number: &str,
    nationality: Option<&str>,
    today: NaiveDate,
) -> Result<Vec<Document>, DocumentError> {
    let parse = |kind| Document::parse(kind, number, nationality, today);
    let parsed = DocumentType::ALL.map(parse);
    let errors: Vec<DocumentError> = parsed
        .iter()
        .filter_map(|parsed| parsed.as_ref().err().copied())
        .collect();
    let documents: Vec<Document> = parsed.into_iter().flatten().collect();
    if documents.is_empty() {
        return Err(closest(&errors));
    }
    Ok(documents)
}

/// A number that has the form of some card, but for one place, is that card mistyped. Whatever
/// else has the form of a passport is one without its nationality.
fn closest(errors: &[DocumentError]) -> DocumentError {
    let mistyped = |error: &&DocumentError| {
        matches!(
            error,
            DocumentError::CheckCharacter
                | DocumentError::NotADate
                | DocumentError::BirthDateOutOfRange
                | DocumentError::UnknownArea
                | DocumentError::FirstGenerationCard
                | DocumentError::Empty
                | DocumentError::TooLong
        )
    };
    let about_nationality = |error: &&DocumentError| {
        matches!(
            error,
            DocumentError::NationalityRequired
                | DocumentError::NationalityForm
                | DocumentError::ChinesePassport
                | DocumentError::HkMacauPassport
                | DocumentError::TaiwanPassport
        )
    };
    let mut closest = errors.iter().find(mistyped);
    closest = closest.or_else(|| errors.iter().find(about_nationality));
    closest.copied().unwrap_or(DocumentError::IdCardForm)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(number: &str, nationality: Option<&str>) -> Result<Vec<DocumentType>, DocumentError> {
        let today = NaiveDate::from_ymd_opt(2026, 12, 1).unwrap();
        let documents = documents_with_number(number, nationality, today)?;
        Ok(documents.iter().map(Document::kind).collect())
    }

    #[test]
    fn a_number_is_that_of_each_document_it_fits() {
        use DocumentType::{HkMacauPermit, IdCard, Passport, TaiwanPermit};

        assert_eq!(kinds("11010519491231002x", None), Ok(vec![IdCard]));
        assert_eq!(kinds("h12345678", None), Ok(vec![HkMacauPermit]));
        assert_eq!(kinds("12345678", None), Ok(vec![TaiwanPermit]));
        let both = vec![Passport, TaiwanPermit];
        assert_eq!(kinds("12345678", Some("FRA")), Ok(both));
        assert_eq!(kinds("AB1234567", Some("FRA")), Ok(vec![Passport]));
    }

    #[test]
    fn what_fits_nothing_is_told_what_it_comes_closest_to() {
        for (number, nationality, error) in [
            ("110105194912310021", None, DocumentError::CheckCharacter),
            ("110105491231002", None, DocumentError::FirstGenerationCard),
            ("AB1234567", None, DocumentError::NationalityRequired),
            ("AB1234567", Some("CHN"), DocumentError::ChinesePassport),
            ("票", None, DocumentError::IdCardForm),
            (" ", None, DocumentError::Empty),
        ] {
            assert_eq!(kinds(number, nationality), Err(error), "{number}");
        }
    }
}
