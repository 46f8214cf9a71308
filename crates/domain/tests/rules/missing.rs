//! Absence, no-shows and bans (section 7).

use chrono::TimeDelta;
use domain::calendar::{DayState, Hours, OpeningDay};
use domain::no_show::{Standing, WaiverCause};
use domain::order::{Admission, Order, OrderState, TicketState};
use domain::outbox::MessageKind;
use domain::ports::{AccountQueries, StoreError};
use domain::refund::{RefundReason, Selection};
use domain::refusal::Reason;
use domain::sealed::{DocumentHash, IdentityCipher};
use domain::testing::{Fault, Person, venue};
use domain::use_cases::open_days::set_day;
use domain::use_cases::record_no_shows::{
    RecordError, RecordedNoShows, days_to_record, record_no_shows,
};
use domain::use_cases::refund_tickets::{NoShowConsent, RefundError, refund_tickets};
use domain::use_cases::standing::{DocumentStanding, document_standing};
use domain::use_cases::waive_no_shows::{WaiveError, WaivedNoShows, waive_no_shows};
use domain::visit_date::VisitDate;

use super::office::{Office, created, reason, visitor};

const EVENING: &str = "2026-12-01T20:05:00+08:00";

fn date(text: &str) -> VisitDate {
    VisitDate::parse(text).unwrap()
}

fn run_for(office: &Office, date: VisitDate) -> Result<RecordedNoShows, RecordError> {
    let (unit_of_work, now) = (office.museum.unit_of_work(), office.museum.now());
    record_no_shows(unit_of_work, &office.museum.rules, date, now, None, 100)
}

fn run(office: &Office) -> RecordedNoShows {
    run_for(office, Office::fixed_day()).unwrap()
}

fn document_of(office: &Office, person: &Person) -> DocumentHash {
    office.museum.cipher.hash(&person.document)
}

/// A paid order of `person` for an open day of its own, booked six days ahead and not used; the
/// job of that evening has run.
fn miss(office: &Office, person: &Person, on: &str) -> Order {
    let day = date(on);
    office.museum.clock.set(day.start() - TimeDelta::days(6));
    let known = office.museum.run(|stores| stores.days().range(day, day));
    if known.is_empty() {
        office.museum.open(day, 10);
    }
    let account = office.museum.account();
    let mut draft = office.draft(&account, vec![visitor(person, day, &[])]);
    draft.date = day;
    let order = office.pay(&created(&office.place(draft)));
    office
        .museum
        .clock
        .set(day.at(office.museum.rules.no_shows_at));
    assert_eq!(run_for(office, day).unwrap().no_shows, 1, "{on}");
    order
}

fn standing(office: &Office, person: &Person) -> DocumentStanding {
    let document = document_of(office, person);
    let (rules, now) = (&office.museum.rules, office.museum.now());
    document_standing(&*office.store, rules, document, now).unwrap()
}

/// The last days of the bans of a person that were not lifted.
fn bans(office: &Office, person: &Person) -> Vec<String> {
    let history = office.store.no_show_history(document_of(office, person));
    let bans = history.unwrap().bans.into_iter();
    bans.map(|ban| ban.last_day.to_string()).collect()
}

fn waive(office: &Office, order: &Order) -> Result<WaivedNoShows, WaiveError> {
    let (unit_of_work, now) = (office.museum.unit_of_work(), office.museum.now());
    let tickets = [order.tickets[0].id];
    waive_no_shows(unit_of_work, &office.museum.rules, &tickets, now)
}

fn set_state(office: &Office, day: VisitDate, state: DayState) -> WaivedNoShows {
    let day = OpeningDay::new(day, state, Hours::of_season(day.season()), None);
    let (unit_of_work, now) = (office.museum.unit_of_work(), office.museum.now());
    set_day(unit_of_work, &office.museum.rules, &day, now).unwrap()
}

