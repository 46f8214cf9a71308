//! Money that goes back.

use chrono::TimeDelta;
use domain::ports::{PaymentProvider as _, ProviderError, ProviderRefund};
use serde_json::{Value, json};

use crate::world::World;

fn refunds(world: &World) -> Vec<Value> {
    let ledger = world.ledger();
    ledger["refunds"].as_array().cloned().unwrap_or_default()
}

#[test]
fn accepted_then_notified_and_queried() {
    let world = World::new();
    let pay = world.pay();
    let submission = world.submission(&world.paid(1), 7, 2000);
    let before = pay.query_refund(&submission.number);
    assert_eq!(before, Ok(ProviderRefund::Unknown));
    assert_eq!(pay.refund(&submission), Ok(ProviderRefund::Processing));
    let notification = world.listener.next();
    let news = pay.read_refund_notification(&notification).unwrap();
    assert_eq!(news.number, submission.number);
    assert_eq!(news.outcome, ProviderRefund::Succeeded);
    let after = pay.query_refund(&submission.number);
    assert_eq!(after, Ok(ProviderRefund::Succeeded));
}

#[test]
fn the_same_number_moves_money_once() {
    let world = World::new();
    let pay = world.pay();
    let submission = world.submission(&world.paid(1), 7, 2000);
    assert!(pay.refund(&submission).is_ok());
    world.listener.next();
    assert_eq!(pay.refund(&submission), Ok(ProviderRefund::Succeeded));
    let refunds = refunds(&world);
    assert_eq!(refunds.len(), 1);
    assert_eq!(refunds[0]["amount_fen"], json!(2000));
}

#[test]
fn a_lost_answer_is_unknown_and_repeating_moves_money_once() {
    let world = World::new();
    let submission = world.submission(&world.paid(1), 7, 6000);
    world.fault(&json!({"kind": "timeout", "path": "/v3/refund"}));
    let lost = world.impatient_pay().refund(&submission);
    assert!(matches!(lost, Err(ProviderError::Unknown(_))), "{lost:?}");
    world.listener.next();
    let again = world.pay().refund(&submission);
    assert_eq!(again, Ok(ProviderRefund::Succeeded));
    assert_eq!(refunds(&world).len(), 1);
}

#[test]
fn a_refund_that_ends_badly_needs_a_person() {
    for end in ["ABNORMAL", "CLOSED"] {
        let world = World::new();
        let pay = world.pay();
        let submission = world.submission(&world.paid(1), 7, 6000);
        world.fault(&json!({"kind": "refund_fails", "value": end}));
        assert_eq!(pay.refund(&submission), Ok(ProviderRefund::Processing));
        let news = pay.read_refund_notification(&world.listener.next());
        assert_eq!(news.unwrap().outcome, ProviderRefund::Failed, "{end}");
        let after = pay.query_refund(&submission.number);
        assert_eq!(after, Ok(ProviderRefund::Failed));
    }
}

#[test]
fn more_than_was_paid_or_of_what_was_not_is_refused() {
    let world = World::new();
    let pay = world.pay();
    let paid = world.paid(1);
    let code = |outcome| match outcome {
        Err(ProviderError::Refused { code }) => code,
        other => panic!("{other:?}"),
    };
    let too_much = world.submission(&paid, 7, 6001);
    assert_eq!(code(pay.refund(&too_much)), "INVALID_REQUEST");
    let never_paid = world.submission(&world.request(2).number, 8, 6000);
    assert_eq!(code(pay.refund(&never_paid)), "RESOURCE_NOT_EXISTS");
    assert!(refunds(&world).is_empty());
}

#[test]
fn one_that_comes_too_soon_is_to_be_repeated() {
    let world = World::new();
    let pay = world.pay();
    let paid = world.paid(1);
    assert!(pay.refund(&world.submission(&paid, 7, 2000)).is_ok());
    let second = world.submission(&paid, 8, 2000);
    let soon = pay.refund(&second);
    assert!(matches!(soon, Err(ProviderError::Unknown(_))), "{soon:?}");
    world.clock.step(TimeDelta::seconds(61));
    assert!(pay.refund(&second).is_ok());
    assert_eq!(refunds(&world).len(), 2);
}

#[test]
fn a_forged_notification_is_not_believed() {
    let world = World::new();
    let pay = world.pay();
    let submission = world.submission(&world.paid(1), 7, 2000);
    world.fault(&json!({"kind": "bad_signature", "path": "/refunds"}));
    assert!(pay.refund(&submission).is_ok());
    assert!(
        pay.read_refund_notification(&world.listener.next())
            .is_err()
    );
}
