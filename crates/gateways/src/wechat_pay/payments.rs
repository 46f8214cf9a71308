//! Payments: preparing, asking, closing.

use chrono::{DateTime, Utc};
use domain::account::OpenId;
use domain::id::OrderNumber;
use domain::money::Fen;
use domain::payment::PaymentNews;
use domain::ports::{ClientPayment, PrepayRequest, ProviderError, ProviderPayment};
use domain::visit_date::shanghai;
use serde::{Deserialize, Serialize};

use super::WechatPay;
use super::merchant_key::{CannotSign, nonce};
use super::refusal::CallError;
use crate::wechat_text::fitted;

/// How many characters a description may have.
const LONGEST_DESCRIPTION: usize = 127;

const CURRENCY: &str = "CNY";

#[derive(Serialize)]
struct Prepay<'a> {
    appid: &'a str,
    mchid: &'a str,
    description: String,
    out_trade_no: &'a str,
    notify_url: &'a str,
    time_expire: String,
    amount: AmountToPay,
    payer: Payer<'a>,
}

#[derive(Serialize)]
struct AmountToPay {
    total: i64,
    currency: &'static str,
}

#[derive(Serialize)]
struct Payer<'a> {
    openid: &'a str,
}

#[derive(Deserialize)]
struct Prepared {
    prepay_id: String,
}

#[derive(Serialize)]
struct Close<'a> {
    mchid: &'a str,
}

/// A payment as queries and notifications show it.
#[derive(Deserialize)]
pub(super) struct Transaction {
    appid: String,
    mchid: String,
    out_trade_no: String,
    trade_state: String,
    transaction_id: Option<String>,
    success_time: Option<String>,
    payer: Option<PaidBy>,
    amount: Option<PaidAmount>,
}

#[derive(Deserialize)]
struct PaidBy {
    openid: String,
}

#[derive(Deserialize)]
struct PaidAmount {
    total: i64,
    currency: Option<String>,
}

pub(super) fn prepay(pay: &WechatPay, request: &PrepayRequest) -> Result<String, ProviderError> {
    let url = pay.caller.address(&["v3", "pay", "transactions", "jsapi"]);
    let body = Prepay {
        appid: &pay.app_id,
        mchid: pay.caller.merchant_id(),
        description: fitted(&request.description, LONGEST_DESCRIPTION),
        out_trade_no: request.number.as_str(),
        notify_url: &pay.payment_notify_url,
        time_expire: whole_seconds(request.time_expire),
        amount: AmountToPay {
            total: request.amount.amount(),
            currency: CURRENCY,
        },
        payer: Payer {
            openid: request.payer.as_str(),
        },
    };
    let prepared: Prepared = pay.caller.post("prepay", url, &body)?;
    Ok(prepared.prepay_id)
}

pub(super) fn sign_for_client(
    pay: &WechatPay,
    prepay_id: &str,
) -> Result<ClientPayment, ProviderError> {
    let fail = |CannotSign| ProviderError::Unknown("nothing can be signed".to_owned());
    let nonce = nonce().map_err(fail)?;
    let time_stamp = pay.caller.timestamp().to_string();
    let package = format!("prepay_id={prepay_id}");
    let lines = [pay.app_id.as_str(), &time_stamp, &nonce, &package];
    Ok(ClientPayment {
        pay_sign: pay.caller.sign(&lines).map_err(fail)?,
        time_stamp,
        nonce,
        package,
        sign_type: "RSA",
    })
}

pub(super) fn query(
    pay: &WechatPay,
    number: &OrderNumber,
) -> Result<ProviderPayment, ProviderError> {
    let mut url = order_address(pay, number, &[]);
    url.query_pairs_mut()
        .append_pair("mchid", pay.caller.merchant_id());
    match pay.caller.get::<Transaction>("query", url) {
        Ok(transaction) if transaction.out_trade_no != number.as_str() => {
            Err(not_understood("another order"))
        }
        Ok(transaction) => transaction.payment(pay).map_err(not_understood),
        Err(CallError::Refused(refusal)) if refusal.is_not_found() => Ok(ProviderPayment::Unknown),
        Err(CallError::Refused(refusal)) if refusal.is_closed() => Ok(ProviderPayment::Closed),
        Err(error) => Err(error.into()),
    }
}

pub(super) fn close(pay: &WechatPay, number: &OrderNumber) -> Result<(), ProviderError> {
    let url = order_address(pay, number, &["close"]);
    let body = Close {
        mchid: pay.caller.merchant_id(),
    };
    match pay.caller.post_for_nothing("close", url, &body) {
        // What does not exist, or is closed already, is as closed as it can be.
        Err(CallError::Refused(refusal)) if refusal.is_not_found() || refusal.is_closed() => Ok(()),
        other => Ok(other?),
    }
}

fn order_address(pay: &WechatPay, number: &OrderNumber, more: &[&str]) -> reqwest::Url {
    let order = ["v3", "pay", "transactions", "out-trade-no", number.as_str()];
    pay.caller.address(&[&order, more].concat())
}

impl Transaction {
    /// What has become of the payment; in words what is wrong with the account of it.
    pub(super) fn payment(self, pay: &WechatPay) -> Result<ProviderPayment, &'static str> {
        if self.mchid != pay.caller.merchant_id() {
            return Err("another merchant");
        }
        if self.appid != pay.app_id {
            return Err("another mini-program");
        }
        match self.trade_state.as_str() {
            // Refunded, wholly or in part, was paid first.
            "SUCCESS" | "REFUND" => self.news().map(ProviderPayment::Paid),
            "NOTPAY" | "USERPAYING" | "PAYERROR" | "ACCEPT" => Ok(ProviderPayment::Open),
            "CLOSED" | "REVOKED" => Ok(ProviderPayment::Closed),
            _ => Err("an unknown state"),
        }
    }

    fn news(self) -> Result<PaymentNews, &'static str> {
        let amount = self.amount.ok_or("no amount")?;
        if amount.currency.is_some_and(|it| it != CURRENCY) {
            return Err("another currency");
        }
        let payer = self.payer.ok_or("no payer")?;
        let success_time = self.success_time.ok_or("no time")?;
        let success_time = DateTime::parse_from_rfc3339(&success_time);
        let transaction_id = self.transaction_id.filter(|id| !id.is_empty());
        Ok(PaymentNews {
            number: OrderNumber::parse(&self.out_trade_no).map_err(|_| "no number of ours")?,
            transaction_id: transaction_id.ok_or("no transaction id")?,
            amount: Fen::new(amount.total).map_err(|_| "an impossible amount")?,
            payer: OpenId::parse(&payer.openid).map_err(|_| "an impossible payer")?,
            success_time: success_time.map_err(|_| "an impossible time")?.to_utc(),
        })
    }
}

pub(super) fn not_understood(what: &'static str) -> ProviderError {
    ProviderError::Unknown(format!("the answer speaks of {what}"))
}

/// Cut to the second, so that the provider never takes money after the order's own deadline.
fn whole_seconds(instant: DateTime<Utc>) -> String {
    let beijing = instant.with_timezone(&shanghai());
    beijing.format("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expiry_is_written_in_whole_seconds_of_beijing() {
        let instant = DateTime::parse_from_rfc3339("2026-12-01T02:30:59.999999Z").unwrap();
        assert_eq!(whole_seconds(instant.to_utc()), "2026-12-01T10:30:59+08:00");
    }
}