#[test]
fn what_was_not_used_expires_and_its_document_has_missed_the_day() {
    let office = Office::with_capacity(10);
    let (absent, present) = (office.museum.adult(), office.museum.adult());
    let day = office.day();
    let visitors = [&absent, &present].map(|person| visitor(person, day, &["clock_gallery"]));
    let draft = office.draft(&office.museum.account(), visitors.to_vec());
    let order = office.pay(&created(&office.place(draft)));
    let admission = Admission {
        at: office.museum.now(),
        gate: "east".to_owned(),
    };
    office.museum.run(|stores| {
        let mut orders = stores.orders().lock(&[order.id])?;
        let ticket = order.tickets[1].id;
        orders[0]
            .admit(ticket, &venue("palace"), admission.clone())
            .unwrap();
        stores.orders().save(&orders)
    });
    office.set(EVENING);
    let recorded = run(&office);
    assert_eq!(
        (recorded.expired, recorded.no_shows, recorded.bans),
        (1, 1, 0)
    );
    let order = office.reload(&order);
    assert_eq!(order.state, OrderState::Used);
    let states = order
        .tickets
        .iter()
        .map(|ticket| (ticket.state, ticket.add_ons[0].state));
    assert_eq!(
        states.collect::<Vec<_>>(),
        [
            (TicketState::Expired, TicketState::Expired),
            (TicketState::Used, TicketState::Expired),
        ]
    );
    assert_eq!(office.missed_days(document_of(&office, &absent)), [day]);
    assert_eq!(office.missed_days(document_of(&office, &present)), []);
    assert_eq!(
        office.taken("palace"),
        2,
        "expired tickets keep their places"
    );
    office.sweep();
}

#[test]
fn a_day_recorded_three_times_counts_once() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    let order = office.paid(&office.museum.account(), &[&person, &office.museum.adult()]);
    office.set(EVENING);
    let counts = [(); 3].map(|()| {
        let recorded = run(&office);
        (recorded.found, recorded.expired, recorded.no_shows)
    });
    assert_eq!(counts, [(1, 2, 2), (0, 0, 0), (0, 0, 0)]);
    assert_eq!(office.reload(&order).state, OrderState::Paid);
    assert_eq!(standing(&office, &person).count, 1);
    office.sweep();
}

#[test]
fn a_group_whose_answer_was_lost_counts_once() {
    let office = Office::with_capacity(10);
    office.paid(&office.museum.account(), &[&office.museum.adult()]);
    office.set(EVENING);
    // The first unit reads, the second one writes.
    office.store.inject(Fault::RunTwice, 2);
    assert_eq!(run(&office).no_shows, 1);
    office.sweep();
}

#[test]
fn nothing_is_recorded_before_five_past_eight() {
    let office = Office::with_capacity(10);
    office.paid(&office.museum.account(), &[&office.museum.adult()]);
    let due = || {
        let (unit_of_work, now) = (office.museum.unit_of_work(), office.museum.now());
        days_to_record(unit_of_work, &office.museum.rules, now).unwrap()
    };
    office.set("2026-12-01T20:04:59.999999+08:00");
    assert_eq!(due(), []);
    let early = run_for(&office, Office::fixed_day());
    assert!(matches!(early, Err(RecordError::TooEarly(_))), "{early:?}");
    office.set(EVENING);
    assert_eq!(due(), [Office::fixed_day()]);
    run(&office);
    assert_eq!(due(), []);
}

#[test]
fn days_that_were_left_over_are_made_up_for() {
    let office = Office::with_capacity(10);
    office.paid(&office.museum.account(), &[&office.museum.adult()]);
    office.set("2026-12-09T08:00:00+08:00");
    let (unit_of_work, now) = (office.museum.unit_of_work(), office.museum.now());
    let due = days_to_record(unit_of_work, &office.museum.rules, now);
    assert_eq!(due, Ok(vec![Office::fixed_day()]));
    assert_eq!(run(&office).no_shows, 1);
}

#[test]
fn an_unpaid_order_is_not_missed() {
    let office = Office::with_capacity(10);
    created(&office.order(&office.museum.account(), &[&office.museum.adult()]));
    office.set(EVENING);
    assert_eq!(run(&office), RecordedNoShows::default());
}

#[test]
fn a_closed_day_records_nothing_and_takes_back_what_was_recorded() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    office.paid(&office.museum.account(), &[&person]);
    office.set(EVENING);
    run(&office);
    let day = Office::fixed_day();
    let waived = set_state(&office, day, DayState::Closed);
    assert_eq!((waived.no_shows, waived.bans), (1, 0));
    assert_eq!(standing(&office, &person).count, 0);
    assert_eq!(run_for(&office, day), Err(RecordError::NotOpen));
    let again = set_state(&office, day, DayState::Closed);
    assert_eq!(again, WaivedNoShows::default());
    office.sweep();
}

