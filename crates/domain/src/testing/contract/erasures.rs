//! Personal data that have served their time.

use chrono::TimeDelta;

use crate::annual_pass::AnnualPass;
use crate::id::AnnualPassId;
use crate::invoice::Invoice;
use crate::mail::Mail;
use crate::no_show::{Ban, NoShow, NoShowCause};
use crate::order::Order;
use crate::sealed::DocumentHash;
use crate::visit_date::VisitDate;

use super::scene::Scene;
use super::{Subject, invoices, mails};

fn day(scene: &Scene, number: i64) -> VisitDate {
    scene.day().plus_days(number)
}

/// A stored order of one ticket for that day.
fn sold(scene: &Scene, date: VisitDate) -> Order {
    let order = scene.order().on(date).visitor(&scene.museum.adult());
    let order = order.build_paid();
    scene.store(std::slice::from_ref(&order));
    order
}

fn due(scene: &Scene, last: VisitDate, limit: u32) -> Vec<VisitDate> {
    scene.run(|stores| stores.erasures().dates_to_erase(last, limit))
}

pub fn dates_with_tickets_are_due_until_noted(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let days = [0, 1, 2, 3].map(|number| day(&scene, number));
    for date in [days[2], days[0], days[0], days[1], days[3]] {
        sold(&scene, date);
    }
    assert_eq!(due(&scene, days[2], 9), days[..3]);
    assert_eq!(due(&scene, days[2], 2), days[..2]);
    for _ in 0..2 {
        scene.run(|stores| stores.erasures().note_erased(days[1], scene.now()));
        assert_eq!(due(&scene, days[2], 9), [days[0], days[2]]);
    }
}

pub fn tickets_are_erased_in_batches_and_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let orders: Vec<Order> = (0..3).map(|_| sold(&scene, scene.day())).collect();
    let other = sold(&scene, day(&scene, 1));
    let erase = || scene.run(|stores| stores.erasures().erase_tickets(scene.day(), 2));
    assert_eq!([erase(), erase(), erase()], [2, 1, 0]);
    for order in &orders {
        let mut expected = order.clone();
        expected.tickets[0].document_hash = None;
        expected.tickets[0].identity = None;
        assert_eq!(scene.found(order.id), expected);
    }
    assert_eq!(scene.found(other.id), other);
    // Nobody is kept from the day by what is erased.
    let documents = [orders[0].tickets[0].document_hash.unwrap()];
    let held = scene.run(|stores| stores.tickets().held_documents(scene.day(), &documents));
    assert_eq!(held, []);
    let again = erased_order_can_be_saved(&scene, &orders[0]);
    assert_eq!(again.tickets[0].document_hash, None);
}

fn erased_order_can_be_saved(scene: &Scene, order: &Order) -> Order {
    scene.change(order.id, |_| {});
    scene.found(order.id)
}

pub fn phone_numbers_are_erased_in_batches_and_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let orders: Vec<Order> = (0..3).map(|_| sold(&scene, scene.day())).collect();
    let other = sold(&scene, day(&scene, 1));
    let erase = || scene.run(|stores| stores.erasures().erase_phones(scene.day(), 2));
    assert_eq!([erase(), erase(), erase()], [2, 1, 0]);
    for order in orders {
        let expected = Order {
            phone: None,
            ..order.clone()
        };
        assert_eq!(scene.found(order.id), expected);
    }
    assert_eq!(scene.found(other.id), other);
}

fn document(number: u8) -> DocumentHash {
    DocumentHash([number; 16])
}

/// No-shows of one document on these days.
fn missed(scene: &Scene, document: DocumentHash, days: &[VisitDate]) {
    for date in days {
        let order = sold(scene, *date);
        let no_show = NoShow {
            document,
            date: *date,
            cause: NoShowCause::Absent,
            ticket: order.tickets[0].id,
            recorded_at: scene.now(),
            waiver: None,
        };
        scene.run(|stores| stores.bans().record(&no_show));
    }
}

fn ban(scene: &Scene, document: DocumentHash, third: VisitDate) -> Ban {
    let ban = Ban::after(document, third, &scene.museum.rules);
    scene.run(|stores| stores.bans().ban(&ban));
    ban
}

pub fn no_shows_are_deleted_unless_a_running_ban_rests_on_them(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let days = [0, 1, 2, 3].map(|number| day(&scene, number));
    missed(&scene, document(1), &days[..3]);
    missed(&scene, document(2), &days);
    let running = ban(&scene, document(2), days[1]);
    let delete = |today| scene.run(|stores| stores.erasures().delete_no_shows(days[2], today, 2));
    let last = running.last_day;
    assert_eq!([delete(last), delete(last), delete(last)], [2, 2, 0]);
    let after = last.plus_days(1);
    assert_eq!([delete(after), delete(after)], [2, 0]);
}

