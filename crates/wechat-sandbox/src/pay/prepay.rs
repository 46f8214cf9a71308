//! `POST /v3/pay/transactions/jsapi`: an order is taken and gets its prepay id.

use actix_web::web::Json;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::PayError;
use super::fields::{self, Currency};
use super::signed_call::SignedCall;
use crate::beijing;
use crate::ledger::order::Terms;
use crate::mini_program::openid::is_openid;
use crate::settings::Settings;
use crate::state::Shared;

#[derive(Deserialize)]
struct PrepayRequest {
    appid: String,
    mchid: String,
    description: String,
    out_trade_no: String,
    notify_url: String,
    time_expire: Option<String>,
    attach: Option<String>,
    amount: Amount,
    payer: Payer,
}

#[derive(Deserialize)]
struct Amount {
    total: i64,
    #[serde(default)]
    currency: Currency,
}

#[derive(Deserialize)]
struct Payer {
    openid: String,
}

pub(crate) async fn create(state: Shared, call: SignedCall) -> Result<Json<Value>, PayError> {
    let now = state.now();
    let terms = call.json::<PrepayRequest>()?.check(&state.settings, now)?;
    let prepay_id = state.ledger.prepare(terms, now)?;
    Ok(Json(json!({"prepay_id": prepay_id})))
}

impl PrepayRequest {
    fn check(self, settings: &Settings, now: DateTime<Utc>) -> Result<Terms, PayError> {
        if self.appid != settings.app_id {
            return Err(PayError::param("/appid", "appid不存在或与商户号不匹配"));
        }
        if self.mchid != settings.mch_id {
            return Err(PayError::param("/mchid", "商户号与签名的商户号不一致"));
        }
        fields::length("/description", &self.description, 1..=127)?;
        fields::number("/out_trade_no", &self.out_trade_no, 6..=32, "_-")?;
        fields::notify_url(&self.notify_url)?;
        if let Some(attach) = &self.attach {
            fields::length("/attach", attach, 1..=128)?;
        }
        fields::positive("/amount/total", self.amount.total)?;
        self.amount.currency.check()?;
        if !is_openid(&settings.app_id, &self.payer.openid) {
            return Err(PayError::param("/payer/openid", "无效的openid"));
        }
        let time_expire = self.time_expire.as_deref();
        Ok(Terms {
            time_expire: time_expire.map(|text| expiry(text, now)).transpose()?,
            out_trade_no: self.out_trade_no,
            description: self.description,
            notify_url: self.notify_url,
            attach: self.attach,
            total: self.amount.total,
            openid: self.payer.openid,
        })
    }
}

fn expiry(text: &str, now: DateTime<Utc>) -> Result<DateTime<Utc>, PayError> {
    let field = "/time_expire";
    let expiry =
        beijing::parse(text).ok_or_else(|| PayError::param(field, "应为RFC 3339格式的时间"))?;
    if expiry <= now {
        return Err(PayError::param(field, "订单失效时间必须晚于当前时间"));
    }
    Ok(expiry)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::mini_program::openid::openid_of;
    use crate::settings::DEFAULT_APP_ID;
    use crate::tests::clock::TestClock;
    use crate::tests::samples::at;

    fn verdict(field: &str, value: Value) -> Result<Terms, PayError> {
        let mut body = json!({
            "appid": DEFAULT_APP_ID,
            "mchid": "1900000001",
            "description": "门票",
            "out_trade_no": "ORDER-1",
            "notify_url": "http://127.0.0.1/notify",
            "time_expire": "2026-12-01T12:30:00+08:00",
            "attach": "x",
            "amount": {"total": 6000, "currency": "CNY"},
            "payer": {"openid": openid_of(DEFAULT_APP_ID, "lilei")},
        });
        *body.pointer_mut(field).unwrap() = value;
        let clock = TestClock::at("2026-12-01T12:00:00+08:00");
        let settings = Settings::for_tests(Arc::new(clock));
        let request: PrepayRequest = serde_json::from_value(body).unwrap();
        request.check(&settings, at("12:00:00"))
    }

    #[test]
    fn a_sound_request_becomes_terms() {
        let terms = verdict("/description", json!("票".repeat(127))).unwrap();
        assert_eq!(terms.time_expire, Some(at("12:30:00")));
        assert_eq!(terms.total, 6000);
    }

    #[test]
    fn each_unsound_field_is_refused() {
        for (field, value) in [
            ("/appid", json!("wxother")),
            ("/mchid", json!("1900000002")),
            ("/description", json!("")),
            ("/description", json!("票".repeat(128))),
            ("/out_trade_no", json!("SHORT")),
            ("/out_trade_no", json!("A".repeat(33))),
            ("/out_trade_no", json!("ORDER 1")),
            ("/notify_url", json!("http://127.0.0.1/notify?order=1")),
            ("/time_expire", json!("2026-12-01T12:00:00+08:00")),
            ("/time_expire", json!("2026-12-01 12:30:00")),
            ("/amount/total", json!(0)),
            ("/amount/currency", json!("USD")),
            ("/payer/openid", json!("o-invented")),
        ] {
            assert!(verdict(field, value.clone()).is_err(), "{field} {value}");
        }
    }
}
