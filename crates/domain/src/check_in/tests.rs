//! One ticket, every verdict.

use chrono::TimeDelta;

use super::*;
use crate::calendar::DayState;
use crate::order::CancelCause;
use crate::season::Season;
use crate::session::first_sessions;
use crate::testing::{Museum, venue};

struct Scene {
    museum: Museum,
    day: VisitDate,
}

impl Scene {
    fn new() -> Self {
        let (museum, _) = Museum::in_memory();
        let day = museum.day();
        Self { museum, day }
    }

    /// A paid morning order for people of these years of birth, each with the clock gallery.
    fn order(&self, births: &[&str]) -> Order {
        let mut builder = self.museum.order(&self.museum.account());
        for birth in births {
            builder = builder.visitor_with(&self.museum.person(birth), &["clock_gallery"]);
        }
        builder.build_paid()
    }

    /// At `time` (`HH:MM:SS`) of the visit date.
    fn at(&self, code: &str, time: &str) -> Doorway {
        let hours = Hours::of_season(Season::Low);
        Doorway {
            venue: venue(code),
            at: self.day.at(time.parse().unwrap()),
            day: Some(OpeningDay::new(self.day, DayState::Open, hours, None)),
            session: first_sessions().remove(0),
            certificate_checked: false,
        }
    }

    fn judge(&self, order: &Order, doorway: &Doorway) -> Verdict {
        judge(order, &order.tickets[0], doorway, &self.museum.rules)
    }

    fn admit(&self, order: &mut Order, place: usize, doorway: &Doorway) {
        let ticket = order.tickets[place].id;
        let admission = Admission {
            at: doorway.at,
            gate: "east".to_owned(),
        };
        order.admit(ticket, &doorway.venue, admission).unwrap();
    }

    /// The codes for all tickets of an order shown together at 9:00.
    fn together(&self, order: &Order, inside: &[u8]) -> Vec<&'static str> {
        let shown: Vec<TicketId> = order.tickets.iter().map(|ticket| ticket.id).collect();
        let doorway = self.at("palace", "09:00:00");
        let verdicts = judge_party(order, &shown, inside, &doorway, &self.museum.rules);
        verdicts.iter().map(|(_, verdict)| verdict.code()).collect()
    }
}

const ADULT: &str = "1990-05-01";
const CHILD: &str = "2016-05-01";

#[test]
fn the_window_is_that_of_the_session_with_its_printed_minute() {
    let scene = Scene::new();
    let order = scene.order(&[ADULT]);
    for (time, verdict) in [
        ("00:00:00", Verdict::NotYetValid),
        ("08:29:59.999999", Verdict::NotYetValid),
        ("08:30:00", Verdict::Admitted),
        ("12:00:59.999999", Verdict::Admitted),
        ("12:01:00", Verdict::Expired),
        ("23:59:59", Verdict::Expired),
    ] {
        assert_eq!(
            scene.judge(&order, &scene.at("palace", time)),
            verdict,
            "{time}"
        );
    }
}

#[test]
fn another_day_is_named_before_the_hour_is_asked() {
    let scene = Scene::new();
    let order = scene.order(&[ADULT]);
    for days in [-1, 1] {
        let mut doorway = scene.at("palace", "09:00:00");
        doorway.at += TimeDelta::days(days);
        assert_eq!(scene.judge(&order, &doorway), Verdict::WrongDate);
        let ticket = &order.tickets[0];
        let told = message(
            Verdict::WrongDate,
            &order,
            ticket,
            &doorway,
            &scene.museum.rules,
        );
        assert!(told.zh().contains("2026-12-01"), "{told:?}");
    }
}

#[test]
fn a_day_that_was_closed_admits_nobody() {
    let scene = Scene::new();
    let order = scene.order(&[ADULT]);
    let mut doorway = scene.at("palace", "09:00:00");
    let hours = Hours::of_season(Season::Low);
    doorway.day = Some(OpeningDay::new(scene.day, DayState::Closed, hours, None));
    assert_eq!(scene.judge(&order, &doorway), Verdict::DayClosed);
    doorway.day = None;
    assert_eq!(scene.judge(&order, &doorway), Verdict::DayClosed);
}