pub fn bans_are_deleted_once_they_are_over_and_consume_nothing(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let days = [0, 1, 2].map(|number| day(&scene, number));
    let bans = [1, 2, 3].map(|number| ban(&scene, document(number), days[usize::from(number) - 1]));
    let delete = |last, today| scene.run(|stores| stores.erasures().delete_bans(last, today, 1));
    let over = bans[1].last_day;
    assert_eq!(delete(days[0].plus_days(-1), over), 0, "still consumes");
    assert_eq!(delete(days[2], bans[0].last_day), 0, "still runs");
    assert_eq!([delete(days[2], over), delete(days[2], over)], [1, 0]);
    let after = over.plus_days(1);
    assert_eq!([delete(days[1], after), delete(days[1], after)], [1, 0]);
}

/// An invoice of a stored order for that day, and the mail that brings it.
fn invoiced(scene: &Scene, date: VisitDate) -> (Invoice, Mail) {
    let invoice = invoices::requested(scene, &sold(scene, date), 0);
    assert_eq!(invoices::insert(scene, &invoice), Ok(()));
    let mail = mail_about(scene, &invoice);
    (invoice, mail)
}

fn mail_about(scene: &Scene, invoice: &Invoice) -> Mail {
    let mail = Mail {
        reference: invoice.id.to_string(),
        ..mails::with_attachment(scene)
    };
    scene.run(|stores| stores.mails().add(&mail));
    mail
}

pub fn invoices_are_erased_with_their_mail_in_batches_and_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let days = [0, 1, 2].map(|number| day(&scene, number));
    let kept = invoiced(&scene, days[2]);
    let gone = [days[1], days[0], days[1]].map(|date| invoiced(&scene, date));
    let erase = || scene.run(|stores| stores.erasures().erase_invoices(days[1], 2));
    assert_eq!([erase(), erase(), erase()], [2, 1, 0]);
    let pause = TimeDelta::minutes(5);
    let mails = scene.run(|stores| stores.mails().claim_due(scene.now(), pause, 9));
    let contents = |mail: &Mail| {
        let found = mails.iter().find(|found| found.id == mail.id).unwrap();
        (found.letter.clone(), found.attachment.clone())
    };
    for (invoice, mail) in gone {
        let expected = Invoice {
            details: None,
            ..invoice.clone()
        };
        let found = scene.queries.invoice_of(invoice.order);
        assert_eq!(found, Ok(Some(expected)));
        assert_eq!(contents(&mail), (None, None));
    }
    let (invoice, mail) = kept;
    assert_eq!(contents(&mail), (mail.letter, mail.attachment));
    let found = scene.queries.invoice_of(invoice.order);
    assert_eq!(found, Ok(Some(invoice)));
}

pub fn a_mail_that_outlives_its_invoice_is_found(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let invoice = invoices::requested(&scene, &sold(&scene, scene.day()), 0);
    assert_eq!(invoices::insert(&scene, &invoice), Ok(()));
    scene.run(|stores| stores.erasures().erase_invoices(scene.day(), 9));
    let findings = || {
        let findings = scene.sweep.check_date(scene.day()).unwrap();
        findings.iter().filter(|found| found.rule == "10.3").count()
    };
    assert_eq!(findings(), 0);
    mail_about(&scene, &invoice);
    assert_eq!(findings(), 1);
}

pub fn passes_up_to_a_year_are_erased_in_batches_and_once(subject: &dyn Subject) {
    let scene = Scene::new(subject);
    let museum = &scene.museum;
    let of_year = |pass: &AnnualPass, year: i32| {
        let pass = AnnualPass {
            id: AnnualPassId::new(museum.next_id()),
            year,
            ..pass.clone()
        };
        scene.run(|stores| stores.annual_passes().insert(&pass));
        pass
    };
    let [one, two] = [(); 2].map(|()| museum.annual_pass(&museum.adult()));
    let year = one.year;
    let (next, former) = (of_year(&one, year + 1), of_year(&one, year - 1));
    let erase = || scene.run(|stores| stores.erasures().erase_passes(year, 2));
    assert_eq!([erase(), erase(), erase()], [2, 1, 0]);
    for pass in [one, two, former] {
        let expected = AnnualPass {
            document_hash: None,
            identity: None,
            birth_date: None,
            ..pass
        };
        assert_eq!(scene.queries.annual_pass(expected.id), Ok(Some(expected)));
    }
    assert_eq!(scene.queries.annual_pass(next.id), Ok(Some(next)));
}
