//! Refunds as asked for (section 6).

use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::category::Category;
use domain::id::BodyDigest;
use domain::identity::DocumentType;
use domain::money::{Fen, MoneyError};
use domain::no_show::Standing;
use domain::order::{OrderState, TicketState};
use domain::refund::{RefundReason, RefundState, Selection, plan_everything};
use domain::sealed::IdentityCipher;
use domain::testing::Person;
use domain::use_cases::open_quotas::{BelowTaken, CapacityError, set_capacity};
use domain::use_cases::order_request::{StatedPerson, VisitorDraft, Who};
use domain::use_cases::refund_tickets::{
    RefundError, RefundRequest, Refunded, preview_refund, refund_tickets,
};

use super::office::{Office, created, of_tickets, visitor, visitor_as};

fn reasons(error: RefundError) -> Vec<RefundReason> {
    match error {
        RefundError::Refused(refusal) => {
            let objections = refusal.objections.into_iter();
            objections.map(|objection| objection.reason).collect()
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_refund_of_one_of_five_returns_its_places_and_leaves_the_order_paid() {
    let office = Office::with_capacity(10);
    let day = office.day();
    let visitors = (0..5)
        .map(|_| visitor(&office.museum.adult(), day, &["treasure_gallery"]))
        .collect();
    let order = created(&office.place(office.draft(&office.museum.account(), visitors)));
    let order = office.pay(&order);
    assert_eq!(
        (office.taken("palace"), office.taken("treasure_gallery")),
        (5, 5)
    );
    let refund = office.refund(&order, &[order.tickets[2].id]).unwrap();
    assert_eq!(
        (refund.amount, refund.state),
        (Fen::new(5000).unwrap(), RefundState::Requested)
    );
    assert_eq!(
        (office.taken("palace"), office.taken("treasure_gallery")),
        (4, 4)
    );
    let order = office.reload(&order);
    assert_eq!(order.state, OrderState::Paid);
    assert_eq!(order.tickets[2].state, TicketState::Refunded);
    assert_eq!(order.tickets[2].add_ons[0].state, TicketState::Refunded);
    assert_eq!(order.refunded, refund.amount);
    office.sweep();
}

#[test]
fn an_add_on_alone_goes_back_without_its_ticket() {
    let office = Office::with_capacity(10);
    let visitors = vec![visitor(
        &office.museum.adult(),
        office.day(),
        &["clock_gallery"],
    )];
    let order = created(&office.place(office.draft(&office.museum.account(), visitors)));
    let order = office.pay(&order);
    let add_on = order.tickets[0].add_ons[0].id;
    let selection = Selection::Of {
        tickets: BTreeSet::new(),
        add_ons: BTreeSet::from([add_on]),
    };
    // On the visit day itself: an add-on alone brings no no-show (rule 6.4).
    office.set("2026-12-01T10:00:00+08:00");
    let request = office.refund_request(&order, selection);
    refund_tickets(office.museum.unit_of_work(), &office.museum.rules, &request).unwrap();
    let order = office.reload(&order);
    assert_eq!(order.tickets[0].state, TicketState::Valid);
    assert_eq!(order.tickets[0].add_ons[0].state, TicketState::Refunded);
    assert_eq!(
        (office.taken("palace"), office.taken("clock_gallery")),
        (1, 0)
    );
    let document = order.tickets[0].document_hash.unwrap();
    assert_eq!(office.missed_days(document), []);
    office.sweep();
}

#[test]
fn a_refund_on_the_visit_day_is_a_no_show_and_after_twenty_hours_there_is_none() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    let document = office.museum.cipher.hash(&person.document);
    let order = office.paid(&office.museum.account(), &[&person, &office.museum.adult()]);
    office.set("2026-11-30T23:59:59+08:00");
    let preview = |selection| {
        let museum = &office.museum;
        let account = Some(order.account);
        let now = museum.now();
        let unit_of_work = museum.unit_of_work();
        preview_refund(
            unit_of_work,
            &museum.rules,
            account,
            order.id,
            &selection,
            now,
        )
        .unwrap()
    };
    let first = of_tickets(&[order.tickets[0].id]);
    assert_eq!(preview(first.clone()).no_shows, []);
    office.set("2026-12-01T19:59:59.999999+08:00");
    let shown = preview(first);
    let expected = Standing {
        count: 1,
        ban_until: None,
    };
    assert_eq!(shown.no_shows, [(order.tickets[0].id, expected)]);
    assert_eq!(shown.plan.unwrap().amount, Fen::new(4000).unwrap());
    office.refund(&order, &[order.tickets[0].id]).unwrap();
    assert_eq!(office.missed_days(document), [Office::fixed_day()]);
    office.set("2026-12-01T20:00:00+08:00");
    let error = office.refund(&order, &[order.tickets[1].id]).unwrap_err();
    assert_eq!(reasons(error), [RefundReason::TooLate]);
    office.sweep();
}

#[test]
fn a_refund_by_staff_on_the_visit_day_is_no_no_show() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    let document = office.museum.cipher.hash(&person.document);
    let order = office.paid(&office.museum.account(), &[&person]);
    office.set("2026-12-01T09:00:00+08:00");
    let mut request = office.refund_request(&order, Selection::All);
    request.account = None;
    let (unit_of_work, rules) = (office.museum.unit_of_work(), &office.museum.rules);
    refund_tickets(unit_of_work, rules, &request).unwrap();
    assert_eq!(office.missed_days(document), []);
    office.sweep();
}

#[test]
fn an_adult_cannot_leave_two_children_behind() {
    let office = Office::with_capacity(10);
    let people =
        ["1990-01-01", "2016-03-01", "2016-04-01"].map(|birth| office.museum.person(birth));
    let order = office.paid(&office.museum.account(), &people.iter().collect::<Vec<_>>());
    let ids: Vec<_> = order.tickets.iter().map(|ticket| ticket.id).collect();
    let error = office.refund(&order, &ids[..1]).unwrap_err();
    let also_refund = ids[1..].to_vec();
    assert_eq!(reasons(error), [RefundReason::NeedsAdult { also_refund }]);
    let refund = office.refund(&order, &ids).unwrap();
    assert_eq!(refund.amount, order.total);
    assert_eq!(office.reload(&order).state, OrderState::Refunded);
    assert_eq!(office.taken("palace"), 0);
    office.sweep();
}

/// The child of an unpaid order was accepted for the sake of the adult whose ticket is valid.
#[test]
fn an_adult_cannot_leave_a_child_behind_whose_order_is_still_to_be_paid() {
    let office = Office::with_capacity(10);
    let account = office.museum.account();
    let first = office.paid(&account, &[&office.museum.adult()]);
    let child = office.museum.person("2016-01-01");
    let second = created(&office.place(office.draft(
        &account,
        vec![visitor(&child, office.day(), &["treasure_gallery"])],
    )));
    assert_eq!(second.state, OrderState::Paid, "a free ticket");
    let error = office.refund(&first, &[first.tickets[0].id]).unwrap_err();
    assert!(matches!(
        reasons(error)[..],
        [RefundReason::NeedsAdult { .. }]
    ));

    let account = office.museum.account();
    let first = office.paid(&account, &[&office.museum.adult()]);
    let held = foreign_child(&office);
    let second = created(&office.place(office.draft(&account, held)));
    assert_eq!(second.state, OrderState::Unpaid);
    let error = office.refund(&first, &[first.tickets[0].id]).unwrap_err();
    assert!(matches!(
        reasons(error)[..],
        [RefundReason::NeedsAdult { .. }]
    ));
    // Once that order has lapsed, nobody is left behind.
    office.advance(TimeDelta::minutes(31));
    office.refund(&first, &[first.tickets[0].id]).unwrap();
}

/// A child with a foreign passport, who is not free (rule 3.5).
fn foreign_child(office: &Office) -> Vec<VisitorDraft> {
    let mut draft = visitor_as(&office.museum.adult(), Category::Student);
    draft.who = Who::Stated(StatedPerson {
        name: "LEE".to_owned(),
        document_type: DocumentType::Passport,
        document_number: "E7654321".to_owned(),
        nationality: Some("USA".to_owned()),
        birth_date: chrono::NaiveDate::from_ymd_opt(2016, 1, 1),
    });
    vec![draft]
}

#[test]
fn what_was_refunded_cannot_be_refunded_again() {
    let office = Office::with_capacity(10);
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    let ticket = order.tickets[0].id;
    office.refund(&order, &[ticket]).unwrap();
    let error = office.refund(&order, &[ticket]).unwrap_err();
    assert_eq!(
        reasons(error),
        [RefundReason::NotValid(TicketState::Refunded)]
    );
    let nothing = office.refund(&order, &[]).unwrap_err();
    assert_eq!(reasons(nothing), [RefundReason::NothingChosen]);
    office.sweep();
}

/// Rule 6.6 holds in the order itself, should a plan ever be wrong.
#[test]
fn no_plan_asks_back_more_than_was_paid() {
    let office = Office::with_capacity(10);
    let mut order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    let everything = plan_everything(&order).unwrap();
    assert!(order.apply_refund(&everything).is_ok());
    let refunded = order.clone();
    assert_eq!(order.apply_refund(&everything), Err(MoneyError::TooLarge));
    assert_eq!(order, refunded);
}

#[test]
fn the_same_refund_request_is_recorded_once() {
    let office = Office::with_capacity(10);
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    let request = office.refund_request(&order, Selection::All);
    let refund = |request: &RefundRequest| {
        refund_tickets(office.museum.unit_of_work(), &office.museum.rules, request)
    };
    let Refunded::Created(first) = refund(&request).unwrap() else {
        panic!("not created");
    };
    let mut again = request.clone();
    again.refund = domain::id::RefundId::next(&office.museum.ids);
    assert_eq!(refund(&again), Ok(Refunded::Existing(first)));
    again.body_digest = BodyDigest([7; 32]);
    assert_eq!(refund(&again), Err(RefundError::KeyReused));
    again.account = Some(office.museum.account().id);
    assert_eq!(refund(&again), Err(RefundError::NotFound));
}

#[test]
fn a_free_ticket_is_refunded_at_once() {
    let office = Office::with_capacity(10);
    let teenager = office.museum.person("2010-01-01");
    let order = created(&office.order(&office.museum.account(), &[&teenager]));
    assert_eq!(order.state, OrderState::Paid);
    let refund = office.refund(&order, &[order.tickets[0].id]).unwrap();
    assert_eq!(
        (refund.amount, refund.state),
        (Fen::ZERO, RefundState::Succeeded)
    );
    office.sweep();
}

/// Worked case: capacity lowered from 100 to 60 with 80 taken, then 30 refunds.
#[test]
fn a_lowered_capacity_absorbs_refunds_before_places_are_sold_again() {
    let office = Office::with_capacity(100);
    let orders: Vec<_> = (0..80)
        .map(|_| office.paid(&office.museum.account(), &[&office.museum.adult()]))
        .collect();
    let key = domain::quota::QuotaKey {
        date: Office::fixed_day(),
        session: domain::testing::session("morning"),
        venue: domain::testing::venue("palace"),
    };
    let set = |below| set_capacity(office.museum.unit_of_work(), &key, 60, below);
    assert_eq!(
        set(BelowTaken::Refuse),
        Err(CapacityError::BelowTaken { taken: 80 })
    );
    set(BelowTaken::Accept).unwrap();
    let one_more: Person = office.museum.adult();
    for (place, order) in orders.iter().take(30).enumerate() {
        office.refund(order, &[order.tickets[0].id]).unwrap();
        let expected = u32::try_from(place + 1).unwrap().saturating_sub(20);
        assert_eq!(
            office.remaining("palace"),
            expected,
            "after refund {}",
            place + 1
        );
    }
    created(&office.order(&office.museum.account(), &[&one_more]));
    office.sweep();
}
