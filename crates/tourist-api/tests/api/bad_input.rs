//! Whatever is sent, the answer is a clear 4xx in the envelope and in the caller's language, and
//! nothing has changed.

use reqwest::Method;
use serde_json::{Value, json};

use crate::house::{Answer, House, Tourist, send};

/// A change to a good order, and the field that the answer must name.
type Spoiled = (&'static str, fn(&mut Value));

const SPOILED_ORDERS: [Spoiled; 26] = [
    ("surprise", |order| order["surprise"] = json!(1)),
    ("visitors[0].discount", |order| {
        order["visitors"][0]["discount"] = json!(100)
    }),
    ("date", |order| order["date"] = json!(20_261_201)),
    ("date", |order| order["date"] = json!("2026-13-01")),
    ("date", |order| order["date"] = json!("2026-02-30")),
    ("date", |order| order["date"] = json!("1999-12-31")),
    ("date", |order| order["date"] = json!("2200-01-01")),
    ("date", |order| {
        order["date"] = json!("2026-12-01T00:00:00Z")
    }),
    ("date", |order| order["date"] = json!("")),
    ("session", |order| {
        order["session"] = json!("Morning; DROP TABLE orders")
    }),
    ("session", |order| order["session"] = json!(["morning"])),
    ("phone", |order| order["phone"] = json!("12345")),
    ("phone", |order| order["phone"] = json!(13_812_345_678_i64)),
    ("visitors", |order| order["visitors"] = json!([])),
    ("visitors", |order| {
        let visitor = order["visitors"][0].clone();
        order["visitors"] = json!(vec![visitor; 6]);
    }),
    ("visitors", |order| order["visitors"] = json!({ "0": {} })),
    ("visitors[0].category", |order| {
        order["visitors"][0]["category"] = json!("child")
    }),
    ("visitors[0].category", |order| {
        order["visitors"][0]["category"] = json!(-1)
    }),
    ("visitors[0].document_type", |order| {
        order["visitors"][0]["document_type"] = json!("driving_licence");
    }),
    ("visitors[0].document_number", |order| {
        order["visitors"][0]["document_number"] = json!(110_105_194_912_310_021_i64);
    }),
    ("visitors[0].add_ons[0]", |order| {
        order["visitors"][0]["add_ons"] = json!(["../gallery"])
    }),
    ("visitors[0].add_ons", |order| {
        order["visitors"][0]["add_ons"] = json!("palace")
    }),
    ("visitors[0].birth_date", |order| {
        order["visitors"][0]["birth_date"] = json!("31.12.1990")
    }),
    ("visitors[0].visitor_id", |order| {
        order["visitors"][0]["visitor_id"] = json!("-1")
    }),
    ("visitors[0].visitor_id", |order| {
        order["visitors"][0]["visitor_id"] = json!("0198f000-0000-7000-8000-000000000000");
    }),
    ("visitors[0].visitor_id", |order| {
        order["visitors"][0]["name"] = Value::Null
    }),
];

struct Table<'a> {
    anna: Tourist<'a>,
    before: [Value; 4],
}

impl<'a> Table<'a> {
    fn of(house: &'a House) -> Self {
        let anna = house.tourist("anna");
        let before = snapshot(&anna);
        Self { anna, before }
    }

    /// The request is refused with `status` and `code` in both languages, and nothing changes.
    #[track_caller]
    fn refuses(
        &self,
        request: impl Fn(&Tourist<'a>) -> reqwest::blocking::RequestBuilder,
        status: u16,
        code: &str,
        field: &str,
    ) {
        let mut messages = Vec::new();
        for language in ["zh-CN", "en"] {
            let answer = send(request(&self.anna).header("Accept-Language", language));
            answer.refused(status, code);
            assert_envelope(&answer);
            if !field.is_empty() {
                assert_eq!(answer.body["details"][0]["field"], field, "{}", answer.body);
                messages.push(answer.body["details"][0]["message"].to_string());
            }
            messages.push(answer.body["message"].to_string());
        }
        let (zh, en) = messages.split_at(messages.len() / 2);
        assert!(zh.iter().all(|text| !text.is_ascii()), "{zh:?}");
        assert!(en.iter().all(|text| text.is_ascii()), "{en:?}");
        assert_eq!(snapshot(&self.anna), self.before);
    }
}

/// All that the requests could have changed.
fn snapshot(anna: &Tourist<'_>) -> [Value; 4] {
    [
        anna.get("/me").expect(200),
        anna.get("/orders").expect(200),
        anna.get("/me/visitors").expect(200),
        anna.remaining(),
    ]
}

#[track_caller]
fn assert_envelope(answer: &Answer) {
    let id = answer.body["request_id"].as_str().unwrap_or_default();
    assert_eq!(id.len(), 32, "{}", answer.body);
    assert_eq!(answer.headers["x-request-id"], id);
    assert!(answer.status < 500, "{}", answer.body);
}

#[test]
fn orders_of_the_wrong_shape() {
    let house = House::open();
    let table = Table::of(&house);
    let good = table
        .anna
        .order_body(&[(house.museum.adult(), &["treasure_gallery"])]);
    for (field, spoil) in SPOILED_ORDERS {
        let mut order = good.clone();
        spoil(&mut order);
        let request = |anna: &Tourist<'_>| {
            let request = anna.request(Method::POST, "/orders");
            request.header("Idempotency-Key", "key-1").json(&order)
        };
        table.refuses(request, 422, "request.invalid", field);
    }
    for missing in ["date", "session", "phone", "visitors"] {
        let mut order = good.clone();
        order.as_object_mut().unwrap().remove(missing);
        let request = |anna: &Tourist<'_>| {
            let request = anna.request(Method::POST, "/orders");
            request.header("Idempotency-Key", "key-1").json(&order)
        };
        table.refuses(request, 422, "request.invalid", missing);
    }
    table.anna.order("key-1", &good).expect(201);
}

