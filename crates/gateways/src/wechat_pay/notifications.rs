//! Notifications: verified first, then decrypted, then checked.

use domain::payment::PaymentNews;
use domain::ports::{NotificationError, ProviderPayment, RefundNews, SignedNotification};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::WechatPay;
use super::payments::Transaction;
use super::platform_keys::SignedMessage;
use super::refunds::outcome;
use super::resource::Resource;

#[derive(Deserialize)]
struct Envelope {
    event_type: String,
    resource: Resource,
}

/// A refund as notifications show it, which is not how queries do.
#[derive(Deserialize)]
struct RefundNotice {
    mchid: String,
    out_refund_no: String,
    refund_status: String,
}

pub(super) fn read_payment(
    pay: &WechatPay,
    notification: &SignedNotification,
) -> Result<PaymentNews, NotificationError> {
    let envelope = open(pay, notification)?;
    if envelope.event_type != "TRANSACTION.SUCCESS" {
        return Err(NotificationError::Irrelevant);
    }
    let transaction: Transaction = decrypt(pay, &envelope.resource)?;
    match transaction.payment(pay).map_err(unreadable)? {
        ProviderPayment::Paid(news) => Ok(news),
        _ => Err(NotificationError::Irrelevant),
    }
}

pub(super) fn read_refund(
    pay: &WechatPay,
    notification: &SignedNotification,
) -> Result<RefundNews, NotificationError> {
    let envelope = open(pay, notification)?;
    if !envelope.event_type.starts_with("REFUND.") {
        return Err(NotificationError::Irrelevant);
    }
    let notice: RefundNotice = decrypt(pay, &envelope.resource)?;
    if notice.mchid != pay.caller.merchant_id() {
        return Err(unreadable("another merchant"));
    }
    Ok(RefundNews {
        outcome: outcome(&notice.refund_status).ok_or_else(|| unreadable("an unknown state"))?,
        number: notice.out_refund_no,
    })
}

/// The envelope, once the signature over the raw body has been verified.
fn open(pay: &WechatPay, notification: &SignedNotification) -> Result<Envelope, NotificationError> {
    let message = SignedMessage {
        serial: &notification.serial,
        timestamp: &notification.timestamp,
        nonce: &notification.nonce,
        signature: &notification.signature,
        body: &notification.body,
    };
    pay.caller.verify(&message).map_err(|why| {
        log::warn!("a notification is not believed: {why}");
        NotificationError::BadSignature
    })?;
    serde_json::from_slice(&notification.body).map_err(|_| unreadable("an unknown envelope"))
}

fn decrypt<T: DeserializeOwned>(
    pay: &WechatPay,
    resource: &Resource,
) -> Result<T, NotificationError> {
    let plaintext = pay.api_v3_key.decrypt(resource).map_err(unreadable)?;
    serde_json::from_slice(&plaintext).map_err(|_| unreadable("an unknown resource"))
}

fn unreadable(what: &'static str) -> NotificationError {
    NotificationError::Unreadable(what.to_owned())
}
