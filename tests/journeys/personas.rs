//! Two parties from the first look to the gate: a family of five, and a visitor from abroad.

use chrono::TimeDelta;
use journeys::{Answer, Stack, StackOptions, Tourist, Visitor};
use serde_json::{Value, json};

fn texts<'a>(items: &'a Value, field: &str) -> Vec<&'a str> {
    let items = items.as_array().into_iter().flatten();
    items.filter_map(|item| item[field].as_str()).collect()
}

fn ok(answer: &Answer) -> &Value {
    assert!((200..300).contains(&answer.status), "{answer:?}");
    &answer.body
}

/// Pays for an order and waits until the service knows.
fn pay(stack: &Stack, tourist: &Tourist, order: &str) -> Value {
    assert_eq!(stack.pay_in_wechat(&tourist.prepay(order)), 200);
    stack.until_paid(tourist, order)
}

/// The day's prices of a venue by category, in fen.
fn price(types: &Value, venue: &str, category: &str) -> i64 {
    let kinds = types["ticket_types"].as_array().unwrap();
    let kind = kinds.iter().find(|listed| listed["category"] == category);
    let prices = kind.unwrap()["prices"].as_array().unwrap();
    let price = prices.iter().find(|listed| listed["venue"] == venue);
    price.unwrap()["price_fen"].as_i64().unwrap()
}

#[test]
fn a_family_of_five_comes_and_goes_together() {
    let stack = Stack::start(&StackOptions::default());
    let day = stack.day();
    let mother = stack.tourist("mother");
    ok(&mother
        .call(
            reqwest::Method::PUT,
            "/me/phone",
            Some(&json!({"phone": "13912345678"})),
            None,
        )
        .unwrap());

    let grandmother = Visitor::born("1950-03-03");
    let (she, father) = (Visitor::born("1985-07-01"), Visitor::born("1983-02-11"));
    let daughter = Visitor::born("2016-06-01").with(&["treasure_gallery", "clock_gallery"]);
    let son = Visitor::born("2019-09-09");
    let family = [&grandmother, &she, &father, &daughter, &son];

    let types = mother.get(&format!("/ticket-types?date={day}")).body;
    let expected = price(&types, "palace", "senior")
        + 2 * price(&types, "palace", "standard")
        + 2 * price(&types, "palace", "minor");
    let order = mother.order(day, &family, "five");
    let placed = ok(&order).clone();
    assert_eq!(placed["total_fen"], json!(expected));
    assert_eq!(
        texts(&placed["tickets"], "category"),
        ["senior", "standard", "standard", "minor", "minor"]
    );
    // A double tap makes one order (V12).
    let again = mother.order(day, &family, "five");
    assert_eq!((again.status, again.id()), (200, order.id()));

    let paid = pay(&stack, &mother, order.id());
    let tickets = texts(&paid["tickets"], "id");
    let adults = &tickets[..3];
    let preview = format!("/orders/{}/refund-preview", order.id());
    let alone = mother.post(&preview, &json!({"tickets": adults, "add_ons": []}), None);
    assert_eq!(alone.body["allowed"], false, "{alone:?}");
    let reason = &alone.body["reasons"][0];
    assert_eq!(reason["code"], "minor.needs_adult");
    assert_eq!(reason["also_refund"], json!(&tickets[3..]));
    let refused = mother.refund(order.id(), adults, "the-adults");
    assert_eq!((refused.status, refused.code()), (409, "refund.refused"));
    ok(&mother.refund(order.id(), &adults[..1], "grandmother-is-ill"));
    assert_eq!(stack.quota("morning", "palace").taken(), 4);

    let gates = stack.open_gates();
    let (palace, gallery) = (
        gates.add("午门-1", "palace"),
        gates.add("珍宝馆-1", "treasure_gallery"),
    );
    stack.advance_to(day.start() + TimeDelta::hours(9));
    let daughters = json!({"document_number": daughter.document_number()});
    assert_eq!(palace.results_of(&daughters), ["adult_needed"]);
    assert_eq!(gallery.results_of(&daughters), ["main_gate_first"]);
    let number = paid["number"].as_str().unwrap();
    assert_eq!(
        palace.results(number),
        ["refunded", "admitted", "admitted", "admitted", "admitted"]
    );
    assert_eq!(gallery.results_of(&daughters), ["admitted"]);
    // Days have passed: the phone signs in again by itself (V01).
    assert_eq!(mother.get("/me").code(), "auth.expired");
    let mother = stack.tourist("mother");
    let seen = mother.read_order(order.id());
    assert_eq!(seen["state"], "used");
    assert_eq!(texts(&seen["tickets"], "checked_in_at").len(), 4);
    drop(gates);
    stack.finish_refunds();
    stack.sweep();
    stack.reconcile();
}

