//! What a running sale is watched by.

use super::Subject;
use super::scene::Scene;

pub fn a_version_grows_when_a_day_is_taken(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (day, next) = (scene.day(), scene.day().plus_days(1));
    scene.museum.open(day, 10);
    scene.museum.open(next, 10);
    let versions = || scene.queries.day_versions(day, next).unwrap();
    let before = versions();
    let days: Vec<_> = before.iter().map(|(date, _)| *date).collect();
    assert_eq!(days, [day, next]);
    assert_eq!(versions(), before, "looking changes nothing");
    scene.museum.run(|stores| stores.days().take(day).map(drop));
    let after = versions();
    assert!(after[0].1 > before[0].1);
    assert_eq!(after[1], before[1]);
    let none = scene
        .queries
        .day_versions(next.plus_days(1), next.plus_days(9));
    assert_eq!(none, Ok(vec![]), "days without a row have none");
}

pub fn customers_are_those_with_an_order_in_any_state(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (day, next) = (scene.day(), scene.day().plus_days(1));
    scene.museum.open(day, 10);
    scene.museum.open(next, 10);
    let [one, two, three] = [(); 3].map(|()| scene.museum.account());
    let order = |account, date| {
        let builder = scene.museum.order(account).on(date);
        builder.visitor(&scene.museum.adult())
    };
    let unpaid = order(&one, day).build();
    let paid = order(&two, day).build_paid();
    let elsewhere = order(&three, next).build_paid();
    scene.museum.run(|stores| {
        stores
            .orders()
            .insert(&[unpaid.clone(), paid.clone(), elsewhere.clone()])
    });
    let customers = scene.queries.customers(day).unwrap();
    assert_eq!(customers, [one.id, two.id].into());
}

pub fn the_first_lapse_is_that_of_unpaid_orders_of_the_day(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (day, next) = (scene.day(), scene.day().plus_days(1));
    scene.museum.open(day, 10);
    scene.museum.open(next, 10);
    assert_eq!(scene.queries.first_lapse(day), Ok(None));
    let order = |date, minutes| {
        let account = scene.museum.account();
        let created = scene.museum.now() + chrono::TimeDelta::minutes(minutes);
        let builder = scene.museum.order(&account).on(date).created_at(created);
        builder.visitor(&scene.museum.adult())
    };
    let (early, late) = (order(day, 1).build(), order(day, 2).build());
    let (paid, elsewhere) = (order(day, 0).build_paid(), order(next, 0).build());
    scene.museum.run(|stores| {
        stores
            .orders()
            .insert(&[late.clone(), early.clone(), paid.clone(), elsewhere.clone()])
    });
    assert_eq!(scene.queries.first_lapse(day), Ok(Some(early.pay_by)));
}
