//! Reading what stands in paths and queries.

use api_kit::error::ApiError;
use domain::id::{AnnualPassId, OrderId, RefundId, SavedVisitorId, TicketId};
use domain::text::LocalText;
use domain::visit_date::{VisitDate, VisitDateError};
use serde::Deserialize;

/// The query `?date=YYYY-MM-DD`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct DateQuery {
    pub(super) date: String,
}

pub(super) fn date(text: &str) -> Result<VisitDate, ApiError> {
    VisitDate::parse(text).map_err(|error| {
        let (zh, en) = match error {
            VisitDateError::Form => ("日期格式应为 YYYY-MM-DD", "A date is written YYYY-MM-DD"),
            VisitDateError::NoSuchDay => ("该日期不存在", "There is no such day"),
            VisitDateError::Year => (
                "年份应在 2000 至 2199 之间",
                "The year must be from 2000 to 2199",
            ),
        };
        ApiError::invalid_field("date", LocalText::new(zh, en))
    })
}

// What is no id names nothing, so it is answered like an id that names nothing.

pub(super) fn order_id(text: &str) -> Result<OrderId, ApiError> {
    OrderId::parse(text).map_err(|_| ApiError::not_found())
}

pub(super) fn annual_pass_id(text: &str) -> Result<AnnualPassId, ApiError> {
    AnnualPassId::parse(text).map_err(|_| ApiError::not_found())
}

pub(super) fn ticket_id(text: &str) -> Result<TicketId, ApiError> {
    TicketId::parse(text).map_err(|_| ApiError::not_found())
}

pub(super) fn refund_id(text: &str) -> Result<RefundId, ApiError> {
    RefundId::parse(text).map_err(|_| ApiError::not_found())
}

pub(super) fn visitor_id(text: &str) -> Result<SavedVisitorId, ApiError> {
    SavedVisitorId::parse(text).map_err(|_| ApiError::not_found())
}
