use reqwest::Method;
use serde_json::json;

use crate::house::{House, send};

#[test]
fn an_account_may_ask_for_ten_orders_a_minute() {
    let house = House::with(|settings| assert_eq!(settings.limits.orders_per_minute, 10));
    let (anna, ben) = (house.tourist("anna"), house.tourist("ben"));
    let mut body = anna.order_body(&[(house.museum.adult(), &[])]);
    body["date"] = "2027-06-01".into();
    for number in 0..10 {
        let answer = anna.order(&format!("key-{number}"), &body);
        answer.refused(409, "order.refused");
    }
    let answer = anna.order("key-10", &body);
    answer.refused(429, "rate_limited");
    assert!(answer.headers.contains_key("retry-after"));
    ben.order("key-0", &body).refused(409, "order.refused");
    assert_eq!(anna.get("/orders").expect(200)["items"], json!([]));
}

#[test]
fn an_address_may_send_so_many_requests_a_minute() {
    let house = House::with(|settings| settings.limits.requests_per_address = Some(3));
    for _ in 0..3 {
        assert_eq!(house.get("/calendar").status, 200);
    }
    let answer = house.get("/calendar");
    answer.refused(429, "rate_limited");
    assert!(answer.headers.contains_key("retry-after"));
}

#[test]
fn health_and_what_wechat_sends_are_not_limited() {
    let house = House::with(|settings| settings.limits.requests_per_address = Some(1));
    for _ in 0..3 {
        assert_eq!(house.get_root("/healthz").status().as_u16(), 200);
        assert_eq!(house.get_root("/readyz").status().as_u16(), 200);
        for news in ["payment", "refund"] {
            let path = format!("/wechat/{news}-notifications");
            let answer = send(house.request(Method::POST, &path).body("{}"));
            assert_eq!(answer.status, 401, "unsigned news is refused as such");
        }
    }
    assert_eq!(house.get("/calendar").status, 200);
    house.get("/calendar").refused(429, "rate_limited");
}
