//! What a gate's request is refused for; what becomes of tickets is no error but an answer.

use domain::identity::DocumentError;
use domain::text::LocalText;
use domain::ticket_code::TicketCodeError;
use domain::use_cases::check_in::CheckInError;

use super::{ApiError, Detail, codes};

impl From<CheckInError> for ApiError {
    fn from(error: CheckInError) -> Self {
        match error {
            CheckInError::KeyReused => Self::new(&codes::IDEMPOTENCY_MISMATCH),
            CheckInError::Ambiguous => invalid(
                "document_type",
                "document.ambiguous",
                LocalText::new(
                    "多种证件有此号码的门票，请选择证件类型",
                    "Several documents with this number have tickets; please choose the type",
                ),
            ),
            CheckInError::Store(error) => error.into(),
        }
    }
}

/// A code that was scanned and opens nothing. The clerk is told which it is: a forged one is
/// another matter than a screen that was not renewed.
impl From<TicketCodeError> for ApiError {
    fn from(error: TicketCodeError) -> Self {
        let (code, zh, en) = match error {
            TicketCodeError::Form => ("code.malformed", "不是入院码", "This is no ticket code"),
            TicketCodeError::Forged => (
                "code.forged",
                "入院码系伪造，并非本院签发",
                "This ticket code is forged: it was not issued by the museum",
            ),
            TicketCodeError::Expired => (
                "code.expired",
                "入院码已失效，请观众在小程序中刷新",
                "This ticket code is out of date; please have it renewed in the mini-program",
            ),
        };
        invalid("code", code, LocalText::new(zh, en))
    }
}

/// A document's number as it was typed at a gate.
#[must_use]
pub fn document_invalid(error: DocumentError) -> ApiError {
    invalid("document_number", "document.invalid", error.message())
}

fn invalid(field: &str, code: &'static str, message: LocalText) -> ApiError {
    ApiError::new(&codes::REQUEST_INVALID).detail(Detail::of_field(field, code, message))
}
