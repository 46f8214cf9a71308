//! No-shows and bans.

use chrono::TimeDelta;

use crate::no_show::{Ban, NoShow, NoShowCause, NoShowHistory, Waiver, WaiverCause};
use crate::order::Order;
use crate::sealed::DocumentHash;
use crate::testing::Person;
use crate::visit_date::VisitDate;

use super::Subject;
use super::scene::Scene;

/// The no-show of a ticket of a stored order, on the order's own day.
pub(super) fn no_show_of(scene: &Scene, order: &Order, place: usize) -> NoShow {
    NoShow {
        document: order.tickets[place].document_hash.unwrap(),
        date: order.date,
        cause: NoShowCause::LateRefund,
        ticket: order.tickets[place].id,
        recorded_at: scene.now(),
        waiver: None,
    }
}

/// A document without any order.
fn document(number: u8) -> DocumentHash {
    DocumentHash([number; 16])
}

/// The no-show of a stored order of `person` on the day of that number.
fn missed(scene: &Scene, person: &Person, number: i64) -> NoShow {
    let order = scene.order().on(scene.day().plus_days(number));
    let order = order.visitor(person).build_paid();
    scene.store(std::slice::from_ref(&order));
    no_show_of(scene, &order, 0)
}

fn record(scene: &Scene, no_shows: &[&NoShow]) -> Vec<bool> {
    scene.run(|stores| {
        let record = |no_show: &&NoShow| stores.bans().record(no_show);
        no_shows.iter().map(record).collect()
    })
}

fn histories(scene: &Scene, documents: &[DocumentHash]) -> Vec<NoShowHistory> {
    let read = scene.run(|stores| stores.bans().histories(documents));
    let locked = scene.run(|stores| stores.bans().lock(documents));
    assert_eq!(locked, read);
    read
}

fn days_of(scene: &Scene, document: DocumentHash) -> Vec<VisitDate> {
    let histories = histories(scene, &[document]).into_iter();
    histories.flat_map(|history| history.days).collect()
}

fn waiver(scene: &Scene, cause: WaiverCause) -> Waiver {
    Waiver {
        cause,
        at: scene.after(5),
    }
}

pub fn a_ban_is_told_until_its_last_day(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let ban = Ban::after(document(1), scene.day(), &scene.museum.rules);
    scene.run(|stores| stores.bans().ban(&ban));
    let (last, after) = (ban.last_day, ban.last_day.plus_days(1));
    let both = [document(1), document(2)];
    scene.run(|stores| {
        let bans = stores.bans();
        assert_eq!(bans.bans(&both, last)?, std::slice::from_ref(&ban));
        assert_eq!(bans.bans(&both, after)?, []);
        assert_eq!(bans.bans(&both[1..], last)?, []);
        Ok(())
    });
}

pub fn what_counts_is_told_in_date_order(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (one, two) = (scene.museum.adult(), scene.museum.adult());
    let no_shows = [(&one, 5), (&two, 3), (&one, 1)];
    let no_shows = no_shows.map(|(person, number)| missed(&scene, person, number));
    record(&scene, &no_shows.each_ref());
    let [first, second, _] = no_shows.map(|no_show| no_show.document);
    let day = |number| scene.day().plus_days(number);
    let ban = |number| Ban::after(first, day(number), &scene.museum.rules);
    scene.run(|stores| {
        stores.bans().ban(&ban(5))?;
        stores.bans().ban(&ban(2))
    });
    let mut expected = [
        NoShowHistory {
            document: first,
            days: vec![day(1), day(5)],
            bans: vec![ban(2), ban(5)],
        },
        NoShowHistory {
            document: second,
            days: vec![day(3)],
            bans: vec![],
        },
    ];
    expected.sort_by_key(|history| history.document);
    assert_eq!(histories(&scene, &[second, document(9), first]), expected);
}

pub fn a_second_no_show_a_day_changes_nothing(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = scene.paid();
    scene.store(std::slice::from_ref(&order));
    let first = no_show_of(&scene, &order, 0);
    let second = NoShow {
        ticket: order.tickets[1].id,
        cause: NoShowCause::Absent,
        ..first.clone()
    };
    assert_eq!(record(&scene, &[&first]), [true]);
    assert_eq!(record(&scene, &[&first, &second]), [false, false]);
    let tickets = [&first, &second].map(|no_show| no_show.ticket);
    let stored = scene.run(|stores| stores.bans().of_tickets(&tickets));
    assert_eq!(stored, [first]);
}

