//! What is personal, and what opens doors, stands in no log line and no error text (rule 10.2).
//!
//! Only values are typed by people; the name of a field that is not known is the client's, and told.

use chrono::TimeDelta;
use journeys::{Answer, Gate, Stack, StackOptions, Tourist, Visitor, until};
use reqwest::Method;
use serde_json::{Value, json};

/// What nobody else may read: told to the services, looked for in all that they say of it.
struct Secrets {
    stack: Stack,
    words: Vec<String>,
    /// Answers that say what was wrong.
    errors: Vec<Answer>,
}

const NAME: &str = "欧阳若岚";
const SAVED_NAME: &str = "司马清扬";
const BAD_NAME: &str = "Xanthippe1 Quibbleworth";
const PHONE: &str = "13912345678";
const BAD_PHONE: &str = "1391234567890";
const BAD_NUMBER: &str = "110101199005019991";
const PASSPORT: &str = "QX7654321";
const EMAIL: &str = "ruolan.ouyang@mail.example";
const BAD_EMAIL: &str = "ruolan.ouyang at mail";
const TITLE: &str = "若岚文化有限公司";
const TAX_NUMBER: &str = "91110108MA01ABCD2X";
/// Signs in as itself, so it stands in the code that was typed and in WeChat's id of the person.
const PERSON: &str = "ruolan-ouyang";

impl Secrets {
    fn start() -> Self {
        let words = [
            NAME, SAVED_NAME, BAD_NAME, PHONE, BAD_PHONE, BAD_NUMBER, PASSPORT, EMAIL, BAD_EMAIL,
            TITLE, TAX_NUMBER, PERSON,
        ];
        Self {
            stack: Stack::start(&StackOptions::default()),
            words: words.map(str::to_owned).to_vec(),
            errors: Vec::new(),
        }
    }

    fn keep(&mut self, word: &str) {
        assert!(word.len() > 8, "too short to be told from other words");
        self.words.push(word.to_owned());
    }

    fn done(answer: Answer) -> Value {
        assert!((200..300).contains(&answer.status), "{answer:?}");
        answer.body
    }

    fn refused(&mut self, answer: Answer) {
        assert!((400..500).contains(&answer.status), "{answer:?}");
        assert!(answer.body["request_id"].is_string(), "{answer:?}");
        self.errors.push(answer);
    }

    fn sign_in(&mut self) -> Tourist {
        let tourist = self.stack.tourist(PERSON);
        self.keep(tourist.token());
        let altered = format!("{}x", tourist.token());
        let stranger = tourist.with_token(&altered);
        self.refused(stranger.get("/me"));
        let code = json!({"code": format!("wrong:{PERSON}")});
        self.refused(stranger.post("/sessions", &code, None));
        tourist
    }

    fn tell_about_oneself(&mut self, tourist: &Tourist) -> Value {
        let put = |body: Value| {
            let answer = tourist.call(Method::PUT, "/me/phone", Some(&body), None);
            answer.unwrap()
        };
        self.refused(put(json!({"phone": BAD_PHONE})));
        self.refused(put(json!({"phone": {"number": PHONE}})));
        Self::done(put(json!({"phone": PHONE})));
        let visitor = Visitor::adult();
        self.keep(visitor.document_number());
        let saved = json!({
            "name": SAVED_NAME, "document_type": "id_card",
            "document_number": visitor.document_number(),
        });
        let mut bad = saved.clone();
        bad["document_number"] = json!(BAD_NUMBER);
        self.refused(tourist.post("/me/visitors", &bad, None));
        bad["document_type"] = json!(PASSPORT);
        self.refused(tourist.post("/me/visitors", &bad, None));
        let saved = Self::done(tourist.post("/me/visitors", &saved, None));
        json!({"visitor_id": saved["id"], "category": "standard", "add_ons": []})
    }

    /// Orders that are refused, each for something that was typed.
    fn order_badly(&mut self, tourist: &Tourist, good: &Value) {
        let passport = json!({
            "name": NAME, "document_type": "passport", "document_number": PASSPORT,
            "nationality": "CHN", "birth_date": "1990-05-01",
            "category": "standard", "add_ons": [],
        });
        let changes = [
            ("name", json!(BAD_NAME)),
            ("name", json!([NAME])),
            ("document_number", json!(BAD_NUMBER)),
            ("document_type", json!(PASSPORT)),
            ("category", json!(NAME)),
            ("birth_date", json!(PASSPORT)),
            ("add_ons", json!([SAVED_NAME])),
            ("document", json!(PASSPORT)),
        ];
        let mut forms = vec![];
        for (field, value) in changes {
            let mut form = good.clone();
            form["visitors"][1][field] = value;
            forms.push(form);
        }
        for (field, value) in [
            ("phone", json!(BAD_PHONE)),
            ("date", json!(PHONE)),
            ("session", json!(NAME)),
            ("visitors", json!([passport])),
        ] {
            let mut form = good.clone();
            form[field] = value;
            forms.push(form);
        }
        for (index, form) in forms.iter().enumerate() {
            let key = format!("bad-{index}");
            self.refused(tourist.post("/orders", form, Some(&key)));
        }
        self.refused(tourist.post("/orders", good, Some(NAME)));
        self.refused(tourist.get(&format!("/orders/{BAD_NUMBER}")));
        self.refused(tourist.get(&format!("/orders?cursor={PHONE}")));
        self.refused(tourist.get(&format!("/nothing/{PASSPORT}?phone={PHONE}")));
    }

