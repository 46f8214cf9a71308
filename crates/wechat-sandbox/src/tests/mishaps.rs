//! What goes wrong on demand.

use std::time::Duration;

use serde_json::json;

use super::merchant::Merchant;

fn pay(merchant: &Merchant, number: &str) {
    let prepay_id = merchant.prepay(number, 6000);
    assert_eq!(merchant.pay(&prepay_id, &json!({})).0, 200);
}

#[test]
fn a_dropped_notification_never_comes_and_a_query_finds_the_payment() {
    let merchant = Merchant::new();
    merchant.fault(&json!({"kind": "drop_notification", "count": 1}));
    pay(&merchant, "ORDER-1");
    pay(&merchant, "ORDER-2");
    let first = merchant.reads(&merchant.receiver.next());
    assert_eq!(first["out_trade_no"], "ORDER-2");
    assert_eq!(merchant.query("ORDER-1").body["trade_state"], "SUCCESS");
}

#[test]
fn a_duplicate_is_the_same_notification_again() {
    let merchant = Merchant::new();
    merchant.fault(&json!({"kind": "duplicate_notification", "count": 1, "value": 2}));
    pay(&merchant, "ORDER-1");
    let ids = [(); 3].map(|()| merchant.receiver.next().id());
    assert!(ids.iter().all(|id| *id == ids[0]));
}

#[test]
fn wrong_amounts_are_told_in_notification_and_query() {
    let merchant = Merchant::new();
    merchant.fault(&json!({"kind": "wrong_amount", "count": 1, "value": 1, "path": "/payments"}));
    merchant.fault(&json!({"kind": "wrong_amount", "count": 1, "path": "/v3/pay"}));
    pay(&merchant, "ORDER-1");
    let told = merchant.reads(&merchant.receiver.next());
    assert_eq!(told["amount"]["total"], 1);
    assert_eq!(merchant.query("ORDER-1").body["amount"]["total"], 6001);
    assert_eq!(merchant.query("ORDER-1").body["amount"]["total"], 6000);
    assert_eq!(
        merchant.look("/sandbox/ledger")["payments"][0]["amount_fen"],
        6000
    );
}

#[test]
fn a_bad_signature_spoils_one_answer_or_one_delivery() {
    let merchant = Merchant::new();
    merchant.fault(&json!({"kind": "bad_signature", "path": "/v3/pay/transactions/out"}));
    merchant.fault(&json!({"kind": "bad_signature", "path": "/payments"}));
    merchant.receiver.answer(&[401]);
    pay(&merchant, "ORDER-1");
    let forged = merchant.receiver.next();
    let genuine = merchant.receiver.next();
    assert!(!merchant.trusts(&forged) && merchant.trusts(&genuine));
    assert_eq!(forged.header("serial"), genuine.header("serial"));
    assert!(!merchant.query("ORDER-1").genuine);
    assert!(merchant.query("ORDER-1").genuine);
}

#[test]
fn a_failed_call_does_nothing_and_a_timed_out_one_has_done_its_work() {
    let merchant = Merchant::new();
    let path = "/v3/pay/transactions/jsapi";
    let body = merchant.prepay_body("ORDER-1", 6000);
    merchant.fault(&json!({"kind": "http_500", "path": "/v3/pay"}));
    let failed = merchant.post(path, &body);
    assert_eq!((failed.status, failed.code()), (500, "SYSTEM_ERROR"));
    assert_eq!(merchant.query("ORDER-1").status, 404);

    merchant.fault(&json!({"kind": "timeout", "value": 30_000, "path": path}));
    let headers = merchant.headers(&merchant.authority(&body.to_string()), "POST", path);
    let impatient = merchant.http.post(merchant.url(path)).headers(headers);
    let impatient = impatient.timeout(Duration::from_millis(500));
    assert!(impatient.body(body.to_string()).send().is_err());
    let done = |_| merchant.query("ORDER-1").status == 200;
    assert!((0..10_000).any(done));
    assert_eq!(merchant.query("ORDER-1").body["trade_state"], "NOTPAY");
}

#[test]
fn faults_can_be_seen_refused_and_cleared() {
    let merchant = Merchant::new();
    merchant.fault(&json!({"kind": "delay_ms", "count": 3, "value": 1, "path": "/v3/"}));
    merchant.query("ORDER-1");
    let pending = merchant.look("/sandbox/faults");
    assert_eq!(pending[0]["count"], 2);
    for nonsense in [
        json!({"kind": "flood"}),
        json!({"kind": "timeout", "count": 0}),
    ] {
        assert_eq!(merchant.steer("/sandbox/faults", &nonsense).0, 400);
    }
    let url = merchant.url("/sandbox/faults");
    assert_eq!(merchant.http.delete(url).send().unwrap().status(), 204);
    assert_eq!(merchant.look("/sandbox/faults"), json!([]));
}

#[test]
fn a_forged_notification_looks_right_but_for_its_signature() {
    let merchant = Merchant::new();
    merchant.prepay("ORDER-1", 6000);
    merchant.receiver.answer(&[401, 401]);
    for signature in ["wrong_key", "signtest"] {
        let forgery = json!({"out_trade_no": "ORDER-1", "signature": signature});
        let (_, answer) = merchant.steer("/sandbox/forge-notification", &forgery);
        assert_eq!(answer["status"], 401);
        let forged = merchant.receiver.next();
        assert!(!merchant.trusts(&forged));
        assert_eq!(merchant.reads(&forged)["trade_state"], "SUCCESS");
    }
    assert_eq!(merchant.query("ORDER-1").body["trade_state"], "NOTPAY");
}
