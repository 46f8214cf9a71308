//! The bill of the day before.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use chrono::TimeDelta;

use super::merchant::Merchant;

const BILL: &str = "/v3/bill/tradebill?bill_date=2026-12-01&bill_type=ALL";

#[test]
fn the_bill_can_be_fetched_the_next_day_and_matches_its_hash() {
    let merchant = Merchant::new();
    merchant.sell("ORDER-1", 6000);
    merchant.refund("R-1", "ORDER-1", 1250, 6000);
    merchant.receiver.next();
    assert_eq!(merchant.get(BILL).code(), "INVALID_REQUEST");
    merchant.clock.advance(TimeDelta::hours(20));
    assert_eq!(merchant.get(BILL).code(), "STATEMENT_CREATING");
    merchant.clock.advance(TimeDelta::hours(4));

    let answer = merchant.get(BILL);
    assert!(answer.genuine);
    assert_eq!(answer.body["hash_type"], "SHA1");
    let url = answer.body["download_url"].as_str().unwrap();
    let path = url.strip_prefix(&merchant.url("")).unwrap();
    let response = merchant.send(&merchant.authority(""), "GET", path, "");
    assert!(!response.headers().contains_key("Wechatpay-Signature"));
    let file = response.bytes().unwrap();
    let hash = hex::encode(digest(&SHA1_FOR_LEGACY_USE_ONLY, &file));
    assert_eq!(answer.body["hash_value"], hash);
    let text = String::from_utf8(file.to_vec()).unwrap();
    assert!(text.contains("`ORDER-1") && text.contains("`R-1"));

    let unsigned = merchant.http.get(url).send().unwrap();
    assert!(unsigned.status().is_client_error());
    merchant.clock.advance(TimeDelta::minutes(5));
    assert_eq!(merchant.get(path).status, 404);
}

#[test]
fn a_day_without_trade_has_no_bill() {
    let merchant = Merchant::new();
    merchant.clock.advance(TimeDelta::days(1));
    assert_eq!(merchant.get(BILL).code(), "NO_STATEMENT_EXIST");
}
