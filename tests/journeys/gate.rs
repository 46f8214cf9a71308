//! A day at the gates: the wrong session, a screenshot of yesterday's, the gallery too early, a
//! child ahead of its mother.

use chrono::{DateTime, TimeDelta, Utc};
use journeys::{Answer, Stack, StackOptions, Tourist, Visitor};
use serde_json::{Value, json};

/// `minutes` after midnight of the visit day.
fn at(stack: &Stack, hours: i64, minutes: i64) -> DateTime<Utc> {
    stack.day().start() + TimeDelta::hours(hours) + TimeDelta::minutes(minutes)
}

/// Buys and pays for these people; the paid order.
fn bought(stack: &Stack, name: &str, session: &str, people: &[&Visitor]) -> Value {
    let tourist = stack.tourist(name);
    let form = Tourist::order_form(stack.day(), session, people);
    let order = tourist.post("/orders", &form, Some("order"));
    assert_eq!(order.status, 201, "{order:?}");
    assert_eq!(stack.pay_in_wechat(&tourist.prepay(order.id())), 200);
    stack.until_paid(&tourist, order.id())
}

fn number(order: &Value) -> &str {
    order["number"].as_str().unwrap()
}

/// What the phone shows for an order's first ticket.
fn code(stack: &Stack, name: &str, order: &Value) -> Value {
    let (id, ticket) = (&order["id"], &order["tickets"][0]["id"]);
    let path = format!(
        "/orders/{}/tickets/{}/code",
        id.as_str().unwrap(),
        ticket.as_str().unwrap()
    );
    let code: Answer = stack.tourist(name).get(&path);
    assert_eq!(code.status, 200, "{code:?}");
    json!({"code": code.body["code"]})
}

#[test]
fn a_day_at_the_gates() {
    let stack = Stack::start(&StackOptions::default());
    let (anna, ben, carl) = (Visitor::adult(), Visitor::adult(), Visitor::adult());
    let mother = Visitor::adult().with(&["treasure_gallery"]);
    let child = Visitor::born("2017-05-01");
    let annas = bought(&stack, "anna", "morning", &[&anna]);
    let bens = bought(&stack, "ben", "morning", &[&ben]);
    let carls = bought(&stack, "carl", "afternoon", &[&carl]);
    let familys = bought(&stack, "family", "morning", &[&child, &mother]);

    stack.advance_to(at(&stack, -4, 0));
    let screenshot = code(&stack, "anna", &annas);
    let gates = stack.open_gates();
    let palace = gates.add("午门-1", "palace");
    let gallery = gates.add("珍宝馆-1", "treasure_gallery");
    assert_eq!(palace.results(number(&annas)), ["wrong_date"]);

    stack.advance_to(at(&stack, 8, 0));
    assert_eq!(palace.results(number(&annas)), ["not_yet_valid"]);
    let refused = palace.check_in(&screenshot);
    assert_eq!(
        (refused.status, refused.detail_codes()),
        (422, vec!["code.expired"])
    );

    stack.advance_to(at(&stack, 9, 0));
    assert_eq!(
        palace.results_of(&code(&stack, "anna", &annas)),
        ["admitted"]
    );
    let again = palace.check_in(&json!({"document_number": anna.document_number()}));
    let again = &again.body["results"][0];
    assert_eq!(
        (&again["result"], &again["gate"]),
        (&json!("already_used"), &json!("午门-1"))
    );
    assert_eq!(palace.results(number(&carls)), ["not_yet_valid"]);

    let mothers = json!({"document_number": mother.document_number()});
    let childs = json!({"document_number": child.document_number()});
    assert_eq!(gallery.results_of(&mothers), ["main_gate_first"]);
    assert_eq!(palace.results_of(&childs), ["adult_needed"]);
    assert_eq!(palace.results(number(&familys)), ["admitted", "admitted"]);
    assert_eq!(gallery.results_of(&mothers), ["admitted"]);
    assert_eq!(gallery.results_of(&childs), ["no_ticket"]);

    stack.advance_to(at(&stack, 12, 30));
    assert_eq!(palace.results(number(&bens)), ["expired"]);
    let by_hand = [
        "check-in",
        "--venue",
        "palace",
        "--user",
        "wang",
        "--order-number",
    ];
    let said = stack.manage_well(&[&by_hand[..], &[number(&carls)]].concat());
    assert!(said.contains("admitted"), "{said}");
    let used = palace.check_in(&json!({"order_number": number(&carls)}));
    assert_eq!(used.body["results"][0]["gate"], "manage:wang");
    let carls = stack
        .tourist("carl")
        .read_order(carls["id"].as_str().unwrap());
    assert_eq!(carls["state"], "used");
    assert!(carls["tickets"][0]["checked_in_at"].is_string(), "{carls}");
    drop(gates);
    stack.sweep();
}
