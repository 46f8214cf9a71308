use reqwest::Method;
use serde_json::json;

use crate::annual_passes::{grant, visit};
use crate::endpoints::{is_open, operations};
use crate::house::{House, send};

/// Every operation on something with an id answers for another's, for one that does not exist,
/// and for what is no id, as if there were nothing.
#[test]
fn what_is_not_ones_own_is_not_there() {
    let house = House::open();
    let (anna, ben) = (house.tourist("anna"), house.tourist("ben"));
    let order = anna.paid_order("key-1", 1);
    let ticket = order["tickets"][0]["id"].as_str().unwrap();
    let chosen = json!({ "tickets": [ticket] });
    let order_id = order["id"].as_str().unwrap();
    let refund = anna.post_once("refund-1", &format!("/orders/{order_id}/refunds"), &chosen);
    let refund = refund.expect(202);
    let person = house.museum.adult();
    let visitor = json!({
        "name": person.name.as_str(),
        "document_type": "id_card",
        "document_number": person.document.number(),
    });
    let saved = anna.post("/me/visitors", &visitor).expect(201);
    let pass = grant(&house, &person).id.to_string();
    let phone = json!({ "phone": "13812345678" });
    for tourist in [&anna, &ben] {
        tourist.put("/me/phone", &phone).expect(200);
    }
    let visits = format!("/annual-passes/{pass}/visits");
    let visited = anna
        .post_once("visit-1", &visits, &visit(&house))
        .expect(201);
    let visited = visited["id"].as_str().unwrap();
    let before = anna.get("/orders").expect(200);

    let mut tried = 0;
    for (method, path) in operations()
        .into_iter()
        .filter(|(method, path)| path.contains("{id}") && !is_open(method, path))
    {
        let own = match path.split('/').nth(1) {
            Some("orders") => order_id,
            Some("refunds") => refund["id"].as_str().unwrap(),
            Some("annual-passes") => &pass,
            Some("me") => saved["id"].as_str().unwrap(),
            other => panic!("no thing of anna's for {other:?}"),
        };
        let body = match (&method, path.contains("/me/")) {
            (&Method::PUT, true) => visitor.clone(),
            (_, _) if path.contains("refund") => chosen.clone(),
            (_, _) if path.contains("invoice") => json!({ "title": "x", "email": "x@example.com" }),
            (&Method::POST, _) if path.contains("visits") => visit(&house),
            _ => json!({}),
        };
        for id in [
            own,
            "0198f000-0000-7000-8000-000000000000",
            "-1",
            "0",
            "x",
            "%00",
            "1'--",
        ] {
            let path = path.replace("{id}", id);
            let path = path.replace("{ticket}", ticket).replace("{order}", visited);
            let request = ben
                .request(method.clone(), &path)
                .header("Idempotency-Key", "key-1");
            let answer = send(request.json(&body));
            answer.refused(404, "not_found");
            tried += 1;
        }
    }
    assert!(tried >= 7 * 11, "{tried}");
    assert_eq!(anna.get("/orders").expect(200), before);
    assert_eq!(
        anna.get("/me/visitors").expect(200)["items"],
        json!([saved])
    );
}

#[test]
fn a_ticket_of_another_order_has_no_code_here() {
    let house = House::open();
    let anna = house.tourist("anna");
    let (first, second) = (anna.paid_order("key-1", 1), anna.paid_order("key-2", 1));
    let (order, ticket) = (&first["id"], &second["tickets"][0]["id"]);
    let path = format!(
        "/orders/{}/tickets/{}/code",
        order.as_str().unwrap(),
        ticket.as_str().unwrap()
    );
    anna.get(&path).refused(404, "not_found");
}
