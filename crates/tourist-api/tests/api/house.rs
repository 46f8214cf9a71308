//! A running service, and tourists who speak to it.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use api_kit::settings::Settings;
use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::Clock;
use domain::sealed::{IdentityCipher, TextCipher};
use domain::testing::{FixedClock, Museum, Person};
use domain::visit_date::VisitDate;
use persistence::test_support::TestDatabase;
use reqwest::Method;
use reqwest::blocking::{Client, RequestBuilder};
use reqwest::header::HeaderMap;
use serde_json::{Value, json};
use tempfile::TempDir;
use tourist_api::startup::{Running, StartError, TouristApi};
use wechat_sandbox::{RunningSandbox, Sandbox};

/// No add-ons.
pub(crate) const NONE: &[&str] = &[];

/// How long news may take to arrive before a test fails.
const PATIENCE: Duration = Duration::from_secs(20);

/// The service with all that it needs; the fields end in this order.
pub(crate) struct House {
    api: Running,
    sandbox: RunningSandbox,
    pub(crate) museum: Museum,
    client: Client,
    _files: TempDir,
    _database: TestDatabase,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// The code of an error.
    pub(crate) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The codes of the details.
    pub(crate) fn reasons(&self) -> Vec<&str> {
        let details = self.body["details"].as_array().into_iter().flatten();
        details
            .filter_map(|detail| detail["code"].as_str())
            .collect()
    }

    /// The body, of an answer that must have this status.
    #[track_caller]
    pub(crate) fn expect(self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.body);
        self.body
    }

    /// An error that must have this status and code.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) {
        assert_eq!((self.status, self.code()), (status, code), "{}", self.body);
    }
}

impl House {
    /// A house whose museum stands at 10:00 on 25 November 2026 with its day opened for 100.
    pub(crate) fn open() -> Self {
        Self::with(|settings| settings.limits.orders_per_minute = 100_000)
    }

    /// The same with other settings.
    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let database = TestDatabase::create();
        let museum = Museum::on(Arc::new(database.unit_of_work()));
        museum.open(museum.day(), 100);
        let clock = museum.clock.clone();
        let sandbox = start_sandbox(&clock);
        let files = tempfile::tempdir().unwrap();
        let mut settings = settings(&database, &sandbox, &files);
        change(&mut settings);
        Self {
            api: start(&mut settings, &clock).spawn().unwrap(),
            sandbox,
            museum,
            client: Client::new(),
            _files: files,
            _database: database,
        }
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.museum.clock.now()
    }

    pub(crate) fn advance(&self, by: TimeDelta) {
        self.museum.clock.advance(by);
        self.renewed();
    }

    /// Waits until what is kept in memory is as the database is now.
    pub(crate) fn renewed(&self) {
        assert!(self.api.pages_are_renewed(PATIENCE), "nobody looked again");
    }

    /// What staff seal and hash documents with.
    pub(crate) fn identity_cipher(&self) -> Arc<dyn IdentityCipher> {
        assembly::identity_cipher(&Settings::for_tests().unwrap().secrets).unwrap()
    }

    /// What staff open the details of invoices with.
    pub(crate) fn text_cipher(&self) -> Arc<dyn TextCipher> {
        assembly::text_cipher(&Settings::for_tests().unwrap().secrets).unwrap()
    }

    pub(crate) fn day(&self) -> VisitDate {
        self.museum.day()
    }

    /// The address of a path outside `/api/v1`.
    pub(crate) fn root(&self, path: &str) -> String {
        format!("http://{}{path}", self.api.address())
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client
            .request(method, format!("{}{path}", self.api.base_url()))
    }

    /// Asks without a token.
    pub(crate) fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path))
    }

    pub(crate) fn get_root(&self, path: &str) -> reqwest::blocking::Response {
        self.client.get(self.root(path)).send().unwrap()
    }

    /// Signs the person `name` in.
    pub(crate) fn tourist(&self, name: &str) -> Tourist<'_> {
        let body = json!({ "code": format!("sandbox:{name}") });
        let session = send(self.request(Method::POST, "/sessions").json(&body)).expect(201);
        Tourist {
            house: self,
            token: session["token"].as_str().unwrap().to_owned(),
        }
    }

    /// Pays in the WeChat app what `payment` prepares.
    pub(crate) fn pay(&self, payment: &Value) {
        let package = payment["prepay"]["package"].as_str().unwrap();
        let prepay_id = package.strip_prefix("prepay_id=").unwrap();
        let url = format!("{}/sandbox/pay/{prepay_id}", self.sandbox.base_url());
        let answer = self.client.post(url).send().unwrap();
        assert!(answer.status().is_success(), "{}", answer.status());
    }
}

