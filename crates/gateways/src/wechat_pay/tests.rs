//! Signing, verifying and reading against a platform whose keys the tests hold.

use std::collections::BTreeMap;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    KeyPair as _, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::*;
use crate::outbound::OutboundLimits;
use crate::test_clock::SteppingClock;

const SERIAL: &str = "PUB_KEY_ID_1";
const API_V3_KEY: &str = "0123456789abcdef0123456789abcdef";

type Spoil<'a, T> = &'a dyn Fn(&mut T);

struct Platform {
    key: RsaKeyPair,
    merchant: RsaKeyPair,
    clock: Arc<SteppingClock>,
}

fn pem(label: &str, der: &[u8]) -> String {
    let digits = BASE64_STANDARD.encode(der);
    format!("-----BEGIN {label}-----\n{digits}\n-----END {label}-----\n")
}

fn public_pem(key: &RsaKeyPair) -> String {
    pem("PUBLIC KEY", key.public_key().as_der().unwrap().as_ref())
}

impl Platform {
    fn new() -> Self {
        Self {
            key: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
            merchant: RsaKeyPair::generate(KeySize::Rsa2048).unwrap(),
            clock: Arc::new(SteppingClock::at("2026-12-01T10:00:00+08:00")),
        }
    }

    fn settings(&self) -> WechatPaySettings {
        WechatPaySettings {
            base_url: "http://127.0.0.1:1".to_owned(),
            app_id: "wx1".to_owned(),
            merchant_id: "1900000001".to_owned(),
            merchant_serial: "5157F09E".to_owned(),
            merchant_private_key: pem("PRIVATE KEY", self.merchant.as_der().unwrap().as_ref())
                .into(),
            api_v3_key: API_V3_KEY.into(),
            platform_keys: BTreeMap::from([(SERIAL.to_owned(), public_pem(&self.key))]),
            payment_notify_url: "https://tickets.example/payments".to_owned(),
            refund_notify_url: "https://tickets.example/refunds".to_owned(),
            limits: OutboundLimits::default(),
        }
    }

    fn merchant(&self) -> WechatPay {
        WechatPay::new(self.settings(), self.clock.clone()).unwrap()
    }

    fn sign(&self, body: &str) -> SignedNotification {
        let timestamp = self.clock.now().timestamp().to_string();
        let message = format!("{timestamp}\nnonce\n{body}\n");
        let mut signature = vec![0; self.key.public_modulus_len()];
        let random = SystemRandom::new();
        self.key
            .sign(
                &RSA_PKCS1_SHA256,
                &random,
                message.as_bytes(),
                &mut signature,
            )
            .unwrap();
        SignedNotification {
            serial: SERIAL.to_owned(),
            timestamp,
            nonce: "nonce".to_owned(),
            signature: BASE64_STANDARD.encode(signature),
            body: body.as_bytes().to_vec(),
        }
    }

    fn notify(&self, event: &str, resource: &Value) -> SignedNotification {
        let key = UnboundKey::new(&AES_256_GCM, API_V3_KEY.as_bytes()).unwrap();
        let mut text = resource.to_string().into_bytes();
        let nonce = Nonce::try_assume_unique_for_key(b"abcdefghijkl").unwrap();
        LessSafeKey::new(key)
            .seal_in_place_append_tag(nonce, Aad::from("about"), &mut text)
            .unwrap();
        let envelope = json!({
            "id": "1",
            "event_type": event,
            "resource": {
                "algorithm": "AEAD_AES_256_GCM",
                "ciphertext": BASE64_STANDARD.encode(text),
                "nonce": "abcdefghijkl",
                "associated_data": "about",
            },
        });
        self.sign(&envelope.to_string())
    }
}

fn transaction() -> Value {
    json!({
        "appid": "wx1",
        "mchid": "1900000001",
        "out_trade_no": "261201000000000011",
        "transaction_id": "4200001",
        "trade_state": "SUCCESS",
        "success_time": "2026-12-01T09:59:58+08:00",
        "payer": {"openid": "o123"},
        "amount": {"total": 6000, "payer_total": 5000, "currency": "CNY"},
    })
}

fn refund_notice(status: &str) -> Value {
    json!({
        "mchid": "1900000001",
        "out_trade_no": "261201000000000011",
        "out_refund_no": "0198",
        "refund_id": "5000001",
        "refund_status": status,
        "amount": {"total": 6000, "refund": 2000, "payer_total": 6000, "payer_refund": 2000},
    })
}

