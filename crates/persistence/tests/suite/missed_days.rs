//! Days that were missed, from the order to the ban and its end (sections 7 and 8 of the rules):
//! what the memory's maps cannot get wrong, a server's dates, instants and keys can.

use chrono::{DateTime, TimeDelta, Utc};
use domain::calendar::{DayState, Hours, OpeningDay};
use domain::id::RefundId;
use domain::no_show::{NoShowHistory, WaiverCause};
use domain::order::{Order, OrderState, TicketState};
use domain::ports::{AccountQueries, StoreError, Sweep};
use domain::refusal::Reason;
use domain::sealed::{DocumentHash, IdentityCipher};
use domain::testing::Person;
use domain::use_cases::close_order::{CloseRequest, Closed, close_order};
use domain::use_cases::confirm_payment::Confirmation;
use domain::use_cases::place_orders::Placed;
use domain::use_cases::record_no_shows::{RecordedNoShows, days_to_record, record_no_shows};
use domain::visit_date::VisitDate;

use crate::races::holder::Holder;
use crate::races::office::{Office, created, objections};
use crate::raw::count;

const INSTANT: TimeDelta = TimeDelta::microseconds(1);

fn date(text: &str) -> VisitDate {
    VisitDate::parse(text).unwrap()
}

fn document(office: &Office, person: &Person) -> DocumentHash {
    office.museum.cipher.hash(&person.document)
}

fn history(office: &Office, document: DocumentHash) -> NoShowHistory {
    office.database.queries().no_show_history(document).unwrap()
}

fn sweep(office: &Office, date: VisitDate) {
    let (queries, now) = (office.database.queries(), office.museum.now());
    assert_eq!(queries.check_date(date), Ok(vec![]), "{date}");
    assert_eq!(queries.check_undated(now), Ok(vec![]));
}

/// The job at 20:05 of `date`, whatever it finds due.
fn run_job(office: &Office, date: VisitDate) -> RecordedNoShows {
    let (museum, rules) = (&office.museum, &office.museum.rules);
    let now = date.at(rules.no_shows_at);
    museum.clock.set(now);
    let unit_of_work = museum.unit_of_work();
    let mut recorded = RecordedNoShows::default();
    for due in days_to_record(unit_of_work, rules, now).unwrap() {
        assert_eq!(due, date);
        recorded.add(&record_no_shows(unit_of_work, rules, due, now, None, 100).unwrap());
    }
    recorded
}

/// What an order for `date` that is placed at `at` comes to.
fn place_at(
    office: &Office,
    person: &Person,
    at: DateTime<Utc>,
    date: VisitDate,
) -> Result<Placed, StoreError> {
    office.museum.clock.set(at);
    office.museum.open(date, 10);
    let request = office.request(&office.museum.account(), date, &[person]);
    office.place(office.museum.unit_of_work(), &request)
}

/// Books `date` six days ahead, pays and does not come: the job of that evening.
fn miss(office: &Office, person: &Person, date: VisitDate) -> RecordedNoShows {
    office.museum.clock.set(date.start() - TimeDelta::days(6));
    office.museum.open(date, 10);
    let request = office.request(&office.museum.account(), date, &[person]);
    let order = office.order_for(&request);
    let confirmed = office.confirm(office.museum.unit_of_work(), &office.news(&order));
    assert_eq!(confirmed, Ok(Confirmation::Confirmed));
    let recorded = run_job(office, date);
    assert_eq!((recorded.expired, recorded.no_shows), (1, 1), "{date}");
    sweep(office, date);
    recorded
}

/// Rule 7.2: day 1, a day between and day 180.
#[test]
fn the_third_on_day_180_bans_from_its_first_to_its_last_instant() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    let bans = ["2026-12-02", "2027-02-10", "2027-05-30"].map(date);
    assert_eq!(bans[2].days_since(bans[0]) + 1, 180, "both ends counted");
    let bans = bans.map(|date| miss(&office, &person, date).bans);
    assert_eq!(bans, [0, 0, 1]);
    let third = date("2027-05-30");
    let (first, until) = (third.plus_days(1), date("2027-07-29"));
    assert_eq!(until, third.plus_days(60));
    let history = history(&office, document(&office, &person));
    let stored = history.bans.iter().map(|ban| (ban.third, ban.last_day));
    assert_eq!(stored.collect::<Vec<_>>(), [(third, until)]);

    let place = |at, visit| place_at(&office, &person, at, visit);
    let before = place(first.start() - INSTANT, date("2027-06-02"));
    assert!(created(&before).is_some(), "{before:?}");
    let banned = Reason::Banned { until };
    for (at, visit) in [
        (first.start(), date("2027-06-03")),
        (until.plus_days(1).start() - INSTANT, date("2027-08-03")),
    ] {
        let Ok(Placed::Refused(refusal)) = place(at, visit) else {
            panic!("placed at {at}");
        };
        let reasons = refusal.objections.iter().map(|objection| &objection.reason);
        assert_eq!(reasons.collect::<Vec<_>>(), [&banned], "{at}");
    }
    let after = place(until.plus_days(1).start(), date("2027-08-04"));
    assert!(created(&after).is_some(), "{after:?}");
}

