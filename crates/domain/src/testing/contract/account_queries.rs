//! Read models of accounts and documents.

use crate::no_show::{Ban, NoShow, NoShowCause};

use super::Subject;
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

pub fn standing_of_a_document(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = scene.unpaid();
    scene.store(std::slice::from_ref(&order));
    let document = order.tickets[0].document_hash.unwrap();
    let day = |number| scene.day().plus_days(number);
    let ban = Ban::after(document, day(1), &scene.museum.rules);
    scene.run(|stores| {
        for number in [4, 3, 2, 1] {
            stores.bans().record(&NoShow {
                document,
                date: day(number),
                cause: NoShowCause::Absent,
                ticket: order.tickets[0].id,
                recorded_at: scene.now(),
            })?;
        }
        stores.bans().ban(&ban)
    });
    let days = |first| scene.queries.no_show_days(document, first).unwrap();
    assert_eq!(
        days(day(0)),
        [day(2), day(3), day(4)],
        "not the consumed one"
    );
    assert_eq!(days(day(4)), [day(4)]);
    let (last, after) = (ban.last_day, ban.last_day.plus_days(1));
    assert_eq!(scene.queries.bans(document, last), Ok(vec![ban]));
    assert_eq!(scene.queries.bans(document, after), Ok(vec![]));
}
