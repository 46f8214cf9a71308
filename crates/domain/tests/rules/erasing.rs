//! Erasing personal data (rule 10.3).

use chrono::TimeDelta;
use domain::id::TicketId;
use domain::mail::Mail;
use domain::no_show::{Ban, NoShow, NoShowCause};
use domain::order::Order;
use domain::ports::{InvoiceQueries, StoreError, Sweep};
use domain::testing::Fault;
use domain::use_cases::erase_personal_data::{Erased, erase_personal_data};
use domain::use_cases::invoices::InvoiceError;
use domain::visit_date::VisitDate;

use crate::invoicing::{issue, issued, record, requested};
use crate::office::Office;

fn erase(office: &Office, batches: u32) -> Erased {
    let museum = &office.museum;
    let (stores, now) = (museum.unit_of_work(), museum.now());
    erase_personal_data(stores, &museum.rules, now, 2, batches).unwrap()
}

fn sold(office: &Office) -> Order {
    office.paid(&office.museum.account(), &[&office.museum.adult()])
}

/// Moves the clock to the first instant of the day that many days after the visit.
fn days_after_the_visit(office: &Office, days: i64) {
    let day = Office::fixed_day().plus_days(days);
    office.museum.clock.set(day.start());
}

#[test]
fn nothing_is_erased_before_day_180_and_everything_on_it() {
    let office = Office::with_capacity(20);
    let orders: Vec<Order> = (0..3).map(|_| sold(&office)).collect();
    days_after_the_visit(&office, 180);
    office.museum.clock.advance(-TimeDelta::microseconds(1));
    assert_eq!(erase(&office, 99), Erased::default());
    office.museum.clock.advance(TimeDelta::microseconds(1));
    let expected = Erased {
        dates: 1,
        tickets: 3,
        orders: 3,
        ..Erased::default()
    };
    assert_eq!(erase(&office, 99), expected);
    for order in &orders {
        let erased = office.reload(order);
        let ticket = &erased.tickets[0];
        assert_eq!((&ticket.document_hash, &ticket.identity), (&None, &None));
        assert_eq!(erased.phone, None);
        assert_eq!((erased.state, erased.paid), (order.state, order.paid));
    }
    office.sweep();
    assert_eq!(erase(&office, 99), Erased::default());
}

#[test]
fn a_run_is_bounded_and_the_next_one_goes_on() {
    let office = Office::with_capacity(20);
    (0..5).for_each(|_| drop(sold(&office)));
    days_after_the_visit(&office, 200);
    let runs: Vec<Erased> = (0..4).map(|_| erase(&office, 2)).collect();
    let counts = |erased: &Erased| (erased.tickets, erased.orders, erased.dates);
    let counts: Vec<_> = runs.iter().map(counts).collect();
    assert_eq!(counts[..3], [(4, 0, 0), (1, 2, 0), (0, 3, 0)]);
    assert_eq!(counts[3], (0, 0, 1));
    office.sweep();
}

#[test]
fn a_run_whose_answers_are_lost_erases_all_in_the_end() {
    let office = Office::with_capacity(20);
    (0..3).for_each(|_| drop(sold(&office)));
    days_after_the_visit(&office, 180);
    let museum = &office.museum;
    let run = || erase_personal_data(museum.unit_of_work(), &museum.rules, museum.now(), 2, 99);
    let mut lost = 0;
    // The answer of each unit in turn is lost.
    for unit in 0..7 {
        office.store.inject(Fault::RunTwice, unit);
        office.store.inject(Fault::LoseAnswer, 1);
        lost += usize::from(run() == Err(StoreError::Unknown));
    }
    assert!(lost > 0);
    // Until all faults are used up.
    let rest: Vec<_> = (0..20).map(|_| run()).collect();
    assert_eq!(rest[19], Ok(Erased::default()));
    assert_eq!(erase(&office, 99), Erased::default());
    office.sweep();
}

#[test]
fn the_sweep_finds_what_is_erased_by_half() {
    let office = Office::with_capacity(20);
    sold(&office);
    let day = Office::fixed_day();
    office
        .museum
        .run(|stores| stores.erasures().note_erased(day, office.museum.now()));
    let findings = office.store.check_date(day).unwrap();
    assert_eq!(findings[0].rule, "10.3");
}

