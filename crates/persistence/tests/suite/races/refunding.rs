//! A ticket that is refunded, admitted, or both at once.

use domain::check_in::Verdict;
use domain::ports::UnitOfWork;
use domain::refund::Selection;
use domain::testing::{ProviderCall, ScriptedPayments};
use domain::use_cases::confirm_payment::Confirmation;
use domain::use_cases::refund_tickets::{RefundError, Refunded};
use domain::use_cases::submit_refunds::submit_refunds;

use super::COMMIT;
use super::office::Office;
use super::overlap::{Stop, overlap};

#[test]
fn a_ticket_that_is_being_refunded_is_not_admitted() {
    let office = Office::with_capacity(10);
    let order = office.paid();
    let request = office.refund_request(&order);
    let (refund, admission) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.refund(unit_of_work, &request),
        |unit_of_work| office.admit(unit_of_work, &order),
    );
    assert!(matches!(refund, Ok(Refunded::Created(_))), "{refund:?}");
    assert_eq!(admission, Ok(Verdict::Refunded));
    office.sweep();
}

#[test]
fn a_ticket_that_is_being_admitted_is_not_refunded() {
    let office = Office::with_capacity(10);
    let order = office.paid();
    let request = office.refund_request(&order);
    let (admission, refund) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.admit(unit_of_work, &order),
        |unit_of_work| office.refund(unit_of_work, &request),
    );
    assert_eq!(admission, Ok(Verdict::Admitted));
    assert!(matches!(refund, Err(RefundError::Refused(_))), "{refund:?}");
    office.sweep();
}

#[test]
fn a_ticket_is_refunded_to_one_of_two_requests() {
    let office = Office::with_capacity(10);
    let order = office.paid();
    let requests = [office.refund_request(&order), office.refund_request(&order)];
    let (first, second) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.refund(unit_of_work, &requests[0]),
        |unit_of_work| office.refund(unit_of_work, &requests[1]),
    );
    assert!(matches!(first, Ok(Refunded::Created(_))), "{first:?}");
    assert!(matches!(second, Err(RefundError::Refused(_))), "{second:?}");
    assert_eq!(office.reload(order.id).refunded, order.paid);
    assert_eq!(office.taken(), 0);
    office.sweep();
}

#[test]
fn one_refund_asked_for_twice_is_one_refund() {
    let office = Office::with_capacity(10);
    let order = office.paid();
    let request = office.refund_request(&order);
    let mut again = office.refund_request(&order);
    again.request_key = request.request_key;
    let (first, second) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.refund(unit_of_work, &request),
        |unit_of_work| office.refund(unit_of_work, &again),
    );
    let Ok(Refunded::Created(refund)) = first else {
        panic!("{first:?}");
    };
    assert_eq!(second, Ok(Refunded::Existing(refund)));
    office.sweep();
}

/// The first has formed the submission, and the second was about to.
#[test]
fn one_refund_is_sent_to_the_provider_once() {
    let office = Office::with_capacity(10);
    let order = office.paid();
    let request = office.refund_request(&order);
    assert!(
        office
            .refund(office.museum.unit_of_work(), &request)
            .is_ok()
    );
    let provider = ScriptedPayments::new();
    let submit = |unit_of_work: &dyn UnitOfWork| {
        submit_refunds(
            unit_of_work,
            &provider,
            &office.museum.rules,
            &office.museum.clock,
        )
    };
    let (first, second) = overlap(&office.database, Stop::BeforeCommitOf(1), submit, submit);
    let formed = [first, second].map(|done| done.map(|done| done.formed));
    assert_eq!(formed, [Ok(1), Ok(0)]);
    let sent = provider.calls();
    let sent = sent
        .iter()
        .filter(|call| matches!(call, ProviderCall::Refund(_)));
    assert_eq!(sent.count(), 1);
}

/// Rule 6.8: the first has seen that the order waits; before it comes to it, the second has sent
/// its refund, and the tourist has asked for another.
#[test]
fn refunds_of_one_order_are_sent_one_at_a_time() {
    let office = Office::with_capacity(10);
    let persons = [office.museum.adult(), office.museum.adult()];
    let account = office.museum.account();
    let request = office.request(&account, office.day, &persons.each_ref());
    let order = office.order_for(&request);
    let plain = office.museum.unit_of_work();
    let confirmed = office.confirm(plain, &office.news(&order));
    assert_eq!(confirmed, Ok(Confirmation::Confirmed));
    let requests = [0, 1].map(|place| {
        let mut request = office.refund_request(&order);
        request.selection = Selection::Of {
            tickets: [order.tickets[place].id].into(),
            add_ons: [].into(),
        };
        request
    });
    assert!(office.refund(plain, &requests[0]).is_ok());
    let provider = ScriptedPayments::new();
    let (rules, clock) = (&office.museum.rules, &office.museum.clock);
    let submit = |unit_of_work: &dyn UnitOfWork| {
        let done = submit_refunds(unit_of_work, &provider, rules, clock);
        done.map(|done| done.formed)
    };
    let (first, second) = overlap(
        &office.database,
        Stop::BeforeUnit(1),
        submit,
        |unit_of_work| {
            let formed = submit(unit_of_work);
            assert!(office.refund(unit_of_work, &requests[1]).is_ok());
            formed
        },
    );
    assert_eq!((first, second), (Ok(0), Ok(1)));
}
