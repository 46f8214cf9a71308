//! The holder of an annual pass: granted by staff, registered ten times, used at the gate.

use chrono::{Datelike, TimeDelta};
use domain::visit_date::VisitDate;
use journeys::{Answer, Stack, StackOptions, Tourist, Visitor};
use reqwest::Method;
use serde_json::{Value, json};

/// Somebody with a pass.
struct Holder {
    stack: Stack,
    /// The day before the first visit.
    day_0: VisitDate,
    pass: String,
}

impl Holder {
    /// Eleven days from tomorrow on are open; it is nine o'clock of today or tomorrow.
    fn start() -> Self {
        let stack = Stack::start(&StackOptions::default());
        let today = VisitDate::containing(stack.clock().now());
        // A pass is of one calendar year: no visit of this journey may lie in the next.
        if (today.date().month(), today.date().day()) >= (12, 15) {
            stack.advance(TimeDelta::days(20));
        }
        let day_0 = VisitDate::containing(stack.clock().now()).plus_days(1);
        for number in 1..=11 {
            if day_0.plus_days(number) != stack.day() {
                stack.open(day_0.plus_days(number), 10);
            }
        }
        let mut holder = Self {
            stack,
            day_0,
            pass: String::new(),
        };
        holder.wait_for_nine(0);
        let visitor = Visitor::adult().form(holder.stack.day());
        let tourist = holder.tourist();
        let mut saved = visitor.clone();
        for not_saved in ["category", "add_ons"] {
            saved.as_object_mut().unwrap().remove(not_saved);
        }
        assert_eq!(tourist.post("/me/visitors", &saved, None).status, 201);
        let phone = json!({ "phone": "13800138000" });
        let kept = tourist.call(Method::PUT, "/me/phone", Some(&phone), None);
        assert_eq!(kept.unwrap().status, 200);
        let text = |field: &str| visitor[field].as_str().unwrap().to_owned();
        let input = format!("{}\n{}\n", text("name"), text("document_number"));
        let grant = ["annual-pass", "grant", "--yes"];
        let said = holder.stack.manage_told(&grant, &input);
        assert!(said.contains("is granted: 10 entries"), "{said}");
        holder.pass = holder.shown()["id"].as_str().unwrap().to_owned();
        holder
    }

    /// Nine in the morning, Shanghai, of the day of this number: tokens of the day before are
    /// no longer good.
    fn wait_for_nine(&self, day: i64) {
        let nine = self.day_0.plus_days(day).start() + TimeDelta::hours(9);
        self.stack.advance(nine - self.stack.clock().now());
    }

    fn tourist(&self) -> Tourist {
        self.stack.tourist("holder")
    }

    fn shown(&self) -> Value {
        let passes = self.tourist().get("/annual-passes");
        assert_eq!(passes.status, 200, "{passes:?}");
        passes.body["items"][0].clone()
    }

    /// Entries reserved, used and remaining.
    fn entries(&self) -> [i64; 3] {
        let shown = self.shown();
        ["reserved", "used", "remaining"].map(|name| shown[name].as_i64().unwrap())
    }

    fn register(&self, day: i64) -> Answer {
        let date = self.day_0.plus_days(day);
        let body = json!({ "date": date.to_string(), "session": "morning" });
        let path = format!("/annual-passes/{}/visits", self.pass);
        let key = format!(
            "visit-{day}-{}",
            self.stack.clock().now().timestamp_millis()
        );
        self.tourist().post(&path, &body, Some(&key))
    }

    fn registered(&self, day: i64) -> Value {
        let answer = self.register(day);
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.body
    }

    fn admit(&self, visit: &Value) {
        let number = visit["number"].as_str().unwrap();
        let said =
            self.stack
                .manage_well(&["check-in", "--venue", "palace", "--order-number", number]);
        assert!(said.contains("admitted"), "{said}");
    }
}

#[test]
fn a_holder_registers_ten_visits_and_no_eleventh_until_one_is_cancelled() {
    let holder = Holder::start();
    let mut visits: Vec<Value> = (1..=6).map(|day| holder.registered(day)).collect();
    assert_eq!(holder.entries(), [6, 0, 4]);
    // Each day one visit is made, and the next one comes into the window of rule 4.1.
    for day in 1..=4 {
        holder.wait_for_nine(day);
        let made = usize::try_from(day - 1).unwrap();
        holder.admit(&visits[made]);
        visits.push(holder.registered(day + 6));
    }
    assert_eq!(holder.entries(), [6, 4, 0]);
    holder.wait_for_nine(5);
    holder.admit(&visits[4]);
    let eleventh = holder.register(11);
    assert_eq!((eleventh.status, eleventh.code()), (409, "order.refused"));
    assert_eq!(eleventh.detail_codes(), ["pass.exhausted"]);

    let last = visits[9]["id"].as_str().unwrap();
    let path = format!("/annual-passes/{}/visits/{last}", holder.pass);
    let cancelled = holder
        .tourist()
        .call(Method::DELETE, &path, None, None)
        .unwrap();
    assert_eq!(
        (cancelled.status, &cancelled.body["state"]),
        (200, &json!("refunded"))
    );
    assert_eq!(holder.entries(), [4, 5, 1]);
    holder.registered(11);
    assert_eq!(holder.entries(), [5, 5, 0]);
    holder.stack.sweep();
}
