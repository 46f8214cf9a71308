//! Mail on its way.

use chrono::TimeDelta;
use domain::mail::{Mail, MailState};
use domain::ports::{MailError, MailQueries};
use domain::testing::ScriptedMailer;
use domain::use_cases::send_mails::{SentMails, retry_mail, send_mails};

use super::invoicing::{issue, requested};
use super::office::Office;

/// An office with a queued mail.
fn office() -> Office {
    let office = Office::with_capacity(10);
    queue(&office);
    office
}

fn queue(office: &Office) {
    let order = office.paid(&office.museum.account(), &[&office.museum.adult()]);
    let invoice = requested(office, &order);
    issue(office, &order, &invoice);
}

fn send(office: &Office, mailer: &ScriptedMailer) -> SentMails {
    let museum = &office.museum;
    let (unit_of_work, clock) = (museum.unit_of_work(), &museum.clock);
    send_mails(unit_of_work, &museum.cipher, mailer, clock, 500).unwrap()
}

fn mail(office: &Office) -> Mail {
    office.store.mails(None, 10).unwrap().remove(0)
}

#[test]
fn a_mail_is_sent_once_with_its_letter_and_file() {
    let office = office();
    let mailer = ScriptedMailer::new();
    assert_eq!(send(&office, &mailer).sent, 1);
    office.advance(TimeDelta::days(1));
    assert_eq!(send(&office, &mailer), SentMails::default());
    let received = mailer.received();
    assert_eq!(received.len(), 1);
    let letter = &received[0].letter;
    assert_eq!(letter.to().as_str(), "li.lei@example.com");
    assert!(letter.subject().contains("发票"), "{}", letter.subject());
    assert!(letter.text().contains("24952000000123456789"));
    let file = received[0].attachment.as_ref().unwrap();
    assert_eq!(
        (file.name(), file.bytes()),
        ("invoice.pdf", &b"%PDF-1.7"[..])
    );
    assert_eq!(
        mail(&office).sent_at,
        Some(office.museum.now() - TimeDelta::days(1))
    );
}

#[test]
fn what_fails_is_tried_again_after_growing_pauses_and_dies_after_the_last() {
    let office = office();
    let mailer = ScriptedMailer::new();
    let mut rounds = 0;
    while mail(&office).state == MailState::Queued {
        mailer.answer(Err(MailError::Failed("SMTP 451".to_owned())));
        let due = mail(&office).next_attempt_at;
        office.museum.clock.set(due - TimeDelta::seconds(1));
        assert_eq!(send(&office, &mailer), SentMails::default(), "not due yet");
        office.museum.clock.set(due);
        send(&office, &mailer);
        rounds += 1;
    }
    assert_eq!((rounds, mailer.received().len()), (17, 17));
    assert_eq!(mail(&office).last_error.as_deref(), Some("SMTP 451"));
    office.advance(TimeDelta::days(9));
    let done = send(&office, &mailer);
    assert_eq!((done.sent, done.dead), (0, 1));
    let id = mail(&office).id;
    let retry = || retry_mail(office.museum.unit_of_work(), id, office.museum.now());
    assert_eq!((retry(), retry()), (Ok(true), Ok(false)));
    assert_eq!(send(&office, &mailer).sent, 1);
}

#[test]
fn a_mailbox_that_does_not_exist_is_not_tried_again() {
    let office = office();
    let mailer = ScriptedMailer::new();
    mailer.answer(Err(MailError::Refused("SMTP 550".to_owned())));
    let done = send(&office, &mailer);
    assert_eq!((done.died, done.dead), (1, 1));
    assert_eq!(mail(&office).state, MailState::Dead);
}

#[test]
fn a_sender_that_is_to_stop_leaves_the_rest_as_it_is() {
    let office = office();
    let mailer = ScriptedMailer::new();
    mailer.answer(Err(MailError::NotTried("stopping".to_owned())));
    assert_eq!(send(&office, &mailer), SentMails::default());
    assert_eq!(
        (mail(&office).attempts, mail(&office).state),
        (0, MailState::Queued)
    );
    office.advance(TimeDelta::minutes(5));
    assert_eq!(send(&office, &mailer).sent, 1);
}

#[test]
fn a_letter_that_does_not_open_dies_without_being_sent() {
    let office = office();
    let mailer = ScriptedMailer::new();
    let sealed_for_another = mail(&office).letter;
    let id = domain::id::MailId::next(&office.museum.ids);
    let moved = Mail {
        id,
        reference: "moved".to_owned(),
        letter: sealed_for_another,
        ..mail(&office)
    };
    office.museum.run(|stores| stores.mails().add(&moved));
    let done = send(&office, &mailer);
    assert_eq!((done.sent, done.died), (1, 1));
    assert_eq!(mailer.received().len(), 1);
}
