//! Orders that staff close (section 5, 已关闭).

use std::collections::BTreeSet;

use domain::calendar::{DayState, Hours, OpeningDay};
use domain::id::RefundId;
use domain::money::Fen;
use domain::order::{Admission, Order, OrderState, TicketState};
use domain::ports::AccountQueries;
use domain::refund::{Refund, RefundState, Selection};
use domain::sealed::IdentityCipher;
use domain::testing::{Fault, venue};
use domain::use_cases::close_order::{
    CloseError, CloseRequest, Closed, close_order, is_closed, orders_to_close,
};
use domain::use_cases::confirm_payment::Confirmation;
use domain::use_cases::open_days::set_day;
use domain::use_cases::record_no_shows::{RecordedNoShows, record_no_shows};
use domain::use_cases::refund_tickets::preview_refund;

use super::office::{Office, created, visitor};

pub(crate) fn close(office: &Office, order: &Order) -> Result<Closed, CloseError> {
    let request = CloseRequest {
        order: order.id,
        refund: RefundId::next(&office.museum.ids),
        now: office.museum.now(),
    };
    close_order(office.museum.unit_of_work(), &office.museum.rules, request)
}

pub(crate) fn refunded(closed: Result<Closed, CloseError>) -> Refund {
    match closed {
        Ok(Closed::Refunded(refund)) => refund,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn close_day(office: &Office) {
    let day = Office::fixed_day();
    let day = OpeningDay::new(day, DayState::Closed, Hours::of_season(day.season()), None);
    let (unit_of_work, now) = (office.museum.unit_of_work(), office.museum.now());
    set_day(unit_of_work, &office.museum.rules, &day, now).unwrap();
}

pub(crate) fn record_absence(office: &Office) -> RecordedNoShows {
    office.set("2026-12-01T20:05:00+08:00");
    let (unit_of_work, now) = (office.museum.unit_of_work(), office.museum.now());
    let day = Office::fixed_day();
    record_no_shows(unit_of_work, &office.museum.rules, day, now, None, 100).unwrap()
}

fn admit(office: &Office, order: &Order, place: usize) {
    let admission = Admission {
        at: office.museum.now(),
        gate: "east".to_owned(),
    };
    office.museum.run(|stores| {
        let mut orders = stores.orders().lock(&[order.id])?;
        let ticket = order.tickets[place].id;
        let admitted = orders[0].admit(ticket, &venue("palace"), admission.clone());
        admitted.unwrap();
        stores.orders().save(&orders)
    });
}

#[test]
fn an_unpaid_order_gives_its_places_back_and_its_late_payment_goes_back() {
    let office = Office::with_capacity(10);
    let order = created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    let news = office.news(&order, office.museum.now());
    assert_eq!(close(&office, &order), Ok(Closed::Unpaid));
    assert_eq!(office.reload(&order).state, OrderState::Closed);
    assert_eq!(office.taken("palace"), 0);
    assert_eq!(office.confirm(&news), Confirmation::Returned);
    assert_eq!(office.reload(&order).state, OrderState::Closed);
    office.sweep();
}

#[test]
fn a_paid_order_goes_back_whole_on_the_day_itself_without_a_no_show() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    let visitors = vec![visitor(&person, office.day(), &["clock_gallery"])];
    let draft = office.draft(&office.museum.account(), visitors);
    let order = office.pay(&created(&office.place(draft)));
    office.set("2026-12-01T20:01:00+08:00");
    let refund = refunded(close(&office, &order));
    assert_eq!(
        (refund.amount, refund.state),
        (order.total, RefundState::Requested)
    );
    assert_eq!((refund.items.len(), office.taken("palace")), (2, 0));
    assert_eq!(office.reload(&order).state, OrderState::Closed);
    assert_eq!(
        office.missed_days(office.museum.cipher.hash(&person.document)),
        []
    );
    office.sweep();
}

#[test]
fn closing_again_changes_nothing() {
    let office = Office::with_capacity(10);
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    refunded(close(&office, &order));
    let closed = office.reload(&order);
    assert_eq!(close(&office, &order), Ok(Closed::Already));
    assert_eq!(office.reload(&order), closed);
    office.sweep();
}

#[test]
fn a_closing_whose_answer_was_lost_is_found_again() {
    let office = Office::with_capacity(10);
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    let request = CloseRequest {
        order: order.id,
        refund: RefundId::next(&office.museum.ids),
        now: office.museum.now(),
    };
    let (unit_of_work, rules) = (office.museum.unit_of_work(), &office.museum.rules);
    office.store.inject(Fault::LoseAnswer, 1);
    assert!(close_order(unit_of_work, rules, request).is_err());
    let refund = refunded(close_order(unit_of_work, rules, request));
    assert_eq!(refund.amount, order.paid);
    office.sweep();
}

#[test]
fn what_was_used_stays_and_its_unused_gallery_goes_back() {
    let office = Office::with_capacity(10);
    let people = [office.museum.adult(), office.museum.adult()];
    let visitors = people
        .each_ref()
        .map(|person| visitor(person, office.day(), &["exhibition"]));
    let draft = office.draft(&office.museum.account(), visitors.to_vec());
    let order = office.pay(&created(&office.place(draft)));
    admit(&office, &order, 0);
    let refund = refunded(close(&office, &order));
    assert_eq!(refund.items.len(), 3);
    assert_eq!(refund.amount, order.tickets[1].price);
    let order = office.reload(&order);
    assert_eq!(order.tickets[0].state, TicketState::Used);
    assert_eq!(order.tickets[0].add_ons[0].state, TicketState::Refunded);
    assert_eq!(
        (order.state, office.taken("palace")),
        (OrderState::Closed, 1)
    );
    office.sweep();
}

#[test]
fn what_was_missed_on_an_open_day_is_not_given_back() {
    let office = Office::with_capacity(10);
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    record_absence(&office);
    assert_eq!(close(&office, &order), Err(CloseError::NothingUnused));
    office.sweep();
}

#[test]
fn what_was_missed_on_a_day_closed_afterwards_is_given_back_and_forgiven() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    let order = office.paid(&office.museum.account(), &[&person]);
    record_absence(&office);
    let document = office.museum.cipher.hash(&person.document);
    assert_eq!(office.missed_days(document), [Office::fixed_day()]);
    close_day(&office);
    let refund = refunded(close(&office, &order));
    assert_eq!(refund.amount, Fen::new(4000).unwrap());
    assert_eq!(office.missed_days(document), []);
    assert_eq!(office.taken("palace"), 0);
    assert_eq!(
        office.reload(&order).tickets[0].state,
        TicketState::Refunded
    );
    office.sweep();
}

