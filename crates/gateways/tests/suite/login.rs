//! Signing in and giving a phone number.

use chrono::TimeDelta;
use domain::ports::{LoginError, WechatLogin as _};
use gateways::wechat_login::WechatLoginClient;
use serde_json::json;
use wechat_sandbox::TEST_APP_SECRET;

use crate::world::{World, person};

fn assert_unavailable<T: std::fmt::Debug>(outcome: Result<T, LoginError>) {
    let unavailable = matches!(outcome, Err(LoginError::Unavailable(_)));
    assert!(unavailable, "{outcome:?}");
}

fn phone(client: &WechatLoginClient) -> Result<String, LoginError> {
    let phone = client.phone("sandbox:13812345678");
    phone.map(|phone| phone.as_str().to_owned())
}

#[test]
fn a_code_names_the_person() {
    let world = World::new();
    let login = world.login();
    assert_eq!(login.sign_in("sandbox:visitor-1"), Ok(person()));
    assert_eq!(login.sign_in("sandbox:blocked"), Err(LoginError::Blocked));
    for code in ["nonsense", "sandbox:", "a&secret=b#c"] {
        assert_eq!(login.sign_in(code), Err(LoginError::InvalidCode));
    }
}

#[test]
fn wechat_fails_or_does_not_know_us() {
    let world = World::new();
    world.fault(&json!({"kind": "http_500", "path": "/sns"}));
    assert_unavailable(world.login().sign_in("sandbox:visitor-1"));
    assert_eq!(world.login().sign_in("sandbox:visitor-1"), Ok(person()));
    let mut settings = world.login_settings();
    settings.app_secret = "another".into();
    let stranger = WechatLoginClient::new(settings, world.clock.clone()).unwrap();
    assert_unavailable(stranger.sign_in("sandbox:visitor-1"));
    assert_unavailable(phone(&stranger));
}

#[test]
fn a_code_gives_the_phone_number() {
    let world = World::new();
    let login = world.login();
    assert_eq!(phone(&login), Ok("13812345678".to_owned()));
    assert_eq!(login.phone("nonsense"), Err(LoginError::InvalidCode));
}

#[test]
fn a_token_that_wechat_has_replaced_is_replaced_here_too() {
    let world = World::new();
    let login = world.login();
    assert!(phone(&login).is_ok());
    let replace = json!({
        "grant_type": "client_credential",
        "appid": world.login_settings().app_id,
        "secret": TEST_APP_SECRET,
        "force_refresh": true,
    });
    world.post("/cgi-bin/stable_token", &replace);
    assert_eq!(phone(&login), Ok("13812345678".to_owned()));
}

#[test]
fn a_token_that_has_aged_is_fetched_anew() {
    let world = World::new();
    let login = world.login();
    assert!(phone(&login).is_ok());
    world.clock.step(TimeDelta::hours(3));
    assert!(phone(&login).is_ok());
    world.clock.step(TimeDelta::hours(3));
    world.fault(&json!({"kind": "http_500", "path": "/cgi-bin/stable_token"}));
    assert_unavailable(phone(&login));
    assert!(phone(&login).is_ok());
}