#[test]
fn idempotency_keys_of_the_wrong_shape() {
    let house = House::open();
    let table = Table::of(&house);
    let good = table.anna.order_body(&[(house.museum.adult(), &[])]);
    let long = "k".repeat(65);
    for key in [None, Some(""), Some("two words"), Some(long.as_str())] {
        let request = |anna: &Tourist<'_>| {
            let request = anna.request(Method::POST, "/orders").json(&good);
            match key {
                Some(key) => request.header("Idempotency-Key", key),
                None => request,
            }
        };
        table.refuses(request, 422, "request.invalid", "Idempotency-Key");
    }
}

#[test]
fn bodies_that_are_no_json() {
    let house = House::open();
    let table = Table::of(&house);
    let bodies: [&[u8]; 8] = [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\"order\"",
        b"\xff\xfe",
        b"{} {}",
        b"{\"date\":\"\\ud800\"}",
    ];
    for path in ["/sessions", "/me/visitors", "/me/standing", "/orders"] {
        for body in bodies {
            let request = |anna: &Tourist<'_>| {
                let request = anna
                    .request(Method::POST, path)
                    .header("Idempotency-Key", "key-1");
                request
                    .header("Content-Type", "application/json")
                    .body(body)
            };
            table.refuses(request, 422, "request.invalid", "");
        }
        let form = |anna: &Tourist<'_>| {
            let request = anna
                .request(Method::POST, path)
                .header("Idempotency-Key", "key-1");
            request
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body("code=1")
        };
        table.refuses(form, 422, "request.invalid", "");
    }
}

#[test]
fn bodies_of_ten_megabytes() {
    let house = House::open();
    let table = Table::of(&house);
    let body = vec![b' '; 10 * 1024 * 1024];
    for path in ["/sessions", "/orders", "/wechat/payment-notifications"] {
        let request = |anna: &Tourist<'_>| {
            let request = anna
                .request(Method::POST, path)
                .header("Idempotency-Key", "key-1");
            request
                .header("Content-Type", "application/json")
                .body(body.clone())
        };
        table.refuses(request, 413, "request.too_large", "");
    }
}

#[test]
fn queries_of_the_wrong_shape() {
    let house = House::open();
    let table = Table::of(&house);
    for (path, field) in [
        ("/availability", "date"),
        ("/availability?date=", "date"),
        ("/availability?date=tomorrow", "date"),
        ("/availability?date=2026-02-30", "date"),
        ("/availability?date=1999-01-01", "date"),
        ("/availability?date=9999-01-01", "date"),
        ("/availability?date=2026-12-01&date=2026-12-02", "date"),
        ("/availability?date=2026-12-01&venue=palace", "venue"),
        ("/ticket-types?day=2026-12-01", "day"),
        ("/opening-hours?date=-1", "date"),
        ("/orders?limit=0", "limit"),
        ("/orders?limit=201", "limit"),
        ("/orders?limit=-5", "limit"),
        ("/orders?limit=ten", "limit"),
        ("/orders?tab=everything", "tab"),
        ("/orders?cursor=-1", "cursor"),
        ("/orders?page=2", "page"),
    ] {
        let request = |anna: &Tourist<'_>| anna.request(Method::GET, path);
        table.refuses(request, 422, "request.invalid", field);
    }
}

