//! A tourist with a phone in the hand.

use std::sync::atomic::{AtomicU32, Ordering};

use domain::testing::Person;
use domain::visit_date::VisitDate;
use reqwest::Method;
use reqwest::blocking::Client;
use serde_json::{Value, json};

/// Numbers the documents of one test process, so that no two people share one.
static PEOPLE: AtomicU32 = AtomicU32::new(0);

/// Somebody who visits.
#[derive(Debug, Clone)]
pub struct Visitor {
    person: Person,
    add_ons: Vec<&'static str>,
}

impl Visitor {
    /// Another person at each call, born on `birth` (`YYYY-MM-DD`).
    #[must_use]
    pub fn born(birth: &str) -> Self {
        let serial = PEOPLE.fetch_add(1, Ordering::SeqCst);
        Self {
            person: Person::born(birth, serial),
            add_ons: Vec::new(),
        }
    }

    /// Another adult at each call.
    #[must_use]
    pub fn adult() -> Self {
        Self::born("1990-05-01")
    }

    /// The same person, with add-ons.
    #[must_use]
    pub fn with(mut self, add_ons: &[&'static str]) -> Self {
        self.add_ons = add_ons.to_vec();
        self
    }

    /// The number of the document.
    #[must_use]
    pub fn document_number(&self) -> &str {
        self.person.document.number()
    }

    /// As typed into the order form.
    #[must_use]
    pub fn form(&self, date: VisitDate) -> Value {
        json!({
            "name": self.person.name.as_str(),
            "document_type": "id_card",
            "document_number": self.person.document.number(),
            "category": self.person.category_on(date).code(),
            "add_ons": self.add_ons,
        })
    }
}

/// An answer over HTTP.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// The body, `null` if it was none.
    pub body: Value,
}

impl Answer {
    /// The code of the error envelope, empty for another body.
    #[must_use]
    pub fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }

    /// The codes of the envelope's details.
    #[must_use]
    pub fn detail_codes(&self) -> Vec<&str> {
        let details = self.body["details"].as_array().into_iter().flatten();
        details
            .filter_map(|detail| detail["code"].as_str())
            .collect()
    }

    /// The body's `id`.
    ///
    /// # Panics
    /// If it has none.
    #[must_use]
    pub fn id(&self) -> &str {
        let id = self.body["id"].as_str();
        id.unwrap_or_else(|| panic!("no id in {self:?}"))
    }
}

/// Somebody who has signed in.
#[derive(Debug, Clone)]
pub struct Tourist {
    client: Client,
    api: String,
    token: String,
}

impl Tourist {
    /// Signs in as the sandbox's person `name`.
    ///
    /// # Panics
    /// If that fails.
    #[must_use]
    pub fn sign_in(client: &Client, api: &str, name: &str) -> Self {
        let tourist = Self::anonymous(client, api);
        let code = json!({"code": format!("sandbox:{name}")});
        let answer = tourist.call(Method::POST, "/sessions", Some(&code), None);
        let answer = answer.expect("the service answers");
        assert_eq!(answer.status, 201, "{answer:?}");
        tourist.with_token(answer.body["token"].as_str().expect("a token"))
    }

    /// Somebody who has not signed in.
    #[must_use]
    pub fn anonymous(client: &Client, api: &str) -> Self {
        Self {
            client: client.clone(),
            api: api.to_owned(),
            token: String::new(),
        }
    }

    /// The same with a token.
    #[must_use]
    pub fn with_token(&self, token: &str) -> Self {
        Self {
            token: token.to_owned(),
            ..self.clone()
        }
    }

    /// The token that was given at signing in, empty without.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// The same person at another process.
    #[must_use]
    pub fn at(&self, api: &str) -> Self {
        Self {
            api: api.to_owned(),
            ..self.clone()
        }
    }

    /// One call; the error if no answer came.
    ///
    /// # Errors
    /// The client's, when the connection failed or broke.
    pub fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
        key: Option<&str>,
    ) -> Result<Answer, reqwest::Error> {
        let mut request = self.client.request(method, format!("{}{path}", self.api));
        if !self.token.is_empty() {
            request = request.bearer_auth(&self.token);
        }
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key);
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        let answer = request.send()?;
        let status = answer.status().as_u16();
        let text = answer.text()?;
        Ok(Answer {
            status,
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
        })
    }

    /// Reads something.
    ///
    /// # Panics
    /// If no answer came.
    #[must_use]
    pub fn get(&self, path: &str) -> Answer {
        let answer = self.call(Method::GET, path, None, None);
        answer.expect("the service answers")
    }

    /// Sends something.
    ///
    /// # Panics
    /// If no answer came.
    pub fn post(&self, path: &str, body: &Value, key: Option<&str>) -> Answer {
        let answer = self.call(Method::POST, path, Some(body), key);
        answer.expect("the service answers")
    }

    /// The body of an order.
    #[must_use]
    pub fn order_form(date: VisitDate, session: &str, visitors: &[&Visitor]) -> Value {
        let visitors: Vec<Value> = visitors.iter().map(|visitor| visitor.form(date)).collect();
        json!({
            "date": date.to_string(),
            "session": session,
            "phone": "13800138000",
            "visitors": visitors,
        })
    }

    /// Orders for the morning under `key`.
    ///
    /// # Panics
    /// If no answer came.
    pub fn order(&self, date: VisitDate, visitors: &[&Visitor], key: &str) -> Answer {
        let form = Self::order_form(date, "morning", visitors);
        self.post("/orders", &form, Some(key))
    }

    /// Begins to pay; the provider's id of the payment.
    ///
    /// # Panics
    /// If the order cannot be paid.
    #[must_use]
    pub fn prepay(&self, order: &str) -> String {
        let answer = self.post(&format!("/orders/{order}/payments"), &json!({}), None);
        assert_eq!(answer.status, 200, "{answer:?}");
        let package = answer.body["prepay"]["package"]
            .as_str()
            .expect("a package");
        package
            .strip_prefix("prepay_id=")
            .expect("a prepay id")
            .to_owned()
    }

    /// Reads an order.
    ///
    /// # Panics
    /// If it cannot be read.
    #[must_use]
    pub fn read_order(&self, order: &str) -> Value {
        let answer = self.get(&format!("/orders/{order}"));
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    /// Asks for refunds of tickets under `key`.
    ///
    /// # Panics
    /// If no answer came.
    pub fn refund(&self, order: &str, tickets: &[&str], key: &str) -> Answer {
        let body = json!({"tickets": tickets, "add_ons": []});
        self.post(&format!("/orders/{order}/refunds"), &body, Some(key))
    }
}
