//! Several units at once, which wait for each other or are judged by the unique keys.
//!
//! None of these waits inside a unit, so that they run on a store that has one unit at a time.

use std::collections::BTreeSet;

use chrono::TimeDelta;

use crate::calendar::{DayState, Hours, OpeningDay};
use crate::no_show::NoShow;
use crate::order::{Order, TicketState};
use crate::ports::{StoreError, SubmissionState, UniqueKey};
use crate::season::Season;
use crate::testing::Person;
use crate::text::LocalText;

use super::Subject;
use super::bans::no_show_of;
use super::invoices::{insert, requested};
use super::mails::queued;
use super::outbox::message_about;
use super::scene::{Scene, THREADS, account_of, fen};
use super::visitors::saved;

/// How many units each thread runs.
const ROUNDS: i64 = 8;

/// All rounds of all threads.
fn all_rounds() -> i64 {
    i64::try_from(THREADS).unwrap() * ROUNDS
}

/// A day whose note is a number that nothing but the day's own lock protects.
fn numbered(scene: &Scene, number: i64) -> OpeningDay {
    let note = LocalText::new(number.to_string(), "units so far");
    let hours = Hours::of_season(Season::Low);
    OpeningDay::new(scene.day(), DayState::Open, hours, Some(note))
}

fn number_of(day: Option<OpeningDay>) -> i64 {
    day.unwrap().note().unwrap().zh().parse().unwrap()
}

pub fn a_second_unit_waits_for_the_day(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    scene.run(|stores| stores.days().put(&numbered(&scene, 0)));
    scene.together(|_| {
        for _ in 0..ROUNDS {
            scene.run(|stores| {
                let number = number_of(stores.days().take(scene.day())?);
                stores.days().put(&numbered(&scene, number + 1))
            });
        }
    });
    let day = scene.run(|stores| stores.days().take(scene.day()));
    assert_eq!(number_of(day), all_rounds());
}

pub fn locked_quotas_lose_no_update(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    scene.museum.open(scene.day(), 1000);
    scene.together(|_| {
        for _ in 0..ROUNDS {
            scene.run(|stores| {
                let mut quotas = stores.quotas().lock_day(scene.day())?;
                for quota in &mut quotas {
                    quota.take(1)?;
                }
                stores.quotas().save(&quotas)
            });
        }
    });
    for quota in scene.quotas(scene.day()) {
        assert_eq!(i64::from(quota.taken()), all_rounds());
    }
}

pub fn locked_orders_lose_no_update(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = scene.paid();
    scene.store(std::slice::from_ref(&order));
    scene.together(|_| {
        for _ in 0..ROUNDS {
            scene.change(order.id, |order| {
                order.refunded = order.refunded.checked_add(fen(1)).unwrap();
            });
        }
    });
    let refunded = scene.found(order.id).refunded;
    assert_eq!(refunded.amount(), all_rounds());
}

pub fn locked_passes_lose_no_update(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let pass = scene.museum.annual_pass(&scene.museum.adult());
    let entries = scene.together(|_| {
        let mut reserved = 0;
        for _ in 0..ROUNDS {
            scene.run(|stores| {
                let mut passes = stores.annual_passes().lock(&[pass.id])?;
                if passes[0].reserve().is_ok() {
                    stores.annual_passes().save(&passes)?;
                    reserved += 1;
                }
                Ok(())
            });
        }
        reserved
    });
    let stored = scene.queries.annual_pass(pass.id).unwrap().unwrap();
    assert_eq!(stored.reserved, pass.entries);
    assert_eq!(entries.iter().sum::<u16>(), pass.entries, "{entries:?}");
}

pub fn a_locked_account_counts_exactly(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let account = scene.museum.account().id;
    let limit = scene.museum.rules.saved_visitors_per_account;
    scene.together(|_| {
        for _ in 0..ROUNDS {
            let visitor = saved(&scene, account, &scene.museum.adult());
            scene.run(|stores| {
                stores.accounts().lock(account)?;
                if stores.visitors().of_account(account)?.len() < limit {
                    stores.visitors().insert(&visitor)?;
                }
                Ok(())
            });
        }
    });
    assert_eq!(scene.queries.visitors(account).unwrap().len(), limit);
}

