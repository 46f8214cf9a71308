//! The sweep: silent on sound data, not on what a bug would leave.

use chrono::TimeDelta;

use crate::calendar::{DayState, Hours, OpeningDay};
use crate::check_in::{CheckIn, Verdict};
use crate::id::{AnnualPassId, BodyDigest, RequestKey};
use crate::invoice::{Invoice, InvoiceNumber, InvoiceState};
use crate::ledger::payment_entries;
use crate::no_show::{Ban, NoShow, Waiver, WaiverCause};
use crate::order::{Admission, CancelCause, Order, OrderState, TicketState};
use crate::ports::Finding;
use crate::rules::Rules;
use crate::sealed::DocumentHash;
use crate::testing::Person;
use crate::venue::VenueCode;

use super::Subject;
use super::bans::no_show_of;
use super::invoices::{insert, requested};
use super::outbox::message_about;
use super::scene::{Scene, fen};

fn check(scene: &Scene) -> Vec<Finding> {
    scene.sweep.check_date(scene.day()).unwrap()
}

fn rules(scene: &Scene) -> Vec<&'static str> {
    let mut rules: Vec<_> = check(scene).iter().map(|finding| finding.rule).collect();
    rules.dedup();
    rules
}

/// A museum with open quotas.
fn open(subject: &dyn Subject) -> Scene {
    let scene = Scene::new(subject);
    scene.museum.open(scene.day(), 10);
    scene
}

pub fn all_dates_are_told_in_order(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let day = |number| scene.day().plus_days(number);
    assert_eq!(scene.sweep.dates(), Ok(vec![]));
    let of_order_alone = scene.order().on(day(3));
    let of_order_alone = of_order_alone.visitor(&scene.museum.adult()).build();
    scene.store(&[of_order_alone]);
    scene.museum.open(day(5), 10);
    scene.museum.open(day(0), 10);
    assert_eq!(scene.sweep.dates(), Ok(vec![day(0), day(3), day(5)]));
}

pub fn sound_sales_bring_no_finding(subject: &dyn Subject) {
    let scene = open(subject);
    let (unpaid, paid, refunded, cancelled) = (
        scene.unpaid(),
        scene.unpaid(),
        scene.unpaid(),
        scene.unpaid(),
    );
    for order in [&unpaid, &paid, &refunded] {
        scene.sell(order);
    }
    scene.store(std::slice::from_ref(&cancelled));
    scene.change(cancelled.id, |order| {
        order.cancel(CancelCause::Expired).unwrap();
    });
    scene.pay(paid.id);
    scene.pay(refunded.id);
    scene.refund_all(refunded.id);
    assert_eq!(scene.found(refunded.id).state, OrderState::Refunded);
    assert_eq!(check(&scene), []);
    let taken: u32 = scene
        .quotas(scene.day())
        .iter()
        .map(crate::quota::Quota::taken)
        .sum();
    assert_eq!(taken, 2);
}

pub fn a_wrong_count_is_found(subject: &dyn Subject) {
    let scene = open(subject);
    scene.run(|stores| {
        stores.days().take(scene.day())?;
        let mut quotas = stores.quotas().lock_day(scene.day())?;
        quotas[0].take(1)?;
        stores.quotas().save(&quotas)
    });
    assert_eq!(rules(&scene), ["4.6"]);
    assert_eq!(check(&scene).len(), 1);
    let next = scene.day().plus_days(1);
    assert_eq!(scene.sweep.check_date(next), Ok(vec![]), "another date");
}

pub fn places_without_a_quota_are_found(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    scene.store(&[scene.unpaid()]);
    assert_eq!(rules(&scene), ["4.6"]);
}

pub fn a_state_that_is_not_that_of_its_tickets_is_found(subject: &dyn Subject) {
    let scene = open(subject);
    let order = scene.unpaid();
    scene.sell(&order);
    assert_eq!(check(&scene), []);
    scene.change(order.id, |order| order.state = OrderState::Closed);
    assert_ne!(check(&scene), []);
}

pub fn a_payment_without_the_ledger_is_found(subject: &dyn Subject) {
    let scene = open(subject);
    let order = scene.unpaid();
    scene.sell(&order);
    scene.change(order.id, |order| {
        order.confirm(order.total, scene.after(1)).unwrap();
    });
    assert_ne!(check(&scene), []);
}

