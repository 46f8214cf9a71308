//! `POST /check-ins`, as gates call it.

use chrono::TimeDelta;
use domain::gate::GateName;
use domain::id::TicketId;
use domain::order::Order;
use domain::ports::OrderQueries as _;
use domain::ticket_code::TicketCode;
use domain::use_cases::gates::revoke_gate;
use serde_json::{Value, json};

use crate::house::{House, send};

fn number(order: &Order) -> Value {
    json!({"order_number": order.number.as_str()})
}

/// What the QR of an order's first ticket says that was made now.
fn code(house: &House, order: &Order) -> Value {
    let codes = assembly::ticket_codes(&house.settings.secrets).unwrap();
    let (ticket, now) = (order.tickets[0].id, house.museum.now());
    let code = TicketCode::of(ticket, order.date, order.session.clone(), now);
    json!({"code": codes.issue(&code)})
}

#[test]
fn a_visitor_enters_and_is_told_so_in_both_languages() {
    let house = House::open();
    let person = house.museum.adult();
    let order = house.sold(&house.museum.account(), &[&person]);
    let gate = house.gate("午门-1", "palace");
    let admitted = house.check_in(&gate, "1", &number(&order));
    assert_eq!(admitted.results(), ["admitted"]);
    let result = &admitted.body["results"][0];
    assert_eq!(result["ticket"], order.tickets[0].id.to_string());
    assert_eq!(result["visitor"], "张", "the first character alone");
    assert!(result.get("used_at").is_none() && result.get("gate").is_none());
    house.museum.clock.advance(TimeDelta::minutes(1));
    let request = house.request("2", &json!({"document_number": person.document.number()}));
    let request = request.header("Authorization", &gate);
    let again = send(request.header("Accept-Language", "en"));
    assert_eq!(again.results(), ["already_used"]);
    let result = &again.body["results"][0];
    assert_eq!(result["used_at"], "2026-12-01T09:00:00+08:00");
    assert_eq!(result["gate"], "午门-1");
    let message = result["message"].as_str().unwrap();
    assert_eq!(message, "This ticket was used at 09:00 at the gate 午门-1");
    assert!(!again.body.to_string().contains(person.document.number()));
}

#[test]
fn the_same_key_gets_the_first_answer_and_another_body_is_refused() {
    let house = House::open();
    let order = house.sold(&house.museum.account(), &[&house.museum.adult()]);
    let (east, west) = (house.gate("east", "palace"), house.gate("west", "palace"));
    let first = house.check_in(&east, "key", &number(&order));
    assert_eq!(first.results(), ["admitted"]);
    house.museum.clock.advance(TimeDelta::hours(4));
    let again = house.check_in(&east, "key", &number(&order));
    assert_eq!(again.body, first.body);
    let other = house.check_in(&west, "key", &number(&order));
    assert_eq!(
        other.results(),
        ["already_used"],
        "the key is another gate's"
    );
    let mut body = number(&order);
    body["certificate_checked"] = true.into();
    let mismatch = house.check_in(&east, "key", &body);
    mismatch.refused(409, "idempotency.mismatch");
}

#[test]
fn only_gates_with_a_key_that_is_not_revoked_may_ask() {
    let house = House::open();
    let order = house.sold(&house.museum.account(), &[&house.museum.adult()]);
    let (gate, body) = (house.gate("east", "palace"), number(&order));
    send(house.request("1", &body)).refused(401, "auth.required");
    let mut wrong = gate.clone();
    wrong.replace_range(
        gate.len() - 1..,
        if gate.ends_with('0') { "1" } else { "0" },
    );
    let bearer = gate.replace("Gate ", "Bearer ");
    for shown in ["Gate", "Gate pg_1_2", &*wrong, &*bearer] {
        let answer = house.check_in(shown, "1", &body);
        answer.refused(401, "auth.required");
    }
    let unasked = send(
        house
            .request("1", &json!({}))
            .header("Authorization", "Gate x"),
    );
    unasked.refused(401, "auth.required");
    let name = GateName::parse("east").unwrap();
    let now = house.museum.now();
    assert!(revoke_gate(house.museum.unit_of_work(), &name, now).unwrap());
    house
        .check_in(&gate, "1", &body)
        .refused(401, "auth.required");
}

#[test]
fn what_is_shown_is_exactly_one_thing() {
    let house = House::open();
    let gate = house.gate("east", "palace");
    for (body, code) in [
        (json!({}), "field.invalid"),
        (json!({"order_number": "x", "code": "y"}), "field.invalid"),
        (json!({"order_number": "261201"}), "field.invalid"),
        (
            json!({"code": "PM1.AQ.AQ", "nationality": "FRA"}),
            "field.invalid",
        ),
        (
            json!({"document_number": "110105194912310021"}),
            "document.invalid",
        ),
        (json!({"document_number": "AB1234567"}), "document.invalid"),
        (
            json!({"document_number": "x", "document_type": "visa"}),
            "field.invalid",
        ),
        (json!({"number": "x"}), "field.unknown"),
        (
            json!({"document_number": "AB1234567", "nationality": "FRA", "venue": "clock_gallery"}),
            "field.invalid",
        ),
    ] {
        let answer = house.check_in(&gate, "1", &body);
        assert_eq!(answer.refused(422, "request.invalid"), [code], "{body}");
        assert!(
            !answer.body.to_string().contains("AB1234567"),
            "{}",
            answer.body
        );
    }
    let known = json!({"document_number": "AB1234567", "nationality": "FRA", "venue": "palace"});
    assert_eq!(house.check_in(&gate, "1", &known).results(), ["no_ticket"]);
    let request = house.request(&"k".repeat(65), &known);
    let answer = send(request.header("Authorization", &gate));
    assert_eq!(answer.refused(422, "request.invalid"), ["field.invalid"]);
}

