//! A sandbox of its own for each test, and the clients that talk to it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::account::OpenId;
use domain::clock::Clock as _;
use domain::id::{OrderId, OrderNumber};
use domain::money::Fen;
use domain::ports::{PaymentProvider as _, PrepayRequest, RefundSubmission, SubmissionState};
use gateways::outbound::OutboundLimits;
use gateways::wechat_login::{WechatLoginClient, WechatLoginSettings};
use gateways::wechat_pay::{WechatPay, WechatPaySettings};
use serde_json::{Value, json};
use uuid::Uuid;
use wechat_sandbox::{
    DEFAULT_APP_ID, DEFAULT_MCH_ID, MERCHANT_SERIAL, PLATFORM_KEY_ID, RunningSandbox, Sandbox,
    Settings, TEST_API_V3_KEY, TEST_APP_SECRET, openid_of,
};

use crate::listener::Listener;
use crate::test_clock::SteppingClock;

pub(crate) struct World {
    pub(crate) clock: Arc<SteppingClock>,
    pub(crate) listener: Listener,
    sandbox: RunningSandbox,
    person: reqwest::blocking::Client,
}

impl World {
    pub(crate) fn new() -> Self {
        let clock = Arc::new(SteppingClock::at("2026-12-01T10:00:00+08:00"));
        Self {
            sandbox: Sandbox::start(Settings::for_tests(clock.clone())).unwrap(),
            clock,
            listener: Listener::start(),
            person: reqwest::blocking::Client::new(),
        }
    }

    pub(crate) fn pay(&self) -> WechatPay {
        WechatPay::new(self.pay_settings(), self.clock.clone()).unwrap()
    }

    /// A merchant that waits for a second and a half only.
    pub(crate) fn impatient_pay(&self) -> WechatPay {
        let mut settings = self.pay_settings();
        settings.limits.total = Duration::from_millis(1500);
        WechatPay::new(settings, self.clock.clone()).unwrap()
    }

    pub(crate) fn pay_settings(&self) -> WechatPaySettings {
        let keys = self.sandbox.keys();
        let platform = keys.platform_public_pem().to_owned();
        WechatPaySettings {
            base_url: self.sandbox.base_url(),
            app_id: DEFAULT_APP_ID.to_owned(),
            merchant_id: DEFAULT_MCH_ID.to_owned(),
            merchant_serial: MERCHANT_SERIAL.to_owned(),
            merchant_private_key: keys.merchant_private_pem().into(),
            api_v3_key: TEST_API_V3_KEY.into(),
            platform_keys: BTreeMap::from([(PLATFORM_KEY_ID.to_owned(), platform)]),
            payment_notify_url: self.listener.url("payments"),
            refund_notify_url: self.listener.url("refunds"),
            limits: OutboundLimits::default(),
        }
    }

    pub(crate) fn login(&self) -> WechatLoginClient {
        WechatLoginClient::new(self.login_settings(), self.clock.clone()).unwrap()
    }

    pub(crate) fn login_settings(&self) -> WechatLoginSettings {
        WechatLoginSettings {
            base_url: self.sandbox.base_url(),
            app_id: DEFAULT_APP_ID.to_owned(),
            app_secret: TEST_APP_SECRET.into(),
            limits: OutboundLimits::default(),
        }
    }

    /// Posts to the sandbox what a person, a forger or fate does; the answer's body.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        let url = format!("{}{path}", self.sandbox.base_url());
        let request = self
            .person
            .post(url)
            .header("content-type", "application/json");
        let answer = request.body(body.to_string()).send().unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        serde_json::from_slice(&answer.bytes().unwrap()).unwrap_or(Value::Null)
    }

    pub(crate) fn fault(&self, fault: &Value) {
        self.post("/sandbox/faults", fault);
    }

    pub(crate) fn ledger(&self) -> Value {
        self.get("/sandbox/ledger")
    }

    /// What the sandbox tells of itself.
    pub(crate) fn get(&self, path: &str) -> Value {
        let url = format!("{}{path}", self.sandbox.base_url());
        let answer = self.person.get(url).send().unwrap();
        serde_json::from_slice(&answer.bytes().unwrap()).unwrap()
    }

    /// The order `id`, prepared and paid; its notification has been taken.
    pub(crate) fn paid(&self, id: u128) -> OrderNumber {
        let request = self.request(id);
        let prepay_id = self.pay().prepay(&request).unwrap();
        self.person_pays(&prepay_id);
        self.listener.next();
        request.number
    }

    pub(crate) fn person_pays(&self, prepay_id: &str) {
        self.post(&format!("/sandbox/pay/{prepay_id}"), &json!({}));
    }

    /// A payment of 60 yuan for the order `id`.
    pub(crate) fn request(&self, id: u128) -> PrepayRequest {
        let now: DateTime<Utc> = self.clock.now();
        PrepayRequest {
            number: OrderNumber::of(order(id), now),
            description: "故宫博物院门票 𠮷".to_owned(),
            amount: fen(6000),
            payer: person(),
            time_expire: now + TimeDelta::minutes(30),
        }
    }

    /// A refund of `amount` fen of the order `number`.
    pub(crate) fn submission(
        &self,
        number: &OrderNumber,
        id: u128,
        amount: i64,
    ) -> RefundSubmission {
        RefundSubmission {
            number: Uuid::from_u128(id).simple().to_string(),
            order: order(1),
            order_number: number.clone(),
            amount: fen(amount),
            total: fen(6000),
            state: SubmissionState::Pending,
            attempts: 0,
            created_at: self.clock.now(),
            next_attempt_at: self.clock.now(),
        }
    }
}

pub(crate) fn fen(amount: i64) -> Fen {
    Fen::new(amount).unwrap()
}

pub(crate) fn person() -> OpenId {
    OpenId::parse(&openid_of(DEFAULT_APP_ID, "visitor-1")).unwrap()
}

fn order(id: u128) -> OrderId {
    OrderId::new(Uuid::from_u128(id))
}
