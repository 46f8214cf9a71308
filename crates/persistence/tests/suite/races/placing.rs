//! A place, a document or an account that two reach for at once.

use chrono::TimeDelta;
use domain::id::SavedVisitorId;
use domain::order::OrderState;
use domain::ports::{AccountQueries, UnitOfWork};
use domain::use_cases::confirm_payment::Confirmation;
use domain::use_cases::place_orders::Placed;
use domain::use_cases::saved_visitors::{SaveError, save_visitor};

use super::COMMIT;
use super::office::{Office, created, objections, stated};
use super::overlap::{Stop, overlap};

#[test]
fn the_last_place_goes_to_one_of_two_orders() {
    let office = Office::with_capacity(1);
    let requests = [office.somebodys_request(), office.somebodys_request()];
    let (first, second) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.place(unit_of_work, &requests[0]),
        |unit_of_work| office.place(unit_of_work, &requests[1]),
    );
    assert!(created(&first).is_some(), "{first:?}");
    assert_eq!(objections(&second), ["quota.sold_out"], "{second:?}");
    assert_eq!(office.taken(), 1);
    office.sweep();
}

#[test]
fn a_late_payment_goes_back_if_the_last_place_is_being_taken() {
    let office = Office::with_capacity(1);
    let late = office.unpaid();
    office.museum.clock.advance(TimeDelta::minutes(31));
    let news = office.news(&late);
    assert_eq!(office.expire(office.museum.unit_of_work()), 1);
    let request = office.somebodys_request();
    let (placed, payment) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.place(unit_of_work, &request),
        |unit_of_work| office.confirm(unit_of_work, &news),
    );
    assert!(created(&placed).is_some(), "{placed:?}");
    assert_eq!(payment, Ok(Confirmation::Returned));
    assert_eq!(office.taken(), 1);
    office.sweep();
}

/// The order has lapsed and is found in the way of another; before it is expired, it is paid.
#[test]
fn a_late_payment_keeps_the_last_place_until_somebody_has_taken_it() {
    let office = Office::with_capacity(1);
    let late = office.unpaid();
    office.museum.clock.advance(TimeDelta::minutes(31));
    let news = office.news(&late);
    let request = office.somebodys_request();
    let (placed, payment) = overlap(
        &office.database,
        Stop::BeforeUnit(1),
        |unit_of_work| office.place(unit_of_work, &request),
        |unit_of_work| office.confirm(unit_of_work, &news),
    );
    assert_eq!(payment, Ok(Confirmation::Revived));
    assert_eq!(objections(&placed), ["quota.sold_out"], "{placed:?}");
    assert_eq!(office.reload(late.id).state, OrderState::Paid);
    assert_eq!(office.taken(), 1);
    office.sweep();
}

#[test]
fn a_document_is_booked_by_one_of_two_accounts() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    let day = office.day;
    let requests = [(); 2].map(|()| office.request(&office.museum.account(), day, &[&person]));
    let (first, second) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.place(unit_of_work, &requests[0]),
        |unit_of_work| office.place(unit_of_work, &requests[1]),
    );
    assert!(created(&first).is_some(), "{first:?}");
    assert_eq!(
        objections(&second),
        ["document.already_booked"],
        "{second:?}"
    );
    assert_eq!(office.taken(), 1);
    office.sweep();
}

/// Two days have no lock in common: the unique key decides.
#[test]
fn an_account_has_one_unpaid_order_over_two_days() {
    let office = Office::with_capacity(10);
    let account = office.museum.account();
    let (day, before) = (office.day, office.day.plus_days(-1));
    office.museum.open(before, 10);
    let one = office.request(&account, day, &[&office.museum.adult()]);
    let other = office.request(&account, before, &[&office.museum.adult()]);
    let (first, second) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.place(unit_of_work, &one),
        |unit_of_work| office.place(unit_of_work, &other),
    );
    assert!(created(&first).is_some(), "{first:?}");
    assert_eq!(objections(&second), ["order.unpaid_exists"], "{second:?}");
    assert_eq!(office.taken(), 1);
}

/// Orders that cost nothing are paid at once, so that no unpaid order stands in the second's way.
#[test]
fn a_request_key_makes_one_order_over_two_days() {
    let office = Office::with_capacity(10);
    let account = office.museum.account();
    let (day, before) = (office.day, office.day.plus_days(-1));
    office.museum.open(before, 10);
    let youth = || office.museum.person("2009-05-01");
    let one = office.request(&account, day, &[&youth()]);
    let mut other = office.request(&account, before, &[&youth()]);
    other.request_key = one.request_key;
    let (first, second) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.place(unit_of_work, &one),
        |unit_of_work| office.place(unit_of_work, &other),
    );
    let order = created(&first).expect("an order");
    assert_eq!(second, Ok(Placed::Existing(Box::new(order))));
}

#[test]
fn an_account_has_five_admissions_a_day() {
    let office = Office::with_capacity(10);
    let (account, day) = (office.museum.account(), office.day);
    let three = || {
        let youths = [(); 3].map(|()| office.museum.person("2009-05-01"));
        office.request(&account, day, &youths.each_ref())
    };
    let requests = [three(), three()];
    let (first, second) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.place(unit_of_work, &requests[0]),
        |unit_of_work| office.place(unit_of_work, &requests[1]),
    );
    assert!(created(&first).is_some(), "{first:?}");
    assert_eq!(
        objections(&second),
        ["order.too_many_admissions"],
        "{second:?}"
    );
    assert_eq!(office.taken(), 3);
}

#[test]
fn an_account_saves_one_tenth_visitor() {
    let office = Office::with_capacity(10);
    let museum = &office.museum;
    let account = museum.account().id;
    let save = |unit_of_work: &dyn UnitOfWork| {
        let id = SavedVisitorId::new(museum.next_id());
        let person = stated(&museum.adult());
        let (cipher, rules) = (&museum.cipher, &museum.rules);
        save_visitor(
            unit_of_work,
            cipher,
            rules,
            account,
            id,
            &person,
            museum.now(),
        )
    };
    for _ in 0..9 {
        save(museum.unit_of_work()).unwrap();
    }
    let (tenth, eleventh) = overlap(&office.database, COMMIT, save, save);
    assert!(tenth.is_ok(), "{tenth:?}");
    assert_eq!(eleventh, Err(SaveError::TooMany(10)));
    assert_eq!(
        office.database.queries().visitors(account).unwrap().len(),
        10
    );
}
