//! Two days that one document misses, recorded at once (rule 7.2).

use chrono::TimeDelta;
use domain::no_show::{NoShow, NoShowCause};
use domain::order::Order;
use domain::ports::{AccountQueries, UnitOfWork};
use domain::sealed::{DocumentHash, IdentityCipher};
use domain::testing::Person;
use domain::use_cases::confirm_payment::Confirmation;
use domain::use_cases::record_no_shows::record_no_shows;
use domain::use_cases::refund_tickets::Refunded;
use domain::visit_date::VisitDate;

use super::office::Office;
use super::overlap::{Stop, overlap};

fn paid(office: &Office, person: &Person, date: VisitDate) -> Order {
    let request = office.request(&office.museum.account(), date, &[person]);
    let order = office.order_for(&request);
    let confirmed = office.confirm(office.museum.unit_of_work(), &office.news(&order));
    assert_eq!(confirmed, Ok(Confirmation::Confirmed));
    order
}

/// The first no-show of three, long ago.
fn miss_once(office: &Office, person: &Person) -> DocumentHash {
    let date = office.day.plus_days(-30);
    let order = office.museum.order(&office.museum.account()).on(date);
    let order = order.visitor(person).build_paid();
    let document = office.museum.cipher.hash(&person.document);
    office.museum.run(|stores| {
        stores.orders().insert(std::slice::from_ref(&order))?;
        stores.bans().record(&NoShow {
            document,
            date,
            cause: NoShowCause::Absent,
            ticket: order.tickets[0].id,
            recorded_at: office.museum.now(),
            waiver: None,
        })
    });
    document
}

/// The job records yesterday while the tourist gives today's ticket back: each of both is the
/// second for whoever does not see the other one.
#[test]
fn of_two_no_shows_at_once_one_is_the_third() {
    let office = Office::with_capacity(10);
    let (yesterday, today) = (office.day.plus_days(-1), office.day);
    office.museum.open(yesterday, 10);
    let person = office.museum.adult();
    let document = miss_once(&office, &person);
    paid(&office, &person, yesterday);
    let order = paid(&office, &person, today);
    office
        .museum
        .clock
        .set(today.start() + TimeDelta::hours(10));
    let request = office.refund_request(&order);
    let (rules, now) = (&office.museum.rules, office.museum.now());
    let record = |unit_of_work: &dyn UnitOfWork| {
        record_no_shows(unit_of_work, rules, yesterday, now, None, 10).unwrap()
    };
    // The first unit looks what there is to record; the second one records.
    let (recorded, refunded) = overlap(
        &office.database,
        Stop::BeforeCommitOf(1),
        record,
        |unit_of_work| office.refund(unit_of_work, &request),
    );
    assert_eq!((recorded.no_shows, recorded.bans), (1, 0));
    assert!(matches!(refunded, Ok(Refunded::Created(_))), "{refunded:?}");
    let history = office.database.queries().no_show_history(document).unwrap();
    assert_eq!(history.days.len(), 3);
    let thirds: Vec<VisitDate> = history.bans.iter().map(|ban| ban.third).collect();
    assert_eq!(thirds, [today]);
    office.sweep();
}

/// Two instances of the job, or the job and the command, on one day.
#[test]
fn a_day_recorded_by_two_at_once_counts_once() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    let document = office.museum.cipher.hash(&person.document);
    paid(&office, &person, office.day);
    let evening = office.day.at(office.museum.rules.no_shows_at);
    office.museum.clock.set(evening);
    let record = |unit_of_work: &dyn UnitOfWork| {
        let rules = &office.museum.rules;
        record_no_shows(unit_of_work, rules, office.day, evening, None, 10).unwrap()
    };
    let (first, second) = overlap(&office.database, Stop::BeforeCommitOf(1), record, record);
    let counts = [first, second].map(|done| (done.expired, done.no_shows));
    assert_eq!(counts, [(1, 1), (0, 0)]);
    let history = office.database.queries().no_show_history(document).unwrap();
    assert_eq!(history.days, [office.day]);
    office.sweep();
}

/// Rule 7.1: whichever comes first, a closed day has no no-shows.
#[test]
fn a_day_that_is_being_closed_while_it_is_recorded_has_no_no_show() {
    use domain::calendar::{DayState, Hours, OpeningDay};
    use domain::use_cases::open_days::set_day;

    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    let document = office.museum.cipher.hash(&person.document);
    paid(&office, &person, office.day);
    let evening = office.day.at(office.museum.rules.no_shows_at);
    let rules = &office.museum.rules;
    let hours = Hours::of_season(office.day.season());
    let closed = OpeningDay::new(office.day, DayState::Closed, hours, None);
    let (recorded, waived) = overlap(
        &office.database,
        Stop::BeforeCommitOf(1),
        |unit_of_work| record_no_shows(unit_of_work, rules, office.day, evening, None, 10),
        |unit_of_work| set_day(unit_of_work, rules, &closed, evening).unwrap(),
    );
    assert_eq!(recorded.unwrap().no_shows, 1);
    assert_eq!(waived.no_shows, 1);
    let history = office.database.queries().no_show_history(document).unwrap();
    assert_eq!(history.days, []);
    office.sweep();
}
