//! Refunds: asking for money to go back, and what has become of it.

use domain::ports::{ProviderError, ProviderRefund, RefundSubmission};
use serde::{Deserialize, Serialize};

use super::WechatPay;
use super::payments::not_understood;
use super::refusal::CallError;

const SEGMENTS: [&str; 4] = ["v3", "refund", "domestic", "refunds"];

#[derive(Serialize)]
struct Refund<'a> {
    out_trade_no: &'a str,
    out_refund_no: &'a str,
    notify_url: &'a str,
    amount: AmountToRefund,
}

#[derive(Serialize)]
struct AmountToRefund {
    refund: i64,
    total: i64,
    currency: &'static str,
}

#[derive(Deserialize)]
struct Refunded {
    out_refund_no: String,
    status: String,
    amount: RefundedAmount,
}

#[derive(Deserialize)]
struct RefundedAmount {
    refund: i64,
    total: i64,
}

pub(super) fn refund(
    pay: &WechatPay,
    submission: &RefundSubmission,
) -> Result<ProviderRefund, ProviderError> {
    let body = Refund {
        out_trade_no: submission.order_number.as_str(),
        out_refund_no: &submission.number,
        notify_url: &pay.refund_notify_url,
        amount: AmountToRefund {
            refund: submission.amount.amount(),
            total: submission.total.amount(),
            currency: "CNY",
        },
    };
    let url = pay.caller.address(&SEGMENTS);
    let answer: Refunded = pay.caller.post("refund", url, &body)?;
    if answer.out_refund_no != submission.number {
        return Err(not_understood("another refund"));
    }
    let amount = &answer.amount;
    if (amount.refund, amount.total) != (body.amount.refund, body.amount.total) {
        return Err(not_understood("another amount"));
    }
    outcome(&answer.status).ok_or_else(|| not_understood("an unknown state"))
}

pub(super) fn query(pay: &WechatPay, number: &str) -> Result<ProviderRefund, ProviderError> {
    let url = pay.caller.address(&[&SEGMENTS[..], &[number]].concat());
    match pay.caller.get::<Refunded>("query refund", url) {
        Ok(answer) if answer.out_refund_no != number => Err(not_understood("another refund")),
        Ok(answer) => outcome(&answer.status).ok_or_else(|| not_understood("an unknown state")),
        Err(CallError::Refused(refusal)) if refusal.is_not_found() => Ok(ProviderRefund::Unknown),
        Err(error) => Err(error.into()),
    }
}

/// What a refund's state means; `None` for one that WeChat has not documented.
pub(super) fn outcome(status: &str) -> Option<ProviderRefund> {
    match status {
        "PROCESSING" => Some(ProviderRefund::Processing),
        "SUCCESS" => Some(ProviderRefund::Succeeded),
        "CLOSED" | "ABNORMAL" => Some(ProviderRefund::Failed),
        _ => None,
    }
}
