//! The ledger, messages, no-shows, bans and revoked tokens.

use chrono::TimeDelta;
use domain::ledger::payment_entries;
use domain::no_show::{Ban, NoShow, NoShowCause};
use domain::outbox::{Message, MessageKind};
use domain::ports::{AccountQueries, StoreError, UniqueKey};
use domain::rules::Rules;
use domain::sealed::DocumentHash;
use domain::visit_date::VisitDate;
use persistence::test_support::TestDatabase;

use crate::raw::count;
use crate::samples::{document, now, order, run, ticket_id, try_run, visit_date};

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

fn day(number: i64) -> VisitDate {
    visit_date().plus_days(number)
}

fn no_show(document: DocumentHash, date: VisitDate, cause: NoShowCause) -> NoShow {
    NoShow {
        document,
        date,
        cause,
        ticket: ticket_id(1, 1),
        recorded_at: now(),
    }
}

#[test]
fn a_document_misses_a_day_once() {
    let database = TestDatabase::create();
    let (one, other) = (document(1, 1), document(1, 2));
    run(&database, |stores| {
        for no_show in [
            no_show(one, day(5), NoShowCause::LateRefund),
            no_show(one, day(5), NoShowCause::Absent),
            no_show(other, day(4), NoShowCause::Absent),
            no_show(one, day(3), NoShowCause::Absent),
        ] {
            stores.bans().record(&no_show)?;
        }
        Ok(())
    });
    let since = |documents: &[DocumentHash], first| {
        run(&database, |stores| stores.bans().no_shows(documents, first))
    };
    let all = [(one, day(3)), (other, day(4)), (one, day(5))];
    assert_eq!(since(&[one, other, document(9, 9)], day(3)), all);
    assert_eq!(since(&[one], day(4)), [(one, day(5))]);
    assert_eq!(since(&[], day(0)), []);
    assert_eq!(
        database.queries().no_show_days(one, day(3)),
        Ok(vec![day(3), day(5)])
    );
}

#[test]
fn a_ban_consumes_the_no_shows_that_led_to_it() {
    let database = TestDatabase::create();
    let (banned, other) = (document(1, 1), document(1, 2));
    let ban = Ban::after(banned, day(3), &Rules::default());
    run(&database, |stores| {
        for number in [1, 2, 3, 4] {
            let date = day(number);
            stores
                .bans()
                .record(&no_show(banned, date, NoShowCause::Absent))?;
            stores
                .bans()
                .record(&no_show(other, date, NoShowCause::Absent))?;
        }
        stores.bans().ban(&ban)
    });
    let left = run(&database, |stores| {
        stores.bans().no_shows(&[banned], day(0))
    });
    assert_eq!(left, [(banned, day(4))]);
    let others = run(&database, |stores| stores.bans().no_shows(&[other], day(0)));
    assert_eq!(others.len(), 4);
}

#[test]
fn a_ban_is_found_until_its_last_day() {
    let database = TestDatabase::create();
    let ban = Ban::after(document(1, 1), day(3), &Rules::default());
    let mut longer = ban.clone();
    longer.last_day = ban.last_day.plus_days(9);
    run(&database, |stores| {
        stores.bans().ban(&ban)?;
        stores.bans().ban(&longer)
    });
    let on = |date| {
        run(&database, |stores| {
            stores.bans().bans(&[ban.document], date)
        })
    };
    assert_eq!(on(ban.last_day), std::slice::from_ref(&ban));
    assert_eq!(on(ban.last_day.plus_days(1)), []);
    let others = run(&database, |stores| {
        stores.bans().bans(&[document(1, 2)], day(0))
    });
    assert_eq!(others, []);
    let read = database.queries().bans(ban.document, ban.last_day);
    assert_eq!(read, Ok(vec![ban]));
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