pub fn no_shows_are_recorded_together(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let persons = [(); 3].map(|()| scene.museum.adult());
    let [one, two, three] = persons.each_ref().map(|person| missed(&scene, person, 0));
    let record_all = |no_shows: &[NoShow]| scene.run(|stores| stores.bans().record_all(no_shows));
    let tickets = [&one, &two, &three].map(|no_show| no_show.ticket);
    assert_eq!(record_all(&[two.clone(), one.clone()]), [true, true]);
    assert_eq!(
        record_all(&[one.clone(), three.clone(), three.clone()]),
        [false, true, false]
    );
    assert_eq!(record_all(&[]), []);
    let mut stored = scene.run(|stores| stores.bans().of_tickets(&tickets));
    stored.sort_by_key(|no_show| tickets.iter().position(|ticket| *ticket == no_show.ticket));
    assert_eq!(stored, [one, two, three]);
}

pub fn a_waived_no_show_counts_no_more(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let person = scene.museum.adult();
    let [one, two] = [1, 2].map(|number| missed(&scene, &person, number));
    record(&scene, &[&one, &two]);
    let first = waiver(&scene, WaiverCause::Appeal);
    let later = Waiver {
        cause: WaiverCause::DayClosed,
        at: first.at + TimeDelta::minutes(1),
    };
    let waive = |waiver| scene.run(|stores| stores.bans().waive(one.ticket, waiver));
    assert!(waive(first));
    assert!(!waive(later), "waived before");
    assert_eq!(days_of(&scene, one.document), [two.date]);
    assert_eq!(record(&scene, &[&one]), [false]);
    let stored = scene.run(|stores| stores.bans().of_tickets(&[two.ticket, one.ticket]));
    let waived = NoShow {
        waiver: Some(first),
        ..one
    };
    assert_eq!(stored, [waived, two]);
    let stranger = scene.unpaid().tickets[0].id;
    assert!(!scene.run(|stores| stores.bans().waive(stranger, first)));
}

pub fn what_counts_on_a_day_is_told_by_document(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let persons = [(); 4].map(|()| scene.museum.adult());
    let today = persons.each_ref().map(|person| missed(&scene, person, 0));
    let tomorrow = missed(&scene, &persons[0], 1);
    record(&scene, &today.each_ref());
    record(&scene, &[&tomorrow]);
    let waiver = waiver(&scene, WaiverCause::OrderClosed);
    scene.run(|stores| stores.bans().waive(today[3].ticket, waiver));
    let mut expected = today[..3].to_vec();
    expected.sort_by_key(|no_show| no_show.document);
    let told = |limit| scene.run(|stores| stores.bans().counting_on(scene.day(), limit));
    assert_eq!(told(10), expected);
    assert_eq!(told(2), expected[..2]);
}

pub fn a_second_ban_of_a_day_changes_nothing(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let ban = Ban::after(document(1), scene.day(), &scene.museum.rules);
    let longer = Ban {
        last_day: ban.last_day.plus_days(30),
        ..ban.clone()
    };
    scene.run(|stores| stores.bans().ban(&ban));
    scene.run(|stores| stores.bans().ban(&longer));
    let bans = scene.run(|stores| stores.bans().bans(&[document(1)], scene.day()));
    assert_eq!(bans, [ban]);
}

pub fn a_lifted_ban_is_told_no_more_until_it_runs_again(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let ban = Ban::after(document(1), scene.day(), &scene.museum.rules);
    let other = Ban::after(document(2), scene.day(), &scene.museum.rules);
    let told = || {
        let bans = scene.run(|stores| {
            let both = [document(1), document(2)];
            stores.bans().bans(&both, scene.day())
        });
        let known = histories(&scene, &[document(1)]).len();
        (bans, known)
    };
    scene.run(|stores| {
        stores.bans().ban(&ban)?;
        stores.bans().ban(&other)?;
        stores.bans().lift(&ban, scene.now())?;
        stores.bans().lift(&ban, scene.after(1))
    });
    assert_eq!(told(), (vec![other.clone()], 0));
    scene.run(|stores| stores.bans().ban(&ban));
    assert_eq!(told(), (vec![ban, other], 1));
}
