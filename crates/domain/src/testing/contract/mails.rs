//! Mail that waits to be sent.

use chrono::TimeDelta;

use crate::id::MailId;
use crate::mail::{Attachment, Mail, MailAttempt, MailKind, MailState};
use crate::ports::{StoreError, UniqueKey};
use crate::sealed::Sealed;

use super::Subject;
use super::scene::Scene;

const PAUSE: TimeDelta = TimeDelta::minutes(5);

/// A mail written and due `minutes` from now.
pub(super) fn queued(scene: &Scene, minutes: i64) -> Mail {
    let id = MailId::new(scene.museum.next_id());
    let letter = Sealed {
        key_id: "plain".to_owned(),
        bytes: vec![255, 0, 10],
    };
    let reference = id.to_string();
    let kind = MailKind::InvoiceIssued;
    Mail::queued(id, kind, reference, letter, None, scene.after(minutes))
}

/// The same with a file, due now.
pub(super) fn with_attachment(scene: &Scene) -> Mail {
    let pdf = [b"%PDF-".as_slice(), &[0, 255, 39, 92]].concat();
    Mail {
        attachment: Some(Attachment::pdf("invoice-1.pdf", pdf).unwrap()),
        ..queued(scene, 0)
    }
}

fn add(scene: &Scene, mail: &Mail) {
    scene.run(|stores| stores.mails().add(mail));
}

fn claim(scene: &Scene, minutes: i64, limit: u32) -> Vec<Mail> {
    scene.run(|stores| stores.mails().claim_due(scene.after(minutes), PAUSE, limit))
}

fn settle(scene: &Scene, mail: &Mail) -> bool {
    scene.run(|stores| stores.mails().settle(mail))
}

/// The mail as it is listed.
fn listed(scene: &Scene, mail: &Mail) -> Mail {
    let mails = scene.queries.mails(None, 100).unwrap();
    mails
        .into_iter()
        .find(|listed| listed.id == mail.id)
        .unwrap()
}

/// The mail after an attempt `minutes` from now.
fn noted(scene: &Scene, mail: &Mail, attempt: MailAttempt, minutes: i64) -> Mail {
    let mut noted = mail.clone();
    noted.note(attempt, scene.after(minutes));
    noted
}

pub fn a_mail_comes_whole(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let mail = with_attachment(&scene);
    add(&scene, &mail);
    let claimed = Mail {
        next_attempt_at: scene.after(1) + PAUSE,
        ..mail
    };
    assert_eq!(claim(&scene, 1, 10), [claimed]);
}

pub fn a_mail_is_written_once(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let mail = queued(&scene, 0);
    add(&scene, &mail);
    let same_reference = Mail {
        reference: mail.reference.clone(),
        ..queued(&scene, 1)
    };
    for again in [&mail, &same_reference] {
        let added = scene.attempt(|stores| stores.mails().add(again));
        assert_eq!(added, Err(StoreError::Duplicate(UniqueKey::Other)));
    }
    add(&scene, &queued(&scene, 1));
    assert_eq!(scene.queries.mails(None, 10).unwrap().len(), 2);
}

pub fn due_mails_are_claimed_once(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    add(&scene, &queued(&scene, 10));
    assert_eq!(claim(&scene, 9, 10), []);
    assert_eq!(claim(&scene, 10, 10).len(), 1);
    assert_eq!(claim(&scene, 14, 10), []);
    assert_eq!(claim(&scene, 15, 10).len(), 1);
}

pub fn the_longest_due_are_claimed_first(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let mails = [2, 1, 3].map(|minutes| queued(&scene, minutes));
    for mail in &mails {
        add(&scene, mail);
    }
    let claimed = |mails: Vec<Mail>| mails.into_iter().map(|mail| mail.id).collect::<Vec<_>>();
    assert_eq!(claimed(claim(&scene, 10, 2)), [mails[1].id, mails[0].id]);
    assert_eq!(claimed(claim(&scene, 10, 2)), [mails[2].id]);
}

pub fn what_came_of_it_is_settled(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let mail = queued(&scene, 0);
    add(&scene, &mail);
    let failed = noted(&scene, &mail, MailAttempt::Failed("SMTP 451".to_owned()), 1);
    assert!(settle(&scene, &failed));
    assert_eq!(listed(&scene, &mail), failed);
    let sent = noted(&scene, &failed, MailAttempt::Sent, 2);
    assert!(settle(&scene, &sent));
    assert_eq!(listed(&scene, &mail), sent);
    assert_eq!(claim(&scene, 600, 10), []);
}

pub fn what_is_settled_stays_so(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    for end in [
        MailAttempt::Sent,
        MailAttempt::Refused("SMTP 550".to_owned()),
    ] {
        let mail = queued(&scene, 0);
        add(&scene, &mail);
        let ended = noted(&scene, &mail, end, 1);
        assert!(settle(&scene, &ended));
        let late = noted(&scene, &mail, MailAttempt::Failed("late".to_owned()), 2);
        assert!(!settle(&scene, &late));
        assert_eq!(listed(&scene, &mail), ended);
    }
    assert!(!settle(&scene, &queued(&scene, 0)), "never added");
}

pub fn a_dead_mail_is_queued_again(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let reopen = |mail: &Mail| {
        let now = scene.after(60);
        scene.run(|stores| stores.mails().reopen(mail.id, now))
    };
    let refused = MailAttempt::Refused("SMTP 550".to_owned());
    let [waiting, sent, dead] = [None, Some(MailAttempt::Sent), Some(refused)].map(|attempt| {
        let mail = with_attachment(&scene);
        add(&scene, &mail);
        let Some(attempt) = attempt else { return mail };
        let noted = noted(&scene, &mail, attempt, 1);
        assert!(settle(&scene, &noted));
        noted
    });
    assert!(!reopen(&waiting) && !reopen(&sent) && !reopen(&queued(&scene, 0)));
    assert_eq!(scene.run(|stores| stores.mails().dead()), 1);
    assert!(reopen(&dead));
    assert_eq!(scene.run(|stores| stores.mails().dead()), 0);
    let again = Mail {
        state: MailState::Queued,
        attempts: 0,
        next_attempt_at: scene.after(60),
        attachment: None,
        ..dead.clone()
    };
    assert_eq!(listed(&scene, &dead), again);
    let claimed = claim(&scene, 60, 10);
    let claimed = claimed.iter().find(|mail| mail.id == dead.id).unwrap();
    assert_eq!(claimed.attachment, dead.attachment);
}

pub fn the_newest_mails_are_listed_first(subject: &dyn Subject) {
    let scene = Scene::empty(subject);
    let [one, two, three] = [2, 3, 1].map(|minutes| {
        let mail = queued(&scene, minutes);
        add(&scene, &mail);
        mail
    });
    let sent = noted(&scene, &three, MailAttempt::Sent, 9);
    assert!(settle(&scene, &sent));
    let list = |state, limit| scene.queries.mails(state, limit).unwrap();
    assert_eq!(list(None, 10), [two.clone(), one.clone(), sent.clone()]);
    assert_eq!(list(None, 1), std::slice::from_ref(&two));
    assert_eq!(list(Some(MailState::Queued), 10), [two, one]);
    assert_eq!(list(Some(MailState::Sent), 10), [sent]);
    assert_eq!(list(Some(MailState::Dead), 10), []);
}
