use chrono::TimeDelta;
use serde_json::json;

use crate::house::{House, NONE};

#[test]
fn a_tourist_orders_pays_and_shows_the_ticket() {
    let house = House::open();
    let anna = house.tourist("anna");
    let (adult, child) = (house.museum.adult(), house.museum.person("2016-05-01"));
    let body = anna.order_body(&[(adult.clone(), &["treasure_gallery"]), (child, &[])]);
    let order = anna.order("key-1", &body).expect(201);
    assert_eq!(
        (&order["state"], &order["total_fen"]),
        (&json!("unpaid"), &json!(5000))
    );
    assert_eq!(order["pay_by"], "2026-11-25T10:30:00+08:00");
    assert_eq!(order["tickets"][0]["visitor_name"], "张三丰");
    assert_eq!(
        order["tickets"][0]["document_masked"],
        adult.document.masked()
    );
    assert!(!order.to_string().contains(adult.document.number()));
    assert_eq!(anna.remaining()[0]["remaining"], 98);
    assert_eq!(anna.remaining()[1]["remaining"], 99);

    let id = order["id"].as_str().unwrap();
    let ticket = order["tickets"][0]["id"].as_str().unwrap();
    let code_path = format!("/orders/{id}/tickets/{ticket}/code");
    anna.get(&code_path).refused(409, "ticket.not_valid");

    let paid = anna.pay_order(&order);
    assert_eq!(
        (&paid["paid_fen"], &paid["tickets"][1]["state"]),
        (&json!(5000), &json!("valid"))
    );
    assert_eq!(paid["paid_at"], "2026-11-25T10:00:00+08:00");
    assert!(paid.get("pay_by").is_none());
    let code = anna.get(&code_path).expect(200);
    assert!(code["code"].as_str().unwrap().starts_with("PM1."));
    assert_eq!(code["expires_at"], "2026-11-25T10:05:00+08:00");
    anna.post(&format!("/orders/{id}/payments"), &json!({}))
        .refused(409, "order.not_payable");
    anna.post(&format!("/orders/{id}/cancel"), &json!({}))
        .refused(409, "order.not_cancellable");
}

#[test]
fn the_same_key_gives_the_same_order() {
    let house = House::open();
    let anna = house.tourist("anna");
    let body = anna.order_body(&[(house.museum.adult(), &[])]);
    let first = anna.order("key-1", &body).expect(201);
    assert_eq!(anna.order("key-1", &body).expect(200), first);
    let mut other = body.clone();
    other["phone"] = "13987654321".into();
    anna.order("key-1", &other)
        .refused(409, "idempotency.mismatch");
    let ben = house.tourist("ben");
    let bens = ben.order_body(&[(house.museum.adult(), &[])]);
    assert_ne!(ben.order("key-1", &bens).expect(201)["id"], first["id"]);
    assert_eq!(anna.remaining()[0]["remaining"], 98);
}

#[test]
fn a_refusal_names_every_visitor_and_rule() {
    let house = House::open();
    let anna = house.tourist("anna");
    let (good, wrong) = (house.museum.adult(), house.museum.adult());
    let mut body = anna.order_body(&[(good, &[]), (wrong, &[])]);
    body["visitors"][0]["category"] = "senior".into();
    body["visitors"][1]["document_number"] = "110101199005010000".into();
    let answer = anna.order("key-1", &body);
    answer.refused(409, "order.refused");
    assert_eq!(
        answer.reasons(),
        ["category.age_mismatch", "document.invalid"]
    );
    assert_eq!(answer.body["details"][1]["visitor"], 1);
    assert_eq!(anna.remaining()[0]["remaining"], 100);
}

#[test]
fn a_session_that_is_too_full_says_what_is_left() {
    let house = House::open();
    let full = house.day().plus_days(-1);
    house.museum.open(full, 2);
    let anna = house.tourist("anna");
    let people = [(); 3].map(|()| (house.museum.adult(), NONE));
    let mut body = anna.order_body(&people);
    body["date"] = full.to_string().into();
    let answer = anna.order("key-1", &body);
    answer.refused(409, "order.refused");
    let detail = &answer.body["details"][0];
    assert_eq!(detail["code"], "quota.not_enough");
    assert_eq!(
        (&detail["remaining"], &detail["venue"]),
        (&json!(2), &json!("palace"))
    );
    assert!(detail["visitor"].is_null());
}

