use chrono::TimeDelta;
use reqwest::Method;

use crate::house::{House, Tourist, send};

#[test]
fn a_token_ends_after_two_hours_and_says_so() {
    let house = House::open();
    let anna = house.tourist("anna");
    house.advance(TimeDelta::hours(2) - TimeDelta::seconds(1));
    assert_eq!(anna.get("/me").status, 200);
    house.advance(TimeDelta::seconds(1));
    anna.get("/me").refused(401, "auth.expired");
}

#[test]
fn signing_out_ends_this_token_and_no_other() {
    let house = House::open();
    let (anna, elsewhere) = (house.tourist("anna"), house.tourist("anna"));
    assert_eq!(anna.delete("/sessions/current").status, 204);
    anna.get("/me").refused(401, "auth.required");
    anna.delete("/sessions/current")
        .refused(401, "auth.required");
    assert_eq!(elsewhere.get("/me").status, 200);
}

#[test]
fn what_is_not_our_token_is_no_token() {
    let house = House::open();
    let token = house.tourist("anna").token;
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let forged = format!("{signed}.{}", signature.chars().rev().collect::<String>());
    for token in [forged.as_str(), signed, "", "x", "a.b.c"] {
        let stranger = Tourist {
            house: &house,
            token: token.to_owned(),
        };
        let answer = stranger.get("/me");
        answer.refused(401, "auth.required");
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
    for header in ["", "Bearer", "Basic YTpi", &token] {
        let request = house
            .request(Method::GET, "/me")
            .header("Authorization", header);
        send(request).refused(401, "auth.required");
    }
}

#[test]
fn a_code_that_wechat_does_not_know_signs_nobody_in() {
    let house = House::open();
    let body = serde_json::json!({ "code": "made-up" });
    let answer = send(house.request(Method::POST, "/sessions").json(&body));
    answer.refused(422, "request.invalid");
    assert_eq!(answer.reasons(), ["wechat.code_invalid"]);
}
