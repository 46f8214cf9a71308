//! Granting annual passes, showing them, and ending a year.

use domain::account::Account;
use domain::id::SavedVisitorId;
use domain::testing::{Museum, Person};
use domain::use_cases::order_request::StatedPerson;
use domain::use_cases::saved_visitors::save_visitor;
use domain::visit_date::VisitDate;

use crate::office::{Office, now};

/// A name and an ID card's number, as they stand on standard input.
fn lines(person: &Person) -> String {
    format!("{}\n{}\n", person.name.as_str(), person.document.number())
}

/// A made-up person; the museum's own clock and cipher are not the office's.
fn museum(office: &Office) -> Museum {
    Museum::without_catalogue(office.unit_of_work())
}

fn this_year() -> i32 {
    VisitDate::containing(now()).year()
}

#[test]
fn a_pass_is_granted_once_and_shown() {
    let office = Office::furnished();
    let person = museum(&office).adult();
    let show = || {
        office
            .manage_told("annual-pass show", person.document.number())
            .done()
    };
    assert_eq!(show(), "This document has no annual pass.\n");

    let unconfirmed = office.manage_told("annual-pass grant", &lines(&person));
    assert!(unconfirmed.refused(1).contains("nothing was granted"));
    let told = office
        .manage_told("annual-pass grant --yes", &lines(&person))
        .done();
    assert!(told.contains("is granted: 10 entries"), "{told}");
    for personal in [person.name.as_str(), person.document.number()] {
        assert!(!told.contains(personal), "{told}");
    }
    let again = office
        .manage_told("annual-pass grant --yes", &lines(&person))
        .done();
    assert!(
        again.contains("10 of 10 entries left: nothing was changed"),
        "{again}"
    );

    let next = format!("annual-pass grant --yes --year {}", this_year() + 1);
    office.manage_told(&next, &lines(&person)).done();
    let told = show();
    let rows: Vec<Vec<&str>> = told
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(rows.len(), 3, "{told}");
    let year = this_year().to_string();
    assert_eq!(
        rows[2][1..],
        [&year, "active", "10", "of", "10", "0", "0"],
        "{told}"
    );
}

#[test]
fn what_cannot_be_right_is_told_before_anything_is_granted() {
    let office = Office::furnished();
    let person = museum(&office).adult();
    let refused = |words: &str, input: &str| {
        let words = format!("annual-pass grant --yes {words}");
        office.manage_told(&words, input).refused(2)
    };
    assert!(refused("", "张三\n").contains("no document number on standard input"));
    assert!(
        refused("", "张三\n110101\n").contains("("),
        "the reason in both languages"
    );
    let bad_name = format!("7\n{}\n", person.document.number());
    assert!(refused("", &bad_name).contains("the holder is not acceptable"));
    let passport = "--document-type passport --nationality FRA";
    let unborn = "MARIE CURIE\n12AB34567\n";
    assert!(refused(passport, unborn).contains("no birth date"));
    let late = format!("{unborn}2199-01-01\n");
    assert!(refused(passport, &late).contains("出生日期"));
    let past = format!("--year {}", this_year() - 1);
    assert!(refused(&past, &lines(&person)).contains("passes are granted for"));
    let told = office
        .manage_told(
            &format!("annual-pass grant --yes {passport}"),
            &format!("{unborn}1990-01-01\n"),
        )
        .done();
    assert!(told.contains("is granted"), "{told}");
}

#[test]
fn a_verified_number_names_one_saved_visitor() {
    let office = Office::furnished();
    let museum = museum(&office);
    let by_phone = "annual-pass grant --yes --phone";
    let nobody = office.manage_told(by_phone, "13800138000").refused(1);
    assert!(
        nobody.contains("no account has that number verified"),
        "{nobody}"
    );

    let account = Account {
        phone_verified: true,
        ..museum.account()
    };
    museum.run(|stores| stores.accounts().save_phone(&account));
    let settings = api_kit::settings::Settings::for_tests().unwrap();
    let cipher = assembly::identity_cipher(&settings.secrets).unwrap();
    for name in ["王一", "王二"] {
        let person = museum.adult();
        let stated = StatedPerson {
            name: name.to_owned(),
            document_type: person.document.kind(),
            document_number: person.document.number().to_owned(),
            nationality: None,
            birth_date: None,
        };
        let id = SavedVisitorId::new(museum.next_id());
        let (unit_of_work, rules) = (museum.unit_of_work(), &museum.rules);
        save_visitor(
            unit_of_work,
            &*cipher,
            rules,
            account.id,
            id,
            &stated,
            now(),
        )
        .unwrap();
    }
    let several = office.manage_told(by_phone, "13800138000").refused(1);
    assert!(several.contains("choose one with --visitor"), "{several}");
    let chosen = format!("{by_phone} --visitor");
    let told = office.manage_told(&chosen, "13800138000\n王二\n").done();
    assert!(told.starts_with("王* · id_card 110"), "{told}");
    assert!(told.contains("is granted"), "{told}");
}

#[test]
fn a_past_year_is_voided_once() {
    let office = Office::furnished();
    let museum = museum(&office);
    let pass = museum.annual_pass(&museum.adult());
    let past = domain::annual_pass::AnnualPass {
        id: domain::id::AnnualPassId::new(museum.next_id()),
        year: this_year() - 1,
        ..pass
    };
    museum.run(|stores| stores.annual_passes().insert(&past));
    let unconfirmed = office.manage("annual-pass reset").refused(1);
    assert!(unconfirmed.contains("nothing was voided"), "{unconfirmed}");
    let told = office.manage("annual-pass reset --yes").done();
    assert!(told.starts_with("1 annual passes of"), "{told}");
    assert!(told.contains("10 entries with them"), "{told}");
    let told = office.manage("annual-pass reset --yes").done();
    assert!(told.starts_with("0 annual passes of"), "{told}");
    let running = format!("annual-pass reset --yes --year {}", this_year());
    let refused = office.manage(&running).refused(2);
    assert!(refused.contains("is not over"), "{refused}");
}
