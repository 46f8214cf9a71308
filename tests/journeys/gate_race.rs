//! A refund and the gate reach for the same ticket at the same instant, both over HTTP.

use std::sync::Barrier;
use std::thread;

use chrono::TimeDelta;
use journeys::{Stack, StackOptions, Visitor};
use serde_json::json;

const ROUNDS: usize = 16;

#[test]
fn of_a_refund_and_an_admission_exactly_one_wins() {
    let stack = Stack::start(&StackOptions::default());
    let orders: Vec<_> = (0..ROUNDS)
        .map(|round| {
            let tourist = stack.tourist(&format!("visitor-{round}"));
            let order = tourist.order(stack.day(), &[&Visitor::adult()], "order");
            assert_eq!(stack.pay_in_wechat(&tourist.prepay(order.id())), 200);
            stack.until_paid(&tourist, order.id())
        })
        .collect();
    stack.advance_to(stack.day().start() + TimeDelta::hours(9));
    let gates = stack.open_gates();
    let east = gates.add("east", "palace");
    for (round, order) in orders.iter().enumerate() {
        // Their tokens have expired since.
        let tourist = stack.tourist(&format!("visitor-{round}"));
        let (id, number) = (
            order["id"].as_str().unwrap(),
            order["number"].as_str().unwrap(),
        );
        let wanted = json!({
            "tickets": [order["tickets"][0]["id"]], "add_ons": [], "accepts_no_show": true,
        });
        let start = Barrier::new(2);
        let (results, refund) = thread::scope(|scope| {
            let gate = scope.spawn(|| {
                start.wait();
                east.results(number)
            });
            start.wait();
            let refund = tourist.post(&format!("/orders/{id}/refunds"), &wanted, Some("refund"));
            (gate.join().unwrap(), refund)
        });
        let admitted = refund.status != 202;
        assert_eq!(
            results,
            [if admitted { "admitted" } else { "refunded" }],
            "{refund:?}"
        );
        let state = &tourist.read_order(id)["tickets"][0]["state"];
        assert_eq!(state, if admitted { "used" } else { "refunded" });
    }
    drop(gates);
    stack.sweep();
}
