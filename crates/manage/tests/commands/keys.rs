//! The keys of personal data (rule 10.1), on databases that nobody else is connected to.

use std::sync::Arc;

use domain::account::SavedVisitor;
use domain::id::{AccountId, SavedVisitorId};
use domain::identity::DocumentType;
use domain::ports::AccountQueries as _;
use domain::sealed::IdentityCipher as _;
use domain::testing::{Museum, Person};
use domain::use_cases::order_request::StatedPerson;
use domain::use_cases::saved_visitors::save_visitor;
use gateways::document_cipher::{AesIdentityCipher, IdentityCipherSettings};
use gateways::secret_key::SecretKey;
use persistence::test_support::EmptyDatabase;
use persistence::{Database, PoolSettings, Settings};

use crate::office::{Answer, command, empty_database, manage_on};

/// What config/test.toml holds.
pub(crate) const TEST_KEY: &str =
    "7465737420646f63756d656e74206b65792c206e6f742061207365637265742e";
pub(crate) const TEST_HASH_KEY: &str =
    "746573742068617368206b65792c20776869636820697320776f7274686c6573";
pub(crate) const NEW_KEY: &str = "7d41f0c8be935a26e1904fd7283bc65ae80f19d3674b2ca5f5137e9a0dc8b264";
const NEW_HASH_KEY: &str = "9f2ae1c07b5d48e63a1c9d0f84b7265ee1d03c59a7f6482b0d9e71c35ab8f604";

pub(crate) const KEYS: &str = "PALACE__SECRETS__DOCUMENT_KEYS";
pub(crate) const KEY_ID: &str = "PALACE__SECRETS__DOCUMENT_KEY_ID";
const HASH_KEY: &str = "PALACE__SECRETS__DOCUMENT_HASH_KEY";
const NEXT: &str = "PALACE__SECRETS__DOCUMENT_HASH_KEY_NEXT";

fn bytes(hex: &str) -> SecretKey {
    let mut key = [0; 32];
    for (place, at) in key.iter_mut().zip((0..64).step_by(2)) {
        *place = u8::from_str_radix(&hex[at..at + 2], 16).unwrap();
    }
    SecretKey::new(key)
}

/// A cipher with these keys, of which `newest` seals.
pub(crate) fn ring(newest: &str, keys: &[(&str, &str)], hash_key: &str) -> AesIdentityCipher {
    let keys = keys.iter().map(|(id, key)| ((*id).to_owned(), bytes(key)));
    AesIdentityCipher::new(&IdentityCipherSettings {
        newest_key: newest.to_owned(),
        keys: keys.collect(),
        hash_key: bytes(hash_key),
    })
    .unwrap()
}

fn cipher(id: &str, key: &str, hash_key: &str) -> AesIdentityCipher {
    ring(id, &[(id, key)], hash_key)
}

fn manage(database: &EmptyDatabase, words: &str, variables: &[(&str, &str)]) -> Answer {
    let mut command = command(database.url());
    command
        .args(words.split_whitespace())
        .envs(variables.iter().copied());
    command.output().unwrap().into()
}

/// A connection that is gone with the value.
fn connected(database: &EmptyDatabase) -> Database {
    let settings = Settings {
        url: database.url().to_owned(),
        pool: PoolSettings::default(),
    };
    Database::connect(&settings).unwrap()
}

/// A migrated database with the visitors that an account has saved under the settings of tests.
struct Visitors {
    database: EmptyDatabase,
    account: AccountId,
    persons: Vec<Person>,
}

impl Visitors {
    fn saved() -> Self {
        let database = empty_database();
        manage_on(database.url(), "migrate").done();
        let connection = connected(&database);
        let museum = Museum::without_catalogue(Arc::new(connection.unit_of_work()));
        let account = museum.account().id;
        let persons: Vec<Person> = (0..3).map(|_| museum.adult()).collect();
        for person in &persons {
            let stated = StatedPerson {
                name: person.name.as_str().to_owned(),
                document_type: DocumentType::IdCard,
                document_number: person.document.number().to_owned(),
                nationality: None,
                birth_date: None,
            };
            let cipher = cipher("test", TEST_KEY, TEST_HASH_KEY);
            let (stores, rules, now) = (museum.unit_of_work(), &museum.rules, museum.now());
            let id = SavedVisitorId::new(museum.next_id());
            save_visitor(stores, &cipher, rules, account, id, &stated, now).unwrap();
        }
        Self {
            database,
            account,
            persons,
        }
    }

    fn rows(&self) -> Vec<SavedVisitor> {
        let connection = connected(&self.database);
        connection.queries().visitors(self.account).unwrap()
    }

    /// That `cipher` by itself opens and finds all.
    fn assert_under(&self, cipher: &AesIdentityCipher) {
        for (row, person) in self.rows().iter().zip(&self.persons) {
            let revealed = cipher.open(row.id.uuid(), &row.identity).unwrap();
            assert_eq!(revealed.number, person.document.number());
            assert_eq!(row.document_hash, cipher.hash(&person.document));
        }
    }
}