/// Inserts one of `orders` on each thread: one succeeds, the others run into `key`.
fn one_succeeds(scene: &Scene, orders: &[Order], key: UniqueKey) {
    let answers = scene.together(|number| {
        scene.attempt(|stores| {
            let order = std::slice::from_ref(&orders[number]);
            stores.orders().insert(order)
        })
    });
    let refused = Err(StoreError::Duplicate(key));
    let succeeded = answers.iter().filter(|answer| answer.is_ok()).count();
    assert_eq!(succeeded, 1, "{answers:?}");
    let losers = answers.iter().filter(|answer| **answer == refused).count();
    assert_eq!(losers, THREADS - 1, "{answers:?}");
    let stored = orders
        .iter()
        .filter(|order| scene.queries.order(order.id).unwrap().is_some());
    assert_eq!(stored.count(), 1);
}

pub fn of_orders_for_one_document_one_succeeds(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let person: Person = scene.museum.adult();
    let orders = [(); THREADS].map(|()| scene.order().visitor(&person).build());
    one_succeeds(&scene, &orders, UniqueKey::ActiveDocument);
    let document = orders[0].tickets[0].document_hash.unwrap();
    let held = scene.run(|stores| stores.tickets().held_documents(scene.day(), &[document]));
    assert_eq!(held.len(), 1);
}

pub fn of_unpaid_orders_one_succeeds(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let account = scene.museum.account();
    let order = || scene.museum.order(&account).visitor(&scene.museum.adult());
    let orders = [(); THREADS].map(|()| order().build());
    one_succeeds(&scene, &orders, UniqueKey::UnpaidAccount);
    let live = scene.run(|stores| stores.tickets().live_admissions(scene.day(), &[account.id]));
    assert_eq!(live.len(), 1);
    assert_eq!(live[0].state, TicketState::Held);
}

pub fn of_equal_requests_one_succeeds(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let mut orders = [(); THREADS].map(|()| scene.unpaid());
    let key = orders[0].request_key;
    orders.iter_mut().for_each(|order| order.request_key = key);
    one_succeeds(&scene, &orders, UniqueKey::RequestKey);
}

pub fn of_two_accounts_of_a_person_one_succeeds(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let answers = scene.together(|_| {
        let account = account_of(&scene, "person");
        scene.attempt(|stores| stores.accounts().insert(&account))
    });
    let duplicate = Err(StoreError::Duplicate(UniqueKey::Other));
    let refused = answers.iter().filter(|answer| **answer == duplicate);
    assert_eq!(refused.count(), THREADS - 1, "{answers:?}");
}

pub fn each_attempt_is_claimed_by_one(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    for _ in 0..12 {
        let order = scene.unpaid();
        let attempt = scene.attempt_for(&order);
        scene.run(|stores| {
            stores.orders().insert(std::slice::from_ref(&order))?;
            stores.payments().insert(&attempt)
        });
    }
    let (now, pause) = (scene.after(60), TimeDelta::minutes(5));
    let claim = || scene.run(|stores| stores.payments().claim_due(now, pause, 5));
    let claimed = scene.together(|_| claim());
    // What a unit passed over while another was claiming it, is still due for the next; none
    // would come twice.
    let rest = std::iter::repeat_with(claim).take(12);
    let claimed: Vec<_> = claimed.into_iter().chain(rest).flatten().collect();
    let orders: BTreeSet<_> = claimed.iter().map(|attempt| attempt.order).collect();
    assert_eq!((claimed.len(), orders.len()), (12, 12));
}

