//! Giving money back.

use chrono::TimeDelta;
use serde_json::json;

use super::merchant::Merchant;

#[test]
fn a_refund_is_accepted_first_and_ends_later() {
    let merchant = Merchant::new();
    merchant.sell("ORDER-1", 6000);
    let accepted = merchant.refund("R-1", "ORDER-1", 1000, 6000);
    assert!(accepted.genuine);
    assert_eq!(accepted.body["status"], "PROCESSING");

    let news = merchant.receiver.next();
    assert!(merchant.trusts(&news));
    assert_eq!(news.json()["event_type"], "REFUND.SUCCESS");
    let resource = merchant.reads(&news);
    assert_eq!(resource["refund_status"], "SUCCESS");
    assert_eq!(resource["amount"]["refund"], 1000);
    assert_eq!(merchant.query_refund("R-1").body["status"], "SUCCESS");
    assert_eq!(merchant.query("ORDER-1").body["trade_state"], "REFUND");
    let ledger = merchant.look("/sandbox/ledger");
    let expected = json!([{
        "out_refund_no": "R-1",
        "out_trade_no": "ORDER-1",
        "amount_fen": 1000,
        "state": "SUCCESS",
    }]);
    assert_eq!(ledger["refunds"], expected);
}

#[test]
fn a_refund_asked_for_twice_is_one_refund() {
    let merchant = Merchant::new();
    merchant.sell("ORDER-1", 6000);
    let first = merchant.refund("R-1", "ORDER-1", 1000, 6000);
    merchant.receiver.next();
    let again = merchant.refund("R-1", "ORDER-1", 1000, 6000);
    assert_eq!(again.body["refund_id"], first.body["refund_id"]);
    assert_eq!(again.body["status"], "SUCCESS");
    let other = merchant.refund("R-1", "ORDER-1", 1001, 6000);
    assert_eq!(other.code(), "INVALID_REQUEST");
}

#[test]
fn refunds_keep_wechats_distance_and_the_orders_limit() {
    let merchant = Merchant::new();
    merchant.sell("ORDER-1", 6000);
    merchant.refund("R-1", "ORDER-1", 3000, 6000);
    let soon = merchant.refund("R-2", "ORDER-1", 3000, 6000);
    assert_eq!((soon.status, soon.code()), (429, "FREQUENCY_LIMITED"));
    merchant.clock.advance(TimeDelta::minutes(1));
    let much = merchant.refund("R-2", "ORDER-1", 3001, 6000);
    assert_eq!((much.status, much.code()), (400, "INVALID_REQUEST"));
    assert_eq!(merchant.refund("R-2", "ORDER-1", 3000, 6000).status, 200);
    let unknown = merchant.refund("R-3", "ORDER-9", 1, 1);
    assert_eq!(
        (unknown.status, unknown.code()),
        (404, "RESOURCE_NOT_EXISTS")
    );
    assert_eq!(merchant.query_refund("R-3").status, 404);
    merchant.prepay("ORDER-2", 6000);
    let unpaid = merchant.refund("R-4", "ORDER-2", 6000, 6000);
    assert_eq!(unpaid.code(), "INVALID_REQUEST");
}

#[test]
fn a_refund_can_end_badly() {
    let merchant = Merchant::new();
    for (fault, event, state, number) in [
        (
            json!({"kind": "refund_fails"}),
            "REFUND.ABNORMAL",
            "ABNORMAL",
            1,
        ),
        (
            json!({"kind": "refund_fails", "value": "CLOSED"}),
            "REFUND.CLOSED",
            "CLOSED",
            2,
        ),
    ] {
        let (order, refund) = (format!("ORDER-{number}"), format!("R-{number}"));
        merchant.sell(&order, 6000);
        merchant.fault(&fault);
        merchant.refund(&refund, &order, 6000, 6000);
        assert_eq!(merchant.receiver.next().json()["event_type"], event);
        assert_eq!(merchant.query_refund(&refund).body["status"], state);
    }
}