#[test]
fn closing_a_day_lifts_the_bans_that_rested_on_it() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    for on in ["2026-12-02", "2026-12-03", "2026-12-04"] {
        miss(&office, &person, on);
    }
    assert_eq!(bans(&office, &person), ["2027-02-02"]);
    let waived = set_state(&office, date("2026-12-03"), DayState::Closed);
    assert_eq!((waived.no_shows, waived.bans), (1, 1));
    assert_eq!(bans(&office, &person), [""; 0]);
}

#[test]
fn the_third_on_day_180_bans_from_the_next_midnight_for_sixty_days() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    // Day 1, some day between, and day 180.
    miss(&office, &person, "2026-12-02");
    miss(&office, &person, "2027-02-10");
    let third = miss(&office, &person, "2027-05-30");
    assert_eq!(date("2027-05-30").days_since(date("2026-12-02")), 179);
    assert_eq!(bans(&office, &person), ["2027-07-29"]);
    let told = office.museum.run(|stores| {
        let outbox = stores
            .outbox()
            .claim_due(office.museum.now(), TimeDelta::minutes(5), 100)?;
        Ok(outbox)
    });
    let told: Vec<_> = told
        .into_iter()
        .map(|delivery| delivery.message)
        .filter(|message| message.kind == MessageKind::Banned)
        .collect();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].account, told[0].order), (third.account, third.id));
    assert_eq!(told[0].reference, third.tickets[0].id.to_string());
    let shown = standing(&office, &person);
    assert_eq!(
        (shown.count, shown.banned_until),
        (3, Some(date("2027-07-29")))
    );
    // The first and the last instant are exact; what is booked lies within the seven days.
    let banned = |at: &str, visit: &str| {
        office.set(at);
        let day = date(visit);
        if office
            .museum
            .run(|stores| stores.days().range(day, day))
            .is_empty()
        {
            office.museum.open(day, 10);
        }
        let mut draft = office.draft(&office.museum.account(), vec![visitor(&person, day, &[])]);
        draft.date = day;
        office.place(draft)
    };
    let before = banned("2027-05-30T23:59:59.999999+08:00", "2027-06-02");
    created(&before);
    let until = date("2027-07-29");
    for (at, visit) in [
        ("2027-05-31T00:00:00+08:00", "2027-06-03"),
        ("2027-07-29T23:59:59.999999+08:00", "2027-08-03"),
    ] {
        assert_eq!(
            reason(&banned(at, visit)),
            &Reason::Banned { until },
            "{at}"
        );
    }
    created(&banned("2027-07-30T00:00:00+08:00", "2027-08-04"));
}

#[test]
fn the_third_on_day_181_does_not_ban() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    for on in ["2026-12-02", "2027-02-10", "2027-05-31"] {
        miss(&office, &person, on);
    }
    assert_eq!(bans(&office, &person), [""; 0]);
    assert_eq!(standing(&office, &person).count, 2);
}

/// The existing tickets stay valid, so that a banned document can miss a further day.
#[test]
fn a_day_missed_during_a_ban_brings_no_second_one_and_counts_after_it() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    for on in ["2026-12-02", "2026-12-03"] {
        miss(&office, &person, on);
    }
    // Booked before the third, for the day after it.
    let (third, fourth) = (date("2026-12-04"), date("2026-12-05"));
    office.museum.clock.set(fourth.start() - TimeDelta::days(5));
    office.museum.open(fourth, 10);
    let account = office.museum.account();
    let mut draft = office.draft(&account, vec![visitor(&person, fourth, &[])]);
    draft.date = fourth;
    office.pay(&created(&office.place(draft)));
    miss(&office, &person, &third.to_string());
    office
        .museum
        .clock
        .set(fourth.at(office.museum.rules.no_shows_at));
    let recorded = run_for(&office, fourth).unwrap();
    assert_eq!((recorded.no_shows, recorded.bans), (1, 0));
    assert_eq!(bans(&office, &person), ["2027-02-02"]);
    assert_eq!(standing(&office, &person).count, 4);
    office.set("2027-02-02T23:59:59+08:00");
    assert_eq!(standing(&office, &person).count, 4, "the last day");
    office.set("2027-02-03T00:00:00+08:00");
    let served = standing(&office, &person);
    assert_eq!((served.count, served.banned_until), (1, None));
    miss(&office, &person, "2027-02-10");
    assert_eq!(bans(&office, &person).len(), 1);
    miss(&office, &person, "2027-02-11");
    assert_eq!(bans(&office, &person), ["2027-02-02", "2027-04-12"]);
}