    /// Buys two tickets and gives one back; the paid order.
    fn buy(&mut self, tourist: &Tourist, form: &Value) -> Value {
        let order = tourist.post("/orders", form, Some("good"));
        let id = order.id().to_owned();
        Self::done(order);
        // The same documents once more are refused by what is stored.
        self.refused(tourist.post("/orders", form, Some("again")));
        assert_eq!(self.stack.pay_in_wechat(&tourist.prepay(&id)), 200);
        let paid = self.stack.until_paid(tourist, &id);
        let given_back = paid["tickets"][1]["id"].as_str().unwrap();
        Self::done(tourist.refund(&id, &[given_back], "give-back"));
        self.refused(tourist.refund(&id, &[PASSPORT], "no-ticket"));
        let invoice = format!("/orders/{id}/invoice");
        let details =
            |email: &str| json!({"title": TITLE, "tax_number": TAX_NUMBER, "email": email});
        self.refused(tourist.post(&invoice, &details(BAD_EMAIL), None));
        Self::done(tourist.post(&invoice, &details(EMAIL), None));
        self.refused(tourist.post(&invoice, &details("other@mail.example"), None));
        paid
    }

    /// The ticket's code is shown, then everything that it is not.
    fn enter(&mut self, gate: &Gate, paid: &Value) {
        self.keep(gate.key());
        let tourist = self.sign_in();
        let (order, ticket) = (&paid["id"], &paid["tickets"][0]["id"]);
        let path = format!(
            "/orders/{}/tickets/{}/code",
            order.as_str().unwrap(),
            ticket.as_str().unwrap()
        );
        let code = Self::done(tourist.get(&path));
        let code = code["code"].as_str().unwrap();
        self.keep(code);
        let wrong_key = gate.with_key(&format!("{}x", gate.key()));
        self.refused(wrong_key.check_in(&json!({"code": code})));
        self.refused(gate.check_in(&json!({"code": format!("{code}x")})));
        self.refused(gate.check_in(&json!({"code": PASSPORT})));
        self.refused(gate.check_in(&json!({"document_number": BAD_NUMBER, "name": NAME})));
        self.refused(gate.check_in(&json!({"document_type": PASSPORT, "document_number": 7})));
        let shown = json!({
            "document_type": "passport", "document_number": PASSPORT, "nationality": "FRA",
        });
        assert_eq!(gate.results_of(&shown), ["no_ticket"]);
        assert_eq!(gate.results_of(&json!({"code": code})), ["admitted"]);
        // The last lines of both services.
        self.refused(tourist.get("/orders/none"));
        self.refused(wrong_key.check_in(&shown));
    }

    /// All that the services have logged, once it holds the line of each refused request.
    fn log(&self) -> Vec<String> {
        until(|| {
            let lines = self.stack.log.lines();
            let is_logged = |error: &Answer| {
                let id = error.body["request_id"].as_str().unwrap();
                let is_access = |line: &String| line.contains("\"access\"") && line.contains(id);
                lines.iter().any(is_access)
            };
            self.errors.iter().all(is_logged).then_some(lines)
        })
    }
}

#[test]
fn nothing_personal_is_logged_or_told_in_an_error() {
    let mut secrets = Secrets::start();
    let day = secrets.stack.day();
    let tourist = secrets.sign_in();
    let saved = secrets.tell_about_oneself(&tourist);
    let visitor = Visitor::adult();
    secrets.keep(visitor.document_number());
    let mut form = Tourist::order_form(day, "morning", &[&visitor]);
    form["visitors"][0]["name"] = json!(NAME);
    form["phone"] = json!(PHONE);
    let named = form["visitors"][0].clone();
    form["visitors"] = json!([saved, named]);
    secrets.order_badly(&tourist, &form);
    let paid = secrets.buy(&tourist, &form);

    let gates = secrets.stack.open_gates();
    let gate = gates.add("午门-1", "palace");
    // The admin service runs on beside what is borrowed here.
    let service = gates.into_service();
    secrets.stack.advance_to(day.start() + TimeDelta::hours(9));
    secrets.enter(&gate, &paid);

    let log = secrets.log();
    for route in [
        "/orders\"",
        "/sessions\"",
        "/me/phone\"",
        "/check-ins\"",
        "refunds\"",
    ] {
        assert!(
            log.iter().any(|line| line.contains(route)),
            "{route} is logged"
        );
    }
    for word in &secrets.words {
        for line in &log {
            assert!(!line.contains(word), "{word} in {line}");
        }
        for error in &secrets.errors {
            assert!(
                !error.body.to_string().contains(word),
                "{word} in {error:?}"
            );
        }
    }
    drop(service);
    secrets.stack.finish_refunds();
    secrets.stack.sweep();
}
