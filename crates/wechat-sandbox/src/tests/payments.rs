//! From the prepay request to the money.

use chrono::TimeDelta;
use serde_json::json;

use super::merchant::Merchant;

#[test]
fn a_payment_is_notified_and_found() {
    let merchant = Merchant::new();
    let prepay_id = merchant.prepay("ORDER-1", 6000);
    assert_eq!(merchant.query("ORDER-1").body["trade_state"], "NOTPAY");
    merchant.clock.advance(TimeDelta::minutes(10));
    let (status, paid) = merchant.pay(&prepay_id, &json!({}));
    assert_eq!(status, 200);
    assert_eq!(paid["out_trade_no"], "ORDER-1");

    let news = merchant.receiver.next();
    assert!(merchant.trusts(&news));
    assert_eq!(news.path, "/payments");
    assert_eq!(news.json()["event_type"], "TRANSACTION.SUCCESS");
    let resource = merchant.reads(&news);
    let found = merchant.query("ORDER-1");
    assert!(found.genuine);
    assert_eq!(found.body, resource);
    assert_eq!(resource["transaction_id"], paid["transaction_id"]);
    assert_eq!(resource["success_time"], "2026-12-01T12:10:00+08:00");
    assert_eq!(resource["amount"]["total"], 6000);

    let closing = merchant.close("ORDER-1");
    assert_eq!(closing.code(), "ORDERPAID");
    let ledger = merchant.look("/sandbox/ledger");
    let expected = json!({
        "payments": [{
            "out_trade_no": "ORDER-1",
            "transaction_id": paid["transaction_id"],
            "amount_fen": 6000,
            "state": "SUCCESS",
            "success_time": "2026-12-01T12:10:00+08:00",
        }],
        "refunds": [],
    });
    assert_eq!(ledger, expected);
}

#[test]
fn the_same_order_can_be_prepared_again_and_no_other_under_its_number() {
    let merchant = Merchant::new();
    let path = "/v3/pay/transactions/jsapi";
    let prepay_id = merchant.prepay("ORDER-1", 6000);
    assert_eq!(merchant.prepay("ORDER-1", 6000), prepay_id);
    let other = merchant.prepay_body("ORDER-1", 6001);
    assert_eq!(merchant.post(path, &other).code(), "OUT_TRADE_NO_USED");
    let same = merchant.prepay_body("ORDER-1", 6000);
    merchant.pay(&prepay_id, &json!({}));
    assert_eq!(merchant.post(path, &same).code(), "ORDERPAID");
    merchant.prepay("ORDER-2", 6000);
    assert_eq!(merchant.close("ORDER-2").status, 204);
    let closed = merchant.prepay_body("ORDER-2", 6000);
    assert_eq!(merchant.post(path, &closed).code(), "ORDER_CLOSED");
    assert_eq!(merchant.query("ORDER-2").body["trade_state"], "CLOSED");
    assert_eq!(merchant.close("ORDER-3").code(), "ORDER_NOT_EXIST");
}

#[test]
fn who_comes_too_late_cannot_pay_unless_it_was_a_race() {
    let merchant = Merchant::new();
    let expired = merchant.prepay("ORDER-1", 6000);
    let closed = merchant.prepay("ORDER-2", 6000);
    merchant.close("ORDER-2");
    merchant.clock.advance(TimeDelta::minutes(31));
    for prepay_id in [&expired, &closed] {
        assert_eq!(merchant.pay(prepay_id, &json!({})).0, 409);
    }
    assert_eq!(merchant.pay("wx-unknown", &json!({})).0, 404);
    // A payment made in time, of which one hears late.
    let in_time = json!({"success_time": "2026-12-01T12:29:00+08:00"});
    let (status, paid) = merchant.pay(&expired, &in_time);
    assert_eq!(
        (status, &paid["success_time"]),
        (200, &in_time["success_time"])
    );
    let (status, _) = merchant.pay(&closed, &json!({"after_close": true}));
    assert_eq!(status, 200);
    assert_eq!(merchant.query("ORDER-2").body["trade_state"], "SUCCESS");
}

#[test]
fn a_notification_is_repeated_until_it_is_taken() {
    let merchant = Merchant::new();
    merchant.receiver.answer(&[500, 302, 401, 200]);
    let prepay_id = merchant.prepay("ORDER-1", 6000);
    merchant.pay(&prepay_id, &json!({}));
    let deliveries = [(); 4].map(|()| merchant.receiver.next());
    for news in &deliveries {
        assert!(merchant.trusts(news));
        assert_eq!(news.id(), deliveries[0].id());
    }
    assert_ne!(deliveries[0].header("nonce"), deliveries[1].header("nonce"));
    // The fourth was taken, so the next news is about another order.
    merchant.sell("ORDER-2", 100);
}

#[test]
fn a_restart_forgets_nothing_that_was_kept() {
    let directory = tempfile::tempdir().unwrap();
    let before = Merchant::keeping(directory.path());
    before.sell("ORDER-1", 6000);
    let ledger = before.look("/sandbox/ledger");
    drop(before);
    let after = Merchant::keeping(directory.path());
    assert_eq!(after.look("/sandbox/ledger"), ledger);
    assert_eq!(after.query("ORDER-1").body["trade_state"], "SUCCESS");
    assert_eq!(after.refund("R-1", "ORDER-1", 6000, 6000).status, 200);
}
