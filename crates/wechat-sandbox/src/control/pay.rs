//! `POST /sandbox/pay/{prepay_id}`: the person pays.

use actix_web::web::{Bytes, Json, Path, Query};
use serde::Deserialize;
use serde_json::{Value, json};

use super::refusal::Refusal;
use crate::beijing;
use crate::ledger::order::Late;
use crate::pay::{news, notify};
use crate::state::Shared;

/// How the person pays; nothing of it needs to be said.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Manner {
    /// When the payment was made, if not now.
    success_time: Option<String>,
    /// The race in which the payment was underway when the order ran out or was closed.
    after_close: bool,
}

pub(crate) async fn pay(
    state: Shared,
    prepay_id: Path<String>,
    query: Query<Manner>,
    body: Bytes,
) -> Result<Json<Value>, Refusal> {
    let manner = Manner::from_body(&body)?;
    let stated = manner.success_time.or(query.into_inner().success_time);
    let at = match stated {
        None => state.now(),
        Some(text) => beijing::parse(&text)
            .ok_or_else(|| Refusal::senseless("success_time must be RFC 3339"))?,
    };
    let late = if manner.after_close {
        Late::Accepted
    } else {
        Late::Refused
    };
    let order = state.ledger.pay(&prepay_id, at, late)?;
    notify::announce(&state, news::of_payment(&state, &order));
    Ok(Json(json!({
        "out_trade_no": order.terms.out_trade_no,
        "transaction_id": order.payment.map(|payment| payment.transaction_id),
        "success_time": beijing::rfc3339(at),
    })))
}

impl Manner {
    fn from_body(body: &[u8]) -> Result<Self, Refusal> {
        if body.is_empty() {
            return Ok(Self::default());
        }
        serde_json::from_slice(body).map_err(|error| Refusal::senseless(error.to_string()))
    }
}
