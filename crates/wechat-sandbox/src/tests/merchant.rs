//! A merchant and its sandbox: signs, verifies and decrypts from the documents, not from our code.

use std::path::Path;
use std::sync::Arc;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair, UnparsedPublicKey,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use domain::clock::Clock as _;
use reqwest::blocking::{Client, Response};
use reqwest::header::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::clock::TestClock;
use super::receiver::{Received, Receiver};
use crate::{
    DEFAULT_APP_ID, DEFAULT_MCH_ID, MERCHANT_SERIAL, PLATFORM_KEY_ID, RunningSandbox, Sandbox,
    Settings, TEST_API_V3_KEY, openid_of,
};

const NONCE: &str = "593BEC0C930BF1AFEB40B4A08C8FB242";

pub(super) struct Merchant {
    pub(super) clock: Arc<TestClock>,
    pub(super) receiver: Receiver,
    pub(super) http: Client,
    sandbox: RunningSandbox,
}

/// An answer of Pay v3, and whether its signature holds.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) body: Value,
    pub(super) genuine: bool,
}

impl Answer {
    pub(super) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

/// What goes into the Authorization header, so that tests can spoil each part.
pub(super) struct Authority {
    pub(super) serial: &'static str,
    pub(super) mchid: &'static str,
    pub(super) timestamp: i64,
    pub(super) signed_body: String,
}

impl Merchant {
    /// At noon of 1 December 2026 in Beijing.
    pub(super) fn new() -> Self {
        Self::start(None)
    }

    pub(super) fn keeping(directory: &Path) -> Self {
        Self::start(Some(directory))
    }

    fn start(directory: Option<&Path>) -> Self {
        let clock = Arc::new(TestClock::at("2026-12-01T12:00:00+08:00"));
        let settings = Settings {
            state_dir: directory.map(Path::to_path_buf),
            ..Settings::for_tests(clock.clone())
        };
        Self {
            sandbox: Sandbox::start(settings).unwrap(),
            receiver: Receiver::start(),
            http: Client::builder().no_proxy().build().unwrap(),
            clock,
        }
    }

