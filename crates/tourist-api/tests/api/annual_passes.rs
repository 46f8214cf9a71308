//! Annual passes over HTTP.

use chrono::TimeDelta;
use domain::annual_pass::AnnualPass;
use domain::id::AnnualPassId;
use domain::testing::Person;
use domain::use_cases::grant_pass::{Grant, Granted, grant_pass};
use domain::use_cases::order_request::StatedPerson;
use serde_json::{Value, json};

use crate::house::{House, Tourist};

/// Staff grant a pass for the year of the museum's day.
pub(crate) fn grant(house: &House, person: &Person) -> AnnualPass {
    let museum = &house.museum;
    let grant = Grant {
        pass: AnnualPassId::new(museum.next_id()),
        year: house.day().year(),
        now: house.now(),
    };
    let holder = StatedPerson {
        name: person.name.as_str().to_owned(),
        document_type: person.document.kind(),
        document_number: person.document.number().to_owned(),
        nationality: None,
        birth_date: None,
    };
    let cipher = house.identity_cipher();
    let (unit_of_work, rules) = (museum.unit_of_work(), &museum.rules);
    match grant_pass(unit_of_work, &*cipher, rules, &grant, &holder).unwrap() {
        Granted::Created(pass) | Granted::Existing(pass) => pass,
    }
}

fn save(tourist: &Tourist<'_>, person: &Person) {
    let visitor = json!({
        "name": person.name.as_str(),
        "document_type": "id_card",
        "document_number": person.document.number(),
    });
    tourist.post("/me/visitors", &visitor).expect(201);
}

/// A tourist who has saved somebody with a pass, and the path of its visits.
fn holder<'a>(house: &'a House, name: &str) -> (Tourist<'a>, Person, String) {
    let (tourist, person) = (house.tourist(name), house.museum.adult());
    let pass = grant(house, &person);
    save(&tourist, &person);
    let phone = json!({ "phone": "13812345678" });
    tourist.put("/me/phone", &phone).expect(200);
    (
        tourist,
        person,
        format!("/annual-passes/{}/visits", pass.id),
    )
}

/// The body that asks for a visit on the open day.
pub(crate) fn visit(house: &House) -> Value {
    json!({ "date": house.day().to_string(), "session": "morning" })
}

#[test]
fn a_visit_is_registered_shown_and_cancelled() {
    let house = House::open();
    let (anna, person, visits) = holder(&house, "anna");
    let shown = anna.get("/annual-passes").expect(200)["items"][0].clone();
    assert_eq!(shown["holder_name"], person.name.as_str());
    assert_eq!(shown["document_masked"].as_str().map(str::len), Some(18));
    assert_ne!(shown["document_masked"], person.document.number());
    let numbers = |shown: &Value| {
        ["entries", "reserved", "used", "remaining"].map(|name| shown[name].as_i64())
    };
    assert_eq!(numbers(&shown), [10, 0, 0, 10].map(Some));
    assert_eq!(
        (&shown["state"], &shown["visits"]),
        (&json!("active"), &json!([]))
    );

    let order = anna
        .post_once("visit-1", &visits, &visit(&house))
        .expect(201);
    assert_eq!(
        (&order["kind"], &order["state"]),
        (&json!("annual_pass"), &json!("paid"))
    );
    assert_eq!(
        (&order["total_fen"], &order["phone"]),
        (&json!(0), &json!("13812345678"))
    );
    assert_eq!(order["tickets"][0]["category"], "annual_pass");
    let again = anna
        .post_once("visit-1", &visits, &visit(&house))
        .expect(200);
    assert_eq!(again, order);
    assert_eq!(anna.remaining()[0]["remaining"], 99);
    let shown = anna.get("/annual-passes").expect(200)["items"][0].clone();
    assert_eq!(numbers(&shown), [10, 1, 0, 9].map(Some));
    let to_come =
        json!([{ "order": order["id"], "date": visit(&house)["date"], "session": "morning" }]);
    assert_eq!(shown["visits"], to_come);

    let path = format!("{visits}/{}", order["id"].as_str().unwrap());
    let cancelled = anna.delete(&path).expect(200);
    assert_eq!(cancelled["state"], "refunded");
    assert_eq!(anna.delete(&path).expect(200), cancelled);
    let shown = anna.get("/annual-passes").expect(200)["items"][0].clone();
    assert_eq!(numbers(&shown), [10, 0, 0, 10].map(Some));
    assert_eq!(anna.remaining()[0]["remaining"], 100);
}

#[test]
fn a_refused_visit_is_told_like_a_refused_order() {
    let house = House::open();
    let (anna, _, visits) = holder(&house, "anna");
    anna.post_once("visit-1", &visits, &visit(&house))
        .expect(201);
    let twice = anna.post_once("visit-2", &visits, &visit(&house));
    twice.refused(409, "order.refused");
    assert_eq!(twice.reasons(), ["document.already_booked"]);
    let mut other = visit(&house);
    other["session"] = json!("afternoon");
    let reused = anna.post_once("visit-1", &visits, &other);
    reused.refused(409, "idempotency.mismatch");
    other["date"] = json!("2026-13-01");
    anna.post_once("visit-3", &visits, &other)
        .refused(422, "request.invalid");
    anna.post(&visits, &visit(&house))
        .refused(422, "request.invalid");

    house.advance(TimeDelta::days(7));
    let anna = house.tourist("anna");
    let order = anna.get("/orders").expect(200)["items"][0]["id"].clone();
    let late = anna.delete(&format!("{visits}/{}", order.as_str().unwrap()));
    late.refused(409, "refund.refused");
    assert_eq!(late.reasons(), ["refund.too_late"]);
}

#[test]
fn a_pass_is_not_found_by_those_who_did_not_save_its_holder() {
    let house = House::open();
    let (anna, person, visits) = holder(&house, "anna");
    let order = anna
        .post_once("visit-1", &visits, &visit(&house))
        .expect(201);
    let path = format!("{visits}/{}", order["id"].as_str().unwrap());
    let ben = house.tourist("ben");
    assert_eq!(
        ben.get("/annual-passes").expect(200),
        json!({ "items": [] })
    );
    ben.post_once("visit-1", &visits, &visit(&house))
        .refused(404, "not_found");
    ben.delete(&path).refused(404, "not_found");
    save(&ben, &person);
    let shown = ben.get("/annual-passes").expect(200)["items"][0].clone();
    assert_eq!(
        (&shown["reserved"], &shown["visits"]),
        (&json!(1), &json!([]))
    );
    ben.delete(&path).refused(404, "not_found");
    // Without a phone number of the account nobody could be reached.
    ben.post_once("visit-1", &visits, &visit(&house))
        .refused(409, "account.phone_required");
}
