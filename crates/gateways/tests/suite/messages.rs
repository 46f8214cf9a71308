//! Subscribe messages, as the sandbox takes them.

use std::collections::BTreeMap;

use domain::account::OpenId;
use domain::delivery::Failure;
use domain::id::OrderId;
use domain::message_parts::{MessagePart, PartValue, TouristMessage};
use domain::outbox::MessageKind;
use domain::ports::{SendError, TouristMessenger as _};
use gateways::wechat_messages::{MessageTemplate, WechatMessages, WechatMessagesSettings};
use serde_json::{Value, json};
use uuid::Uuid;
use wechat_sandbox::{DEFAULT_APP_ID, REFUSES_MESSAGES, TEST_APP_SECRET, openid_of};

use crate::world::{World, person};

fn messenger(world: &World) -> WechatMessages {
    let template = MessageTemplate {
        id: "template-of-tests".to_owned(),
        fields: BTreeMap::from([
            (MessagePart::OrderNumber, "character_string1".to_owned()),
            (MessagePart::Note, "thing2".to_owned()),
        ]),
    };
    let settings = WechatMessagesSettings {
        mini_program: world.login_settings(),
        order_page: "pages/orders/detail".to_owned(),
        templates: vec![(MessageKind::OrderPaid, template)],
    };
    WechatMessages::new(settings, world.clock.clone()).unwrap()
}

fn order() -> OrderId {
    OrderId::new(Uuid::from_u128(33))
}

fn message(to: OpenId) -> TouristMessage {
    let number = PartValue::Code("261201000000000011".to_owned());
    TouristMessage {
        to,
        kind: MessageKind::OrderPaid,
        order: order(),
        parts: vec![
            (MessagePart::OrderNumber, number),
            (MessagePart::Visitors, PartValue::Count(2)),
            (MessagePart::Note, PartValue::Text("请携带证件".repeat(9))),
        ],
    }
}

fn recorded(world: &World) -> Vec<Value> {
    let messages = world.get("/sandbox/messages");
    messages["messages"].as_array().unwrap().clone()
}

fn replace_token(world: &World) {
    let body = json!({
        "grant_type": "client_credential",
        "appid": DEFAULT_APP_ID,
        "secret": TEST_APP_SECRET,
        "force_refresh": true,
    });
    world.post("/cgi-bin/stable_token", &body);
}

#[test]
fn a_message_fills_its_template_and_opens_the_order() {
    let world = World::new();
    assert_eq!(messenger(&world).send(&message(person())), Ok(()));
    let recorded = recorded(&world);
    assert_eq!(recorded.len(), 1);
    assert_eq!(recorded[0]["touser"], person().as_str());
    assert_eq!(recorded[0]["template_id"], "template-of-tests");
    let page = format!("pages/orders/detail?id={}", order());
    assert_eq!(recorded[0]["page"], page.as_str());
    let data = json!({
        "character_string1": {"value": "261201000000000011"},
        "thing2": {"value": "请携带证件".repeat(4)},
    });
    assert_eq!(recorded[0]["data"], data);
}

#[test]
fn who_refuses_and_who_is_unknown_are_told_apart() {
    let world = World::new();
    let messenger = messenger(&world);
    let to = |openid: &str| messenger.send(&message(OpenId::parse(openid).unwrap()));
    let refused = SendError::Refused(Failure::Errcode(43101));
    assert_eq!(
        to(&openid_of(DEFAULT_APP_ID, REFUSES_MESSAGES)),
        Err(refused)
    );
    let unknown = SendError::Wrong(Failure::Errcode(40003));
    assert_eq!(to("nobody"), Err(unknown));
    assert!(recorded(&world).is_empty());
}

#[test]
fn a_kind_without_a_template_is_not_configured() {
    let world = World::new();
    let mut message = message(person());
    message.kind = MessageKind::Banned;
    let sent = messenger(&world).send(&message);
    assert_eq!(sent, Err(SendError::NotConfigured));
}

#[test]
fn a_message_without_a_single_value_is_wrong() {
    let world = World::new();
    let mut message = message(person());
    message.parts.clear();
    let sent = messenger(&world).send(&message);
    assert_eq!(sent, Err(SendError::Wrong(Failure::Errcode(47003))));
}

#[test]
fn a_failing_wechat_is_asked_again_later() {
    let world = World::new();
    let messenger = messenger(&world);
    assert_eq!(messenger.send(&message(person())), Ok(()));
    world.fault(&json!({"kind": "http_500", "path": "/cgi-bin/message"}));
    let sent = messenger.send(&message(person()));
    assert_eq!(sent, Err(SendError::Later(Failure::NoAnswer)));
    assert_eq!(messenger.send(&message(person())), Ok(()));
    assert_eq!(recorded(&world).len(), 2);
}

#[test]
fn a_token_that_wechat_has_replaced_is_replaced_once() {
    let world = World::new();
    let messenger = messenger(&world);
    assert_eq!(messenger.send(&message(person())), Ok(()));
    replace_token(&world);
    assert_eq!(messenger.send(&message(person())), Ok(()));
    assert_eq!(recorded(&world).len(), 2);
}
