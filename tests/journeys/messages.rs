//! What tourists are told through WeChat.

use chrono::{NaiveTime, TimeDelta};
use domain::delivery::{DeliveryState, Failure};
use domain::ports::OutboxQueries;
use journeys::{Stack, StackOptions, Tourist, Visitor};
use serde_json::{Value, json};

/// A paid order of one adult.
fn paid(stack: &Stack, tourist: &Tourist) -> Value {
    let order = tourist.order(stack.day(), &[&Visitor::adult()], "my-order");
    assert_eq!(order.status, 201, "{order:?}");
    assert_eq!(stack.pay_in_wechat(&tourist.prepay(order.id())), 200);
    stack.until_paid(tourist, order.id())
}

fn send(stack: &Stack) -> String {
    stack.manage_well(&["jobs", "run", "send-messages"])
}

/// The values of the one message of that template that WeChat was given.
fn told(stack: &Stack, template: &str) -> Value {
    let mut messages = stack.messages();
    messages.retain(|message| message["template_id"] == template);
    assert_eq!(messages.len(), 1, "{messages:?}");
    messages.remove(0)
}

fn value<'a>(message: &'a Value, field: &str) -> &'a str {
    message["data"][field]["value"].as_str().unwrap()
}

#[test]
fn a_tourist_is_told_of_the_payment_and_of_the_refund() {
    let stack = Stack::start(&StackOptions::default());
    let tourist = stack.tourist("visitor-1");
    let order = paid(&stack, &tourist);
    assert!(send(&stack).contains("sent 1,"));
    let message = told(&stack, "sandbox-order-paid");
    let id = order["id"].as_str().unwrap();
    assert_eq!(message["page"], format!("pages/orders/detail?id={id}"));
    assert_eq!(value(&message, "character_string1"), order["number"]);
    assert_eq!(value(&message, "thing2"), "上午场");
    assert_eq!(value(&message, "amount4"), "¥40.00");

    let ticket = order["tickets"][0]["id"].as_str().unwrap();
    assert_eq!(tourist.refund(id, &[ticket], "my-refund").status, 202);
    stack.finish_refunds();
    assert!(send(&stack).contains("sent 1,"));
    let message = told(&stack, "sandbox-refund-succeeded");
    assert_eq!(value(&message, "character_string1"), order["number"]);
    assert_eq!(value(&message, "amount3"), "¥40.00");
    assert_eq!(stack.messages().len(), 2);
    stack.sweep();
}

#[test]
fn tomorrows_visitor_is_reminded_of_the_times() {
    let stack = Stack::start(&StackOptions::default());
    paid(&stack, &stack.tourist("visitor-1"));
    send(&stack);
    let remind = || stack.manage_well(&["jobs", "run", "remind-visitors"]);
    assert!(remind().contains("reminded 0"));
    let ten = NaiveTime::from_hms_opt(10, 0, 0).unwrap();
    let eve = stack.day().plus_days(-1).at(ten);
    stack.advance(eve - stack.clock().now());
    assert!(remind().contains("reminded 1"));
    assert!(remind().contains("reminded 0"));
    send(&stack);
    let message = told(&stack, "sandbox-visit-reminder");
    let day = stack.day().date().format("%Y年%-m月%-d日").to_string();
    assert_eq!(value(&message, "time3"), format!("{day} 08:30~12:00"));
    assert_eq!(value(&message, "number4"), "1");
    stack.sweep();
}

#[test]
fn a_tourist_who_refuses_messages_is_not_asked_again() {
    let stack = Stack::start(&StackOptions::default());
    paid(&stack, &stack.tourist("refuses-messages"));
    assert!(send(&stack).contains("refused 1,"));
    let refused = || {
        let queries = stack.database.queries();
        queries.messages(DeliveryState::Refused, 10).unwrap()
    };
    assert_eq!(refused().len(), 1);
    assert_eq!(refused()[0].failure, Some(Failure::Errcode(43101)));
    stack.advance(TimeDelta::hours(2));
    assert!(send(&stack).contains("called 0,"));
    assert_eq!(refused()[0].attempts, 1);
    assert_eq!(stack.messages(), Vec::<Value>::new());
}

#[test]
fn what_wechat_fails_to_take_is_delivered_once_it_can() {
    let stack = Stack::start(&StackOptions::default());
    paid(&stack, &stack.tourist("visitor-1"));
    let fault = json!({"kind": "http_500", "count": 2, "path": "/cgi-bin/message"});
    stack.ask_sandbox("/sandbox/faults", &fault);
    assert!(send(&stack).contains("postponed 1,"));
    assert!(send(&stack).contains("called 0,"), "it was not due yet");
    stack.advance(TimeDelta::minutes(1));
    assert!(send(&stack).contains("postponed 1,"));
    let waiting = stack.manage_well(&["outbox", "list"]);
    assert!(waiting.contains("no_answer"), "{waiting}");
    stack.advance(TimeDelta::minutes(2));
    assert!(send(&stack).contains("sent 1,"));
    stack.advance(TimeDelta::hours(1));
    assert!(send(&stack).contains("called 0,"));
    assert_eq!(stack.messages().len(), 1);
    assert!(
        stack
            .manage_well(&["outbox", "list"])
            .starts_with("0 queued, 0 dead")
    );
}
