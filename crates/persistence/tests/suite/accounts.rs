//! Accounts and saved visitors.

use domain::account::OpenId;
use domain::id::AccountId;
use domain::identity::{DocumentType, Nationality};
use domain::phone::Phone;
use domain::ports::{AccountQueries, StoreError, UniqueKey};
use persistence::test_support::TestDatabase;

use crate::samples::{account, account_id, document, run, try_run, visitor};

const DUPLICATE: StoreError = StoreError::Duplicate(UniqueKey::Other);

#[test]
fn an_account_comes_back_as_it_was_written() {
    let database = TestDatabase::create();
    let mut tourist = account(1);
    run(&database, |stores| stores.accounts().insert(&tourist));
    tourist.phone = Some(Phone::parse("+85212345678").unwrap());
    tourist.phone_verified = true;
    run(&database, |stores| stores.accounts().save_phone(&tourist));

    let (by_id, by_person, locked) = run(&database, |stores| {
        let by_id = stores.accounts().find(tourist.id)?;
        let by_person = stores.accounts().find_open_id(&tourist.open_id)?;
        Ok((by_id, by_person, stores.accounts().lock(tourist.id)?))
    });
    assert_eq!(by_id.as_ref(), Some(&tourist));
    assert_eq!(by_person.as_ref(), Some(&tourist));
    assert_eq!(locked.as_ref(), Some(&tourist));
    let read = database.queries().account(tourist.id);
    assert_eq!(read, Ok(Some(tourist)));
}

#[test]
fn an_unknown_account_is_none() {
    let database = TestDatabase::create();
    let nobody: AccountId = account_id(9);
    assert_eq!(
        run(&database, |stores| stores.accounts().find(nobody)),
        None
    );
    assert_eq!(
        run(&database, |stores| stores.accounts().lock(nobody)),
        None
    );
    assert_eq!(database.queries().account(nobody), Ok(None));
}

/// The openid is case-sensitive; the collation must be too.
#[test]
fn a_person_has_one_account() {
    let database = TestDatabase::create();
    run(&database, |stores| stores.accounts().insert(&account(1)));
    let mut second = account(2);
    second.open_id = account(1).open_id;
    let refused = try_run(&database, |stores| stores.accounts().insert(&second));
    assert_eq!(refused, Err(DUPLICATE));
    second.open_id = OpenId::parse("OPENID-1").unwrap();
    run(&database, |stores| stores.accounts().insert(&second));
}

#[test]
fn visitors_come_back_the_oldest_first() {
    let database = TestDatabase::create();
    let mut french = visitor(1, 2);
    french.document_type = DocumentType::Passport;
    french.nationality = Some(Nationality::parse("FRA").unwrap());
    french.birth_date = None;
    for saved in [&visitor(1, 3), &french, &visitor(1, 1), &visitor(2, 4)] {
        run(&database, |stores| stores.visitors().insert(saved));
    }
    let expected = vec![visitor(1, 1), french, visitor(1, 3)];
    let stored = run(&database, |stores| {
        stores.visitors().of_account(account_id(1))
    });
    assert_eq!(stored, expected);
    assert_eq!(database.queries().visitors(account_id(1)), Ok(expected));
}

#[test]
fn a_document_stands_once_in_an_account_and_may_stand_in_another() {
    let database = TestDatabase::create();
    for saved in [visitor(1, 1), visitor(1, 2)] {
        run(&database, |stores| stores.visitors().insert(&saved));
    }
    let mut again = visitor(1, 3);
    again.document_hash = document(1, 1);
    let inserted = try_run(&database, |stores| stores.visitors().insert(&again));
    assert_eq!(inserted, Err(DUPLICATE));
    let mut changed = visitor(1, 2);
    changed.document_hash = document(1, 1);
    let saved = try_run(&database, |stores| stores.visitors().save(&changed));
    assert_eq!(saved, Err(DUPLICATE));
    let mut elsewhere = visitor(2, 1);
    elsewhere.document_hash = document(1, 1);
    run(&database, |stores| stores.visitors().insert(&elsewhere));
}

#[test]
fn saving_a_visitor_writes_and_clears_every_field() {
    let database = TestDatabase::create();
    let mut saved = visitor(1, 1);
    saved.document_type = DocumentType::Passport;
    saved.nationality = Some(Nationality::parse("FRA").unwrap());
    run(&database, |stores| stores.visitors().insert(&saved));
    saved = visitor(1, 1);
    saved.birth_date = None;
    saved.identity.bytes = vec![1, 2, 3];
    run(&database, |stores| stores.visitors().save(&saved));
    let stored = run(&database, |stores| {
        stores.visitors().of_account(account_id(1))
    });
    assert_eq!(stored, [saved]);
}

#[test]
fn only_the_own_visitor_is_deleted() {
    let database = TestDatabase::create();
    let saved = visitor(1, 1);
    run(&database, |stores| stores.visitors().insert(&saved));
    let delete = |account| {
        run(&database, |stores| {
            stores.visitors().delete(account_id(account), saved.id)
        })
    };
    assert!(!delete(2));
    assert!(delete(1));
    assert!(!delete(1));
}
