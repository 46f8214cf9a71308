//! A running service whose clock a test moves, and gates that speak to it.

use std::sync::Arc;

use admin_api::startup::{AdminApi, Running};
use api_kit::settings::Settings;
use chrono::TimeDelta;
use domain::account::Account;
use domain::gate::GateName;
use domain::id::GateId;
use domain::order::Order;
use domain::sealed::IdentityCipher;
use domain::testing::{Museum, OrderBuilder, Person, venue};
use domain::use_cases::gates::add_gate;
use domain::visit_date::VisitDate;
use persistence::test_support::TestDatabase;
use reqwest::blocking::{Client, RequestBuilder};
use reqwest::header::HeaderMap;
use serde_json::Value;
use tempfile::TempDir;
use wechat_sandbox::{RunningSandbox, Sandbox};

/// The service on the morning of the museum's open day; the fields end in this order.
pub(crate) struct House {
    api: Running,
    pub(crate) settings: Settings,
    pub(crate) museum: Museum,
    /// The day that it is.
    pub(crate) day: VisitDate,
    client: Client,
    _sandbox: RunningSandbox,
    _files: TempDir,
    pub(crate) database: TestDatabase,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Value,
}

impl Answer {
    /// An error that must have this status and code; the codes of its details.
    #[track_caller]
    pub(crate) fn refused(&self, status: u16, code: &str) -> Vec<&str> {
        let told = self.body["code"].as_str().unwrap_or_default();
        assert_eq!((self.status, told), (status, code), "{}", self.body);
        let details = self.body["details"].as_array().into_iter().flatten();
        details
            .filter_map(|detail| detail["code"].as_str())
            .collect()
    }

    /// The results, as codes, of an answer that must be one.
    #[track_caller]
    pub(crate) fn results(&self) -> Vec<&str> {
        assert_eq!(self.status, 200, "{}", self.body);
        let results = self.body["results"].as_array().unwrap().iter();
        results
            .map(|result| result["result"].as_str().unwrap())
            .collect()
    }
}

impl House {
    /// It is 9:00 of the open day.
    pub(crate) fn open() -> Self {
        Self::with(|_| {})
    }

    /// The same with other settings.
    pub(crate) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let database = TestDatabase::create();
        let museum = Museum::on(Arc::new(database.unit_of_work()));
        let day = museum.day();
        museum.open(day, 100);
        museum.clock.set(day.start() + TimeDelta::hours(9));
        let clock = Arc::new(museum.clock.clone());
        let sandbox = wechat_sandbox::Settings::for_tests(clock.clone());
        let sandbox = Sandbox::start(sandbox).unwrap();
        let files = tempfile::tempdir().unwrap();
        let mut settings = settings(&database, &sandbox, &files);
        change(&mut settings);
        Self {
            api: AdminApi::prepare(&settings, clock)
                .unwrap()
                .spawn()
                .unwrap(),
            settings,
            museum,
            day,
            client: Client::new(),
            _sandbox: sandbox,
            _files: files,
            database,
        }
    }

    /// A new gate at a venue, as the header that it shows.
    pub(crate) fn gate(&self, name: &str, code: &str) -> String {
        let key = add_gate(
            self.museum.unit_of_work(),
            &*assembly::gate_secrets(),
            GateId::new(self.museum.next_id()),
            GateName::parse(name).unwrap(),
            venue(code),
            self.museum.now(),
        );
        format!("Gate {}", key.unwrap().expose())
    }

    /// A paid order for today, sealed and hashed with the service's own keys.
    pub(crate) fn sold(&self, account: &Account, persons: &[&Person]) -> Order {
        let builder = self.museum.order(account).on(self.day);
        let builder: OrderBuilder<'_> = persons.iter().fold(builder, |builder, person| {
            builder.visitor_with(person, &["clock_gallery"])
        });
        let mut order = builder.build_paid();
        let cipher = self.cipher();
        for (ticket, person) in order.tickets.iter_mut().zip(persons) {
            let sealed = cipher.seal(ticket.id.uuid(), &person.name, &person.document);
            ticket.identity = Some(sealed.unwrap());
            ticket.document_hash = Some(cipher.hash(&person.document));
        }
        let stored = std::slice::from_ref(&order);
        self.museum.run(|stores| stores.orders().insert(stored));
        order
    }

    fn cipher(&self) -> Arc<dyn IdentityCipher> {
        assembly::identity_cipher(&self.settings.secrets).unwrap()
    }

    /// A check-in that says nothing yet of who asks.
    pub(crate) fn request(&self, key: &str, body: &Value) -> RequestBuilder {
        self.client
            .post(format!("{}/check-ins", self.api.base_url()))
            .header("Idempotency-Key", key)
            .json(body)
    }

    pub(crate) fn check_in(&self, gate: &str, key: &str, body: &Value) -> Answer {
        send(self.request(key, body).header("Authorization", gate))
    }
}

fn settings(database: &TestDatabase, sandbox: &RunningSandbox, files: &TempDir) -> Settings {
    let mut settings = Settings::for_tests().unwrap();
    settings.database.url = database.url().to_owned().into();
    settings.wechat.login_base_url = sandbox.base_url();
    let pay = &mut settings.wechat.pay;
    pay.base_url = sandbox.base_url();
    pay.private_key_file = files.path().join("merchant.pem");
    pay.platform_public_key_file = files.path().join("platform.pem");
    let keys = sandbox.keys();
    std::fs::write(&pay.private_key_file, keys.merchant_private_pem()).unwrap();
    std::fs::write(&pay.platform_public_key_file, keys.platform_public_pem()).unwrap();
    settings
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