#[test]
fn a_payment_is_read_from_its_notification() {
    let platform = Platform::new();
    let notification = platform.notify("TRANSACTION.SUCCESS", &transaction());
    let news = platform.merchant().read_payment_notification(&notification);
    let news = news.unwrap();
    assert_eq!(news.number.as_str(), "261201000000000011");
    assert_eq!(news.transaction_id, "4200001");
    // What was to be paid, whatever of it a coupon paid.
    assert_eq!(news.amount.amount(), 6000);
    assert_eq!(news.payer.as_str(), "o123");
    assert_eq!(news.success_time.to_rfc3339(), "2026-12-01T01:59:58+00:00");
}

#[test]
fn nothing_of_a_notification_can_be_changed() {
    let platform = Platform::new();
    let merchant = platform.merchant();
    let good = platform.notify("TRANSACTION.SUCCESS", &transaction());
    let other_signature = platform.sign("another body").signature;
    let spoil: [Spoil<'_, SignedNotification>; 7] = [
        &|it| it.serial = "PUB_KEY_ID_2".to_owned(),
        &|it| it.timestamp = (platform.clock.now().timestamp() + 1).to_string(),
        &|it| it.timestamp = "yesterday".to_owned(),
        &|it| it.nonce = "another".to_owned(),
        &|it| it.signature.clone_from(&other_signature),
        &|it| it.signature.insert_str(0, "WECHATPAY/SIGNTEST/"),
        &|it| it.body.push(b' '),
    ];
    assert!(merchant.read_payment_notification(&good).is_ok());
    for (at, spoil) in spoil.iter().enumerate() {
        let mut spoilt = good.clone();
        spoil(&mut spoilt);
        let verdict = merchant.read_payment_notification(&spoilt);
        assert_eq!(verdict, Err(NotificationError::BadSignature), "{at}");
        let verdict = merchant.read_refund_notification(&spoilt);
        assert_eq!(verdict, Err(NotificationError::BadSignature), "{at}");
    }
}

#[test]
fn a_notification_is_good_for_less_than_five_minutes_by_our_clock() {
    let platform = Platform::new();
    let merchant = platform.merchant();
    let early = platform.notify("TRANSACTION.SUCCESS", &transaction());
    platform.clock.step(TimeDelta::seconds(299));
    assert!(merchant.read_payment_notification(&early).is_ok());
    platform.clock.step(TimeDelta::seconds(1));
    let verdict = merchant.read_payment_notification(&early);
    assert_eq!(verdict, Err(NotificationError::BadSignature));
    let late = platform.notify("TRANSACTION.SUCCESS", &transaction());
    platform.clock.step(TimeDelta::seconds(-300));
    let verdict = merchant.read_payment_notification(&late);
    assert_eq!(verdict, Err(NotificationError::BadSignature));
}

#[test]
fn a_signed_payment_that_is_not_ours_or_makes_no_sense_is_unreadable() {
    let platform = Platform::new();
    let merchant = platform.merchant();
    for (field, value) in [
        ("/appid", json!("wx2")),
        ("/mchid", json!("1900000002")),
        ("/out_trade_no", json!("not-ours")),
        ("/trade_state", json!("DREAMING")),
        ("/transaction_id", json!(null)),
        ("/transaction_id", json!("")),
        ("/success_time", json!("today")),
        ("/payer", json!(null)),
        ("/payer/openid", json!("")),
        ("/amount", json!(null)),
        ("/amount/total", json!(-1)),
        ("/amount/total", json!(60.5)),
        ("/amount/currency", json!("USD")),
    ] {
        let mut transaction = transaction();
        *transaction.pointer_mut(field).unwrap() = value;
        let notification = platform.notify("TRANSACTION.SUCCESS", &transaction);
        let verdict = merchant.read_payment_notification(&notification);
        let unreadable = matches!(verdict, Err(NotificationError::Unreadable(_)));
        assert!(unreadable, "{field}: {verdict:?}");
    }
    let verdict = merchant.read_payment_notification(&platform.sign("{}"));
    assert!(matches!(verdict, Err(NotificationError::Unreadable(_))));
}