#[test]
fn saved_visitors_can_be_ordered_for() {
    let house = House::open();
    let anna = house.tourist("anna");
    let person = house.museum.adult();
    let visitor = json!({
        "name": person.name.as_str(),
        "document_type": "id_card",
        "document_number": person.document.number(),
    });
    let saved = anna.post("/me/visitors", &visitor).expect(201);
    let mut body = anna.order_body(&[]);
    body["visitors"] = json!([{ "visitor_id": saved["id"], "category": "standard" }]);
    let order = anna.order("key-1", &body).expect(201);
    assert_eq!(
        order["tickets"][0]["document_masked"],
        person.document.masked()
    );

    let ben = house.tourist("ben");
    let answer = ben.order("key-1", &body);
    answer.refused(409, "order.refused");
    assert_eq!(answer.reasons(), ["visitor.not_found"]);
}

#[test]
fn an_unpaid_order_can_be_cancelled_and_gives_its_places_back() {
    let house = House::open();
    let anna = house.tourist("anna");
    let order = anna
        .order("key-1", &anna.order_body(&[(house.museum.adult(), &[])]))
        .expect(201);
    let path = format!("/orders/{}/cancel", order["id"].as_str().unwrap());
    let cancelled = anna.post(&path, &json!({})).expect(200);
    assert_eq!(cancelled["state"], "cancelled");
    assert_eq!(anna.post(&path, &json!({})).expect(200), cancelled);
    assert_eq!(anna.remaining()[0]["remaining"], 100);
}

#[test]
fn a_payment_is_prepared_once_and_not_after_its_time() {
    let house = House::open();
    let anna = house.tourist("anna");
    let order = anna
        .order("key-1", &anna.order_body(&[(house.museum.adult(), &[])]))
        .expect(201);
    let path = format!("/orders/{}/payments", order["id"].as_str().unwrap());
    let first = anna.post(&path, &json!({})).expect(200);
    let again = anna.post(&path, &json!({})).expect(200);
    assert_eq!(first["provider"], "wechat");
    assert_eq!(first["prepay"]["signType"], "RSA");
    assert_eq!(first["prepay"]["package"], again["prepay"]["package"]);
    assert_ne!(first["prepay"]["nonceStr"], again["prepay"]["nonceStr"]);
    house.advance(TimeDelta::minutes(31));
    anna.post(&path, &json!({}))
        .refused(409, "order.not_payable");
}

#[test]
fn lists_go_by_tab_and_page() {
    let house = House::open();
    let anna = house.tourist("anna");
    let mut ids = Vec::new();
    for number in 0..3 {
        house.advance(TimeDelta::seconds(1));
        let body = anna.order_body(&[(house.museum.adult(), &[])]);
        let order = anna.order(&format!("key-{number}"), &body).expect(201);
        let id = order["id"].as_str().unwrap().to_owned();
        if number < 2 {
            anna.post(&format!("/orders/{id}/cancel"), &json!({}))
                .expect(200);
        }
        ids.insert(0, id);
    }
    let listed = |query: &str| {
        let page = anna.get(&format!("/orders{query}")).expect(200);
        let items = page["items"].as_array().unwrap().iter();
        let ids: Vec<String> = items
            .map(|order| order["id"].as_str().unwrap().to_owned())
            .collect();
        (ids, page["next_cursor"].as_str().map(str::to_owned))
    };
    assert_eq!(listed(""), (ids.clone(), None));
    assert_eq!(listed("?tab=unpaid"), (vec![ids[0].clone()], None));
    assert_eq!(listed("?tab=after_sales"), (ids[1..].to_vec(), None));
    assert_eq!(listed("?tab=unused").0, [""; 0]);
    let (first, cursor) = listed("?limit=2");
    assert_eq!(first, ids[..2]);
    let (second, end) = listed(&format!("?limit=2&cursor={}", cursor.unwrap()));
    assert_eq!((second, end), (ids[2..].to_vec(), None));
}
