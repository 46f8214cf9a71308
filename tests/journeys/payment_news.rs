//! News of payments: lost, twice, forged, wrong, late (rules 5.2–5.5).

use chrono::TimeDelta;
use journeys::{Stack, StackOptions, Tourist, Visitor};
use serde_json::json;

struct Unpaid {
    tourist: Tourist,
    id: String,
    number: String,
    prepay: String,
}

fn unpaid(stack: &Stack, name: &str) -> Unpaid {
    let tourist = stack.tourist(name);
    let order = tourist.order(stack.day(), &[&Visitor::adult()], name);
    assert_eq!(order.status, 201, "{order:?}");
    let prepay = tourist.prepay(order.id());
    Unpaid {
        id: order.id().to_owned(),
        number: order.body["number"].as_str().unwrap().to_owned(),
        tourist,
        prepay,
    }
}

fn fault(stack: &Stack, kind: &str, path: &str) {
    stack.ask_sandbox(
        "/sandbox/faults",
        &json!({"kind": kind, "count": 1, "path": path}),
    );
}

const NOTIFICATIONS: &str = "/api/v1/wechat/payment-notifications";

#[test]
fn a_lost_notification_is_made_up_for_by_asking() {
    let stack = Stack::start(&StackOptions::default());
    let order = unpaid(&stack, "lost");
    fault(&stack, "drop_notification", NOTIFICATIONS);
    assert_eq!(stack.pay_in_wechat(&order.prepay), 200);
    stack.advance(TimeDelta::minutes(3));
    assert_eq!(order.tourist.read_order(&order.id)["state"], "unpaid");
    stack.manage_well(&["jobs", "run", "follow-payments"]);
    assert_eq!(order.tourist.read_order(&order.id)["state"], "paid");
    stack.sweep();
    stack.reconcile();
}

#[test]
fn a_notification_that_comes_twice_pays_once() {
    let stack = Stack::start(&StackOptions::default());
    let order = unpaid(&stack, "twice");
    fault(&stack, "duplicate_notification", NOTIFICATIONS);
    assert_eq!(stack.pay_in_wechat(&order.prepay), 200);
    stack.until_paid(&order.tourist, &order.id);
    assert_eq!(order.tourist.read_order(&order.id)["paid_fen"], 4000);
    stack.sweep();
    stack.reconcile();
}

#[test]
fn a_forged_notification_pays_nothing() {
    let stack = Stack::start(&StackOptions::default());
    let order = unpaid(&stack, "forged");
    let forged = json!({"out_trade_no": order.number});
    let answer = stack.ask_sandbox("/sandbox/forge-notification", &forged);
    let status = answer["status"].as_u64().unwrap();
    assert!((400..500).contains(&status), "{answer}");
    assert_eq!(order.tourist.read_order(&order.id)["state"], "unpaid");
    stack.sweep();
}

#[test]
fn a_notification_of_another_amount_pays_nothing_and_is_listed() {
    let stack = Stack::start(&StackOptions::default());
    let order = unpaid(&stack, "wrong-amount");
    fault(&stack, "wrong_amount", NOTIFICATIONS);
    assert_eq!(stack.pay_in_wechat(&order.prepay), 200);
    stack.until_difference(&order.number);
    assert_eq!(order.tourist.read_order(&order.id)["state"], "unpaid");
    stack.sweep();
}

#[test]
fn a_payment_after_expiry_revives_the_order_while_there_is_room() {
    let stack = Stack::start(&StackOptions {
        capacity: 1,
        processes: 1,
    });
    let order = unpaid(&stack, "late");
    stack.advance(TimeDelta::minutes(31));
    stack.manage_well(&["jobs", "run", "release-unpaid-orders"]);
    assert_eq!(order.tourist.read_order(&order.id)["state"], "cancelled");
    assert_eq!(stack.quota("morning", "palace").taken(), 0);
    assert_eq!(
        stack.pay_in_wechat_with(&order.prepay, &json!({"after_close": true})),
        200
    );
    stack.until_paid(&order.tourist, &order.id);
    assert_eq!(stack.quota("morning", "palace").taken(), 1);
    stack.sweep();
    stack.reconcile();
}

#[test]
fn a_payment_after_expiry_with_the_stock_gone_goes_back() {
    let stack = Stack::start(&StackOptions {
        capacity: 1,
        processes: 1,
    });
    let order = unpaid(&stack, "too-late");
    stack.advance(TimeDelta::minutes(31));
    stack.manage_well(&["jobs", "run", "release-unpaid-orders"]);
    let taker = stack.tourist("taker");
    assert_eq!(
        taker
            .order(stack.day(), &[&Visitor::adult()], "taker")
            .status,
        201
    );
    assert_eq!(
        stack.pay_in_wechat_with(&order.prepay, &json!({"after_close": true})),
        200
    );
    let read = stack.until(&order.tourist, &order.id, |order| order["paid_fen"] == 4000);
    assert_eq!(read["state"], "cancelled");
    assert_eq!(read["refunding_fen"], 4000);
    stack.finish_refunds();
    let read = order.tourist.read_order(&order.id);
    assert_eq!(
        (&read["refunded_fen"], &read["refunding_fen"]),
        (&json!(4000), &json!(0))
    );
    let refunds = stack.provider_ledger()["refunds"].clone();
    assert_eq!(refunds.as_array().unwrap().len(), 1);
    assert_eq!(refunds[0]["amount_fen"], 4000);
    stack.sweep();
    stack.reconcile();
}

#[test]
fn a_cancelled_orders_payment_is_closed_at_the_provider() {
    let stack = Stack::start(&StackOptions::default());
    let order = unpaid(&stack, "cancelled");
    let cancelled = order
        .tourist
        .post(&format!("/orders/{}/cancel", order.id), &json!({}), None);
    assert_eq!(
        (cancelled.status, &cancelled.body["state"]),
        (200, &json!("cancelled"))
    );
    stack.manage_well(&["jobs", "run", "follow-payments"]);
    let late = stack.pay_in_wechat(&order.prepay);
    assert_eq!(late, 409, "the provider takes no money for it any more");
    stack.sweep();
}
