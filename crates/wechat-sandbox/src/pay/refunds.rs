//! Refunds: accepted at once, ended a little later.

use std::time::Duration;

use actix_web::web::{Json, Path};
use serde::Deserialize;
use serde_json::Value;

use super::error::PayError;
use super::fields::{self, Currency};
use super::signed_call::SignedCall;
use super::{news, notify, views};
use crate::faults::FaultKind;
use crate::ledger::Accepted;
use crate::ledger::refund::{Refund, RefundState, RefundTerms};
use crate::state::{Shared, State};

const PATH: &str = "/v3/refund/domestic/refunds";
/// How long the bank takes, before the retry factor.
const UNDERWAY: Duration = Duration::from_secs(3);

#[derive(Deserialize)]
struct RefundRequest {
    out_trade_no: String,
    out_refund_no: String,
    reason: Option<String>,
    notify_url: Option<String>,
    amount: Amount,
}

#[derive(Deserialize)]
struct Amount {
    refund: i64,
    total: i64,
    #[serde(default)]
    currency: Currency,
}

/// `POST /v3/refund/domestic/refunds`
pub(crate) async fn create(state: Shared, call: SignedCall) -> Result<Json<Value>, PayError> {
    let terms = call.json::<RefundRequest>()?.check()?;
    let destiny = || destiny(&state);
    let refund = match state.ledger.refund(terms, state.now(), destiny)? {
        Accepted::Before(refund) => refund,
        Accepted::New(refund) => {
            end_later(&state, refund.terms.out_refund_no.clone());
            refund
        }
    };
    Ok(Json(views::refund(&refund, refund.terms.refund)))
}

/// `GET /v3/refund/domestic/refunds/{out_refund_no}`
pub(crate) async fn query(
    state: Shared,
    call: SignedCall,
    number: Path<String>,
) -> Result<Json<Value>, PayError> {
    drop(call);
    let refund = state.ledger.refund_by_number(&number);
    let refund = refund.ok_or_else(|| PayError::no_such_resource("退款单不存在"))?;
    let fen = news::reported(&state, &format!("{PATH}/{number}"), refund.terms.refund);
    Ok(Json(views::refund(&refund, fen)))
}

/// Ends the refunds that were underway when the sandbox last stopped.
pub(crate) fn resume(state: &Shared) {
    let underway = |refund: &Refund| refund.state == RefundState::Processing;
    for refund in state.ledger.refunds().into_iter().filter(underway) {
        end_later(state, refund.terms.out_refund_no);
    }
}

fn destiny(state: &State) -> RefundState {
    match state.faults.take(FaultKind::RefundFails, PATH) {
        None => RefundState::Success,
        Some(fault) => match fault.value.as_ref().and_then(Value::as_str) {
            Some("CLOSED") => RefundState::Closed,
            _ => RefundState::Abnormal,
        },
    }
}

fn end_later(state: &Shared, out_refund_no: String) {
    let state = state.clone();
    tokio::spawn(async move {
        tokio::time::sleep(state.scaled(UNDERWAY)).await;
        if let Some(refund) = state.ledger.settle(&out_refund_no, state.now())
            && let Some(news) = news::of_refund(&state, &refund)
        {
            notify::announce(&state, news);
        }
    });
}

impl RefundRequest {
    fn check(self) -> Result<RefundTerms, PayError> {
        fields::number("/out_trade_no", &self.out_trade_no, 6..=32, "_-")?;
        fields::number("/out_refund_no", &self.out_refund_no, 1..=64, "_-|*@")?;
        if let Some(reason) = &self.reason {
            fields::length("/reason", reason, 1..=80)?;
        }
        if let Some(url) = &self.notify_url {
            fields::notify_url(url)?;
        }
        fields::positive("/amount/refund", self.amount.refund)?;
        fields::positive("/amount/total", self.amount.total)?;
        self.amount.currency.check()?;
        Ok(RefundTerms {
            out_refund_no: self.out_refund_no,
            out_trade_no: self.out_trade_no,
            notify_url: self.notify_url,
            refund: self.amount.refund,
            total: self.amount.total,
        })
    }
}