#[test]
fn a_foreigner_comes_with_a_passport() {
    let stack = Stack::start(&StackOptions::default());
    let day = stack.day();
    let tourist = stack.tourist("traveller");
    let passport = |name: &str, number: &str, nationality: &str, birth: &str| {
        json!({
            "name": name, "document_type": "passport", "document_number": number,
            "nationality": nationality, "birth_date": birth,
        })
    };
    let saved = tourist.post(
        "/me/visitors",
        &passport("Ada O'Hara-Smith", "ab 1234567", "GBR", "1988-12-10"),
        None,
    );
    let saved = ok(&saved);
    assert_eq!(saved["name"], "ADA O'HARA-SMITH");
    let masked = saved["document_masked"].as_str().unwrap();
    assert!(
        masked.starts_with("AB1") && !masked.contains("1234"),
        "{masked}"
    );

    let with = |mut person: Value, category: &str| {
        person["category"] = json!(category);
        person["add_ons"] = json!([]);
        person
    };
    let order = |visitors: Value, key: &str| {
        let form = json!({
            "date": day.to_string(), "session": "afternoon", "phone": "+447911123456",
            "visitors": visitors,
        });
        tourist.post("/orders", &form, Some(key))
    };
    let ada =
        json!({"visitor_id": saved["id"], "category": "standard", "add_ons": ["clock_gallery"]});
    let child = passport("Tim Smith", "XY7654321", "GBR", "2012-01-01");
    let citizen = passport("Li Lei", "E12345678", "CHN", "1990-01-01");
    let undated = json!({
        "name": "Bo Ek", "document_type": "passport", "document_number": "SE1234567",
        "nationality": "SWE", "category": "standard", "add_ons": [],
    });
    let refused = order(
        json!([
            ada,
            with(child.clone(), "minor"),
            with(citizen, "standard"),
            undated
        ]),
        "refused",
    );
    assert_eq!(
        (refused.status, refused.code(), refused.detail_codes()),
        (
            409,
            "order.refused",
            vec![
                "category.age_mismatch",
                "document.invalid",
                "birth_date.required"
            ]
        ),
        "every visitor and rule is named: {refused:?}"
    );
    let placed = order(json!([ada, with(child, "student")]), "both");
    let types = tourist.get(&format!("/ticket-types?date={day}")).body;
    let expected = price(&types, "palace", "standard")
        + price(&types, "clock_gallery", "standard")
        + price(&types, "palace", "student");
    assert_eq!(ok(&placed)["total_fen"], json!(expected));
    pay(&stack, &tourist, placed.id());

    let gates = stack.open_gates();
    let palace = gates.add("午门-2", "palace");
    stack.advance_to(day.start() + TimeDelta::hours(11));
    let shown = |number: &str, nationality: &str| {
        json!({
            "document_type": "passport", "document_number": number, "nationality": nationality,
        })
    };
    assert_eq!(palace.results_of(&shown("AB1234567", "USA")), ["no_ticket"]);
    assert_eq!(
        palace.results_of(&shown("xy7654321", "GBR")),
        ["adult_needed"]
    );
    assert_eq!(palace.results_of(&shown("ab1234567", "GBR")), ["admitted"]);
    // Too young to have a certificate: a minor with a foreign passport pays as a student does.
    assert_eq!(palace.results_of(&shown("XY7654321", "GBR")), ["admitted"]);
    drop(gates);
    stack.sweep();
    stack.reconcile();
}