fn start_sandbox(clock: &FixedClock) -> RunningSandbox {
    let clock: Arc<dyn Clock> = Arc::new(clock.clone());
    Sandbox::start(wechat_sandbox::Settings::for_tests(clock)).unwrap()
}

fn settings(database: &TestDatabase, sandbox: &RunningSandbox, files: &TempDir) -> Settings {
    let mut settings = Settings::for_tests().unwrap();
    settings.database.url = database.url().to_owned().into();
    settings.wechat.login_base_url = sandbox.base_url();
    let pay = &mut settings.wechat.pay;
    pay.base_url = sandbox.base_url();
    pay.private_key_file = files.path().join("merchant.pem");
    pay.platform_public_key_file = files.path().join("platform.pem");
    std::fs::write(&pay.private_key_file, sandbox.keys().merchant_private_pem()).unwrap();
    std::fs::write(
        &pay.platform_public_key_file,
        sandbox.keys().platform_public_pem(),
    )
    .unwrap();
    settings
}

/// Starts on a port that is known beforehand, because WeChat is told where to notify; another test
/// may take it in between, so others are tried too.
fn start(settings: &mut Settings, clock: &FixedClock) -> TouristApi {
    let mut attempts = 0;
    loop {
        attempts += 1;
        let free = TcpListener::bind("127.0.0.1:0")
            .unwrap()
            .local_addr()
            .unwrap()
            .port();
        settings.server.port = free;
        settings.wechat.pay.notify_base_url = format!("http://127.0.0.1:{free}/api/v1");
        match TouristApi::prepare(settings, Arc::new(clock.clone())) {
            Err(StartError::System { .. }) if attempts < 10 => {}
            prepared => return prepared.unwrap(),
        }
    }
}

/// Sends a request; what is no JSON becomes null.
pub(crate) fn send(request: RequestBuilder) -> Answer {
    let response = request.send().unwrap();
    Answer {
        status: response.status().as_u16(),
        headers: response.headers().clone(),
        body: response.json().unwrap_or_default(),
    }
}

/// Somebody who has signed in.
pub(crate) struct Tourist<'a> {
    pub(crate) house: &'a House,
    pub(crate) token: String,
}

impl Tourist<'_> {
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.house.request(method, path).bearer_auth(&self.token)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path))
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body))
    }

    pub(crate) fn put(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PUT, path).json(body))
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        send(self.request(Method::DELETE, path))
    }

    /// Posts with an idempotency key.
    pub(crate) fn post_once(&self, key: &str, path: &str, body: &Value) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header("Idempotency-Key", key);
        send(request.json(body))
    }

    /// Hands in an order under the key `key`.
    pub(crate) fn order(&self, key: &str, body: &Value) -> Answer {
        self.post_once(key, "/orders", body)
    }

    /// An order for these people, each with these add-ons, for the morning of the museum's day.
    pub(crate) fn order_body(&self, people: &[(Person, &[&str])]) -> Value {
        let day = self.house.day();
        let visitors = people.iter().map(|(person, add_ons)| {
            json!({
                "name": person.name.as_str(),
                "document_type": "id_card",
                "document_number": person.document.number(),
                "category": person.category_on(day).code(),
                "add_ons": add_ons,
            })
        });
        json!({
            "date": day.to_string(),
            "session": "morning",
            "phone": "13812345678",
            "visitors": visitors.collect::<Vec<_>>(),
        })
    }

    /// Buys and pays an order for adults without add-ons.
    pub(crate) fn paid_order(&self, key: &str, adults: usize) -> Value {
        let people: Vec<_> = (0..adults)
            .map(|_| (self.house.museum.adult(), NONE))
            .collect();
        let order = self.order(key, &self.order_body(&people)).expect(201);
        self.pay_order(&order)
    }

    /// Pays an order and waits until the news has arrived.
    pub(crate) fn pay_order(&self, order: &Value) -> Value {
        let id = order["id"].as_str().unwrap();
        let payment = self
            .post(&format!("/orders/{id}/payments"), &json!({}))
            .expect(200);
        self.house.pay(&payment);
        let began = Instant::now();
        loop {
            let order = self.get(&format!("/orders/{id}")).expect(200);
            if order["state"] == "paid" {
                return order;
            }
            assert!(
                began.elapsed() < PATIENCE,
                "the news of the payment never came"
            );
        }
    }

    /// What is left in the morning, by venue.
    pub(crate) fn remaining(&self) -> Value {
        self.house.renewed();
        let path = format!("/availability?date={}", self.house.day());
        self.get(&path).expect(200)["sessions"][0]["venues"].clone()
    }
}
