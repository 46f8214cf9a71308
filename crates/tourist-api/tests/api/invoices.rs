//! Invoices over HTTP (V18).

use domain::id::{MailId, OrderId, OrderNumber};
use domain::invoice::{InvoiceNumber, RejectionReason};
use domain::mail::Attachment;
use domain::use_cases::invoices::{IssuedInvoice, issue_invoice, reject_invoice};
use serde_json::{Value, json};

use crate::house::{House, Tourist};

fn body() -> Value {
    json!({
        "title": "北京某某科技有限公司",
        "tax_number": "91110108ma01abcd2x",
        "email": "li.lei@example.com",
    })
}

fn path_of(order: &Value) -> String {
    format!("/orders/{}/invoice", order["id"].as_str().unwrap())
}

fn id_of(order: &Value) -> OrderId {
    OrderId::parse(order["id"].as_str().unwrap()).unwrap()
}

/// Staff issue the invoice of an order.
fn issue(house: &House, order: &Value) {
    let number = OrderNumber::parse(order["number"].as_str().unwrap()).unwrap();
    let cipher = house.text_cipher();
    let live = house
        .museum
        .run(|stores| stores.invoices().live_of(id_of(order)));
    let invoice = live.unwrap();
    let issued = IssuedInvoice {
        amount: invoice.amount,
        invoice,
        number: InvoiceNumber::parse("24952000000123456789").unwrap(),
        file: Attachment::pdf("invoice.pdf", b"%PDF-1.7".to_vec()).unwrap(),
        mail: MailId::new(house.museum.next_id()),
    };
    let unit_of_work = house.museum.unit_of_work();
    issue_invoice(unit_of_work, &*cipher, &number, &issued, house.now()).unwrap();
}

fn refund_all(anna: &Tourist<'_>, order: &Value) {
    let tickets: Vec<&Value> = order["tickets"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["id"])
        .collect();
    let path = format!("/orders/{}/refunds", order["id"].as_str().unwrap());
    let selection = json!({ "tickets": tickets, "add_ons": [] });
    anna.post_once("refund-all", &path, &selection).expect(202);
}

#[test]
fn an_invoice_is_asked_for_once_and_seen_by_its_tourist() {
    let house = House::open();
    let anna = house.tourist("anna");
    let order = anna.paid_order("key-1", 2);
    let path = path_of(&order);
    anna.get(&path).refused(404, "not_found");
    let invoice = anna.post(&path, &body()).expect(201);
    assert_eq!(
        (&invoice["state"], &invoice["amount_fen"]),
        (&json!("requested"), &json!(8000))
    );
    assert_eq!(invoice["title"], "北京某某科技有限公司");
    assert_eq!(invoice["tax_number"], "91110108MA01ABCD2X");
    assert_eq!(invoice["email"], "li.lei@example.com");
    assert_eq!(anna.post(&path, &body()).expect(200), invoice);
    assert_eq!(anna.get(&path).expect(200), invoice);
    let mut other = body();
    other["email"] = json!("han.meimei@example.com");
    anna.post(&path, &other).refused(409, "invoice.exists");
    let ben = house.tourist("ben");
    ben.get(&path).refused(404, "not_found");
    ben.post(&path, &body()).refused(404, "not_found");
}

#[test]
fn an_order_without_money_has_no_invoice() {
    let house = House::open();
    let anna = house.tourist("anna");
    let people = [(house.museum.adult(), crate::house::NONE)];
    let unpaid = anna.order("key-1", &anna.order_body(&people)).expect(201);
    anna.post(&path_of(&unpaid), &body())
        .refused(409, "invoice.nothing_paid");
    let paid = anna.pay_order(&unpaid);
    refund_all(&anna, &paid);
    anna.post(&path_of(&paid), &body())
        .refused(409, "invoice.nothing_paid");
}

#[test]
fn a_refund_after_issuing_shows_that_the_invoice_will_be_reversed() {
    let house = House::open();
    let anna = house.tourist("anna");
    let order = anna.paid_order("key-1", 1);
    let path = path_of(&order);
    anna.post(&path, &body()).expect(201);
    issue(&house, &order);
    let issued = anna.get(&path).expect(200);
    assert_eq!(
        (&issued["state"], &issued["number"]),
        (&json!("issued"), &json!("24952000000123456789"))
    );
    refund_all(&anna, &order);
    let spoilt = anna.get(&path).expect(200);
    assert_eq!(
        (&spoilt["state"], &spoilt["amount_fen"]),
        (&json!("reversal_needed"), &json!(4000))
    );
}

#[test]
fn a_rejection_says_why() {
    let house = House::open();
    let anna = house.tourist("anna");
    let order = anna.paid_order("key-1", 1);
    let path = path_of(&order);
    anna.post(&path, &body()).expect(201);
    let reason = RejectionReason::parse("税号有误").unwrap();
    let unit_of_work = house.museum.unit_of_work();
    reject_invoice(unit_of_work, id_of(&order), &reason, house.now()).unwrap();
    let rejected = anna.get(&path).expect(200);
    assert_eq!(
        (&rejected["state"], &rejected["rejection"]),
        (&json!("rejected"), &json!("税号有误"))
    );
    anna.post(&path, &body()).expect(201);
}

/// Line breaks would reach the headers of a mail.
#[test]
fn every_faulty_field_is_named_and_nothing_is_recorded() {
    let house = House::open();
    let anna = house.tourist("anna");
    let order = anna.paid_order("key-1", 1);
    let path = path_of(&order);
    let long = "长".repeat(101);
    for (field, value) in [
        ("title", json!("")),
        ("title", json!(long)),
        ("title", json!("李雷\r\nBcc: spy@example.com")),
        ("title", json!(7)),
        ("tax_number", json!("123")),
        ("tax_number", json!("91110108-MA01ABCD2X")),
        ("email", json!("li.lei")),
        ("email", json!("a@example.com\r\nRCPT TO:<b@example.com>")),
        ("email", json!("a@example.com, b@example.com")),
        ("email", Value::Null),
        ("surprise", json!(1)),
    ] {
        let mut faulty = body();
        faulty[field] = value;
        let answer = anna.post(&path, &faulty);
        answer.refused(422, "request.invalid");
        assert_eq!(answer.body["details"][0]["field"], field, "{}", answer.body);
        assert!(!answer.body.to_string().contains("spy@"), "{}", answer.body);
    }
    let all = anna.post(
        &path,
        &json!({ "title": "", "tax_number": "1", "email": "x" }),
    );
    assert_eq!(all.reasons(), ["field.invalid"; 3]);
    anna.get(&path).refused(404, "not_found");
}
