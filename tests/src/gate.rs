//! The gates of a museum, and the clerks who hold them.

use std::sync::atomic::{AtomicU32, Ordering};

use reqwest::blocking::Client;
use serde_json::{Value, json};

use crate::service::Service;
use crate::stack::Stack;
use crate::tourist::Answer;

/// The service that gates speak to, from its start until this is dropped. The jobs run beside it.
pub struct Gates<'a> {
    stack: &'a Stack,
    api: String,
    service: Service,
}

impl Stack {
    /// Starts the admin service.
    ///
    /// # Panics
    /// If it does not start.
    #[must_use]
    pub fn open_gates(&self) -> Gates<'_> {
        let (service, api) = self.start_admin();
        Gates {
            stack: self,
            api,
            service,
        }
    }
}

impl Gates<'_> {
    /// The service alone, for who wants the stack back while it runs.
    #[must_use]
    pub fn into_service(self) -> Service {
        self.service
    }

    /// A new gate at a venue, with the key that the operator's command prints.
    ///
    /// # Panics
    /// If the command fails.
    #[must_use]
    pub fn add(&self, name: &str, venue: &str) -> Gate {
        let said = self
            .stack
            .manage_well(&["gate", "add", name, "--venue", venue]);
        Gate {
            client: self.stack.client().clone(),
            api: self.api.clone(),
            key: said.trim().to_owned(),
            asked: AtomicU32::new(0),
        }
    }
}

/// A device with its key.
pub struct Gate {
    client: Client,
    api: String,
    key: String,
    asked: AtomicU32,
}

impl Gate {
    /// The key that it shows.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The same place with another key.
    #[must_use]
    pub fn with_key(&self, key: &str) -> Self {
        Self {
            client: self.client.clone(),
            api: self.api.clone(),
            key: key.to_owned(),
            asked: AtomicU32::new(0),
        }
    }

    /// Asks about what a visitor shows, under a new idempotency key.
    ///
    /// # Panics
    /// If no answer came.
    pub fn check_in(&self, shown: &Value) -> Answer {
        let number = self.asked.fetch_add(1, Ordering::SeqCst);
        let answer = self
            .client
            .post(format!("{}/check-ins", self.api))
            .header("Authorization", format!("Gate {}", self.key))
            .header("Idempotency-Key", format!("request-{number}"))
            .json(shown)
            .send()
            .expect("the service answers");
        Answer {
            status: answer.status().as_u16(),
            body: answer.json().unwrap_or(Value::Null),
        }
    }

    /// The results for all tickets of an order.
    ///
    /// # Panics
    /// If the gate gets none.
    pub fn results(&self, order_number: &str) -> Vec<String> {
        self.results_of(&json!({"order_number": order_number}))
    }

    /// The results for what a visitor shows.
    ///
    /// # Panics
    /// If the gate gets none.
    pub fn results_of(&self, shown: &Value) -> Vec<String> {
        let answer = self.check_in(shown);
        assert_eq!(answer.status, 200, "{answer:?}");
        let results = answer.body["results"].as_array().expect("results");
        let code = |result: &Value| result["result"].as_str().expect("a code").to_owned();
        results.iter().map(code).collect()
    }
}
