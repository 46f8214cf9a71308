//! Login, phone numbers and messages.

use chrono::TimeDelta;
use serde_json::{Value, json};

use super::merchant::Merchant;
use crate::{DEFAULT_APP_ID, REFUSES_MESSAGES, TEST_APP_SECRET, openid_of};

fn login(merchant: &Merchant, app_id: &str, secret: &str, code: &str) -> Value {
    merchant.look(&format!(
        "/sns/jscode2session?appid={app_id}&secret={secret}&js_code={code}\
         &grant_type=authorization_code"
    ))
}

fn token(merchant: &Merchant) -> String {
    let body = json!({
        "grant_type": "client_credential",
        "appid": DEFAULT_APP_ID,
        "secret": TEST_APP_SECRET,
    });
    let (_, answer) = merchant.steer("/cgi-bin/stable_token", &body);
    answer["access_token"].as_str().unwrap().to_owned()
}

#[test]
fn a_login_code_is_the_person_it_names() {
    let merchant = Merchant::new();
    let lilei = login(&merchant, DEFAULT_APP_ID, TEST_APP_SECRET, "sandbox:lilei");
    assert_eq!(lilei["openid"], openid_of(DEFAULT_APP_ID, "lilei"));
    assert_eq!(lilei.get("errcode"), None);
    for (app_id, secret, code, errcode) in [
        ("wxother", TEST_APP_SECRET, "sandbox:lilei", 40013),
        (DEFAULT_APP_ID, "wrong", "sandbox:lilei", 40125),
        (DEFAULT_APP_ID, TEST_APP_SECRET, "081aBc", 40029),
        (DEFAULT_APP_ID, TEST_APP_SECRET, "sandbox:", 40029),
        (DEFAULT_APP_ID, TEST_APP_SECRET, "sandbox:blocked", 40226),
    ] {
        let answer = login(&merchant, app_id, secret, code);
        assert_eq!(answer["errcode"], errcode, "{code}");
    }
}

#[test]
fn a_token_stays_the_same_until_it_ends() {
    let merchant = Merchant::new();
    let first = token(&merchant);
    assert_eq!(token(&merchant), first);
    let path = format!("/wxa/business/getuserphonenumber?access_token={first}");
    let code = json!({"code": "sandbox:13800138000"});
    let (status, answer) = merchant.steer(&path, &code);
    assert_eq!(status, 200);
    let info = &answer["phone_info"];
    assert_eq!(info["purePhoneNumber"], "13800138000");
    assert_eq!(info["watermark"]["appid"], DEFAULT_APP_ID);
    merchant.clock.advance(TimeDelta::seconds(7200));
    assert_eq!(merchant.steer(&path, &code).1["errcode"], 42001);
    assert_ne!(token(&merchant), first);
    assert_eq!(merchant.steer(&path, &code).1["errcode"], 40001);
}

#[test]
fn messages_are_checked_and_recorded() {
    let merchant = Merchant::new();
    let path = format!(
        "/cgi-bin/message/subscribe/send?access_token={}",
        token(&merchant)
    );
    let message = |openid: String, thing: &str| {
        json!({
            "touser": openid,
            "template_id": "T-1",
            "page": "pages/order",
            "data": {"thing1": {"value": thing}},
        })
    };
    let lilei = openid_of(DEFAULT_APP_ID, "lilei");
    let long = "馆".repeat(21);
    for (openid, thing, errcode) in [
        (lilei.clone(), "科技馆", 0),
        (lilei, long.as_str(), 47003),
        ("oInvented".to_owned(), "科技馆", 40003),
        (openid_of(DEFAULT_APP_ID, REFUSES_MESSAGES), "科技馆", 43101),
    ] {
        let (_, answer) = merchant.steer(&path, &message(openid, thing));
        assert_eq!(answer["errcode"], errcode);
    }
    let recorded = merchant.look("/sandbox/messages");
    let recorded = recorded["messages"].as_array().unwrap();
    assert_eq!(recorded.len(), 1);
    assert_eq!(recorded[0]["data"]["thing1"]["value"], "科技馆");
}
