//! The last entry of an annual pass, and the pass itself, that two reach for at once.

use domain::check_in::Verdict;
use domain::id::AnnualPassId;
use domain::ports::{StoreError, UnitOfWork};
use domain::use_cases::grant_pass::{Grant, GrantError, Granted, grant_pass};
use domain::use_cases::order_request::OrderRequest;
use domain::use_cases::place_orders::Placed;
use domain::use_cases::refund_tickets::RefundError;

use super::COMMIT;
use super::holder::Holder;
use super::office::{Office, created, objections, stated};
use super::overlap::{Stop, overlap};

/// Two days have no lock in common: that of the pass decides.
#[test]
fn the_last_entry_goes_to_one_of_two_visits() {
    let holder = Holder::with_entries(1);
    let (day, before) = (holder.office.day, holder.office.day.plus_days(-1));
    holder.office.museum.open(before, 10);
    let requests = [day, before].map(|date| holder.request(date));
    let place = |unit_of_work: &dyn UnitOfWork,
                 request: &OrderRequest|
     -> Result<Placed, StoreError> { holder.office.place(unit_of_work, request) };
    let (first, second) = overlap(
        &holder.office.database,
        COMMIT,
        |unit_of_work| place(unit_of_work, &requests[0]),
        |unit_of_work| place(unit_of_work, &requests[1]),
    );
    assert!(created(&first).is_some(), "{first:?}");
    assert_eq!(objections(&second), ["pass.exhausted"], "{second:?}");
    assert_eq!(holder.entries(), (1, 9));
    holder.sweep();
}

#[test]
fn an_entry_that_is_being_given_back_is_registered_again() {
    let holder = Holder::with_entries(1);
    let before = holder.office.day.plus_days(-1);
    holder.office.museum.open(before, 10);
    let visit = holder.visit();
    let request = holder.request(before);
    // The first unit of a cancellation only looks.
    let (cancelled, placed) = overlap(
        &holder.office.database,
        Stop::BeforeCommitOf(1),
        |unit_of_work| holder.cancel(unit_of_work, &visit),
        |unit_of_work| holder.office.place(unit_of_work, &request),
    );
    assert!(cancelled.is_ok(), "{cancelled:?}");
    assert!(created(&placed).is_some(), "{placed:?}");
    assert_eq!(holder.entries(), (1, 9));
    holder.sweep();
}

#[test]
fn a_visit_that_is_being_cancelled_is_not_admitted() {
    let holder = Holder::with_entries(5);
    let visit = holder.visit();
    let (cancelled, admitted) = overlap(
        &holder.office.database,
        Stop::BeforeCommitOf(1),
        |unit_of_work| holder.cancel(unit_of_work, &visit),
        |unit_of_work| holder.office.admit(unit_of_work, &visit),
    );
    assert!(cancelled.is_ok(), "{cancelled:?}");
    assert_eq!(admitted, Ok(Verdict::Refunded));
    assert_eq!(holder.entries(), (0, 5));
    holder.sweep();
}

#[test]
fn a_visit_that_is_being_admitted_is_not_cancelled() {
    let holder = Holder::with_entries(5);
    let visit = holder.visit();
    let (admitted, cancelled) = overlap(
        &holder.office.database,
        COMMIT,
        |unit_of_work| holder.office.admit(unit_of_work, &visit),
        |unit_of_work| holder.cancel(unit_of_work, &visit),
    );
    assert_eq!(admitted, Ok(Verdict::Admitted));
    assert!(
        matches!(cancelled, Err(RefundError::Refused(_))),
        "{cancelled:?}"
    );
    assert_eq!(holder.entries(), (0, 6));
    holder.sweep();
}

#[test]
fn a_document_is_granted_one_pass_by_two() {
    let office = Office::with_capacity(1);
    let museum = &office.museum;
    let person = stated(&museum.adult());
    let grant = |unit_of_work: &dyn UnitOfWork| -> Result<Granted, GrantError> {
        let grant = Grant {
            pass: AnnualPassId::next(&museum.ids),
            year: office.day.year(),
            now: museum.now(),
        };
        grant_pass(unit_of_work, &museum.cipher, &museum.rules, &grant, &person)
    };
    let (first, second) = overlap(&office.database, COMMIT, grant, grant);
    let Ok(Granted::Created(pass)) = first else {
        panic!("not granted: {first:?}");
    };
    assert_eq!(second, Ok(Granted::Existing(pass)));
}