/// A document's no-shows that many days after the visit day of the office, and the ban of the last.
fn banned(office: &Office, days: [i64; 3]) -> (Order, Ban) {
    let order = sold(office);
    let document = order.tickets[0].document_hash.unwrap();
    let days = days.map(|day| Office::fixed_day().plus_days(day));
    let ban = Ban::after(document, days[2], &office.museum.rules);
    office.museum.run(|stores| {
        for date in days {
            stores.bans().record(&NoShow {
                document,
                date,
                cause: NoShowCause::Absent,
                ticket: TicketId::new(office.museum.next_id()),
                recorded_at: date.start(),
                waiver: None,
            })?;
        }
        stores.bans().ban(&ban)
    });
    (order, ban)
}

#[test]
fn a_running_ban_keeps_its_hash_until_it_ends() {
    let office = Office::with_capacity(20);
    let (_, ban) = banned(&office, [0, 100, 170]);
    let bans = |day: VisitDate| {
        let documents = [ban.document];
        office
            .museum
            .run(|stores| stores.bans().bans(&documents, day))
    };
    let deleted = |office: &Office| {
        let erased = erase(office, 99);
        (erased.no_shows, erased.bans)
    };
    days_after_the_visit(&office, 181);
    assert_eq!(deleted(&office), (0, 0), "the ban lasts until day 230");
    assert_eq!(bans(ban.last_day), std::slice::from_ref(&ban));
    days_after_the_visit(&office, 230);
    assert_eq!(deleted(&office), (0, 0));
    days_after_the_visit(&office, 231);
    assert_eq!(deleted(&office), (1, 0), "a served ban consumes the others");
    days_after_the_visit(&office, 349);
    assert_eq!(deleted(&office), (1, 0));
    days_after_the_visit(&office, 350);
    assert_eq!(deleted(&office), (1, 1));
}

fn is_erased(office: &Office, order: &Order) -> bool {
    let invoice = office.store.invoice_of(order.id).unwrap().unwrap();
    invoice.details.is_none()
}

/// The mails that wait, with their files.
fn waiting(office: &Office) -> Vec<Mail> {
    let (now, pause) = (office.museum.now(), TimeDelta::minutes(5));
    office
        .museum
        .run(|stores| stores.mails().claim_due(now, pause, 9))
}

#[test]
fn an_invoice_and_its_mail_are_erased_with_the_visit() {
    let office = Office::with_capacity(20);
    let order = sold(&office);
    let invoice = requested(&office, &order);
    issue(&office, &order, &invoice);
    days_after_the_visit(&office, 180);
    office.museum.clock.advance(-TimeDelta::microseconds(1));
    assert_eq!(erase(&office, 99).invoices, 0);
    assert!(!is_erased(&office, &order));
    office.museum.clock.advance(TimeDelta::microseconds(1));
    assert_eq!(erase(&office, 99).invoices, 1);
    assert!(is_erased(&office, &order));
    let mails = waiting(&office);
    assert_eq!((&mails[0].letter, &mails[0].attachment), (&None, &None));
    office.sweep();
    assert_eq!(erase(&office, 99), Erased::default());
}

#[test]
fn an_invoice_that_is_asked_for_later_is_erased_too() {
    let office = Office::with_capacity(20);
    let order = sold(&office);
    days_after_the_visit(&office, 180);
    assert_eq!(erase(&office, 99).invoices, 0);
    requested(&office, &order);
    assert_eq!(erase(&office, 99).invoices, 1);
    office.sweep();
}

#[test]
fn an_invoice_that_was_erased_meanwhile_is_not_issued() {
    let office = Office::with_capacity(20);
    let order = sold(&office);
    let looked_at = issued(&office, &requested(&office, &order), "24952000");
    days_after_the_visit(&office, 180);
    assert_eq!(erase(&office, 99).invoices, 1);
    let refused = record(&office, &order, &looked_at);
    assert_eq!(refused, Err(InvoiceError::Erased));
    assert_eq!(waiting(&office), []);
    office.sweep();
}
