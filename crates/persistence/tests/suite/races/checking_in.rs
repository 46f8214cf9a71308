//! Gates that reach for the same tickets.

use std::sync::Barrier;
use std::thread;

use domain::account::Account;
use domain::check_in::Verdict;
use domain::id::BodyDigest;
use domain::order::Order;
use domain::testing::Person;
use domain::use_cases::check_in::{CheckInError, CheckedTicket, Shown};

use super::COMMIT;
use super::office::Office;
use super::overlap::overlap;

const GATES: usize = 32;

fn number(order: &Order) -> Shown {
    Shown::Order(order.number.clone())
}

/// What 32 gates answer that are shown an order's number at the same instant, each by its name.
fn at_all_gates(office: &Office, order: &Order) -> Vec<(String, CheckedTicket)> {
    let start = Barrier::new(GATES);
    let ask = |place: usize| {
        let gate = format!("gate-{place}");
        let request = office.at_gate(number(order), &gate);
        start.wait();
        let mut answer = office
            .check_in(&office.database.unit_of_work(), &request)
            .unwrap();
        (gate, answer.remove(0))
    };
    thread::scope(|scope| {
        let ask = &ask;
        let gates: Vec<_> = (0..GATES)
            .map(|place| scope.spawn(move || ask(place)))
            .collect();
        gates.into_iter().map(|gate| gate.join().unwrap()).collect()
    })
}

#[test]
fn of_thirty_two_gates_one_admits_and_the_others_name_it() {
    let office = Office::with_capacity(10);
    for _ in 0..3 {
        let order = office.paid();
        let answers = at_all_gates(&office, &order);
        let (winners, others): (Vec<_>, Vec<_>) = answers
            .into_iter()
            .partition(|(_, checked)| checked.verdict == Verdict::Admitted);
        assert_eq!(winners.len(), 1);
        let winner = &winners[0].0;
        let at = office.at_gate(number(&order), winner).received_at;
        for (_, checked) in others {
            assert_eq!(checked.verdict, Verdict::AlreadyUsed);
            let used = checked.used.unwrap();
            assert_eq!((&used.gate, used.at), (winner, at));
        }
    }
    office.sweep();
}

#[test]
fn a_ticket_is_admitted_at_one_of_two_gates() {
    let office = Office::with_capacity(10);
    let order = office.paid();
    let (first, second) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.admit(unit_of_work, &order),
        |unit_of_work| office.admit(unit_of_work, &order),
    );
    assert_eq!(
        (first, second),
        (Ok(Verdict::Admitted), Ok(Verdict::AlreadyUsed))
    );
}

#[test]
fn the_same_request_twice_at_once_gets_one_answer() {
    let office = Office::with_capacity(10);
    let order = office.paid();
    let request = office.at_gate(number(&order), "east");
    let (first, second) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.check_in(unit_of_work, &request),
        |unit_of_work| office.check_in(unit_of_work, &request),
    );
    assert_eq!(first.unwrap()[0].verdict, Verdict::Admitted);
    assert_eq!(second.unwrap()[0].verdict, Verdict::Admitted);
    office.sweep();
}

/// Their tickets share no lock: the key of the requests alone decides.
#[test]
fn one_key_for_two_orders_at_once_admits_one() {
    let office = Office::with_capacity(10);
    let requests =
        [office.paid(), office.paid()].map(|order| office.at_gate(number(&order), "east"));
    let [one, mut two] = requests;
    two.request_key = one.request_key;
    two.body_digest = BodyDigest([8; 32]);
    let (first, second) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.check_in(unit_of_work, &one),
        |unit_of_work| office.check_in(unit_of_work, &two),
    );
    assert!(first.is_ok(), "{first:?}");
    assert_eq!(second, Err(CheckInError::KeyReused));
    office.sweep();
}

/// A paid order of `account` for these persons, whatever the rules of booking say.
fn sold(office: &Office, account: &Account, persons: &[&Person]) -> Order {
    let builder = office.museum.order(account);
    let order = persons
        .iter()
        .fold(builder, |order, person| order.visitor(person));
    let order = order.build_paid();
    office
        .museum
        .run(|stores| stores.orders().insert(std::slice::from_ref(&order)));
    order
}

/// Each of two gates sees an adult inside who leads two children, and has one more before it.
#[test]
fn one_adult_is_given_no_more_children_by_two_gates() {
    let office = Office::with_capacity(10);
    let account = office.museum.account();
    let child = || office.museum.person("2016-01-01");
    let family = sold(
        &office,
        &account,
        &[&office.museum.adult(), &child(), &child()],
    );
    let [one, two] = [(); 2].map(|()| sold(&office, &account, &[&child()]));
    let admitted = office.admit(office.museum.unit_of_work(), &family);
    assert_eq!(admitted, Ok(Verdict::Admitted));
    let (first, second) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.admit(unit_of_work, &one),
        |unit_of_work| office.admit(unit_of_work, &two),
    );
    assert_eq!(
        (first, second),
        (Ok(Verdict::Admitted), Ok(Verdict::AdultNeeded))
    );
}
