//! Read models of accounts and documents.

use crate::no_show::{Ban, NoShowHistory, Waiver, WaiverCause};

use super::Subject;
use super::bans::no_show_of;
use super::scene::{Scene, account_of};
use super::visitors::saved;

pub fn an_account_and_its_visitors(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let account = scene.museum.account();
    let nobody = account_of(&scene, "nobody").id;
    let visitor = saved(&scene, account.id, &scene.museum.adult());
    scene.run(|stores| stores.visitors().insert(&visitor));
    let id = account.id;
    assert_eq!(scene.queries.account(id), Ok(Some(account)));
    assert_eq!(scene.queries.visitors(id), Ok(vec![visitor]));
    assert_eq!(scene.queries.account(nobody), Ok(None));
    assert_eq!(scene.queries.visitors(nobody), Ok(vec![]));
}

pub fn the_history_of_a_document(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [order, stranger] = [scene.paid(), scene.unpaid()];
    scene.store(&[order.clone(), stranger.clone()]);
    let [document, other] =
        [&order, &stranger].map(|order| order.tickets[0].document_hash.unwrap());
    let no_show = no_show_of(&scene, &order, 0);
    let ban = Ban::after(document, scene.day(), &scene.museum.rules);
    scene.run(|stores| {
        stores.bans().record(&no_show)?;
        stores.bans().ban(&ban)
    });
    let history = NoShowHistory {
        document,
        days: vec![scene.day()],
        bans: vec![ban],
    };
    assert_eq!(scene.queries.no_show_history(document), Ok(history));
    let clean = NoShowHistory::clean(other);
    assert_eq!(scene.queries.no_show_history(other), Ok(clean));
}

pub fn no_shows_of_a_day_are_listed(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [one, two] = [scene.paid(), scene.paid()];
    let tomorrow = scene.order().on(scene.day().plus_days(1));
    let tomorrow = tomorrow.visitor(&scene.museum.adult()).build_paid();
    scene.store(&[one.clone(), two.clone(), tomorrow.clone()]);
    let missed = [(&two, 0), (&one, 1), (&one, 0), (&tomorrow, 0)];
    let missed = missed.map(|(order, place)| no_show_of(&scene, order, place));
    let waiver = Waiver {
        cause: WaiverCause::Appeal,
        at: scene.now(),
    };
    scene.run(|stores| {
        for no_show in &missed {
            stores.bans().record(no_show)?;
        }
        stores.bans().waive(one.tickets[1].id, waiver)
    });
    let listed = scene.queries.no_shows_on(scene.day(), 10).unwrap();
    let told: Vec<_> = listed
        .iter()
        .map(|listed| {
            (
                listed.order.clone(),
                listed.no_show.ticket,
                listed.no_show.waiver,
            )
        })
        .collect();
    let expected = [
        (one.number.clone(), one.tickets[0].id, None),
        (one.number.clone(), one.tickets[1].id, Some(waiver)),
        (two.number.clone(), two.tickets[0].id, None),
    ];
    assert_eq!(told, expected);
    assert_eq!(listed[0].identity, one.tickets[0].identity);
    assert_eq!(
        scene.queries.no_shows_on(scene.day(), 2).unwrap(),
        listed[..2]
    );
}