#[test]
fn an_order_that_is_over_is_not_closed() {
    let office = Office::with_capacity(10);
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    office.refund(&order, &[order.tickets[0].id]).unwrap();
    let over = CloseError::Over(OrderState::Refunded);
    assert_eq!(close(&office, &order), Err(over));
    let used = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    admit(&office, &used, 0);
    assert_eq!(close(&office, &used), Err(CloseError::NothingUnused));
    office.sweep();
}

#[test]
fn a_closed_day_is_gone_through_order_by_order() {
    let office = Office::with_capacity(10);
    let paid = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    let unpaid = created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    let unit_of_work = office.museum.unit_of_work();
    let day = Office::fixed_day();
    assert_eq!(is_closed(unit_of_work, day), Ok(false));
    close_day(&office);
    assert_eq!(is_closed(unit_of_work, day), Ok(true));
    let all = |after| orders_to_close(unit_of_work, day, after, 1).unwrap();
    let expected: BTreeSet<_> = [paid.id, unpaid.id].into();
    let first = all(None)[0];
    let second = all(Some(first))[0];
    assert_eq!(BTreeSet::from([first, second]), expected);
    for order in [&paid, &unpaid] {
        assert!(close(&office, order).is_ok());
    }
    assert_eq!(all(None), []);
    assert_eq!(office.taken("palace"), 0);
    office.sweep();
}

#[test]
fn nobody_is_banned_who_was_refunded_by_staff() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    let order = office.paid(&office.museum.account(), &[&person]);
    office.set("2026-12-01T10:00:00+08:00");
    refunded(close(&office, &order));
    let document = office.museum.cipher.hash(&person.document);
    let history = office.store.no_show_history(document).unwrap();
    assert_eq!((history.days.len(), history.bans.len()), (0, 0));
}

#[test]
fn a_refund_of_a_day_that_is_closed_is_no_no_show() {
    let office = Office::with_capacity(10);
    let account = office.museum.account();
    let person = office.museum.adult();
    let order = office.paid(&account, &[&person]);
    office.set("2026-12-01T09:00:00+08:00");
    close_day(&office);
    let (unit_of_work, rules) = (office.museum.unit_of_work(), &office.museum.rules);
    let (owner, now) = (Some(account.id), office.museum.now());
    let preview = preview_refund(unit_of_work, rules, owner, order.id, &Selection::All, now);
    let preview = preview.unwrap();
    assert!(preview.no_shows.is_empty(), "{preview:?}");
    let refund = office.refund(&order, &[order.tickets[0].id]).unwrap();
    assert_eq!(refund.amount, order.total);
    let document = order.tickets[0].document_hash.unwrap();
    let history = office.store.no_show_history(document).unwrap();
    assert!(history.days.is_empty(), "{history:?}");
}
