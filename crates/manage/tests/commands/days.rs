//! Opening days.

use domain::ports::CalendarQueries as _;

use crate::office::{Office, day};

#[test]
fn a_proposal_is_a_table_and_stores_nothing() {
    let office = Office::furnished();
    let table = office
        .manage("opening-days propose --from 2026-10-05 --to 2026-10-12")
        .done();
    let lines: Vec<&str> = table.lines().collect();
    assert_eq!(lines.len(), 9);
    assert!(
        lines[1].starts_with("2026-10-05  Mon  open    08:30-17:00"),
        "{table}"
    );
    assert!(lines[8].starts_with("2026-10-12  Mon  closed"), "{table}");
    let days = office.database.queries();
    assert!(
        days.days(day("2026-10-01"), day("2026-10-31"))
            .unwrap()
            .is_empty()
    );
}

#[test]
fn confirming_keeps_what_staff_decided_and_repeats_without_harm() {
    let office = Office::furnished();
    let set = "opening-days set --date 2026-12-02 --state closed --note-zh 闭馆 --note-en Closed";
    office.manage(set).done();
    let confirm = "opening-days confirm --from 2026-12-01 --to 2026-12-07";
    let told = office.manage(confirm).done();
    assert_eq!(
        told,
        "6 days written (5 open, 1 closed), 1 kept as they were.\n"
    );
    let told = office.manage(confirm).done();
    assert_eq!(
        told,
        "0 days written (0 open, 0 closed), 7 kept as they were.\n"
    );
    let days = office.database.queries();
    let days = days.days(day("2026-12-01"), day("2026-12-07")).unwrap();
    let open: Vec<bool> = days.iter().map(|day| day.is_open()).collect();
    // The 2nd was set, the 7th is a Monday.
    assert_eq!(open, [true, false, true, true, true, true, false]);
    assert_eq!(days[1].note().unwrap().zh(), "闭馆");
}

#[test]
fn a_range_beyond_the_holidays_is_confirmed_as_far_as_they_go_with_a_warning() {
    let office = Office::furnished();
    let answer = office.manage("opening-days confirm --from 2026-12-30 --to 2027-01-02");
    assert!(
        answer
            .err
            .contains("warning: 2 days from 2027-01-01 to 2027-01-02"),
        "{answer:?}"
    );
    assert!(answer.done().starts_with("2 days written"));
    let days = office.database.queries();
    let days = days.days(day("2026-12-01"), day("2027-12-31")).unwrap();
    assert_eq!(days.len(), 2);
}

#[test]
fn hours_are_the_seasons_unless_given() {
    let office = Office::furnished();
    let set = "opening-days set --date 2026-12-01 --state open";
    let told = office.manage(set).done();
    assert_eq!(told, "2026-12-01: open, 08:30-16:30 (last entry 15:30)\n");
    let told = office
        .manage(&format!("{set} --opens 09:00 --closes 16:00"))
        .done();
    assert_eq!(told, "2026-12-01: open, 09:00-16:00 (last entry 15:30)\n");
}

#[test]
fn what_cannot_be_meant_exits_2() {
    let office = Office::open();
    for words in [
        "opening-days propose --from 2026-12-02 --to 2026-12-01",
        "opening-days confirm --from 2026-12-01 --to 2028-12-01",
        "opening-days propose --from 2026-02-30 --to 2026-03-01",
        "opening-days set --date 2026-12-01 --state shut",
        "opening-days set --date 2026-12-01 --state open --opens 16:00",
        "opening-days set --date 2026-12-01 --state open --note-en Open",
        "quota create",
        "quota create --date 2026-12-01 --capacity 5",
        "quota create --from 2026-12-01",
        "quota set --date 2026-12-01 --session morning --venue palace --capacity -1",
        "jobs run",
        "unheard-of",
    ] {
        office.manage(words).refused(2);
    }
}
