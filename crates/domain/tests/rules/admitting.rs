//! Check-in's ticket transition (rules 9.2 and 9.3), and what a refund may still do afterwards.

use std::collections::BTreeSet;

use domain::id::TicketId;
use domain::order::{AdmitError, Order, OrderState, TicketState};
use domain::refund::{RefundReason, Selection};
use domain::testing::venue;
use domain::use_cases::check_in::{CheckInError, check_in};
use domain::use_cases::refund_tickets::{RefundError, refund_tickets};

use super::office::{Office, created, visitor};

fn admit(office: &Office, order: &Order, ticket: TicketId, code: &str) -> Result<(), AdmitError> {
    let (unit_of_work, now) = (office.museum.unit_of_work(), office.museum.now());
    match check_in(unit_of_work, order.id, ticket, &venue(code), "east", now) {
        Ok(_) => Ok(()),
        Err(CheckInError::Admit(error)) => Err(error),
        Err(error) => panic!("{error}"),
    }
}

fn refund_reasons(office: &Office, order: &Order, selection: Selection) -> Vec<RefundReason> {
    let request = office.refund_request(order, selection);
    match refund_tickets(office.museum.unit_of_work(), &office.museum.rules, &request) {
        Err(RefundError::Refused(refusal)) => {
            let objections = refusal.objections.into_iter();
            objections.map(|objection| objection.reason).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_ticket_is_admitted_once_and_a_gallery_after_the_main_gate() {
    let office = Office::with_capacity(10);
    let visitors = vec![visitor(
        &office.museum.adult(),
        office.day(),
        &["clock_gallery"],
    )];
    let order = created(&office.place(office.draft(&office.museum.account(), visitors)));
    let ticket = order.tickets[0].id;
    let unpaid = admit(&office, &order, ticket, "palace");
    assert_eq!(unpaid, Err(AdmitError::NotValid(TicketState::Held)));
    let order = office.pay(&order);
    let gallery = admit(&office, &order, ticket, "clock_gallery");
    assert_eq!(gallery, Err(AdmitError::MainGateFirst));
    assert_eq!(admit(&office, &order, ticket, "palace"), Ok(()));
    assert_eq!(office.reload(&order).state, OrderState::Used);
    let again = admit(&office, &order, ticket, "palace");
    assert!(matches!(again, Err(AdmitError::AlreadyUsed(used)) if used.gate == "east"));
    let elsewhere = admit(&office, &order, ticket, "exhibition");
    assert_eq!(elsewhere, Err(AdmitError::NoTicket));
    assert_eq!(admit(&office, &order, ticket, "clock_gallery"), Ok(()));
    assert_eq!(office.taken("palace"), 1, "a used ticket keeps its place");
    office.sweep();
}

#[test]
fn after_the_main_gate_neither_the_ticket_nor_an_unused_add_on_goes_back() {
    let office = Office::with_capacity(10);
    let visitors = vec![visitor(
        &office.museum.adult(),
        office.day(),
        &["clock_gallery"],
    )];
    let order = created(&office.place(office.draft(&office.museum.account(), visitors)));
    let order = office.pay(&order);
    let ticket = &order.tickets[0];
    admit(&office, &order, ticket.id, "palace").unwrap();
    let whole = Selection::Of {
        tickets: BTreeSet::from([ticket.id]),
        add_ons: BTreeSet::new(),
    };
    assert_eq!(
        refund_reasons(&office, &order, whole),
        [RefundReason::CheckedIn]
    );
    let add_on = Selection::Of {
        tickets: BTreeSet::new(),
        add_ons: BTreeSet::from([ticket.add_ons[0].id]),
    };
    assert_eq!(
        refund_reasons(&office, &order, add_on),
        [RefundReason::GatePassed]
    );
}

#[test]
fn a_refunded_ticket_is_not_admitted() {
    let office = Office::with_capacity(10);
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    let ticket = order.tickets[0].id;
    office.refund(&order, &[ticket]).unwrap();
    let refused = admit(&office, &order, ticket, "palace");
    assert_eq!(refused, Err(AdmitError::NotValid(TicketState::Refunded)));
}
