//! What the use cases refuse, as the APIs say it.

use domain::ports::{LoginError, NotificationError, ProviderError, StoreError};
use domain::refund::{RefundObjection, RefundReason, RefundRefusal};
use domain::refusal::{Objection, Reason, Refusal};
use domain::sealed::CipherError;
use domain::session::SessionCode;
use domain::text::LocalText;
use domain::use_cases::accounts::PhoneError;
use domain::use_cases::cancel_order::CancelError;
use domain::use_cases::invoices::InvoiceError;
use domain::use_cases::order_request::PrepareError;
use domain::use_cases::pass_visits::PrepareVisitError;
use domain::use_cases::refund_tickets::RefundError;
use domain::use_cases::saved_visitors::SaveError;
use domain::use_cases::start_payment::PayError;

use super::{ApiError, Detail, codes};
use crate::wire;

/// How long a caller is asked to wait for WeChat, in seconds.
const WECHAT_AWAY_FOR: u64 = 5;

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable | StoreError::Contention => Self::overloaded().caused_by(error),
            StoreError::Unknown => Self::outcome_unknown(error),
            StoreError::Duplicate(_) | StoreError::LeaseLost | StoreError::Fault(_) => {
                Self::internal(error)
            }
        }
    }
}

impl From<CipherError> for ApiError {
    fn from(error: CipherError) -> Self {
        Self::internal(error)
    }
}

impl From<PrepareError> for ApiError {
    fn from(error: PrepareError) -> Self {
        match error {
            PrepareError::Store(error) => error.into(),
            PrepareError::Cipher(error) => error.into(),
        }
    }
}

impl From<PrepareVisitError> for ApiError {
    fn from(error: PrepareVisitError) -> Self {
        match error {
            PrepareVisitError::NotFound => Self::not_found(),
            PrepareVisitError::NoPhone => Self::new(&codes::PHONE_REQUIRED),
            PrepareVisitError::Store(error) => error.into(),
            PrepareVisitError::Cipher(error) => error.into(),
        }
    }
}

/// A refused order, with every visitor and rule (rule 4.5).
impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::new(&codes::ORDER_REFUSED).details(refusal.objections.iter().map(order_detail))
    }
}

fn order_detail(objection: &Objection) -> Detail {
    let reason = &objection.reason;
    let detail = Detail::new(reason.code(), reason.message()).with("visitor", objection.visitor);
    let session = |code: &Option<SessionCode>| code.as_ref().map(|code| code.as_str().to_owned());
    match reason {
        Reason::SoldOut {
            venue,
            other_session,
        } => detail
            .with("venue", venue.as_str())
            .with_some("other_session", session(other_session)),
        Reason::NotEnough {
            venue,
            remaining,
            other_session,
        } => detail
            .with("venue", venue.as_str())
            .with("remaining", *remaining)
            .with_some("other_session", session(other_session)),
        Reason::SalesNotOpen { opens_at } => detail.with("opens_at", wire::instant(*opens_at)),
        Reason::NotAnAddOn { venue } => detail.with("venue", venue.as_str()),
        Reason::Banned { until } => detail.with("until", until.to_string()),
        _ => detail,
    }
}

impl From<RefundError> for ApiError {
    fn from(error: RefundError) -> Self {
        match error {
            RefundError::NotFound => Self::not_found(),
            RefundError::KeyReused => Self::new(&codes::IDEMPOTENCY_MISMATCH),
            RefundError::Refused(refusal) => refusal.into(),
            RefundError::Store(error) => error.into(),
        }
    }
}

/// A refused refund, with every ticket and rule.
impl From<RefundRefusal> for ApiError {
    fn from(refusal: RefundRefusal) -> Self {
        Self::new(&codes::REFUND_REFUSED).details(refusal.objections.iter().map(refund_detail))
    }
}

/// One rule in the way of a refund; the preview's `reasons` have the same shape.
#[must_use]
pub fn refund_detail(objection: &RefundObjection) -> Detail {
    let reason = &objection.reason;
    let detail = Detail::new(reason.code(), reason.message())
        .with("ticket", objection.ticket.map(|id| id.to_string()))
        .with_some("add_on", objection.add_on.map(|id| id.to_string()));
    match reason {
        RefundReason::NeedsAdult { also_refund } => {
            let tickets: Vec<String> = also_refund.iter().map(ToString::to_string).collect();
            detail.with("also_refund", tickets)
        }
        RefundReason::NoShowNotAccepted(standing) => detail
            .with("count_after", standing.count)
            .with_some("ban_until", standing.ban_until.map(|day| day.to_string())),
        _ => detail,
    }
}