pub fn each_submission_is_claimed_by_one(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    for _ in 0..12 {
        let order = scene.paid();
        let refund = scene.refund_of(&order);
        let submission = scene.submission(&order, &refund);
        scene.run(|stores| {
            stores.orders().insert(std::slice::from_ref(&order))?;
            stores.refunds().insert(&refund)?;
            stores.refunds().submit(&submission, &[refund.id])
        });
    }
    let (now, pause) = (scene.after(60), TimeDelta::minutes(5));
    let pending = SubmissionState::Pending;
    let claim = || scene.run(|stores| stores.refunds().claim_due(pending, now, pause, 5));
    let claimed = scene.together(|_| claim());
    let rest = std::iter::repeat_with(claim).take(12);
    let claimed: Vec<_> = claimed.into_iter().chain(rest).flatten().collect();
    let numbers: BTreeSet<_> = claimed.iter().map(|claimed| &claimed.number).collect();
    assert_eq!((claimed.len(), numbers.len()), (12, 12));
}

pub fn each_message_is_claimed_by_one(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let messages: Vec<_> = (0..12)
        .map(|number| message_about(&scene, &scene.paid(), &number.to_string()))
        .collect();
    scene.run(|stores| stores.outbox().add(&messages));
    let (now, pause) = (scene.after(60), TimeDelta::minutes(5));
    let claim = || scene.run(|stores| stores.outbox().claim_due(now, pause, 5));
    let claimed = scene.together(|_| claim());
    let rest = std::iter::repeat_with(claim).take(12);
    let claimed: Vec<_> = claimed.into_iter().chain(rest).flatten().collect();
    let references = claimed.iter().map(|claimed| &claimed.message.reference);
    let references: BTreeSet<_> = references.collect();
    assert_eq!((claimed.len(), references.len()), (12, 12));
}

pub fn of_invoices_of_an_order_one_succeeds(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = scene.paid();
    scene.store(std::slice::from_ref(&order));
    let answers = scene.together(|_| insert(&scene, &requested(&scene, &order, 0)));
    let duplicate = Err(StoreError::Duplicate(UniqueKey::Other));
    let refused = answers.iter().filter(|answer| **answer == duplicate);
    assert_eq!(refused.count(), THREADS - 1, "{answers:?}");
}

pub fn each_mail_is_claimed_by_one(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    for _ in 0..12 {
        let mail = queued(&scene, 0);
        scene.run(|stores| stores.mails().add(&mail));
    }
    let (now, pause) = (scene.after(60), TimeDelta::minutes(5));
    let claim = || scene.run(|stores| stores.mails().claim_due(now, pause, 5));
    let claimed = scene.together(|_| claim());
    let rest = std::iter::repeat_with(claim).take(12);
    let claimed: Vec<_> = claimed.into_iter().chain(rest).flatten().collect();
    let mails: BTreeSet<_> = claimed.iter().map(|mail| mail.id).collect();
    assert_eq!((claimed.len(), mails.len()), (12, 12));
}

pub fn a_lease_goes_to_one(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let (now, until) = (scene.now(), scene.after(10));
    let taken = scene.together(|number| {
        let holder = format!("instance-{number}");
        scene.run(|stores| stores.leases().take("expire", &holder, now, until))
    });
    assert_eq!(taken.iter().filter(|taken| **taken).count(), 1);
}

/// Each records a day of its own: whoever comes later sees those before.
pub fn no_shows_of_a_document_count_each_other(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let person = scene.museum.adult();
    let no_shows: Vec<NoShow> = (0..THREADS)
        .map(|number| {
            let date = scene.day().plus_days(i64::try_from(number).unwrap());
            let order = scene.order().on(date).visitor(&person).build_paid();
            scene.store(std::slice::from_ref(&order));
            no_show_of(&scene, &order, 0)
        })
        .collect();
    let mut seen = scene.together(|number| {
        scene.run(|stores| {
            stores.bans().record(&no_shows[number])?;
            let histories = stores.bans().lock(&[no_shows[number].document])?;
            Ok(histories[0].days.len())
        })
    });
    seen.sort_unstable();
    assert_eq!(seen, (1..=THREADS).collect::<Vec<_>>());
}
