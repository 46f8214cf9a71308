//! The sweep: silent on sound data, not on what a bug would leave.

use crate::order::{CancelCause, OrderState};
use crate::ports::Finding;

use super::Subject;
use super::scene::Scene;

fn check(scene: &Scene) -> Vec<Finding> {
    scene.sweep.check_date(scene.day()).unwrap()
}

fn rules(scene: &Scene) -> Vec<&'static str> {
    let mut rules: Vec<_> = check(scene).iter().map(|finding| finding.rule).collect();
    rules.dedup();
    rules
}

/// A museum with open quotas.
fn open(subject: &dyn Subject) -> Scene {
    let scene = Scene::new(subject);
    scene.museum.open(scene.day(), 10);
    scene
}

pub fn all_dates_are_told_in_order(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let day = |number| scene.day().plus_days(number);
    assert_eq!(scene.sweep.dates(), Ok(vec![]));
    let of_order_alone = scene.order().on(day(3));
    let of_order_alone = of_order_alone.visitor(&scene.museum.adult()).build();
    scene.store(&[of_order_alone]);
    scene.museum.open(day(5), 10);
    scene.museum.open(day(0), 10);
    assert_eq!(scene.sweep.dates(), Ok(vec![day(0), day(3), day(5)]));
}

pub fn sound_sales_bring_no_finding(subject: &dyn Subject) {
    let scene = open(subject);
    let (unpaid, paid, refunded, cancelled) = (
        scene.unpaid(),
        scene.unpaid(),
        scene.unpaid(),
        scene.unpaid(),
    );
    for order in [&unpaid, &paid, &refunded] {
        scene.sell(order);
    }
    scene.store(std::slice::from_ref(&cancelled));
    scene.change(cancelled.id, |order| {
        order.cancel(CancelCause::Expired).unwrap();
    });
    scene.pay(paid.id);
    scene.pay(refunded.id);
    scene.refund_all(refunded.id);
    assert_eq!(scene.found(refunded.id).state, OrderState::Refunded);
    assert_eq!(check(&scene), []);
    let taken: u32 = scene
        .quotas(scene.day())
        .iter()
        .map(crate::quota::Quota::taken)
        .sum();
    assert_eq!(taken, 2);
}

pub fn a_wrong_count_is_found(subject: &dyn Subject) {
    let scene = open(subject);
    scene.run(|stores| {
        stores.days().take(scene.day())?;
        let mut quotas = stores.quotas().lock_day(scene.day())?;
        quotas[0].take(1)?;
        stores.quotas().save(&quotas)
    });
    assert_eq!(rules(&scene), ["4.6"]);
    assert_eq!(check(&scene).len(), 1);
    let next = scene.day().plus_days(1);
    assert_eq!(scene.sweep.check_date(next), Ok(vec![]), "another date");
}

pub fn places_without_a_quota_are_found(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    scene.store(&[scene.unpaid()]);
    assert_eq!(rules(&scene), ["4.6"]);
}

pub fn a_state_that_is_not_that_of_its_tickets_is_found(subject: &dyn Subject) {
    let scene = open(subject);
    let order = scene.unpaid();
    scene.sell(&order);
    assert_eq!(check(&scene), []);
    scene.change(order.id, |order| order.state = OrderState::Closed);
    assert_ne!(check(&scene), []);
}

pub fn a_payment_without_the_ledger_is_found(subject: &dyn Subject) {
    let scene = open(subject);
    let order = scene.unpaid();
    scene.sell(&order);
    scene.change(order.id, |order| {
        order.confirm(order.total, scene.after(1)).unwrap();
    });
    assert_ne!(check(&scene), []);
}

pub fn a_refund_without_its_row_is_found(subject: &dyn Subject) {
    let scene = open(subject);
    let order = scene.unpaid();
    scene.sell(&order);
    scene.pay(order.id);
    assert_eq!(check(&scene), []);
    scene.change(order.id, |order| order.refunded = order.paid);
    assert_ne!(check(&scene), []);
}

pub fn findings_tell_no_personal_data(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let person = scene.museum.adult();
    scene.store(&[scene.order().visitor(&person).build_paid()]);
    let findings = check(&scene);
    assert!(!findings.is_empty());
    for Finding { text, .. } in findings {
        assert!(!text.contains(person.name.as_str()) && !text.contains(person.document.number()));
    }
}