impl From<InvoiceError> for ApiError {
    fn from(error: InvoiceError) -> Self {
        match error {
            InvoiceError::NotFound | InvoiceError::NoInvoice => Self::not_found(),
            InvoiceError::NothingKept(_) => Self::new(&codes::INVOICE_NOTHING_PAID),
            InvoiceError::Exists => Self::new(&codes::INVOICE_EXISTS),
            InvoiceError::WrongState(_)
            | InvoiceError::Changed
            | InvoiceError::Erased
            | InvoiceError::NumberTaken => Self::new(&codes::CONFLICT),
            InvoiceError::Cipher(error) => error.into(),
            InvoiceError::Store(error) => error.into(),
        }
    }
}

impl From<CancelError> for ApiError {
    fn from(error: CancelError) -> Self {
        match error {
            CancelError::NotFound => Self::not_found(),
            CancelError::NotUnpaid(_) => Self::new(&codes::ORDER_NOT_CANCELLABLE),
            CancelError::Store(error) => error.into(),
        }
    }
}

impl From<PayError> for ApiError {
    fn from(error: PayError) -> Self {
        match error {
            PayError::NotFound => Self::not_found(),
            PayError::NotPayable => Self::new(&codes::ORDER_NOT_PAYABLE),
            // The news of it is on its way: the page shows the order anew.
            PayError::Provider(ProviderError::AlreadyPaid) => Self::new(&codes::ORDER_NOT_PAYABLE),
            PayError::Provider(error) => wechat_away(&error),
            PayError::Store(error) => error.into(),
        }
    }
}

impl From<PhoneError> for ApiError {
    fn from(error: PhoneError) -> Self {
        match error {
            PhoneError::NotFound => Self::not_found(),
            PhoneError::Store(error) => error.into(),
        }
    }
}

impl From<SaveError> for ApiError {
    fn from(error: SaveError) -> Self {
        match error {
            SaveError::NotFound => Self::not_found(),
            SaveError::TooMany(limit) => Self::new(&codes::VISITOR_LIMIT).message(LocalText::new(
                format!("最多保存 {limit} 位常用观众"),
                format!("At most {limit} visitors can be saved"),
            )),
            SaveError::AlreadySaved => Self::new(&codes::VISITOR_EXISTS),
            SaveError::Invalid(reasons) => {
                Self::new(&codes::REQUEST_INVALID).details(reasons.iter().map(person_detail))
            }
            SaveError::Cipher(error) => error.into(),
            SaveError::Store(error) => error.into(),
        }
    }
}

/// What is wrong with a person, by the field it was typed into.
fn person_detail(reason: &Reason) -> Detail {
    let field = match reason {
        Reason::Name(_) => "name",
        Reason::BirthDate(_) => "birth_date",
        _ => "document_number",
    };
    Detail::of_field(field, reason.code(), reason.message())
}

impl From<LoginError> for ApiError {
    fn from(error: LoginError) -> Self {
        match error {
            LoginError::InvalidCode => Self::new(&codes::REQUEST_INVALID).detail(Detail::new(
                "wechat.code_invalid",
                LocalText::new(
                    "微信凭证无效或已过期，请重试",
                    "WeChat does not accept the code; please try again",
                ),
            )),
            LoginError::Blocked => Self::new(&codes::AUTH_FORBIDDEN),
            LoginError::TooFrequent => Self::new(&codes::RATE_LIMITED).retry_after(WECHAT_AWAY_FOR),
            LoginError::Unavailable(_) => wechat_away(&error),
        }
    }
}

impl From<NotificationError> for ApiError {
    fn from(error: NotificationError) -> Self {
        match error {
            NotificationError::BadSignature => Self::new(&codes::AUTH_REQUIRED),
            NotificationError::Unreadable(_) | NotificationError::Irrelevant => {
                Self::new(&codes::REQUEST_INVALID).caused_by(error)
            }
        }
    }
}

fn wechat_away(cause: &dyn std::fmt::Display) -> ApiError {
    ApiError::new(&codes::WECHAT_UNAVAILABLE)
        .retry_after(WECHAT_AWAY_FOR)
        .caused_by(cause)
}
