//! `POST /sandbox/forge-notification`: what a forger would send to the merchant.

use actix_web::web::{Bytes, Json};
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::crypto::signing::Hand;
use crate::ledger::order::{Order, Payment, TradeState};
use crate::pay::{news, notify};
use crate::state::Shared;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forgery {
    out_trade_no: String,
    #[serde(default)]
    signature: Signature,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Signature {
    /// Another key under the platform's name.
    #[default]
    WrongKey,
    /// WeChat's own probe.
    Signtest,
}

/// Sends once and answers `{"status": …}`, the status the merchant gave, null for none.
pub(crate) async fn send(state: Shared, body: Bytes) -> Result<Json<Value>, Refusal> {
    let forgery: Forgery =
        serde_json::from_slice(&body).map_err(|error| Refusal::senseless(error.to_string()))?;
    let order = state.ledger.order(&forgery.out_trade_no);
    let order = order.ok_or_else(|| Refusal::missing("订单不存在 (no such order)"))?;
    let hand = match forgery.signature {
        Signature::WrongKey => Hand::Forger,
        Signature::Signtest => Hand::SignTest,
    };
    let news = news::of_payment(&state, &as_if_paid(order, state.now()));
    let status = notify::forge(&state, &news, hand).await;
    Ok(Json(
        json!({"status": status.map(|status| status.as_u16())}),
    ))
}

/// A forgery claims the payment that never was.
fn as_if_paid(mut order: Order, now: DateTime<Utc>) -> Order {
    order.payment.get_or_insert_with(|| Payment {
        transaction_id: "4200000000000000000000000000".to_owned(),
        success_time: now,
    });
    order.state = TradeState::Success;
    order
}