#[test]
fn states_come_before_everything_else() {
    let scene = Scene::new();
    let doorway = scene.at("palace", "09:00:00");
    let builder = scene.museum.order(&scene.museum.account());
    let mut order = builder.visitor(&scene.museum.adult()).build();
    assert_eq!(scene.judge(&order, &doorway), Verdict::Unpaid);
    order.cancel(CancelCause::Tourist).unwrap();
    assert_eq!(scene.judge(&order, &doorway), Verdict::Cancelled);
    let mut order = scene.order(&[ADULT]);
    order.tickets[0].state = TicketState::Refunded;
    assert_eq!(scene.judge(&order, &doorway), Verdict::Refunded);
    order.tickets[0].state = TicketState::Expired;
    assert_eq!(scene.judge(&order, &doorway), Verdict::Expired);
}

#[test]
fn a_gallery_admits_after_the_main_gate_until_closing() {
    let scene = Scene::new();
    let mut order = scene.order(&[ADULT]);
    let gallery = |time| scene.at("clock_gallery", time);
    assert_eq!(
        scene.judge(&order, &gallery("09:00:00")),
        Verdict::MainGateFirst
    );
    let elsewhere = scene.at("exhibition", "09:00:00");
    assert_eq!(scene.judge(&order, &elsewhere), Verdict::NoTicket);
    scene.admit(&mut order, 0, &scene.at("palace", "09:00:00"));
    // The morning's window is over; who is inside may still go there.
    assert_eq!(scene.judge(&order, &gallery("16:29:59")), Verdict::Admitted);
    assert_eq!(scene.judge(&order, &gallery("16:30:00")), Verdict::Expired);
    scene.admit(&mut order, 0, &gallery("10:00:00"));
    assert_eq!(
        scene.judge(&order, &gallery("10:01:00")),
        Verdict::AlreadyUsed
    );
    let told = message(
        Verdict::AlreadyUsed,
        &order,
        &order.tickets[0],
        &gallery("10:01:00"),
        &scene.museum.rules,
    );
    assert!(
        told.en().contains("10:00") && told.en().contains("east"),
        "{told:?}"
    );
}

#[test]
fn a_students_certificate_is_asked_for_and_a_minors_is_not() {
    let scene = Scene::new();
    let mut doorway = scene.at("palace", "09:00:00");
    let mut order = scene.order(&[ADULT]);
    order.tickets[0].category = Category::Student;
    assert_eq!(scene.judge(&order, &doorway), Verdict::CertificateNeeded);
    order.tickets[0].age = 17;
    assert_eq!(
        scene.judge(&order, &doorway),
        Verdict::Admitted,
        "a foreign minor"
    );
    order.tickets[0].age = 18;
    doorway.certificate_checked = true;
    assert_eq!(scene.judge(&order, &doorway), Verdict::Admitted);
}

#[test]
fn a_child_enters_with_an_adult_or_after_one() {
    let scene = Scene::new();
    let child = scene.order(&[CHILD]);
    assert_eq!(scene.together(&child, &[]), ["adult_needed"]);
    assert_eq!(scene.together(&child, &[15, 17]), ["adult_needed"]);
    assert_eq!(scene.together(&child, &[18]), ["admitted"]);
    assert_eq!(scene.together(&child, &[30, 5, 6, 7]), ["adult_needed"]);
    let family = scene.order(&[CHILD, ADULT]);
    assert_eq!(scene.together(&family, &[]), ["admitted", "admitted"]);
    let many = scene.order(&[CHILD, CHILD, ADULT, CHILD, CHILD]);
    assert_eq!(
        scene.together(&many, &[]),
        [
            "admitted",
            "admitted",
            "admitted",
            "admitted",
            "adult_needed"
        ]
    );
}

#[test]
fn an_adult_who_is_not_let_in_leads_nobody() {
    let scene = Scene::new();
    let mut family = scene.order(&[CHILD, ADULT]);
    family.tickets[1].category = Category::Student;
    assert_eq!(
        scene.together(&family, &[]),
        ["adult_needed", "certificate_needed"]
    );
    family.tickets[1].state = TicketState::Refunded;
    assert_eq!(scene.together(&family, &[]), ["adult_needed", "refunded"]);
}

#[test]
fn a_gallery_asks_for_no_adult() {
    let scene = Scene::new();
    let mut order = scene.order(&[CHILD]);
    scene.admit(&mut order, 0, &scene.at("palace", "09:00:00"));
    let shown = [order.tickets[0].id];
    let doorway = scene.at("clock_gallery", "10:00:00");
    let verdicts = judge_party(&order, &shown, &[], &doorway, &scene.museum.rules);
    assert_eq!(verdicts, [(shown[0], Verdict::Admitted)]);
}

#[test]
fn verdicts_round_trip() {
    for verdict in Verdict::ALL {
        assert_eq!(Verdict::parse(verdict.code()), Ok(*verdict));
    }
}
