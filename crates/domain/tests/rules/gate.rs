//! What a gate is answered (section 9), to each thing that a visitor can show.

use domain::calendar::{DayState, Hours, OpeningDay};
use domain::category::Category;
use domain::check_in::Verdict;
use domain::id::BodyDigest;
use domain::identity::DocumentError;
use domain::order::{Order, TicketState};
use domain::ports::StoreError;
use domain::season::Season;
use domain::session::SessionCode;
use domain::testing::{Fault, Person, session, venue};
use domain::use_cases::check_in::{
    CheckInError, CheckInRequest, CheckedTicket, Shown, check_in, documents_shown,
};

use super::office::{Office, created, visitor, visitor_as};

/// Within the morning's window of the open day.
pub(crate) const MORNING: &str = "2026-12-01T09:00:00+08:00";

/// A new request of the gate `east` in the venue `code`, now.
pub(crate) fn at_gate(office: &Office, shown: Shown, code: &str) -> CheckInRequest {
    CheckInRequest {
        shown,
        gate: "east".to_owned(),
        venue: venue(code),
        certificate_checked: false,
        request_key: office.next_key(),
        body_digest: BodyDigest([5; 32]),
        received_at: office.museum.now(),
    }
}

pub(crate) fn check(office: &Office, request: &CheckInRequest) -> Vec<CheckedTicket> {
    check_in(office.museum.unit_of_work(), &office.museum.rules, request).unwrap()
}

pub(crate) fn verdicts(answer: &[CheckedTicket]) -> Vec<Verdict> {
    answer.iter().map(|checked| checked.verdict).collect()
}

/// What the visitor's document says.
fn document(office: &Office, person: &Person) -> Shown {
    let (cipher, number) = (&office.museum.cipher, person.document.number());
    documents_shown(cipher, None, number, None, office.museum.now()).unwrap()
}

fn shown_at_palace(office: &Office, shown: Shown) -> Vec<Verdict> {
    verdicts(&check(office, &at_gate(office, shown, "palace")))
}

fn whole(order: &Order) -> Shown {
    Shown::Order(order.number.clone())
}

/// A paid order in a session other than the morning's.
fn paid_in(office: &Office, code: SessionCode, persons: &[&Person]) -> Order {
    let visitors = persons.iter();
    let visitors = visitors.map(|person| visitor(person, Office::fixed_day(), &[]));
    let account = office.museum.account();
    let mut draft = office.draft(&account, visitors.collect());
    draft.session = code;
    office.pay(&created(&office.place(draft)))
}

#[test]
fn a_document_a_code_and_a_number_open_the_gate() {
    let office = Office::with_capacity(10);
    let (one, two) = (office.museum.adult(), office.museum.adult());
    let order = office.paid(&office.museum.account(), &[&one, &two]);
    let other = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    office.set(MORNING);
    let answer = check(
        &office,
        &at_gate(&office, document(&office, &two), "palace"),
    );
    assert_eq!(verdicts(&answer), [Verdict::Admitted]);
    let admitted = answer[0].ticket.as_ref().unwrap();
    assert_eq!(admitted.id, order.tickets[1].id, "that one alone");
    let both = shown_at_palace(&office, whole(&order));
    assert_eq!(both, [Verdict::Admitted, Verdict::AlreadyUsed]);
    let code = Shown::Ticket(other.tickets[0].id);
    assert_eq!(shown_at_palace(&office, code), [Verdict::Admitted]);
    assert_eq!(office.taken("palace"), 3, "a used ticket keeps its place");
    office.sweep();
}

#[test]
fn each_session_has_its_window() {
    let office = Office::with_capacity(10);
    let (early, late) = (office.museum.adult(), office.museum.adult());
    let morning = office.paid(&office.museum.account(), &[&early]);
    let afternoon = paid_in(&office, session("afternoon"), &[&late]);
    for (time, order, verdict) in [
        ("08:29", &morning, Verdict::NotYetValid),
        ("10:59", &afternoon, Verdict::NotYetValid),
        ("12:01", &morning, Verdict::Expired),
        ("15:30", &afternoon, Verdict::Admitted),
        ("15:31", &afternoon, Verdict::AlreadyUsed),
    ] {
        office.set(&format!("2026-12-01T{time}:00+08:00"));
        assert_eq!(shown_at_palace(&office, whole(order)), [verdict], "{time}");
    }
    let told = check(&office, &at_gate(&office, whole(&morning), "palace"));
    assert!(told[0].message.en().contains("12:00"), "{told:?}");
    let told = check(&office, &at_gate(&office, whole(&afternoon), "palace"));
    let used = told[0].used.as_ref().unwrap();
    assert_eq!(
        (used.gate.as_str(), used.at),
        ("east", Office::fixed_day().at("15:30:00".parse().unwrap()))
    );
    office.sweep();
}

