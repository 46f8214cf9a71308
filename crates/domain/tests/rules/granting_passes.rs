//! Granting annual passes (rule 8.1).

use domain::account::Account;
use domain::annual_pass::AnnualPass;
use domain::id::{AnnualPassId, SavedVisitorId};
use domain::identity::DocumentType;
use domain::person_name::PersonName;
use domain::ports::AnnualPassQueries;
use domain::sealed::IdentityCipher;
use domain::testing::{Fault, Person};
use domain::use_cases::grant_pass::{
    Grant, GrantError, Granted, HolderError, grant_pass, holder_by_phone,
};
use domain::use_cases::order_request::StatedPerson;
use domain::use_cases::saved_visitors::save_visitor;

use super::office::{Office, stated};

fn grant(office: &Office, year: i32, holder: &StatedPerson) -> Result<Granted, GrantError> {
    let museum = &office.museum;
    let grant = Grant {
        pass: AnnualPassId::next(&museum.ids),
        year,
        now: museum.now(),
    };
    grant_pass(
        museum.unit_of_work(),
        &museum.cipher,
        &museum.rules,
        &grant,
        holder,
    )
}

fn new(granted: Result<Granted, GrantError>) -> AnnualPass {
    match granted {
        Ok(Granted::Created(pass)) => pass,
        other => panic!("not granted: {other:?}"),
    }
}

fn codes(granted: Result<Granted, GrantError>) -> Vec<&'static str> {
    match granted {
        Err(GrantError::Invalid(reasons)) => reasons.iter().map(|reason| reason.code()).collect(),
        other => panic!("not refused: {other:?}"),
    }
}

/// Account and saved visitors, the number verified or not.
fn account(office: &Office, verified: bool, visitors: &[&StatedPerson]) -> Account {
    let museum = &office.museum;
    let account = Account {
        phone_verified: verified,
        ..museum.account()
    };
    museum.run(|stores| stores.accounts().save_phone(&account));
    for visitor in visitors {
        let id = SavedVisitorId::new(museum.next_id());
        let (cipher, rules, now) = (&museum.cipher, &museum.rules, museum.now());
        let unit_of_work = museum.unit_of_work();
        save_visitor(unit_of_work, cipher, rules, account.id, id, visitor, now).unwrap();
    }
    account
}

fn by_phone(office: &Office, name: Option<&str>) -> Result<StatedPerson, HolderError> {
    let museum = &office.museum;
    let phone = domain::testing::phone();
    let name = name.map(|name| PersonName::parse(name).unwrap());
    holder_by_phone(museum.unit_of_work(), &museum.cipher, &phone, name.as_ref())
}

fn named(person: &Person, name: &str) -> StatedPerson {
    StatedPerson {
        name: name.to_owned(),
        ..stated(person)
    }
}

#[test]
fn a_pass_has_ten_entries_for_one_document_and_year() {
    let office = Office::with_capacity(1);
    let person = office.museum.adult();
    let pass = new(grant(&office, 2026, &stated(&person)));
    assert_eq!((pass.entries, pass.reserved, pass.used), (10, 0, 0));
    assert_eq!(
        pass.document_hash,
        Some(office.museum.cipher.hash(&person.document))
    );
    assert_eq!(pass.birth_date, Some(person.birth_date));
    let sealed = pass.identity.as_ref().unwrap();
    let revealed = office.museum.cipher.open(pass.id.uuid(), sealed).unwrap();
    assert_eq!(revealed.number, person.document.number());

    let again = grant(&office, 2026, &stated(&person));
    assert_eq!(again, Ok(Granted::Existing(pass.clone())));
    let next = new(grant(&office, 2027, &stated(&person)));
    assert_ne!(next.id, pass.id);
}

#[test]
fn passes_are_granted_for_this_year_and_the_next() {
    let office = Office::with_capacity(1);
    let person = stated(&office.museum.adult());
    for year in [2025, 2028] {
        let refused = grant(&office, year, &person);
        assert_eq!(refused, Err(GrantError::Year { this_year: 2026 }));
    }
}

#[test]
fn a_holder_must_be_acceptable_and_of_known_age() {
    let office = Office::with_capacity(1);
    let wrong = StatedPerson {
        name: "7".to_owned(),
        document_number: "110101".to_owned(),
        ..stated(&office.museum.adult())
    };
    assert_eq!(
        codes(grant(&office, 2026, &wrong)),
        ["name.invalid", "document.invalid"]
    );
    let passport = StatedPerson {
        name: "MARIE CURIE".to_owned(),
        document_type: DocumentType::Passport,
        document_number: "12AB34567".to_owned(),
        nationality: Some("FRA".to_owned()),
        birth_date: None,
    };
    assert_eq!(
        codes(grant(&office, 2026, &passport)),
        ["birth_date.required"]
    );
    let known = StatedPerson {
        birth_date: chrono::NaiveDate::from_ymd_opt(1990, 1, 1),
        ..passport
    };
    new(grant(&office, 2026, &known));
}

#[test]
fn a_lost_answer_is_a_grant() {
    let office = Office::with_capacity(1);
    let person = office.museum.adult();
    office.store.inject(Fault::RunTwice, 1);
    let pass = new(grant(&office, 2026, &stated(&person)));
    assert_eq!(office.store.annual_pass(pass.id), Ok(Some(pass)));
}

#[test]
fn a_verified_number_names_the_only_visitor() {
    let office = Office::with_capacity(1);
    let person = stated(&office.museum.adult());
    account(&office, false, &[&stated(&office.museum.adult())]);
    assert_eq!(by_phone(&office, None).err(), Some(HolderError::NoAccount));
    account(&office, true, &[&person]);
    assert!(by_phone(&office, None).is_ok_and(|holder| {
        holder.document_number == person.document_number && holder.name == person.name
    }));
    account(&office, true, &[]);
    assert_eq!(
        by_phone(&office, None).err(),
        Some(HolderError::SeveralAccounts(2))
    );
}

#[test]
fn of_several_visitors_the_named_one_is_meant() {
    let office = Office::with_capacity(1);
    let [one, two, three] = [(); 3].map(|()| office.museum.adult());
    let visitors = [
        named(&one, "王一"),
        named(&two, "王二"),
        named(&three, "王二"),
    ];
    account(&office, true, &visitors.each_ref());
    assert_eq!(
        by_phone(&office, None).err(),
        Some(HolderError::SeveralVisitors(3))
    );
    assert_eq!(
        by_phone(&office, Some("王二")).err(),
        Some(HolderError::SeveralVisitors(2))
    );
    assert_eq!(
        by_phone(&office, Some("王三")).err(),
        Some(HolderError::NoVisitor)
    );
    let holder = by_phone(&office, Some("王一"));
    assert!(holder.is_ok_and(|holder| holder.document_number == one.document.number()));
}
