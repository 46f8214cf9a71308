//! The ledger, messages, mail and revoked tokens.

use chrono::TimeDelta;
use domain::id::MailId;
use domain::ledger::payment_entries;
use domain::mail::{Attachment, Mail, MailAttempt, MailKind};
use domain::outbox::{Message, MessageKind};
use domain::ports::{AccountQueries, StoreError, UniqueKey};
use domain::sealed::Sealed;
use persistence::test_support::TestDatabase;

use crate::raw::count;
use crate::samples::{now, order, run, try_run};

const DUPLICATE: Result<(), StoreError> = Err(StoreError::Duplicate(UniqueKey::Other));

#[test]
fn a_line_is_booked_once() {
    let database = TestDatabase::create();
    let entries = payment_entries(&order(1, 4000), now());
    assert_eq!(entries.len(), 2, "the palace and the gallery");
    run(&database, |stores| stores.ledger().append(&entries));
    let again = try_run(&database, |stores| stores.ledger().append(&entries[1..]));
    assert_eq!(again, DUPLICATE);
    run(&database, |stores| stores.ledger().append(&[]));
    assert_eq!(count(&database, "sales_ledger"), 2);
}

#[test]
fn many_lines_are_booked_at_once() {
    let database = TestDatabase::create();
    let entries: Vec<_> = (0..1200)
        .flat_map(|number| {
            let mut entries = payment_entries(&order(1, 4000), now());
            for entry in &mut entries {
                entry.reference = number.to_string();
            }
            entries
        })
        .collect();
    run(&database, |stores| stores.ledger().append(&entries));
    assert_eq!(count(&database, "sales_ledger"), 2400);
}

#[test]
fn a_message_of_a_kind_is_written_once_for_a_reference() {
    let database = TestDatabase::create();
    let order = order(1, 4000);
    let message = |kind| Message {
        kind,
        account: order.account,
        order: order.id,
        reference: order.number.to_string(),
        created_at: now(),
    };
    let both = [
        message(MessageKind::OrderPaid),
        message(MessageKind::RefundSucceeded),
    ];
    run(&database, |stores| stores.outbox().add(&both));
    let again = try_run(&database, |stores| stores.outbox().add(&both[..1]));
    assert_eq!(again, DUPLICATE);
    assert_eq!(count(&database, "outbox_messages"), 2);
}

#[test]
fn a_token_is_revoked_until_it_expires() {
    let database = TestDatabase::create();
    let later = now() + TimeDelta::hours(1);
    run(&database, |stores| {
        stores.revocations().revoke("later", later)?;
        stores
            .revocations()
            .revoke("later", later + TimeDelta::hours(1))?;
        stores.revocations().revoke("now", now())
    });
    let revoked = |at| database.queries().revoked_tokens(at).unwrap();
    assert_eq!(
        revoked(now() - TimeDelta::microseconds(1)),
        ["now", "later"]
    );
    assert_eq!(revoked(now() + TimeDelta::microseconds(1)), ["later"]);
    let forget = |at| run(&database, |stores| stores.revocations().forget_expired(at));
    assert_eq!(forget(now()), 0);
    assert_eq!(forget(later), 1);
    assert_eq!(forget(later + TimeDelta::microseconds(1)), 1);
    assert_eq!(revoked(now()), [""; 0]);
}

#[test]
fn the_file_of_a_mail_is_kept_until_it_is_sent() {
    let database = TestDatabase::create();
    let letter = Sealed {
        key_id: "k1".to_owned(),
        bytes: vec![1],
    };
    let file = Attachment::pdf("invoice-1.pdf", b"%PDF-1.4".to_vec()).unwrap();
    let (id, kind) = (
        MailId::new(uuid::Uuid::from_u128(1)),
        MailKind::InvoiceIssued,
    );
    let mut mail = Mail::queued(id, kind, "1".to_owned(), letter, Some(file), now());
    run(&database, |stores| stores.mails().add(&mail));
    let kept = || count(&database, "mails WHERE attachment IS NOT NULL");
    mail.note(MailAttempt::Failed("SMTP 451".to_owned()), now());
    assert!(run(&database, |stores| stores.mails().settle(&mail)));
    assert_eq!(kept(), 1);
    mail.note(MailAttempt::Sent, now());
    assert!(run(&database, |stores| stores.mails().settle(&mail)));
    assert_eq!(kept(), 0);
    assert_eq!(count(&database, "mails"), 1);
}