#[test]
fn people_of_the_wrong_shape() {
    let house = House::open();
    let table = Table::of(&house);
    let person = house.museum.adult();
    let good = json!({
        "name": person.name.as_str(),
        "document_type": "id_card",
        "document_number": person.document.number(),
    });
    for (field, value) in [
        ("name", json!("X Æ A-12")),
        ("name", json!("")),
        ("document_number", json!("110101199005010000")),
        ("document_number", json!("")),
        ("birth_date", json!("1991-01-01")),
        ("birth_date", json!("1990-02-30")),
        ("nickname", json!("x")),
    ] {
        let mut body = good.clone();
        body[field] = value;
        let request = |anna: &Tourist<'_>| anna.request(Method::POST, "/me/visitors").json(&body);
        table.refuses(request, 422, "request.invalid", field);
    }
    let passport = json!({
        "name": "ADA LOVELACE", "document_type": "passport", "document_number": "AB1234567",
    });
    let request = |anna: &Tourist<'_>| anna.request(Method::POST, "/me/visitors").json(&passport);
    table.refuses(request, 422, "request.invalid", "document_number");
    for (body, field) in [
        (json!({}), "phone"),
        (
            json!({ "phone": "13812345678", "wechat_code": "sandbox:1" }),
            "phone",
        ),
        (json!({ "phone": "110" }), "phone"),
        (json!({ "phone": null, "wechat_code": 7 }), "wechat_code"),
    ] {
        let request = |anna: &Tourist<'_>| anna.request(Method::PUT, "/me/phone").json(&body);
        table.refuses(request, 422, "request.invalid", field);
    }
}

#[test]
fn refunds_of_the_wrong_shape() {
    let house = House::open();
    let order = house.tourist("anna").paid_order("key-1", 1);
    let table = Table::of(&house);
    let path = format!("/orders/{}/refunds", order["id"].as_str().unwrap());
    for (body, field) in [
        (json!({ "tickets": ["-1"] }), "tickets[0]"),
        (json!({ "tickets": [1] }), "tickets[0]"),
        (json!({ "tickets": "all" }), "tickets"),
        (json!({ "add_ons": [null] }), "add_ons[0]"),
        (json!({ "amount_fen": 1 }), "amount_fen"),
    ] {
        let request = |anna: &Tourist<'_>| {
            let request = anna.request(Method::POST, &path);
            request.header("Idempotency-Key", "refund-1").json(&body)
        };
        table.refuses(request, 422, "request.invalid", field);
    }
    for body in [
        json!({}),
        json!({ "tickets": ["0198f000-0000-7000-8000-000000000000"] }),
    ] {
        let request = |anna: &Tourist<'_>| {
            let request = anna.request(Method::POST, &path);
            request.header("Idempotency-Key", "refund-1").json(&body)
        };
        table.refuses(request, 409, "refund.refused", "");
    }
}

#[test]
fn what_is_nowhere() {
    let house = House::open();
    let table = Table::of(&house);
    for path in [
        "/",
        "/order",
        "/orders/",
        "/orders/../me",
        "/admin",
        "/orders/x/y",
    ] {
        let request = |anna: &Tourist<'_>| anna.request(Method::GET, path);
        let answer = send(request(&table.anna));
        if answer.status != 200 {
            table.refuses(request, 404, "not_found", "");
        }
    }
    for (method, path) in [
        (Method::DELETE, "/orders"),
        (Method::PATCH, "/me"),
        (Method::GET, "/sessions"),
        (Method::PUT, "/calendar"),
    ] {
        let request = |anna: &Tourist<'_>| anna.request(method.clone(), path);
        table.refuses(request, 405, "method_not_allowed", "");
    }
}

#[test]
fn notifications_that_wechat_did_not_sign() {
    let house = House::open();
    let anna = house.tourist("anna");
    let order = anna
        .order("key-1", &anna.order_body(&[(house.museum.adult(), &[])]))
        .expect(201);
    let body = json!({
        "id": "1", "event_type": "TRANSACTION.SUCCESS",
        "resource": { "algorithm": "AEAD_AES_256_GCM", "ciphertext": "", "nonce": "" },
    });
    for path in [
        "/wechat/payment-notifications",
        "/wechat/refund-notifications",
    ] {
        let unsigned = send(house.request(Method::POST, path).json(&body));
        assert_eq!(
            (unsigned.status, unsigned.code()),
            (401, "FAIL"),
            "{}",
            unsigned.body
        );
        let forged = house
            .request(Method::POST, path)
            .header("Wechatpay-Serial", "PUB_KEY_ID_0000000001")
            .header("Wechatpay-Timestamp", house.now().timestamp().to_string())
            .header("Wechatpay-Nonce", "nonce")
            .header("Wechatpay-Signature", "AAAA");
        let forged = send(forged.json(&body));
        assert_eq!(
            (forged.status, forged.code()),
            (401, "FAIL"),
            "{}",
            forged.body
        );
    }
    let shown = anna
        .get(&format!("/orders/{}", order["id"].as_str().unwrap()))
        .expect(200);
    assert_eq!(shown["state"], "unpaid");
}
