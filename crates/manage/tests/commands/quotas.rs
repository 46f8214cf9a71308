//! Quotas.

use domain::ports::CalendarQueries as _;
use domain::quota::Quota;
use domain::testing::venue;

use crate::office::{Office, day};

fn palace(office: &Office, date: &str) -> Vec<Quota> {
    let quotas = office.database.queries();
    let mut quotas = quotas.quotas(day(date), day(date)).unwrap();
    quotas.retain(|quota| quota.key().venue == venue("palace"));
    quotas
}

/// Takes places as a sale would.
pub(crate) fn take(office: &Office, date: &str, places: u32) {
    let taken = office.unit_of_work().run(|stores| {
        stores.days().take(day(date))?;
        let mut quotas = stores.quotas().lock_day(day(date))?;
        quotas.retain(|quota| quota.key().venue == venue("palace"));
        quotas[0].take(places).unwrap();
        stores.quotas().save(&quotas[..1])
    });
    taken.unwrap();
}

#[test]
fn creating_twice_adds_nothing_and_leaves_closed_days_out() {
    let office = Office::furnished();
    // The 30th is a Monday.
    let days = "--from 2026-11-30 --to 2026-12-01";
    office
        .manage(&format!("opening-days confirm {days}"))
        .done();
    let create = format!("quota create {days}");
    let told = office.manage(&create).done();
    assert!(
        told.starts_with("1 open days: 8 quotas added, 0 kept"),
        "{told}"
    );
    assert!(told.contains("1 days left out"), "{told}");
    let told = office.manage(&create).done();
    assert!(
        told.starts_with("1 open days: 0 quotas added, 8 kept"),
        "{told}"
    );
    assert!(palace(&office, "2026-11-30").is_empty());
}

#[test]
fn one_venue_and_session_may_have_its_own_capacity() {
    let office = Office::furnished();
    office
        .manage("opening-days confirm --from 2026-12-01 --to 2026-12-01")
        .done();
    let create = "quota create --date 2026-12-01";
    office
        .manage(&format!(
            "{create} --venue palace --session morning --capacity 7"
        ))
        .done();
    office.manage(create).done();
    let capacities: Vec<u32> = palace(&office, "2026-12-01")
        .iter()
        .map(Quota::capacity)
        .collect();
    assert_eq!(capacities, [20_000, 7]);
    let told = office
        .manage(&format!("{create} --venue garden"))
        .refused(2);
    assert!(
        told.contains("there are palace, treasure_gallery"),
        "{told}"
    );
    let table = office.manage("quota show --date 2026-12-01").done();
    assert_eq!(table.lines().count(), 9);
    assert!(
        table.contains("2026-12-01  morning    palace            7"),
        "{table}"
    );
}

#[test]
fn a_capacity_below_what_is_taken_needs_to_be_meant() {
    let office = Office::selling(day("2026-12-01"));
    take(&office, "2026-12-01", 80);
    let before = palace(&office, "2026-12-01");
    let session = before[0].key().session.clone();
    let set = format!("quota set --date 2026-12-01 --session {session} --venue palace --capacity");
    let told = office.manage(&format!("{set} 60")).refused(1);
    assert!(
        told.contains("80 places") && told.contains("--below-taken"),
        "{told}"
    );
    assert_eq!(palace(&office, "2026-12-01"), before);
    let told = office.manage(&format!("{set} 60 --below-taken")).done();
    assert!(
        told.ends_with("capacity 20000 -> 60, 80 taken, 0 left\n"),
        "{told}"
    );
    let after = &palace(&office, "2026-12-01")[0];
    assert_eq!(
        (after.capacity(), after.ceiling(), after.taken()),
        (60, 80, 80)
    );
    let told =
        office.manage("quota set --date 2026-12-02 --session morning --venue palace --capacity 1");
    assert!(told.refused(1).contains("no such quota"));
}

#[test]
fn closing_a_day_says_what_was_sold() {
    let office = Office::selling(day("2026-12-01"));
    take(&office, "2026-12-01", 3);
    let answer = office.manage("opening-days set --date 2026-12-01 --state closed");
    assert!(
        answer.err.contains("3 places of 2026-12-01 are taken"),
        "{answer:?}"
    );
    answer.done();
}