#[test]
fn a_code_is_good_for_five_minutes_and_only_ours_is() {
    let house = House::open();
    let order = house.sold(&house.museum.account(), &[&house.museum.adult()]);
    let gate = house.gate("east", "palace");
    let check = |body: &Value| house.check_in(&gate, "1", body);
    let yesterdays = {
        house
            .museum
            .clock
            .set(house.day.start() - TimeDelta::hours(10));
        let code = code(&house, &order);
        assert_eq!(check(&code).results(), ["wrong_date"]);
        house
            .museum
            .clock
            .set(house.day.start() + TimeDelta::hours(9));
        code
    };
    let expired = check(&yesterdays);
    assert_eq!(expired.refused(422, "request.invalid"), ["code.expired"]);
    let todays = code(&house, &order);
    let mut text = todays["code"].as_str().unwrap().to_owned();
    let forged = if text.ends_with('A') { "Q" } else { "A" };
    text.replace_range(text.len() - 1.., forged);
    let forged = check(&json!({"code": text}));
    assert_eq!(forged.refused(422, "request.invalid"), ["code.forged"]);
    let malformed = check(&json!({"code": order.number.as_str()}));
    assert_eq!(
        malformed.refused(422, "request.invalid"),
        ["code.malformed"]
    );
    assert_eq!(check(&todays).results(), ["admitted"]);
}

#[test]
fn a_gate_admits_to_its_own_venue() {
    let house = House::open();
    let order = house.sold(&house.museum.account(), &[&house.museum.adult()]);
    let (palace, gallery) = (house.gate("p", "palace"), house.gate("g", "clock_gallery"));
    let exhibition = house.gate("e", "exhibition");
    let early = house.check_in(&gallery, "1", &number(&order));
    assert_eq!(early.results(), ["main_gate_first"]);
    assert_eq!(
        house.check_in(&palace, "1", &number(&order)).results(),
        ["admitted"]
    );
    assert_eq!(
        house.check_in(&gallery, "1", &number(&order)).results(),
        ["admitted"]
    );
    assert_eq!(
        house.check_in(&exhibition, "1", &number(&order)).results(),
        ["no_ticket"]
    );
}

#[test]
fn an_erased_visitor_has_no_initial() {
    let house = House::open();
    let mut order = house.museum.order(&house.museum.account()).on(house.day);
    order = order.visitor(&house.museum.adult());
    let mut order = order.build_paid();
    order.tickets[0].identity = None;
    let stored = std::slice::from_ref(&order);
    house.museum.run(|stores| stores.orders().insert(stored));
    let answer = house.check_in(&house.gate("east", "palace"), "1", &number(&order));
    assert_eq!(answer.results(), ["admitted"]);
    assert!(answer.body["results"][0].get("visitor").is_none());
}

#[test]
fn an_address_may_send_so_many_requests_a_minute() {
    let house = House::with(|settings| settings.limits.requests_per_address = Some(2));
    let gate = house.gate("east", "palace");
    let body = json!({"document_number": "11010519491231002X"});
    for _ in 0..2 {
        assert_eq!(house.check_in(&gate, "1", &body).results(), ["no_ticket"]);
    }
    let answer = house.check_in(&gate, "1", &body);
    answer.refused(429, "rate_limited");
    assert!(answer.headers.contains_key("retry-after"));
}

#[test]
fn results_are_counted_by_venue() {
    let house = House::open();
    let gate = house.gate("east", "palace");
    let body = json!({"document_number": "11010519491231002X"});
    assert_eq!(house.check_in(&gate, "1", &body).results(), ["no_ticket"]);
    let metrics = api_kit::metrics::Metrics::install().unwrap().render();
    let counted = r#"check_in_results_total{venue="palace",result="no_ticket"}"#;
    assert!(metrics.contains(counted), "{metrics}");
}

#[test]
fn thirty_two_gates_admit_one_visitor_once() {
    let house = House::with(|settings| settings.database.pool_size = 16);
    let order = house.sold(&house.museum.account(), &[&house.museum.adult()]);
    let gates: Vec<String> = (0..32)
        .map(|place| house.gate(&format!("gate-{place}"), "palace"))
        .collect();
    let start = std::sync::Barrier::new(gates.len());
    let (at, start, body) = (&house, &start, &number(&order));
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let asking: Vec<_> = gates
            .iter()
            .map(|gate| {
                scope.spawn(move || {
                    start.wait();
                    let mut answer = at.check_in(gate, "1", body);
                    assert_eq!(answer.results().len(), 1);
                    answer.body["results"][0].take()
                })
            })
            .collect();
        asking
            .into_iter()
            .map(|gate| gate.join().unwrap())
            .collect()
    });
    let (admitted, others): (Vec<_>, Vec<_>) = answers
        .iter()
        .partition(|answer| answer["result"] == "admitted");
    assert_eq!(admitted.len(), 1, "{answers:?}");
    let stored = stored_gate(&house, &order, order.tickets[0].id);
    for other in others {
        assert_eq!(other["result"], "already_used");
        assert_eq!(other["gate"], stored);
        assert_eq!(other["used_at"], "2026-12-01T09:00:00+08:00");
    }
}

fn stored_gate(house: &House, order: &Order, ticket: TicketId) -> String {
    let order = house.database.queries().order(order.id).unwrap().unwrap();
    let admission = order.ticket(ticket).unwrap().admission.clone();
    admission.unwrap().gate
}