pub fn a_refund_without_its_row_is_found(subject: &dyn Subject) {
    let scene = open(subject);
    let order = scene.unpaid();
    scene.sell(&order);
    scene.pay(order.id);
    assert_eq!(check(&scene), []);
    scene.change(order.id, |order| order.refunded = order.paid);
    assert_ne!(check(&scene), []);
}

pub fn too_many_admissions_of_an_account_are_found(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let account = scene.museum.account();
    let sell = |admissions: usize| {
        for _ in 0..admissions {
            let person = scene.museum.adult();
            let order = scene.museum.order(&account).visitor(&person).build_paid();
            scene.store(&[order]);
        }
    };
    sell(Rules::default().admissions_per_account_and_day);
    assert!(!rules(&scene).contains(&"4.9"), "{:?}", check(&scene));
    sell(1);
    assert!(rules(&scene).contains(&"4.9"), "{:?}", check(&scene));
}

pub fn an_add_on_of_no_such_venue_is_found(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    scene.store(&[scene.paid()]);
    assert!(!rules(&scene).contains(&"2.1"), "{:?}", check(&scene));
    for venue in ["palace", "moat"] {
        let mut order = scene.paid();
        order.tickets[0].add_ons[0].venue = VenueCode::parse(venue).unwrap();
        scene.store(&[order]);
        let mut findings = check(&scene).into_iter();
        let named = |finding: Finding| finding.rule == "2.1" && finding.text.contains(venue);
        assert!(findings.any(named), "{:?}", check(&scene));
    }
}

/// Whether rule 8.1 is found broken by this visit, once it is stored.
fn is_wrong_visit(scene: &Scene, visit: &Order) -> bool {
    scene.store(std::slice::from_ref(visit));
    let findings = scene.sweep.check_date(visit.date).unwrap();
    let named =
        |finding: &Finding| finding.rule == "8.1" && finding.text.contains(visit.number.as_str());
    findings.iter().any(named)
}

pub fn a_visit_on_the_wrong_pass_is_found(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let [holder, other, third] = [(); 3].map(|()| scene.museum.adult());
    let pass = scene.museum.annual_pass(&holder);
    let visit = |person: &Person| scene.order().on_pass(&pass, person);
    assert!(!is_wrong_visit(&scene, &visit(&holder).build_paid()));
    let next_year = scene.day().plus_days(31);
    let next_year = visit(&holder).on(next_year).build_paid();
    assert!(is_wrong_visit(&scene, &next_year));
    assert!(is_wrong_visit(&scene, &visit(&other).build_paid()));
    let mut nowhere = visit(&third).build_paid();
    nowhere.pass = Some(AnnualPassId::new(scene.museum.next_id()));
    assert!(is_wrong_visit(&scene, &nowhere));
}

pub fn a_miscounted_pass_is_found(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let holder = scene.museum.adult();
    let pass = scene.museum.annual_pass(&holder);
    let count = |reserved, used| {
        scene.run(|stores| {
            let mut passes = stores.annual_passes().lock(&[pass.id])?;
            (passes[0].reserved, passes[0].used) = (reserved, used);
            stores.annual_passes().save(&passes)
        });
        undated(&scene)
    };
    assert_eq!(count(0, 0), [""; 0]);
    assert_eq!(count(1, 0), ["8.1"]);
    let visit = scene.order().on_pass(&pass, &holder).build_paid();
    scene.store(std::slice::from_ref(&visit));
    assert_eq!(count(1, 0), [""; 0]);
    assert_eq!(count(0, 1), ["8.1"]);
    assert_eq!(count(1, 1), ["8.1"]);
    scene.change(visit.id, |order| {
        order.tickets[0].state = TicketState::Expired;
    });
    assert_eq!(count(1, 0), ["8.1"]);
    assert_eq!(count(0, 1), [""; 0]);
}

fn undated(scene: &Scene) -> Vec<&'static str> {
    let findings = scene.sweep.check_undated(scene.now()).unwrap();
    findings.iter().map(|finding| finding.rule).collect()
}