#[test]
fn after_a_rotation_the_older_key_may_be_taken_out() {
    let visitors = Visitors::saved();
    let both = format!("test:{TEST_KEY},k2:{NEW_KEY}");
    let rotating = [(KEYS, both.as_str()), (KEY_ID, "k2")];
    let shown = manage(&visitors.database, "keys show", &rotating).done();
    assert!(shown.contains("saved_visitors  test  3"), "{shown}");
    assert!(!shown.contains("may be taken out"), "{shown}");

    let told = manage(&visitors.database, "keys rotate --batch 2", &rotating).done();
    assert!(told.contains("3 rows were sealed anew with k2"), "{told}");
    assert!(told.contains("saved_visitors  k2   3"), "{told}");
    assert!(
        told.contains("No row needs test: it may be taken out."),
        "{told}"
    );
    visitors.assert_under(&cipher("k2", NEW_KEY, TEST_HASH_KEY));

    let new = format!("k2:{NEW_KEY}");
    let alone = [(KEYS, new.as_str()), (KEY_ID, "k2")];
    let again = manage(&visitors.database, "keys rotate", &alone).done();
    assert!(again.contains("0 rows were sealed anew"), "{again}");
}

#[test]
fn a_key_that_rows_need_is_missed_before_anything_changes() {
    let visitors = Visitors::saved();
    let new = format!("k2:{NEW_KEY}");
    let without = [(KEYS, new.as_str()), (KEY_ID, "k2")];
    for command in ["keys rotate", "keys show"] {
        let told = manage(&visitors.database, command, &without).refused(1);
        assert!(told.contains("not configured: test"), "{told}");
    }
    visitors.assert_under(&cipher("test", TEST_KEY, TEST_HASH_KEY));
}

#[test]
fn documents_are_found_under_the_new_hash_key_and_no_other_is_let_in() {
    let visitors = Visitors::saved();
    let next = [(NEXT, NEW_HASH_KEY)];
    let rehash = "keys rehash --services-stopped --batch 2";
    let told = manage(&visitors.database, rehash, &next).done();
    assert!(told.contains("3 rows were hashed anew"), "{told}");
    visitors.assert_under(&cipher("test", TEST_KEY, NEW_HASH_KEY));
    let again = manage(&visitors.database, rehash, &next).done();
    assert!(again.contains("already"), "{again}");

    let verify = |variables: &[_]| manage(&visitors.database, "verify", variables);
    let former = verify(&[]).refused(1);
    assert!(former.contains("document_hash_key"), "{former}");
    verify(&[(HASH_KEY, NEW_HASH_KEY)]).done();
}

#[test]
fn the_hash_key_is_not_changed_under_a_running_service() {
    let visitors = Visitors::saved();
    let next = [(NEXT, NEW_HASH_KEY)];
    let rehash = "keys rehash --services-stopped";
    let service = connected(&visitors.database);
    let told = manage(&visitors.database, rehash, &next).refused(1);
    assert!(told.contains("connected"), "{told}");
    drop(service);
    // Nothing is half done: services may go on.
    visitors.assert_under(&cipher("test", TEST_KEY, TEST_HASH_KEY));
    manage(&visitors.database, "verify", &[]).done();

    let told = manage(&visitors.database, "keys rehash", &next).refused(2);
    assert!(told.contains("--services-stopped"), "{told}");
    let told = manage(&visitors.database, rehash, &[]).refused(2);
    assert!(told.contains("document_hash_key_next"), "{told}");
}

#[test]
fn an_unfinished_change_is_shown_and_keeps_everybody_out() {
    let visitors = Visitors::saved();
    manage(&visitors.database, "verify", &[]).done();
    let [old, new] = [TEST_HASH_KEY, NEW_HASH_KEY].map(|key| {
        let cipher = cipher("test", TEST_KEY, key);
        domain::key_rotation::KeyRing::hash_key_id(&cipher)
    });
    let connection = connected(&visitors.database);
    let stores = connection.unit_of_work();
    let begun = domain::use_cases::rehash_documents::begin_rehashing(
        &stores,
        old,
        new,
        crate::office::now(),
    );
    assert!(begun.is_ok());
    drop((connection, stores));
    let shown = manage(&visitors.database, "keys show", &[]).done();
    assert!(shown.contains("NOT FINISHED"), "{shown}");
    let told = manage(&visitors.database, "verify", &[]).refused(1);
    assert!(told.contains("is not finished"), "{told}");
    let next = [(NEXT, NEW_HASH_KEY)];
    manage(&visitors.database, "keys rehash --services-stopped", &next).done();
    visitors.assert_under(&cipher("test", TEST_KEY, NEW_HASH_KEY));
}
