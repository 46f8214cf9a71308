//! Check-in's ticket transition (rules 9.2 and 9.3), and what a refund may still do afterwards.

use std::collections::BTreeSet;

use domain::check_in::Verdict;
use domain::order::{Order, OrderState};
use domain::refund::{RefundReason, Selection};
use domain::use_cases::check_in::Shown;
use domain::use_cases::refund_tickets::{RefundError, refund_tickets};

use super::gate::{MORNING, at_gate, check, verdicts};
use super::office::{Office, created, visitor};

/// What the gate says to an order's number.
fn admit(office: &Office, order: &Order, code: &str) -> Verdict {
    let request = at_gate(office, Shown::Order(order.number.clone()), code);
    verdicts(&check(office, &request))[0]
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
    assert_eq!(admit(&office, &order, "palace"), Verdict::Unpaid);
    let order = office.pay(&order);
    office.set(MORNING);
    assert_eq!(
        admit(&office, &order, "clock_gallery"),
        Verdict::MainGateFirst
    );
    assert_eq!(admit(&office, &order, "palace"), Verdict::Admitted);
    assert_eq!(office.reload(&order).state, OrderState::Used);
    assert_eq!(admit(&office, &order, "palace"), Verdict::AlreadyUsed);
    assert_eq!(admit(&office, &order, "exhibition"), Verdict::NoTicket);
    assert_eq!(admit(&office, &order, "clock_gallery"), Verdict::Admitted);
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
    office.set(MORNING);
    assert_eq!(admit(&office, &order, "palace"), Verdict::Admitted);
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
    office.set(MORNING);
    assert_eq!(admit(&office, &order, "palace"), Verdict::Refunded);
}