pub fn an_entry_that_is_not_a_use_is_found(subject: &dyn Subject) {
    let scene = open(subject);
    let order = scene.unpaid();
    scene.sell(&order);
    scene.pay(order.id);
    let ticket = order.tickets[0].id;
    let check_in = CheckIn {
        request_key: RequestKey::of_id(scene.museum.next_id()),
        body_digest: BodyDigest([4; 32]),
        order: order.id,
        gate: "east".to_owned(),
        venue: order.tickets[0].venue.clone(),
        at: scene.now(),
        verdicts: vec![(ticket, Verdict::Admitted)],
    };
    scene.run(|stores| stores.check_ins().insert(&check_in));
    assert_eq!(rules(&scene), ["9.2"]);
    let admission = |gate: &str| Admission {
        at: check_in.at,
        gate: gate.to_owned(),
    };
    scene.change(order.id, |order| {
        order
            .admit(ticket, &check_in.venue, admission("east"))
            .unwrap();
    });
    assert_eq!(check(&scene), []);
    scene.change(order.id, |order| {
        order.tickets[0].admission = Some(admission("west"))
    });
    assert_eq!(rules(&scene), ["9.2"]);
}

pub fn money_without_its_order_is_found(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let sound = scene.unpaid();
    scene.store(std::slice::from_ref(&sound));
    scene.pay(sound.id);
    scene.refund_all(sound.id);
    assert_eq!(undated(&scene), [""; 0]);
    let missing = scene.paid();
    let refund = scene.refund_of(&missing);
    scene.run(|stores| {
        stores.payments().insert(&scene.attempt_for(&missing))?;
        stores.refunds().insert(&refund)?;
        let submission = scene.submission(&missing, &refund);
        stores.refunds().submit(&submission, &[refund.id])?;
        let mut lines = payment_entries(&missing, scene.now());
        lines.truncate(1);
        stores.ledger().append(&lines)
    });
    let mut rules = undated(&scene);
    rules.sort_unstable();
    assert_eq!(rules, ["5.5", "5.5", "6.6", "6.7"]);
}

pub fn a_message_without_its_order_is_found(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let (stored, missing) = (scene.paid(), scene.paid());
    scene.store(std::slice::from_ref(&stored));
    for order in [&stored, &missing] {
        let message = message_about(&scene, order, order.number.as_str());
        scene.run(|stores| stores.outbox().add(std::slice::from_ref(&message)));
    }
    let findings = scene.sweep.check_undated(scene.now()).unwrap();
    assert_eq!(findings.len(), 1, "{findings:?}");
    assert_eq!(findings[0].rule, "5.3");
    let text = &findings[0].text;
    assert!(text.contains(missing.number.as_str()), "{text}");
}

pub fn a_forgotten_attempt_is_found(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let order = scene.unpaid();
    let attempt = scene.attempt_for(&order);
    scene.run(|stores| {
        stores.orders().insert(std::slice::from_ref(&order))?;
        stores.payments().insert(&attempt)
    });
    let day_after = attempt.time_expire + TimeDelta::days(1);
    assert_eq!(scene.sweep.check_undated(day_after), Ok(vec![]));
    let later = scene.sweep.check_undated(day_after + TimeDelta::seconds(1));
    let later = later.unwrap();
    assert_eq!(later.len(), 1, "{later:?}");
    assert_eq!(later[0].rule, "5.5");
    assert!(later[0].text.contains(order.number.as_str()), "{later:?}");
}

pub fn an_invoice_over_another_sum_is_found(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let sum = |order: &Order, change: fn(&mut Invoice)| {
        scene.store(std::slice::from_ref(order));
        let mut invoice = requested(&scene, order, 0);
        change(&mut invoice);
        assert_eq!(insert(&scene, &invoice), Ok(()));
        let is_about = |finding: &&Finding| finding.rule == "V18";
        let findings = check(&scene);
        let about: Vec<_> = findings.iter().filter(is_about).cloned().collect();
        about
    };
    assert_eq!(sum(&scene.paid(), |_| {}), []);
    let reversed = |invoice: &mut Invoice| {
        invoice.state = InvoiceState::Reversed;
        invoice.number = InvoiceNumber::parse("24952000").ok();
        invoice.amount = fen(1);
    };
    assert_eq!(
        sum(&scene.paid(), reversed),
        [],
        "closed ones stay as they were"
    );
    let order = scene.paid();
    let found = sum(&order, |invoice| invoice.amount = fen(1));
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].text.contains(order.number.as_str()), "{found:?}");
    let needless = |invoice: &mut Invoice| {
        invoice.state = InvoiceState::ReversalNeeded;
        invoice.number = InvoiceNumber::parse("24952001").ok();
    };
    assert_eq!(sum(&scene.paid(), needless).len(), 2);
}

