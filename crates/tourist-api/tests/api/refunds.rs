use chrono::TimeDelta;
use serde_json::json;

use crate::house::{House, NONE};

#[test]
fn one_of_two_tickets_goes_back() {
    let house = House::open();
    let anna = house.tourist("anna");
    let order = anna.paid_order("key-1", 2);
    let path = format!("/orders/{}", order["id"].as_str().unwrap());
    let chosen = json!({ "tickets": [order["tickets"][0]["id"]] });
    let preview = anna
        .post(&format!("{path}/refund-preview"), &chosen)
        .expect(200);
    assert_eq!(
        preview,
        json!({
            "amount_fen": 4000, "no_show": false, "no_shows": [], "allowed": true, "reasons": [],
        })
    );
    let refunds = format!("{path}/refunds");
    let refund = anna.post_once("refund-1", &refunds, &chosen).expect(202);
    assert_eq!(
        (&refund["state"], &refund["amount_fen"]),
        (&json!("requested"), &json!(4000))
    );
    assert_eq!(
        anna.post_once("refund-1", &refunds, &chosen).expect(202)["id"],
        refund["id"]
    );
    let by_id = format!("/refunds/{}", refund["id"].as_str().unwrap());
    assert_eq!(anna.get(&by_id).expect(200), refund);

    let shown = anna.get(&path).expect(200);
    assert_eq!(shown["state"], "paid");
    assert_eq!(shown["tickets"][0]["state"], "refunded");
    assert_eq!(
        (&shown["refunding_fen"], &shown["refunded_fen"]),
        (&json!(4000), &json!(0))
    );
    assert_eq!(anna.remaining()[0]["remaining"], 99);

    let all = json!({ "tickets": [order["tickets"][1]["id"]] });
    anna.post_once("refund-1", &refunds, &all)
        .refused(409, "idempotency.mismatch");
    let again = anna.post_once("refund-2", &refunds, &chosen);
    again.refused(409, "refund.refused");
    assert_eq!(again.reasons(), ["ticket.not_valid"]);
    assert_eq!(
        again.body["details"][0]["ticket"],
        order["tickets"][0]["id"]
    );
    house.tourist("ben").get(&by_id).refused(404, "not_found");
}

#[test]
fn a_refund_on_the_day_is_shown_to_be_a_no_show() {
    let house = House::open();
    let anna = house.tourist("anna");
    let order = anna.paid_order("key-1", 1);
    let path = format!("/orders/{}/refund-preview", order["id"].as_str().unwrap());
    let chosen = json!({ "tickets": [order["tickets"][0]["id"]] });
    house.advance(TimeDelta::days(6));
    let anna = house.tourist("anna");
    let preview = anna.post(&path, &chosen).expect(200);
    assert_eq!(
        (&preview["allowed"], &preview["no_show"]),
        (&json!(true), &json!(true))
    );
    let no_show = json!([{ "ticket": order["tickets"][0]["id"], "count_after": 1 }]);
    assert_eq!(preview["no_shows"], no_show);
    house.advance(TimeDelta::hours(10));
    let anna = house.tourist("anna");
    let preview = anna.post(&path, &chosen).expect(200);
    assert_eq!(preview["allowed"], false);
    assert_eq!(preview["reasons"][0]["code"], "refund.too_late");
}

/// Previewed on the evening before, confirmed after midnight: no no-show that was not shown.
#[test]
fn a_refund_on_the_day_is_refused_until_its_no_show_is_accepted() {
    let house = House::open();
    let anna = house.tourist("anna");
    let order = anna.paid_order("key-1", 1);
    let ticket = &order["tickets"][0]["id"];
    let path = format!("/orders/{}/refunds", order["id"].as_str().unwrap());
    house.advance(TimeDelta::days(6));
    let anna = house.tourist("anna");
    let unaware = json!({ "tickets": [ticket] });
    let answer = anna.post_once("refund-1", &path, &unaware);
    answer.refused(409, "refund.refused");
    assert_eq!(answer.reasons(), ["refund.no_show_not_accepted"]);
    let detail = &answer.body["details"][0];
    assert_eq!(
        (&detail["ticket"], &detail["count_after"]),
        (ticket, &json!(1))
    );
    assert_eq!(detail.get("ban_until"), None);
    let aware = json!({ "tickets": [ticket], "accepts_no_show": true });
    let refund = anna.post_once("refund-1", &path, &aware).expect(202);
    assert_eq!(refund["amount_fen"], 4000);
}

#[test]
fn a_child_is_not_left_behind() {
    let house = House::open();
    let anna = house.tourist("anna");
    let people = [house.museum.adult(), house.museum.person("2016-05-01")];
    let order = anna.order(
        "key-1",
        &anna.order_body(&people.map(|person| (person, NONE))),
    );
    let order = anna.pay_order(&order.expect(201));
    let path = format!("/orders/{}/refunds", order["id"].as_str().unwrap());
    let adult = json!({ "tickets": [order["tickets"][0]["id"]] });
    let answer = anna.post_once("refund-1", &path, &adult);
    answer.refused(409, "refund.refused");
    assert_eq!(answer.reasons(), ["minor.needs_adult"]);
    assert_eq!(
        answer.body["details"][0]["also_refund"],
        json!([order["tickets"][1]["id"]])
    );
}
