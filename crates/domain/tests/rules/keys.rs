//! Rotating the sealing keys and changing the hash key (rule 10.1).

use std::ops::ControlFlow;

use domain::account::{Account, SavedVisitor};
use domain::id::SavedVisitorId;
use domain::key_rotation::{KeyRing as _, Resealed};
use domain::no_show::{Ban, NoShow, NoShowCause};
use domain::order::Order;
use domain::ports::{AccountQueries, StoreError};
use domain::refusal::Reason;
use domain::rehashing::HashKeyId;
use domain::sealed::IdentityCipher;
use domain::testing::{Fault, Person, PlainCipher, PlainKeyRing};
use domain::use_cases::hash_key::{HashKeyFault, check_hash_key};
use domain::use_cases::order_request::prepare_order;
use domain::use_cases::place_orders::{Placed, place_orders};
use domain::use_cases::rehash_documents::{
    Begun, RehashError, begin_rehashing, give_up_rehashing, rehash_documents,
};
use domain::use_cases::rotate_keys::{Progress, Rotated, RotationError, rotate_keys};
use domain::use_cases::saved_visitors::save_visitor;

use crate::office::{Office, reason, stated, visitor};

const OLD: &str = PlainCipher::KEY_ID;

/// Goes on to the end.
fn on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