#[test]
fn other_events_ask_for_nothing() {
    let platform = Platform::new();
    let merchant = platform.merchant();
    let refund = platform.notify("REFUND.SUCCESS", &refund_notice("SUCCESS"));
    let payment = platform.notify("TRANSACTION.SUCCESS", &transaction());
    let verdict = merchant.read_payment_notification(&refund);
    assert_eq!(verdict, Err(NotificationError::Irrelevant));
    let verdict = merchant.read_refund_notification(&payment);
    assert_eq!(verdict, Err(NotificationError::Irrelevant));
    let mut unpaid = transaction();
    unpaid["trade_state"] = json!("NOTPAY");
    let verdict =
        merchant.read_payment_notification(&platform.notify("TRANSACTION.SUCCESS", &unpaid));
    assert_eq!(verdict, Err(NotificationError::Irrelevant));
}

#[test]
fn a_refund_is_read_from_its_notification() {
    let platform = Platform::new();
    let merchant = platform.merchant();
    for (event, status, outcome) in [
        ("REFUND.SUCCESS", "SUCCESS", ProviderRefund::Succeeded),
        ("REFUND.ABNORMAL", "ABNORMAL", ProviderRefund::Failed),
        ("REFUND.CLOSED", "CLOSED", ProviderRefund::Failed),
    ] {
        let notification = platform.notify(event, &refund_notice(status));
        let news = merchant.read_refund_notification(&notification).unwrap();
        assert_eq!((news.number.as_str(), news.outcome), ("0198", outcome));
    }
    let mut other = refund_notice("SUCCESS");
    other["mchid"] = json!("1900000002");
    let verdict = merchant.read_refund_notification(&platform.notify("REFUND.SUCCESS", &other));
    assert!(matches!(verdict, Err(NotificationError::Unreadable(_))));
}

#[test]
fn while_keys_change_both_are_believed_and_the_newer_is_asked_for() {
    let platform = Platform::new();
    let newer = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let mut settings = platform.settings();
    let keys = &mut settings.platform_keys;
    keys.insert("PUB_KEY_ID_2".to_owned(), public_pem(&newer));
    keys.insert("ZZ5157F09E".to_owned(), public_pem(&newer));
    let parsed = platform_keys::PlatformKeys::new(keys).map_err(|error| error.problem);
    assert_eq!(parsed.unwrap().preferred(), Some("PUB_KEY_ID_2"));
    let merchant = WechatPay::new(settings, platform.clock.clone()).unwrap();
    let notification = platform.notify("TRANSACTION.SUCCESS", &transaction());
    assert!(merchant.read_payment_notification(&notification).is_ok());
}

#[test]
fn the_client_gets_parameters_that_the_merchant_signed() {
    let platform = Platform::new();
    let payment = platform.merchant().sign_for_client("wx2026").unwrap();
    assert_eq!(payment.package, "prepay_id=wx2026");
    assert_eq!(payment.sign_type, "RSA");
    assert_eq!(payment.nonce.len(), 32);
    let timestamp = platform.clock.now().timestamp().to_string();
    assert_eq!(payment.time_stamp, timestamp);
    let message = format!("wx1\n{timestamp}\n{}\nprepay_id=wx2026\n", payment.nonce);
    let public = platform.merchant.public_key().as_der().unwrap();
    let public = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, public.as_ref()).unwrap();
    let signature = BASE64_STANDARD.decode(payment.pay_sign).unwrap();
    assert!(public.verify_sig(message.as_bytes(), &signature).is_ok());
}

#[test]
fn unusable_settings_are_named() {
    let platform = Platform::new();
    let spoil: [(&str, Spoil<'_, WechatPaySettings>); 11] = [
        ("base_url", &|it| it.base_url.clear()),
        ("app_id", &|it| it.app_id.clear()),
        ("merchant_id", &|it| it.merchant_id.clear()),
        ("merchant_serial", &|it| it.merchant_serial.push('"')),
        ("merchant_private_key", &|it| {
            it.merchant_private_key = "".into();
        }),
        ("api_v3_key", &|it| it.api_v3_key = "short".into()),
        ("platform_keys", &|it| it.platform_keys.clear()),
        ("platform_keys", &|it| {
            it.platform_keys.insert("A".to_owned(), "no key".to_owned());
        }),
        ("payment_notify_url", &|it| {
            it.payment_notify_url.push_str("?a=b")
        }),
        ("refund_notify_url", &|it| {
            it.refund_notify_url = "/refunds".to_owned()
        }),
        ("concurrent_calls", &|it| it.limits.concurrent_calls = 0),
    ];
    for (setting, spoil) in spoil {
        let mut settings = platform.settings();
        spoil(&mut settings);
        let error = WechatPay::new(settings, platform.clock.clone()).map(|_| ());
        assert_eq!(error.unwrap_err().setting, setting);
    }
}