#[test]
fn a_document_is_told_of_its_ticket_for_another_day() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    office.paid(&office.museum.account(), &[&person]);
    let stranger = office.museum.adult();
    assert_eq!(
        shown_at_palace(&office, document(&office, &stranger)),
        [Verdict::NoTicket]
    );
    let told = check(
        &office,
        &at_gate(&office, document(&office, &person), "palace"),
    );
    assert_eq!(verdicts(&told), [Verdict::WrongDate]);
    assert!(told[0].message.zh().contains("2026-12-01"), "{told:?}");
    office.set("2026-12-02T09:00:00+08:00");
    assert_eq!(
        shown_at_palace(&office, document(&office, &person)),
        [Verdict::WrongDate]
    );
    office.set("2027-01-01T09:00:00+08:00");
    assert_eq!(
        shown_at_palace(&office, document(&office, &person)),
        [Verdict::NoTicket]
    );
}

#[test]
fn a_document_that_booked_again_is_answered_with_its_live_ticket() {
    let office = Office::with_capacity(10);
    let (person, account) = (office.museum.adult(), office.museum.account());
    let gone = office.paid(&account, &[&person]);
    office.refund(&gone, &[gone.tickets[0].id]).unwrap();
    let again = office.paid(&account, &[&person]);
    office.set(MORNING);
    let told = check(
        &office,
        &at_gate(&office, document(&office, &person), "palace"),
    );
    let admitted = told[0].ticket.as_ref().unwrap();
    assert_eq!(
        (told[0].verdict, admitted.id),
        (Verdict::Admitted, again.tickets[0].id)
    );
}

#[test]
fn what_was_given_back_is_told_and_not_taken_for_nothing() {
    let office = Office::with_capacity(10);
    let person = office.museum.adult();
    let gone = office.paid(&office.museum.account(), &[&person]);
    office.refund(&gone, &[gone.tickets[0].id]).unwrap();
    office.set(MORNING);
    assert_eq!(
        shown_at_palace(&office, document(&office, &person)),
        [Verdict::Refunded]
    );
}

#[test]
fn a_number_of_two_documents_needs_its_type() {
    let office = Office::with_capacity(10);
    let (one, two) = (office.museum.adult(), office.museum.adult());
    office.paid(&office.museum.account(), &[&one]);
    office.paid(&office.museum.account(), &[&two]);
    office.set(MORNING);
    let (Shown::Documents(mut both), Shown::Documents(other)) =
        (document(&office, &one), document(&office, &two))
    else {
        panic!("documents");
    };
    both.extend(other);
    let request = at_gate(&office, Shown::Documents(both), "palace");
    let unit_of_work = office.museum.unit_of_work();
    let answer = check_in(unit_of_work, &office.museum.rules, &request);
    assert_eq!(answer, Err(CheckInError::Ambiguous));
}

#[test]
fn a_mistyped_number_is_no_unknown_one() {
    let office = Office::with_capacity(10);
    let cipher = &office.museum.cipher;
    let shown = |number| documents_shown(cipher, None, number, None, office.museum.now());
    assert_eq!(
        shown("110105194912310021"),
        Err(DocumentError::CheckCharacter)
    );
    assert_eq!(
        format!("{:?}", shown("11010519491231002X")),
        "Ok(Documents(…))"
    );
}

#[test]
fn a_child_waits_for_its_adult() {
    let office = Office::with_capacity(10);
    let (adult, child) = (office.museum.adult(), office.museum.person("2016-01-01"));
    let order = office.paid(&office.museum.account(), &[&child, &adult]);
    office.set(MORNING);
    let alone = document(&office, &child);
    assert_eq!(
        shown_at_palace(&office, alone.clone()),
        [Verdict::AdultNeeded]
    );
    assert_eq!(
        shown_at_palace(&office, document(&office, &adult)),
        [Verdict::Admitted]
    );
    assert_eq!(shown_at_palace(&office, alone), [Verdict::Admitted]);
    assert_eq!(office.reload(&order).tickets[0].state, TicketState::Used);
    office.sweep();
}

