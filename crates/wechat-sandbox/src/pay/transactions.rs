//! Asking for an order and closing it.

use actix_web::HttpResponse;
use actix_web::web::{Json, Path, Query};
use serde::Deserialize;
use serde_json::Value;

use super::error::PayError;
use super::signed_call::SignedCall;
use super::{news, views};
use crate::settings::Settings;
use crate::state::Shared;

/// Both calls name the merchant: one in the query, the other in the body.
#[derive(Deserialize)]
pub(crate) struct Merchant {
    #[serde(default)]
    mchid: String,
}

impl Merchant {
    fn check(&self, settings: &Settings) -> Result<(), PayError> {
        if self.mchid == settings.mch_id {
            Ok(())
        } else {
            Err(PayError::param("/mchid", "商户号与签名的商户号不一致"))
        }
    }
}

/// `GET /v3/pay/transactions/out-trade-no/{no}?mchid=`
pub(crate) async fn query(
    state: Shared,
    call: SignedCall,
    number: Path<String>,
    merchant: Query<Merchant>,
) -> Result<Json<Value>, PayError> {
    drop(call);
    merchant.check(&state.settings)?;
    let order = state.ledger.order(&number);
    let order = order.ok_or_else(PayError::no_such_order)?;
    let path = format!("/v3/pay/transactions/out-trade-no/{number}");
    let total = news::reported(&state, &path, order.terms.total);
    Ok(Json(views::transaction(&state.settings, &order, total)))
}

/// `POST /v3/pay/transactions/out-trade-no/{no}/close`
pub(crate) async fn close(
    state: Shared,
    call: SignedCall,
    number: Path<String>,
) -> Result<HttpResponse, PayError> {
    call.json::<Merchant>()?.check(&state.settings)?;
    state.ledger.close(&number)?;
    Ok(HttpResponse::NoContent().finish())
}
