//! Payments and refunds, ours and the sandbox's.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use domain::account::{Account, OpenId};
use domain::id::AccountId;
use domain::order::{Order, OrderState};
use domain::ports::{OrderQueries as _, StoreError};
use domain::testing::{FixedClock, Museum};
use domain::use_cases::start_payment::start_payment;
use domain::visit_date::VisitDate;
use gateways::clock::SystemClock;
use gateways::outbound::OutboundLimits;
use gateways::wechat_pay::{WechatPay, WechatPaySettings};
use wechat_sandbox::{DEFAULT_APP_ID, DEFAULT_MCH_ID, MERCHANT_SERIAL, PLATFORM_KEY_ID, openid_of};

use crate::office::{Office, now};

/// A day that is on sale by the real clock.
fn on_sale() -> VisitDate {
    VisitDate::containing(now()).plus_days(3)
}

fn provider(office: &Office) -> WechatPay {
    let keys = office.sandbox.keys();
    let settings = WechatPaySettings {
        base_url: office.sandbox.base_url(),
        app_id: DEFAULT_APP_ID.to_owned(),
        merchant_id: DEFAULT_MCH_ID.to_owned(),
        merchant_serial: MERCHANT_SERIAL.to_owned(),
        merchant_private_key: keys.merchant_private_pem().to_owned().into(),
        api_v3_key: wechat_sandbox::TEST_API_V3_KEY.to_owned().into(),
        platform_keys: BTreeMap::from([(
            PLATFORM_KEY_ID.to_owned(),
            keys.platform_public_pem().to_owned(),
        )]),
        payment_notify_url: "http://127.0.0.1:9/payments".to_owned(),
        refund_notify_url: "http://127.0.0.1:9/refunds".to_owned(),
        limits: OutboundLimits::default(),
    };
    WechatPay::new(settings, Arc::new(SystemClock::system())).unwrap()
}

/// An order of one adult, placed five minutes ago.
fn order(office: &Office, museum: &Museum, placed_at: DateTime<Utc>) -> Order {
    // The sandbox knows its own people only.
    let open_id = OpenId::parse(&openid_of(DEFAULT_APP_ID, "visitor-1")).unwrap();
    let account = Account {
        id: AccountId::next(&museum.ids),
        open_id,
        phone: None,
        phone_verified: false,
        registered_at: placed_at,
    };
    museum.run(|stores| stores.accounts().insert(&account));
    let person = museum.adult();
    let order = museum
        .order(&account)
        .on(on_sale())
        .created_at(placed_at)
        .visitor(&person)
        .build();
    let stored = office.unit_of_work().run(|stores| {
        stores.days().take(order.date)?;
        let mut quotas = stores.quotas().lock_day(order.date)?;
        quotas.retain(|quota| {
            let key = quota.key();
            key.session == order.session && order.live_places().contains_key(&key.venue)
        });
        quotas[0].take(1).unwrap();
        stores.quotas().save(&quotas)?;
        stores.orders().insert(std::slice::from_ref(&order))?;
        Ok::<_, StoreError>(())
    });
    stored.unwrap();
    order
}

/// The person pays in the WeChat app; the notification of it goes nowhere.
fn pay(office: &Office, order: &Order, prepared_at: DateTime<Utc>) {
    let clock = FixedClock::at(prepared_at);
    let unit_of_work = office.unit_of_work();
    let prepared = start_payment(
        &*unit_of_work,
        &provider(office),
        &clock,
        order.account,
        order.id,
    );
    let package = prepared.unwrap().package;
    let prepay_id = package.strip_prefix("prepay_id=").unwrap();
    let url = format!("{}/sandbox/pay/{prepay_id}", office.sandbox.base_url());
    let answer = reqwest::blocking::Client::new().post(url).send().unwrap();
    assert!(answer.status().is_success(), "{answer:?}");
}

fn state(office: &Office, order: &Order) -> OrderState {
    let order = office.database.queries().order(order.id).unwrap();
    order.unwrap().state
}

#[test]
fn a_payment_without_news_is_found_booked_refunded_and_compared() {
    let office = Office::selling(on_sale());
    let museum = Museum::without_catalogue(office.unit_of_work());
    let placed_at = now() - TimeDelta::minutes(5);
    let order = order(&office, &museum, placed_at);
    pay(&office, &order, placed_at);
    let verify = format!("verify --sandbox {}", office.sandbox.base_url());

    let unknown = office.manage(&verify);
    let difference = format!(
        "rule 5.5  payment {} is paid, here it is open",
        order.number
    );
    assert!(unknown.out.contains(&difference), "{unknown:?}");
    unknown.refused(1);

    let told = office.manage("jobs run follow-payments").done();
    assert!(told.contains("booked 1"), "{told}");
    assert_eq!(state(&office, &order), OrderState::Paid);
    let told = office.manage(&verify).done();
    assert!(told.ends_with("No findings.\n"), "{told}");

    refund_once(&office, &order);
    let told = office.manage("jobs run submit-refunds").done();
    assert!(told.contains("formed 1, called 1"), "{told}");
    assert_eq!(state(&office, &order), OrderState::Refunded);
    office.manage("verify").done();
}

/// Refuses what is not confirmed, refunds, and refunds nothing more under the same key.
fn refund_once(office: &Office, order: &Order) {
    let refund = format!("refund --order-number {} --all", order.number);
    let told = office.manage(&refund).refused(1);
    assert!(told.contains("not confirmed"), "{told}");
    assert_eq!(state(office, order), OrderState::Paid);
    let told = office.manage(&format!("{refund} --yes")).done();
    assert!(told.contains("1 places go back, ¥40.00"), "{told}");
    let key = told.split("key ").nth(1).unwrap();
    let key = key.split_whitespace().next().unwrap();
    let again = office.manage(&format!("{refund} --yes --key {key}")).done();
    assert!(again.contains("was recorded before"), "{again}");
    let told = office.manage(&format!("{refund} --yes")).refused(1);
    assert!(told.contains("the refund is refused"), "{told}");
}

#[test]
fn what_cannot_be_refunded_is_said() {
    let office = Office::open();
    let told = office.manage("refund --order-number 261201000000000011 --all --yes");
    assert!(told.refused(1).contains("no such order"));
    office
        .manage("refund --order-number 261201000000000011")
        .refused(2);
    office.manage("refund --order-number x --all").refused(2);
}
