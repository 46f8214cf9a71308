//! Visits on an annual pass that are missed, cancelled on the day or closed (rule 8.3).

use domain::calendar::{DayState, Hours, OpeningDay};
use domain::money::Fen;
use domain::no_show::{NoShowCause, WaiverCause};
use domain::order::{Order, OrderState, TicketState};
use domain::refund::{Refund, RefundState};
use domain::testing::Fault;
use domain::use_cases::close_order::{CloseError, Closed};
use domain::use_cases::record_no_shows::RecordedNoShows;
use domain::visit_date::VisitDate;

use super::closing::{close, close_day, record_absence, refunded};
use super::holder::Holder;
use super::office::Office;

fn missed_days(holder: &Holder) -> Vec<VisitDate> {
    holder
        .office
        .missed_days(holder.pass.document_hash.unwrap())
}

/// The causes of the no-show of a visit and of its waiver.
fn causes(holder: &Holder, visit: &Order) -> (NoShowCause, Option<WaiverCause>) {
    let tickets = [visit.tickets[0].id];
    let no_shows = holder
        .office
        .museum
        .run(|stores| stores.bans().of_tickets(&tickets));
    assert_eq!(no_shows.len(), 1);
    let waiver = no_shows[0].waiver.map(|waiver| waiver.cause);
    (no_shows[0].cause, waiver)
}

fn missed(holder: &Holder) -> Order {
    let visit = holder.visit();
    assert_eq!(record_absence(&holder.office).no_shows, 1);
    visit
}

fn assert_nothing_went_back(refund: &Refund) {
    assert_eq!(
        (refund.amount, refund.state),
        (Fen::ZERO, RefundState::Succeeded)
    );
}

#[test]
fn absence_is_a_no_show_and_uses_the_entry_once() {
    let holder = Holder::adult();
    let visit = holder.visit();
    let runs = [(); 3].map(|()| {
        let recorded = record_absence(&holder.office);
        (recorded.expired, recorded.no_shows)
    });
    assert_eq!(runs, [(1, 1), (0, 0), (0, 0)]);
    assert_eq!(holder.entries(), (0, 1));
    assert_eq!(missed_days(&holder), [Office::fixed_day()]);
    assert_eq!(causes(&holder, &visit), (NoShowCause::Absent, None));
    let ticket = &holder.office.reload(&visit).tickets[0];
    assert_eq!(ticket.state, TicketState::Expired);
    assert_eq!(holder.office.taken("palace"), 1, "it keeps its place");
    holder.sweep();
}

#[test]
fn a_group_whose_answer_was_lost_uses_one_entry() {
    let holder = Holder::adult();
    holder.visit();
    // The first unit reads, the second one writes.
    holder.office.store.inject(Fault::RunTwice, 2);
    assert_eq!(record_absence(&holder.office).no_shows, 1);
    assert_eq!(holder.entries(), (0, 1));
    holder.sweep();
}

#[test]
fn a_visit_cancelled_before_20_00_of_its_day_is_not_missed() {
    let holder = Holder::adult();
    let visit = holder.visit();
    holder.office.set("2026-12-01T19:59:59.999999+08:00");
    holder.cancel(&visit).unwrap();
    assert_eq!(record_absence(&holder.office), RecordedNoShows::default());
    assert_eq!(holder.entries(), (0, 0));
    assert_eq!(missed_days(&holder), []);
    holder.sweep();
}

#[test]
fn a_visit_missed_on_an_open_day_keeps_its_entry_used() {
    let holder = Holder::adult();
    let visit = missed(&holder);
    assert_eq!(
        close(&holder.office, &visit),
        Err(CloseError::NothingUnused)
    );
    assert_eq!(holder.entries(), (0, 1));
    assert_eq!(missed_days(&holder), [Office::fixed_day()]);
}

#[test]
fn a_missed_visit_of_a_day_closed_afterwards_gives_its_entry_back_once() {
    let holder = Holder::adult();
    let visit = missed(&holder);
    close_day(&holder.office);
    assert_nothing_went_back(&refunded(close(&holder.office, &visit)));
    assert_eq!(close(&holder.office, &visit), Ok(Closed::Already));
    assert_eq!(holder.entries(), (0, 0));
    assert_eq!(missed_days(&holder), []);
    let closed = holder.office.reload(&visit);
    assert_eq!(
        (closed.state, closed.tickets[0].state),
        (OrderState::Closed, TicketState::Refunded)
    );
    assert_eq!(holder.office.taken("palace"), 0);
    let waived = (NoShowCause::Absent, Some(WaiverCause::DayClosed));
    assert_eq!(causes(&holder, &visit), waived);
    holder.sweep();
}

/// The command that closes the day ended between the day and its no-shows.
#[test]
fn closing_a_missed_visit_waives_its_no_show_itself() {
    let holder = Holder::adult();
    let visit = missed(&holder);
    let day = Office::fixed_day();
    let closed = OpeningDay::new(day, DayState::Closed, Hours::of_season(day.season()), None);
    holder
        .office
        .museum
        .run(|stores| stores.days().put(&closed));
    assert_eq!(missed_days(&holder), [day]);
    assert_nothing_went_back(&refunded(close(&holder.office, &visit)));
    assert_eq!(holder.entries(), (0, 0));
    assert_eq!(missed_days(&holder), []);
    let waived = (NoShowCause::Absent, Some(WaiverCause::OrderClosed));
    assert_eq!(causes(&holder, &visit), waived);
    holder.sweep();
}

#[test]
fn closing_a_visit_to_come_gives_its_entry_back_without_a_no_show() {
    let holder = Holder::adult();
    let visit = holder.visit();
    assert_nothing_went_back(&refunded(close(&holder.office, &visit)));
    assert_eq!(record_absence(&holder.office), RecordedNoShows::default());
    assert_eq!(holder.entries(), (0, 0));
    assert_eq!(missed_days(&holder), []);
    holder.sweep();
}