pub fn an_invoice_without_its_order_is_found(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let missing = scene.paid();
    let invoice = requested(&scene, &missing, 0);
    assert_eq!(insert(&scene, &invoice), Ok(()));
    assert_eq!(undated(&scene), ["V18"]);
}

/// A paid order whose first ticket nobody used, recorded as such.
fn missed(scene: &Scene) -> (Order, NoShow) {
    let order = scene.unpaid();
    scene.sell(&order);
    scene.pay(order.id);
    scene.change(order.id, |order| drop(order.expire_unused()));
    let no_show = no_show_of(scene, &order, 0);
    scene.run(|stores| stores.bans().record(&no_show));
    assert_eq!(check(scene), []);
    (order, no_show)
}

pub fn a_no_show_that_is_not_its_tickets_is_found(subject: &dyn Subject) {
    let scene = open(subject);
    let order = scene.unpaid();
    scene.sell(&order);
    scene.pay(order.id);
    let no_show = no_show_of(&scene, &order, 0);
    scene.run(|stores| stores.bans().record(&no_show));
    assert_eq!(rules(&scene), ["7.1"], "the ticket is valid");
}

pub fn an_expired_ticket_without_a_no_show_is_found(subject: &dyn Subject) {
    let scene = open(subject);
    missed(&scene);
    let order = scene.unpaid();
    scene.sell(&order);
    scene.pay(order.id);
    scene.change(order.id, |order| drop(order.expire_unused()));
    assert_eq!(rules(&scene), ["7.1"]);
    assert_eq!(check(&scene).len(), 1);
}

pub fn a_no_show_of_a_closed_day_is_found(subject: &dyn Subject) {
    let scene = open(subject);
    let (_, no_show) = missed(&scene);
    let hours = Hours::of_season(scene.day().season());
    let closed = OpeningDay::new(scene.day(), DayState::Closed, hours, None);
    scene.run(|stores| stores.days().put(&closed));
    assert_eq!(rules(&scene), ["7.1"]);
    let waiver = Waiver {
        cause: WaiverCause::DayClosed,
        at: scene.now(),
    };
    scene.run(|stores| stores.bans().waive(no_show.ticket, waiver));
    assert_eq!(check(&scene), []);
}

pub fn a_ban_without_its_third_is_found(subject: &dyn Subject) {
    let scene = open(subject);
    let (_, no_show) = missed(&scene);
    let ban = |document| Ban::after(document, scene.day(), &Rules::default());
    scene.run(|stores| stores.bans().ban(&ban(no_show.document)));
    assert_eq!(check(&scene), []);
    let groundless = ban(DocumentHash([9; 16]));
    scene.run(|stores| stores.bans().ban(&groundless));
    assert_eq!(rules(&scene), ["7.2"]);
    scene.run(|stores| stores.bans().lift(&groundless, scene.now()));
    assert_eq!(check(&scene), []);
}

pub fn a_day_that_nobody_recorded_is_found(subject: &dyn Subject) {
    let scene = open(subject);
    let order = scene.unpaid();
    scene.sell(&order);
    scene.pay(order.id);
    let due = scene.day().at(scene.museum.rules.no_shows_at) + TimeDelta::days(1);
    let at = |now| scene.sweep.check_undated(now).unwrap();
    assert_eq!(at(due), []);
    let late = at(due + TimeDelta::seconds(1));
    assert_eq!(late.len(), 1, "{late:?}");
    assert_eq!(late[0].rule, "7.4");
    assert!(late[0].text.contains(&scene.day().to_string()), "{late:?}");
    scene.change(order.id, |order| drop(order.expire_unused()));
    assert_eq!(at(due + TimeDelta::seconds(1)), []);
}

pub fn findings_tell_no_personal_data(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let person = scene.museum.adult();
    scene.store(&[scene.order().visitor(&person).build_paid()]);
    let findings = check(&scene);
    assert!(!findings.is_empty());
    for Finding { text, .. } in findings {
        assert!(!text.contains(person.name.as_str()) && !text.contains(person.document.number()));
    }
}