#[test]
fn an_accepted_appeal_lifts_the_ban_and_is_accepted_once() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    let orders = ["2026-12-02", "2026-12-03", "2026-12-04"].map(|on| miss(&office, &person, on));
    assert_eq!(bans(&office, &person).len(), 1);
    let waived = waive(&office, &orders[1]).unwrap();
    assert_eq!((waived.no_shows, waived.bans), (1, 1));
    assert_eq!(waive(&office, &orders[1]), Ok(WaivedNoShows::default()));
    let shown = standing(&office, &person);
    assert_eq!((shown.count, shown.banned_until), (2, None));
    let stored = office.museum.run(|stores| {
        let tickets = [orders[1].tickets[0].id];
        stores.bans().of_tickets(&tickets)
    });
    let cause = stored[0].waiver.map(|waiver| waiver.cause);
    assert_eq!(cause, Some(WaiverCause::Appeal));
    // The job finds nothing to record again.
    assert_eq!(run_for(&office, orders[1].date).unwrap().found, 0);
    // The next one is the third of those that count.
    miss(&office, &person, "2026-12-10");
    assert_eq!(bans(&office, &person), ["2027-02-08"]);
}

#[test]
fn what_has_no_no_show_cannot_be_waived() {
    let office = Office::with_capacity(10);
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    assert_eq!(waive(&office, &order), Err(WaiveError::NotFound));
}

/// Previewed before midnight, confirmed after it.
#[test]
fn a_no_show_that_was_not_accepted_is_not_brought() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    for on in ["2026-11-27", "2026-11-28"] {
        miss(&office, &person, on);
    }
    office
        .museum
        .clock
        .set(Office::fixed_day().start() - TimeDelta::days(2));
    let order = office.paid(&office.museum.account(), &[&person]);
    let mut request = office.refund_request(&order, Selection::All);
    request.no_show = NoShowConsent::Withheld;
    let refund = |received: &str| {
        office.set(received);
        let mut request = request.clone();
        request.received_at = office.museum.now();
        refund_tickets(office.museum.unit_of_work(), &office.museum.rules, &request)
    };
    let Err(RefundError::Refused(refusal)) = refund("2026-12-01T00:00:00+08:00") else {
        panic!("not refused");
    };
    let standing = Standing {
        count: 3,
        ban_until: Some(date("2027-01-30")),
    };
    assert_eq!(refusal.objections.len(), 1);
    assert_eq!(refusal.objections[0].ticket, Some(order.tickets[0].id));
    let expected = RefundReason::NoShowNotAccepted(standing);
    assert_eq!(refusal.objections[0].reason, expected);
    assert_eq!(office.reload(&order).state, OrderState::Paid);
    assert!(refund("2026-11-30T23:59:59.999999+08:00").is_ok());
    assert_eq!(bans(&office, &person), [""; 0]);
}

#[test]
fn the_third_by_a_refund_on_the_day_bans() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    for on in ["2026-11-27", "2026-11-28"] {
        miss(&office, &person, on);
    }
    office
        .museum
        .clock
        .set(Office::fixed_day().start() - TimeDelta::days(2));
    let order = office.paid(&office.museum.account(), &[&person]);
    office.set("2026-12-01T09:00:00+08:00");
    office.refund(&order, &[order.tickets[0].id]).unwrap();
    assert_eq!(bans(&office, &person), ["2027-01-30"]);
    office.sweep();
}

#[test]
fn a_faulty_order_does_not_hold_up_the_others() {
    let office = Office::with_capacity(10);
    let [sound, faulty] =
        [(); 2].map(|()| office.paid(&office.museum.account(), &[&office.museum.adult()]));
    let ticket = faulty.tickets[0].id;
    // A no-show of another document on that ticket: nothing the program writes.
    let stray: Result<_, StoreError> = office.museum.unit_of_work().run(|stores| {
        stores.bans().record(&domain::no_show::NoShow {
            document: DocumentHash([9; 16]),
            date: Office::fixed_day(),
            cause: domain::no_show::NoShowCause::Absent,
            ticket,
            recorded_at: office.museum.now(),
            waiver: None,
        })
    });
    assert_eq!(stray, Ok(true));
    office.set(EVENING);
    let recorded = run(&office);
    assert_eq!((recorded.no_shows, recorded.faulty), (1, vec![faulty.id]));
    assert_eq!(office.reload(&sound).tickets[0].state, TicketState::Expired);
    assert_eq!(office.reload(&faulty).tickets[0].state, TicketState::Valid);
}
