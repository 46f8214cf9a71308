//! The sweep.

use domain::ledger::payment_entries;
use domain::testing::Museum;

use crate::office::{Office, day};
use crate::quotas::take;

#[test]
fn a_sound_database_has_no_findings() {
    let office = Office::selling(day("2026-12-01"));
    let told = office.manage("verify").done();
    assert_eq!(told, "1 visit dates were read.\nNo findings.\n");
}

#[test]
fn a_corrupted_quota_is_found() {
    let office = Office::selling(day("2026-12-01"));
    // Places that no ticket holds.
    take(&office, "2026-12-01", 2);
    for words in ["verify", "verify --date 2026-12-01"] {
        let answer = office.manage(words);
        assert!(answer.out.contains("2026-12-01  rule 4.6  "), "{answer:?}");
        assert!(answer.refused(1).contains("1 findings"));
    }
    office.manage("verify --date 2026-12-02").done();
}

#[test]
fn an_address_without_a_sandbox_is_told() {
    let office = Office::open();
    let told = office
        .manage("verify --sandbox http://127.0.0.1:1")
        .refused(1);
    assert!(
        told.contains("the sandbox's ledger cannot be read"),
        "{told}"
    );
}

#[test]
fn money_without_an_order_is_found() {
    let office = Office::furnished();
    let museum = Museum::without_catalogue(office.unit_of_work());
    let order = museum.order(&museum.account()).visitor(&museum.adult());
    let order = order.build_paid();
    let lines = payment_entries(&order, museum.now());
    museum.run(|stores| stores.ledger().append(&lines));
    let answer = office.manage("verify");
    let line = format!("rule 5.5  the ledger's payment {}", order.number);
    assert!(answer.out.starts_with(&line), "{answer:?}");
    assert!(answer.refused(1).contains("1 findings"));
}