#[test]
fn the_third_on_day_181_does_not_ban() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    let days = ["2026-12-02", "2027-02-10", "2027-05-31"].map(date);
    assert_eq!(days[2].days_since(days[0]) + 1, 181, "both ends counted");
    let bans = days.map(|date| miss(&office, &person, date).bans);
    assert_eq!(bans, [0, 0, 0]);
    let history = history(&office, document(&office, &person));
    assert_eq!(
        (history.days.as_slice(), history.bans.len()),
        (&days[..], 0)
    );
    let at = days[2].plus_days(1).start();
    let placed = place_at(&office, &person, at, days[2].plus_days(4));
    assert_eq!(objections(&placed), [""; 0]);
    assert!(created(&placed).is_some(), "{placed:?}");
}

/// Rule 7.4, by the job and by the command, which does not ask what is due.
#[test]
fn a_day_that_is_run_three_times_counts_once() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    let day = date("2026-12-02");
    miss(&office, &person, day);
    assert_eq!(run_job(&office, day), RecordedNoShows::default());
    let (museum, rules) = (&office.museum, &office.museum.rules);
    let again = record_no_shows(museum.unit_of_work(), rules, day, museum.now(), None, 100);
    assert_eq!(again, Ok(RecordedNoShows::default()));
    assert_eq!(history(&office, document(&office, &person)).days, [day]);
    assert_eq!(count(&office.database, "no_shows"), 1);
    sweep(&office, day);
}

fn close(office: &Office, order: &Order) -> Closed {
    let request = CloseRequest {
        order: order.id,
        refund: RefundId::next(&office.museum.ids),
        now: office.museum.now(),
    };
    close_order(office.museum.unit_of_work(), &office.museum.rules, request).unwrap()
}

/// Rule 8.3; the museum turns out to have been closed, and so the entry comes back.
#[test]
fn a_missed_visit_uses_its_entry_until_its_closed_day_gives_it_back() {
    let holder = Holder::with_entries(5);
    let (office, day) = (&holder.office, holder.office.day);
    let visit = holder.visit();
    assert_eq!(holder.entries(), (1, 5));
    let runs = [(); 3].map(|()| run_job(office, day).no_shows);
    assert_eq!(runs, [1, 0, 0]);
    assert_eq!(holder.entries(), (0, 6));
    let document = holder.pass.document_hash.unwrap();
    assert_eq!(history(office, document).days, [day]);
    assert_eq!(
        office.reload(visit.id).tickets[0].state,
        TicketState::Expired
    );
    holder.sweep();

    // Without the use case that closes a day: closing the order waives its no-show itself.
    let closed = OpeningDay::new(day, DayState::Closed, Hours::of_season(day.season()), None);
    office.museum.run(|stores| stores.days().put(&closed));
    assert!(matches!(close(office, &visit), Closed::Refunded(_)));
    assert_eq!(close(office, &visit), Closed::Already);
    assert_eq!(holder.entries(), (0, 5));
    assert_eq!(history(office, document).days, []);
    let tickets = [visit.tickets[0].id];
    let no_shows = office
        .museum
        .run(|stores| stores.bans().of_tickets(&tickets));
    let waivers = no_shows
        .iter()
        .map(|no_show| no_show.waiver.map(|waiver| waiver.cause));
    assert_eq!(
        waivers.collect::<Vec<_>>(),
        [Some(WaiverCause::OrderClosed)]
    );
    assert_eq!(office.reload(visit.id).state, OrderState::Closed);
    assert_eq!(office.taken(), 0);
    holder.sweep();
}

/// Rule 8.3: until 20:00 of the day.
#[test]
fn a_visit_cancelled_on_its_day_is_not_missed() {
    let holder = Holder::with_entries(5);
    let (office, day) = (&holder.office, holder.office.day);
    let visit = holder.visit();
    let last = day.start() + TimeDelta::hours(20) - INSTANT;
    let cancelled = holder.cancel_at(office.museum.unit_of_work(), &visit, last);
    assert_eq!(cancelled.unwrap().state, OrderState::Refunded);
    assert_eq!(run_job(office, day), RecordedNoShows::default());
    assert_eq!(holder.entries(), (0, 5));
    assert_eq!(history(office, holder.pass.document_hash.unwrap()).days, []);
    assert_eq!(count(&office.database, "no_shows"), 0);
    holder.sweep();
}