fn rotate(
    office: &Office,
    ring: &PlainKeyRing,
    watch: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Rotated, RotationError> {
    let museum = &office.museum;
    rotate_keys(museum.unit_of_work(), ring, &museum.clock, 2, watch)
}

/// A paid order of somebody.
fn sold(office: &Office) -> Order {
    office.paid(&office.museum.account(), &[&office.museum.adult()])
}

/// Places an order by a service that hashes with `ring`.
fn place(office: &Office, ring: &PlainKeyRing, account: &Account, person: &Person) -> Placed {
    let museum = &office.museum;
    let draft = office.draft(account, vec![visitor(person, office.day(), &[])]);
    let request = prepare_order(&*office.store, ring, &museum.ids, draft).unwrap();
    let placed = place_orders(museum.unit_of_work(), &museum.rules, &[request]);
    placed.unwrap().remove(0)
}

fn save(office: &Office, person: &Person) -> SavedVisitor {
    let museum = &office.museum;
    let account = museum.account().id;
    let id = SavedVisitorId::new(museum.next_id());
    let (stores, cipher, now) = (museum.unit_of_work(), &museum.cipher, museum.now());
    save_visitor(
        stores,
        cipher,
        &museum.rules,
        account,
        id,
        &stated(person),
        now,
    )
    .unwrap()
}

#[test]
fn everything_is_sealed_with_the_newest_key() {
    let office = Office::with_capacity(20);
    let orders: Vec<_> = (0..5).map(|_| sold(&office)).collect();
    let saved = save(&office, &office.museum.adult());
    let both = PlainKeyRing::new(&["k2", OLD], 0);
    let mut told = Vec::new();
    let done = rotate(&office, &both, &mut |progress| {
        told.push((progress.table.name(), progress.to_do, progress.resealed));
        ControlFlow::Continue(())
    });
    let expected = Rotated {
        resealed: 6,
        ..Rotated::default()
    };
    assert_eq!(done, Ok(expected));
    assert_eq!(told[..1], [("saved_visitors", 6, 1)]);
    let tickets = [3, 5, 6].map(|done| ("tickets", 6, done));
    assert_eq!(told[1..], tickets);
    // The older key is needed no more.
    let new = PlainKeyRing::new(&["k2"], 0);
    for order in orders {
        let ticket = &office.reload(&order).tickets[0];
        let opened = new.open(ticket.id.uuid(), ticket.identity.as_ref().unwrap());
        let before = order.tickets[0].identity.as_ref().unwrap();
        assert_eq!(opened, PlainCipher.open(ticket.id.uuid(), before));
    }
    let kept = &office.store.visitors(saved.account).unwrap()[0];
    assert!(new.open(kept.id.uuid(), &kept.identity).is_ok());
    assert_eq!(rotate(&office, &new, &mut on), Ok(Rotated::default()));
}

#[test]
fn an_interrupted_rotation_goes_on_where_it_stopped() {
    let office = Office::with_capacity(20);
    (0..6).for_each(|_| drop(sold(&office)));
    let both = PlainKeyRing::new(&["k2", OLD], 0);
    let stopped = rotate(&office, &both, &mut |_| ControlFlow::Break(())).unwrap();
    assert!(stopped.interrupted && stopped.resealed == 2);
    let mut batches = 0;
    let rest = rotate(&office, &both, &mut |progress| {
        batches += 1;
        assert_eq!(progress.to_do, 4);
        ControlFlow::Continue(())
    });
    assert_eq!(rest.map(|done| (done.resealed, done.left)), Ok((4, vec![])));
    assert_eq!(batches, 2, "what was done is not looked at again");
}

#[test]
fn what_a_late_service_seals_with_the_older_key_is_found() {
    let office = Office::with_capacity(20);
    (0..2).for_each(|_| drop(sold(&office)));
    let both = PlainKeyRing::new(&["k2", OLD], 0);
    let mut sold_late = false;
    let done = rotate(&office, &both, &mut |_| {
        // Its visitor was saved long ago, behind the walk.
        if !std::mem::replace(&mut sold_late, true) {
            let person = office.museum.adult();
            drop(save(&office, &person));
        }
        ControlFlow::Continue(())
    });
    assert_eq!(done.map(|done| (done.resealed, done.left)), Ok((3, vec![])));
}

#[test]
fn a_run_that_is_repeated_after_a_lost_answer_does_nothing_twice() {
    let office = Office::with_capacity(20);
    (0..3).for_each(|_| drop(sold(&office)));
    let both = PlainKeyRing::new(&["k2", OLD], 0);
    for _ in 0..9 {
        office.store.inject(Fault::LoseAnswer, 1);
        let lost = rotate(&office, &both, &mut on);
        assert_eq!(lost, Err(RotationError::Store(StoreError::Unknown)));
        office.store.inject(Fault::RunTwice, 3);
        rotate(&office, &both, &mut |_| ControlFlow::Break(())).unwrap();
    }
    let done = rotate(&office, &both, &mut on).unwrap();
    assert_eq!((done.left, done.faulty), (vec![], vec![]));
}

#[test]
fn a_key_that_is_missing_is_named_before_anything_changes() {
    let office = Office::with_capacity(20);
    drop(sold(&office));
    let without = PlainKeyRing::new(&["k2"], 0);
    let missing = RotationError::MissingKeys(vec![OLD.to_owned()]);
    assert_eq!(rotate(&office, &without, &mut on), Err(missing));
}

#[test]
fn a_text_that_does_not_open_is_told_and_the_others_go_on() {
    let office = Office::with_capacity(20);
    let [first, second] = [sold(&office), sold(&office)];
    let forged = first.tickets[0].id.uuid();
    let foreign = second.tickets[0].identity.clone().unwrap();
    office.museum.run(|stores| {
        let rows = stores.sealed_rows();
        let table = rows.sealed_tables()[0];
        let change = Resealed {
            owner: forged,
            was: first.tickets[0].identity.clone().unwrap(),
            becomes: foreign.clone(),
        };
        rows.reseal(table, &[change])
    });
    let both = PlainKeyRing::new(&["k2", OLD], 0);
    let done = rotate(&office, &both, &mut on).unwrap();
    assert_eq!(done.resealed, 1);
    assert_eq!(done.faulty.len(), 1);
    assert_eq!(done.faulty[0].1, forged);
    assert_eq!(done.left.len(), 1);
}

#[test]
fn the_first_key_is_settled_and_no_other_is_let_in() {
    let office = Office::with_capacity(20);
    let (stores, now) = (office.museum.unit_of_work(), office.museum.now());
    let [one, two] = [1, 2].map(|key| HashKeyId([key; 16]));
    assert_eq!(check_hash_key(stores, one, now), Ok(()));
    assert_eq!(check_hash_key(stores, one, now), Ok(()));
    let fault = HashKeyFault::OtherKey {
        stored: one,
        configured: two,
    };
    assert_eq!(check_hash_key(stores, two, now), Err(fault));
}

/// The museum's hash key, and the next one.
fn rings() -> [PlainKeyRing; 2] {
    [0, 0x55].map(|key| PlainKeyRing::new(&[OLD], key))
}

#[test]
fn a_change_of_the_hash_key_lets_nobody_in_until_it_is_finished() {
    let office = Office::with_capacity(20);
    drop(sold(&office));
    let (stores, now) = (office.museum.unit_of_work(), office.museum.now());
    let ids @ [old, new] = rings().map(|ring| ring.hash_key_id());
    let begin = || begin_rehashing(stores, old, new, now);
    assert_eq!(begin(), Ok(Begun::Now));
    assert_eq!(begin(), Ok(Begun::Before));
    let unfinished = HashKeyFault::Unfinished { from: old, to: new };
    for key in ids {
        assert_eq!(check_hash_key(stores, key, now), Err(unfinished.clone()));
    }
    let third = HashKeyId([7; 16]);
    let other = begin_rehashing(stores, old, third, now);
    assert_eq!(other, Err(RehashError::OtherChange(new)));
    let strange = begin_rehashing(stores, third, new, now);
    assert_eq!(strange, Err(RehashError::OtherKey(old)));

    give_up_rehashing(stores, old, now).unwrap();
    assert_eq!(check_hash_key(stores, old, now), Ok(()));
    assert_eq!(begin(), Ok(Begun::Now));
    let [from, to] = rings();
    let clock = &office.museum.clock;
    let done = rehash_documents(stores, &from, &to, clock, 2, &mut |_, _| {});
    assert_eq!(
        done.map(|done| (done.changed, done.faulty)),
        Ok((1, vec![]))
    );
    assert_eq!(check_hash_key(stores, new, now), Ok(()));
    assert_eq!(begin(), Ok(Begun::Done));
}

#[test]
fn one_admission_bans_and_saved_visitors_hold_under_the_new_key() {
    let office = Office::with_capacity(20);
    let day = office.museum.day();
    let account = office.museum.account();
    let (admitted, banned) = (office.museum.adult(), office.museum.adult());
    let order = office.paid(&account, &[&admitted]);
    let missed = office.paid(&office.museum.account(), &[&banned]);
    let document = missed.tickets[0].document_hash.unwrap();
    let ban = Ban::after(document, day.plus_days(-20), &office.museum.rules);
    office.museum.run(|stores| {
        stores.bans().record(&NoShow {
            document,
            date: day.plus_days(-20),
            cause: NoShowCause::LateRefund,
            ticket: missed.tickets[0].id,
            recorded_at: ban.third.start(),
            waiver: None,
        })?;
        stores.bans().ban(&ban)
    });
    let saved = save(&office, &admitted);
    let [from, to] = rings();
    let (stores, clock) = (office.museum.unit_of_work(), &office.museum.clock);
    let rehash = |batch| rehash_documents(stores, &from, &to, clock, batch, &mut |_, _| {});
    let [old, new] = rings().map(|ring| ring.hash_key_id());
    begin_rehashing(stores, old, new, office.museum.now()).unwrap();
    let done = rehash(1).unwrap();
    assert_eq!((done.changed, done.faulty), (3, vec![]));

    let hashed = |person: &Person| to.hash(&person.document);
    assert_eq!(
        office.reload(&order).tickets[0].document_hash,
        Some(hashed(&admitted))
    );
    let visitors = office.store.visitors(saved.account).unwrap();
    assert_eq!(visitors[0].document_hash, hashed(&admitted));
    let other = office.museum.account();
    let again = place(&office, &to, &other, &admitted);
    assert_eq!(reason(&again), &Reason::AlreadyBooked);
    let anyway = place(&office, &to, &other, &banned);
    let until = ban.last_day;
    let reasons = [Reason::AlreadyBooked, Reason::Banned { until }];
    assert!(reasons.contains(reason(&anyway)), "{anyway:?}");
    office.sweep();
}

#[test]
fn an_interrupted_change_goes_on_and_what_runs_meanwhile_is_noticed() {
    let office = Office::with_capacity(20);
    (0..5).for_each(|_| drop(sold(&office)));
    let [from, to] = rings();
    let (stores, clock) = (office.museum.unit_of_work(), &office.museum.clock);
    begin_rehashing(
        stores,
        from.hash_key_id(),
        to.hash_key_id(),
        office.museum.now(),
    )
    .unwrap();
    // The process dies while it reads or writes its second batch, whose commit is not known.
    let mut deaths = 0;
    let done = loop {
        let mut batches = 0;
        let run = rehash_documents(stores, &from, &to, clock, 2, &mut |_, _| {
            batches += 1;
            if batches == 1 && deaths < 4 {
                office.store.inject(Fault::RunTwice, deaths % 2);
                office.store.inject(Fault::LoseAnswer, 1);
            }
        });
        match run {
            Ok(done) => break done,
            Err(error) => assert_eq!(error, RehashError::Store(StoreError::Unknown)),
        }
        deaths += 1;
    };
    assert_eq!((deaths, done.faulty), (4, vec![]));
    assert_eq!(
        check_hash_key(stores, to.hash_key_id(), office.museum.now()),
        Ok(())
    );

    // Back again, with a service that was not stopped.
    begin_rehashing(
        stores,
        to.hash_key_id(),
        from.hash_key_id(),
        office.museum.now(),
    )
    .unwrap();
    drop(save(&office, &office.museum.adult()));
    let mut sold_late = false;
    let back = rehash_documents(stores, &to, &from, clock, 9, &mut |table, _| {
        if table.name() == "saved_visitors" && !std::mem::replace(&mut sold_late, true) {
            let person = office.museum.adult();
            let placed = place(&office, &to, &office.museum.account(), &person);
            assert!(matches!(placed, Placed::Created(_)));
        }
    });
    assert_eq!(back, Err(RehashError::StillWritten));
    let unfinished = check_hash_key(stores, from.hash_key_id(), office.museum.now());
    assert!(matches!(unfinished, Err(HashKeyFault::Unfinished { .. })));
}