    pub(super) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.base_url())
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.call("GET", path, "")
    }

    pub(super) fn post(&self, path: &str, body: &Value) -> Answer {
        self.call("POST", path, &body.to_string())
    }

    pub(super) fn call(&self, method: &str, path: &str, body: &str) -> Answer {
        let authority = self.authority(body);
        self.call_with(&authority, method, path, body)
    }

    pub(super) fn authority(&self, body: &str) -> Authority {
        Authority {
            serial: MERCHANT_SERIAL,
            mchid: DEFAULT_MCH_ID,
            timestamp: self.clock.now().timestamp(),
            signed_body: body.to_owned(),
        }
    }

    pub(super) fn call_with(
        &self,
        authority: &Authority,
        method: &str,
        path: &str,
        body: &str,
    ) -> Answer {
        let response = self.send(authority, method, path, body);
        let status = response.status().as_u16();
        let header = |name: &str| {
            let value = response.headers().get(name);
            value.map(|value| value.to_str().unwrap().to_owned())
        };
        let signature = ["timestamp", "nonce", "signature", "serial"]
            .map(|name| header(&format!("Wechatpay-{name}")).unwrap_or_default());
        let [timestamp, nonce, signature, serial] = signature;
        let bytes = response.bytes().unwrap();
        Answer {
            status,
            genuine: serial == PLATFORM_KEY_ID
                && self.verifies(&timestamp, &nonce, &bytes, &signature),
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }

    pub(super) fn send(
        &self,
        authority: &Authority,
        method: &str,
        path: &str,
        body: &str,
    ) -> Response {
        self.http
            .request(method.parse().unwrap(), self.url(path))
            .headers(self.headers(authority, method, path))
            .body(body.to_owned())
            .send()
            .unwrap()
    }

    /// All headers of a request, signed.
    pub(super) fn headers(&self, authority: &Authority, method: &str, path: &str) -> HeaderMap {
        let (serial, mchid) = (authority.serial, authority.mchid);
        let (timestamp, body) = (authority.timestamp, &authority.signed_body);
        let lines = format!("{method}\n{path}\n{timestamp}\n{NONCE}\n{body}\n");
        let signature = self.sign(lines.as_bytes());
        let authorization = format!(
            "WECHATPAY2-SHA256-RSA2048 mchid=\"{mchid}\",nonce_str=\"{NONCE}\",\
             timestamp=\"{timestamp}\",serial_no=\"{serial}\",signature=\"{signature}\""
        );
        let mut headers = HeaderMap::new();
        for (name, value) in [
            ("authorization", authorization.as_str()),
            ("accept", "application/json"),
            ("content-type", "application/json"),
            ("user-agent", "test"),
            ("wechatpay-serial", PLATFORM_KEY_ID),
        ] {
            headers.insert(name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn sign(&self, message: &[u8]) -> String {
        let der = der(self.sandbox.keys().merchant_private_pem());
        let key = RsaKeyPair::from_pkcs8(&der).unwrap();
        let mut signature = vec![0; key.public_modulus_len()];
        let random = SystemRandom::new();
        key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
            .unwrap();
        BASE64_STANDARD.encode(signature)
    }

    fn verifies(&self, timestamp: &str, nonce: &str, body: &[u8], signature: &str) -> bool {
        let key = der(self.sandbox.keys().platform_public_pem());
        let mut message = format!("{timestamp}\n{nonce}\n").into_bytes();
        message.extend_from_slice(body);
        message.push(b'\n');
        let signature = BASE64_STANDARD.decode(signature).unwrap_or_default();
        UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, key)
            .verify(&message, &signature)
            .is_ok()
    }

    /// Whether a notification was signed by the platform.
    pub(super) fn trusts(&self, news: &Received) -> bool {
        let [timestamp, nonce, signature] =
            ["timestamp", "nonce", "signature"].map(|name| news.header(name));
        self.verifies(&timestamp, &nonce, &news.body, &signature)
    }

    /// The resource of a notification, decrypted.
    pub(super) fn reads(&self, news: &Received) -> Value {
        let envelope = news.json();
        let resource = &envelope["resource"];
        let text = |name: &str| resource[name].as_str().unwrap().to_owned();
        let key = UnboundKey::new(&AES_256_GCM, TEST_API_V3_KEY.as_bytes()).unwrap();
        let nonce = Nonce::try_assume_unique_for_key(text("nonce").as_bytes()).unwrap();
        let mut bytes = BASE64_STANDARD.decode(text("ciphertext")).unwrap();
        let aad = Aad::from(text("associated_data"));
        let plain = LessSafeKey::new(key).open_in_place(nonce, aad, &mut bytes);
        serde_json::from_slice(plain.unwrap()).unwrap()
    }

    pub(super) fn prepay_body(&self, number: &str, fen: i64) -> Value {
        json!({
            "appid": DEFAULT_APP_ID,
            "mchid": DEFAULT_MCH_ID,
            "description": "门票",
            "out_trade_no": number,
            "notify_url": self.receiver.url("/payments"),
            "time_expire": "2026-12-01T12:30:00+08:00",
            "amount": {"total": fen, "currency": "CNY"},
            "payer": {"openid": openid_of(DEFAULT_APP_ID, "lilei")},
        })
    }

    pub(super) fn prepay(&self, number: &str, fen: i64) -> String {
        let body = self.prepay_body(number, fen);
        let answer = self.post("/v3/pay/transactions/jsapi", &body);
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body["prepay_id"].as_str().unwrap().to_owned()
    }

    /// Prepares and pays, and waits until the merchant has heard of it.
    pub(super) fn sell(&self, number: &str, fen: i64) {
        let prepay_id = self.prepay(number, fen);
        assert_eq!(self.pay(&prepay_id, &json!({})).0, 200);
        self.receiver.next();
    }

    pub(super) fn pay(&self, prepay_id: &str, manner: &Value) -> (u16, Value) {
        self.steer(&format!("/sandbox/pay/{prepay_id}"), manner)
    }

    pub(super) fn fault(&self, fault: &Value) {
        assert_eq!(self.steer("/sandbox/faults", fault).0, 204);
    }

    /// A call to the sandbox's own paths, which nobody signs.
    pub(super) fn steer(&self, path: &str, body: &Value) -> (u16, Value) {
        let response = self.http.post(self.url(path)).json(body).send().unwrap();
        let status = response.status().as_u16();
        (status, response.json().unwrap_or_default())
    }

    pub(super) fn look(&self, path: &str) -> Value {
        let response = self.http.get(self.url(path)).send().unwrap();
        response.json().unwrap()
    }

    pub(super) fn query(&self, number: &str) -> Answer {
        let path = format!("/v3/pay/transactions/out-trade-no/{number}?mchid={DEFAULT_MCH_ID}");
        self.get(&path)
    }

    pub(super) fn close(&self, number: &str) -> Answer {
        let path = format!("/v3/pay/transactions/out-trade-no/{number}/close");
        self.post(&path, &json!({"mchid": DEFAULT_MCH_ID}))
    }

    pub(super) fn refund(&self, number: &str, order: &str, fen: i64, total: i64) -> Answer {
        let body = json!({
            "out_trade_no": order,
            "out_refund_no": number,
            "reason": "闭馆",
            "notify_url": self.receiver.url("/refunds"),
            "amount": {"refund": fen, "total": total, "currency": "CNY"},
        });
        self.post("/v3/refund/domestic/refunds", &body)
    }

    pub(super) fn query_refund(&self, number: &str) -> Answer {
        self.get(&format!("/v3/refund/domestic/refunds/{number}"))
    }
}

/// The bytes inside PEM's armour.
fn der(pem: &str) -> Vec<u8> {
    let inside: String = pem.lines().filter(|line| !line.contains("-----")).collect();
    BASE64_STANDARD.decode(inside).unwrap()
}
