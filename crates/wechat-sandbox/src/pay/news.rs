//! What there is to notify the merchant of.

use reqwest::Url;
use serde_json::Value;

use super::views;
use crate::faults::FaultKind;
use crate::ledger::order::Order;
use crate::ledger::refund::{Refund, RefundState};
use crate::state::State;

/// One thing that happened, and where the merchant wants to hear of it.
pub(crate) struct News {
    pub(crate) url: String,
    pub(crate) event_type: &'static str,
    pub(crate) summary: &'static str,
    /// Both the original type and the associated data of the encryption.
    pub(crate) about: &'static str,
    pub(crate) resource: Value,
}

/// The news that an order was paid.
pub(crate) fn of_payment(state: &State, order: &Order) -> News {
    let url = order.terms.notify_url.clone();
    let total = reported(state, &path_of(&url), order.terms.total);
    payment_news(url, views::transaction(&state.settings, order, total))
}

/// The news that is told by the order's view.
pub(super) fn payment_news(url: String, resource: Value) -> News {
    News {
        event_type: "TRANSACTION.SUCCESS",
        summary: "支付成功",
        about: "transaction",
        resource,
        url,
    }
}

/// The news that a refund came to its end, if the merchant wants to hear of it.
pub(crate) fn of_refund(state: &State, refund: &Refund) -> Option<News> {
    let url = refund.terms.notify_url.clone()?;
    let (event_type, summary) = match refund.state {
        RefundState::Processing => return None,
        RefundState::Success => ("REFUND.SUCCESS", "退款成功"),
        RefundState::Closed => ("REFUND.CLOSED", "退款关闭"),
        RefundState::Abnormal => ("REFUND.ABNORMAL", "退款异常"),
    };
    let fen = reported(state, &path_of(&url), refund.terms.refund);
    Some(News {
        event_type,
        summary,
        about: "refund",
        resource: views::refund_news(&state.settings, refund, fen),
        url,
    })
}

/// The amount that is told, which a fault may have spoilt.
pub(super) fn reported(state: &State, path: &str, truth: i64) -> i64 {
    match state.faults.take(FaultKind::WrongAmount, path) {
        None => truth,
        Some(fault) => fault.number().unwrap_or(truth.saturating_add(1)),
    }
}

/// The path of an address, by which faults choose notifications.
pub(super) fn path_of(url: &str) -> String {
    Url::parse(url).map_or_else(|_| String::new(), |url| url.path().to_owned())
}
