//! From the prepared payment to the news that it was made, and all that may go wrong between.

use std::sync::Arc;

use chrono::TimeDelta;
use domain::clock::Clock as _;
use domain::ports::{NotificationError, PaymentProvider as _, ProviderError, ProviderPayment};
use gateways::wechat_pay::WechatPay;
use serde_json::json;

use crate::test_clock::SteppingClock;
use crate::world::{World, fen, person};

fn assert_unknown<T: std::fmt::Debug>(outcome: Result<T, ProviderError>) {
    let unknown = matches!(outcome, Err(ProviderError::Unknown(_)));
    assert!(unknown, "{outcome:?}");
}

fn refused(code: &str) -> ProviderError {
    ProviderError::Refused {
        code: code.to_owned(),
    }
}

#[test]
fn prepared_paid_notified_and_queried() {
    let world = World::new();
    let pay = world.pay();
    let request = world.request(1);
    assert_eq!(pay.query(&request.number), Ok(ProviderPayment::Unknown));
    let prepay_id = pay.prepay(&request).unwrap();
    assert_eq!(pay.query(&request.number), Ok(ProviderPayment::Open));
    let parameters = pay.sign_for_client(&prepay_id).unwrap();
    assert_eq!(parameters.package, format!("prepay_id={prepay_id}"));
    world.person_pays(&prepay_id);
    let notification = world.listener.next();
    let news = pay.read_payment_notification(&notification).unwrap();
    assert_eq!(news.number, request.number);
    assert_eq!((news.amount, &news.payer), (fen(6000), &person()));
    assert_eq!(news.success_time, world.clock.now());
    assert_eq!(pay.query(&request.number), Ok(ProviderPayment::Paid(news)));
}

#[test]
fn the_same_number_is_prepared_once() {
    let world = World::new();
    let pay = world.pay();
    let mut request = world.request(1);
    let first = pay.prepay(&request).unwrap();
    assert_eq!(pay.prepay(&request), Ok(first.clone()));
    request.amount = fen(7000);
    assert_eq!(pay.prepay(&request), Err(refused("OUT_TRADE_NO_USED")));
    request.amount = fen(6000);
    world.person_pays(&first);
    assert_eq!(pay.prepay(&request), Err(ProviderError::AlreadyPaid));
}

#[test]
fn what_wechat_will_not_take_is_refused() {
    let world = World::new();
    let mut request = world.request(1);
    request.amount = fen(0);
    assert_eq!(world.pay().prepay(&request), Err(refused("PARAM_ERROR")));
}

#[test]
fn a_forged_notification_is_not_believed() {
    let world = World::new();
    let pay = world.pay();
    let request = world.request(1);
    pay.prepay(&request).unwrap();
    for signature in ["wrong_key", "signtest"] {
        let forgery = json!({"out_trade_no": request.number.as_str(), "signature": signature});
        world.post("/sandbox/forge-notification", &forgery);
        let verdict = pay.read_payment_notification(&world.listener.next());
        assert_eq!(verdict, Err(NotificationError::BadSignature), "{signature}");
    }
    assert_eq!(pay.query(&request.number), Ok(ProviderPayment::Open));
}

#[test]
fn a_notification_that_came_too_late_is_not_believed() {
    let world = World::new();
    let pay = world.pay();
    let prepay_id = pay.prepay(&world.request(1)).unwrap();
    world.person_pays(&prepay_id);
    let notification = world.listener.next();
    world.clock.step(TimeDelta::minutes(5));
    let verdict = pay.read_payment_notification(&notification);
    assert_eq!(verdict, Err(NotificationError::BadSignature));
}

#[test]
fn a_wrong_amount_is_told_as_it_came() {
    let world = World::new();
    let pay = world.pay();
    world.fault(&json!({"kind": "wrong_amount", "value": 1, "path": "/payments"}));
    let request = world.request(1);
    let prepay_id = pay.prepay(&request).unwrap();
    world.person_pays(&prepay_id);
    let news = pay.read_payment_notification(&world.listener.next());
    assert_eq!(news.unwrap().amount, fen(1));
    match pay.query(&request.number) {
        Ok(ProviderPayment::Paid(news)) => assert_eq!(news.amount, fen(6000)),
        other => panic!("{other:?}"),
    }
}

#[test]
fn an_answer_in_another_hand_is_not_believed() {
    let world = World::new();
    let pay = world.pay();
    let number = world.paid(1);
    let spoil = || world.fault(&json!({"kind": "bad_signature", "path": "/v3"}));
    spoil();
    assert_unknown(pay.query(&number));
    spoil();
    assert_unknown(pay.close(&number));
    spoil();
    assert_unknown(pay.prepay(&world.request(2)));
    assert!(matches!(pay.query(&number), Ok(ProviderPayment::Paid(_))));
}

#[test]
fn a_lost_answer_is_unknown_and_repeating_finds_what_happened() {
    let world = World::new();
    let request = world.request(1);
    world.fault(&json!({"kind": "timeout", "path": "/v3"}));
    assert_unknown(world.impatient_pay().prepay(&request));
    let pay = world.pay();
    assert_eq!(pay.query(&request.number), Ok(ProviderPayment::Open));
    assert!(pay.prepay(&request).is_ok());
}

#[test]
fn a_server_error_is_unknown() {
    let world = World::new();
    let pay = world.pay();
    let request = world.request(1);
    world.fault(&json!({"kind": "http_500", "path": "/v3", "count": 3}));
    assert_unknown(pay.prepay(&request));
    assert_unknown(pay.query(&request.number));
    assert_unknown(pay.close(&request.number));
    assert_eq!(pay.query(&request.number), Ok(ProviderPayment::Unknown));
}

#[test]
fn closing() {
    let world = World::new();
    let pay = world.pay();
    let open = world.request(1);
    assert_eq!(pay.close(&open.number), Ok(()));
    assert_eq!(pay.query(&open.number), Ok(ProviderPayment::Unknown));
    pay.prepay(&open).unwrap();
    assert_eq!(pay.close(&open.number), Ok(()));
    assert_eq!(pay.query(&open.number), Ok(ProviderPayment::Closed));
    assert_eq!(pay.close(&open.number), Ok(()));
    assert_eq!(pay.prepay(&open), Err(refused("ORDER_CLOSED")));
    let paid = world.paid(2);
    assert_eq!(pay.close(&paid), Err(ProviderError::AlreadyPaid));
}

#[test]
fn a_clock_that_is_off_is_noticed_on_both_sides() {
    let world = World::new();
    let late = Arc::new(SteppingClock::at("2026-12-01T10:05:01+08:00"));
    let pay = WechatPay::new(world.pay_settings(), late).unwrap();
    assert_unknown(pay.prepay(&world.request(1)));
    let number = world.request(1).number;
    assert_eq!(world.pay().query(&number), Ok(ProviderPayment::Unknown));
}

#[test]
fn another_merchants_key_moves_nothing() {
    let world = World::new();
    let mut settings = world.pay_settings();
    settings.merchant_serial = "ANOTHER".to_owned();
    let stranger = WechatPay::new(settings, world.clock.clone()).unwrap();
    let verdict = stranger.prepay(&world.request(1));
    assert_eq!(verdict, Err(refused("SIGN_ERROR")));
}