#[test]
fn an_adult_of_another_order_leads_children_of_the_same_session_alone() {
    let office = Office::with_capacity(10);
    let account = office.museum.account();
    let (adult, late) = (office.museum.adult(), office.museum.adult());
    let child = office.museum.person("2016-01-01");
    let adults = office.paid(&account, &[&adult]);
    // Nothing is to pay for a child.
    let childs = created(&office.order(&account, &[&child]));
    let mut draft = office.draft(&account, vec![visitor(&late, Office::fixed_day(), &[])]);
    draft.session = session("afternoon");
    let afternoon = office.pay(&created(&office.place(draft)));
    office.set("2026-12-01T11:30:00+08:00");
    assert_eq!(
        shown_at_palace(&office, whole(&afternoon)),
        [Verdict::Admitted]
    );
    assert_eq!(
        shown_at_palace(&office, whole(&childs)),
        [Verdict::AdultNeeded]
    );
    assert_eq!(
        shown_at_palace(&office, whole(&adults)),
        [Verdict::Admitted]
    );
    assert_eq!(
        shown_at_palace(&office, whole(&childs)),
        [Verdict::Admitted]
    );
}

#[test]
fn a_certificate_is_asked_for_once() {
    let office = Office::with_capacity(10);
    let student = visitor_as(&office.museum.adult(), Category::Student);
    let order = created(&office.place(office.draft(&office.museum.account(), vec![student])));
    let order = office.pay(&order);
    office.set(MORNING);
    let mut request = at_gate(&office, whole(&order), "palace");
    assert_eq!(
        verdicts(&check(&office, &request)),
        [Verdict::CertificateNeeded]
    );
    // The same key, for nothing was admitted: what was refused is decided anew.
    request.certificate_checked = true;
    request.body_digest = BodyDigest([6; 32]);
    assert_eq!(verdicts(&check(&office, &request)), [Verdict::Admitted]);
}

#[test]
fn a_day_that_was_closed_meanwhile_admits_nobody() {
    let office = Office::with_capacity(10);
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    let hours = Hours::of_season(Season::Low);
    let closed = OpeningDay::new(Office::fixed_day(), DayState::Closed, hours, None);
    office.museum.run(|stores| stores.days().put(&closed));
    office.set(MORNING);
    assert_eq!(
        shown_at_palace(&office, whole(&order)),
        [Verdict::DayClosed]
    );
}

#[test]
fn the_same_request_gets_its_first_answer_again() {
    let office = Office::with_capacity(10);
    let persons = [office.museum.adult(), office.museum.adult()];
    let mut visitors = vec![visitor(&persons[0], Office::fixed_day(), &[])];
    visitors.push(visitor_as(&persons[1], Category::Student));
    let order = created(&office.place(office.draft(&office.museum.account(), visitors)));
    let order = office.pay(&order);
    office.set(MORNING);
    let request = at_gate(&office, whole(&order), "palace");
    let first = check(&office, &request);
    assert_eq!(
        verdicts(&first),
        [Verdict::Admitted, Verdict::CertificateNeeded]
    );
    // Meanwhile the other one is let in, too; the repeated answer is the first one all the same.
    let mut with_certificate = at_gate(&office, whole(&order), "palace");
    with_certificate.certificate_checked = true;
    let second = verdicts(&check(&office, &with_certificate));
    assert_eq!(second, [Verdict::AlreadyUsed, Verdict::Admitted]);
    office.set("2026-12-01T12:30:00+08:00");
    let mut again = request.clone();
    again.received_at = office.museum.now();
    let verdicts_again = verdicts(&check(&office, &again));
    assert_eq!(verdicts_again, verdicts(&first));
    again.body_digest = BodyDigest([9; 32]);
    let other_body = check_in(office.museum.unit_of_work(), &office.museum.rules, &again);
    assert_eq!(other_body, Err(CheckInError::KeyReused));
    office.sweep();
}

#[test]
fn an_answer_that_was_lost_is_found_again() {
    let office = Office::with_capacity(10);
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    office.set(MORNING);
    let request = at_gate(&office, whole(&order), "palace");
    office.store.inject(Fault::LoseAnswer, 1);
    let lost = check_in(office.museum.unit_of_work(), &office.museum.rules, &request);
    assert_eq!(lost, Err(CheckInError::Store(StoreError::Unknown)));
    assert_eq!(verdicts(&check(&office, &request)), [Verdict::Admitted]);
    office.store.inject(Fault::RunTwice, 1);
    assert_eq!(verdicts(&check(&office, &request)), [Verdict::Admitted]);
    office.sweep();
}
