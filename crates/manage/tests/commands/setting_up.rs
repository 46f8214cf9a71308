//! From an empty database to one that tickets can be sold from.

use domain::ports::CalendarQueries as _;
use tempfile::NamedTempFile;

use crate::office::{Office, day, empty_database, manage_on};

#[test]
fn migrating_twice_changes_nothing() {
    let database = empty_database();
    let first = manage_on(database.url(), "migrate").done();
    assert!(first.contains("create_job_leases"), "{first}");
    let schema = manage_on(database.url(), "schema-dump").done();
    assert!(schema.contains("CREATE TABLE"), "{schema}");
    let second = manage_on(database.url(), "migrate").done();
    assert_eq!(second, "The database is up to date.\n");
    assert_eq!(manage_on(database.url(), "schema-dump").done(), schema);
}

#[test]
fn what_needs_tables_says_how_to_get_them() {
    let database = empty_database();
    let told = manage_on(database.url(), "ticket-types load").refused(1);
    assert!(told.contains("manage migrate"), "{told}");
}

#[test]
fn loading_ticket_types_twice_changes_nothing() {
    let office = Office::open();
    let queries = office.database.queries();
    let loaded = || {
        let told = office.manage("ticket-types load").done();
        assert_eq!(told, "2 sessions, 4 venues and 34 prices are loaded.\n");
        let (sessions, venues) = (queries.sessions().unwrap(), queries.venues().unwrap());
        (sessions, venues, queries.prices().unwrap())
    };
    assert_eq!(loaded(), loaded());
}

#[test]
fn a_price_that_breaks_rule_2_3_loads_nothing() {
    let office = Office::furnished();
    let before = office.database.queries().prices().unwrap();
    let file = NamedTempFile::new().unwrap();
    let price = "[[price]]\nvenue = \"palace\"\nseason = \"peak\"\n";
    let prices = format!(
        "{price}category = \"senior\"\nfen = 3100\n{price}category = \"standard\"\nfen = 2\n"
    );
    std::fs::write(file.path(), prices).unwrap();
    let told = office
        .manage(&format!(
            "ticket-types load --file {}",
            file.path().display()
        ))
        .refused(1);
    assert!(told.contains("palace for standard"), "{told}");
    assert_eq!(office.database.queries().prices().unwrap(), before);
}

#[test]
fn a_later_year_comes_from_a_file() {
    let office = Office::furnished();
    let propose = "opening-days propose --from 2027-01-04 --to 2027-01-04";
    assert!(office.manage(propose).err.contains("warning"));
    let file = NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "year = 2027\nperiod = []\n").unwrap();
    let import = format!("holidays import --file {}", file.path().display());
    assert_eq!(office.manage(&import).done(), "2027: 0 holiday periods\n");
    let proposed = office.manage(propose);
    assert_eq!(proposed.err, "");
    assert!(proposed.done().contains("Closed on Mondays"));
    // 2026 is still known.
    let told = office.manage("opening-days propose --from 2026-10-05 --to 2026-10-05");
    assert!(told.done().contains("国庆节"));
}

#[test]
fn check_config_tells_what_it_found() {
    let office = Office::open();
    let answer = office.manage("check-config");
    // Good on standard output, or a warning: a server for tests need not wait for the disk.
    let durability = "innodb_flush_log_at_trx_commit is";
    assert!(
        answer.out.contains(durability) || answer.err.contains(durability),
        "{answer:?}"
    );
    let told = answer.done();
    for found in ["settings: test", "version", "migrations", "WeChat Pay"] {
        assert!(told.contains(found), "{found}: {told}");
    }
    let database = empty_database();
    let answer = manage_on(database.url(), "check-config");
    assert!(
        answer.out.contains("FAULT database: not up to date"),
        "{answer:?}"
    );
    // The key files of the test settings do not exist.
    assert!(
        answer.out.contains("FAULT WeChat Pay: wechat.pay."),
        "{answer:?}"
    );
    answer.refused(1);
}

#[test]
fn settings_that_are_not_sound_are_all_listed_without_their_values() {
    let answer = manage_on("mysql://user:very-private@", "migrate").refused(1);
    assert!(answer.contains("database.url"), "{answer}");
    assert!(!answer.contains("very-private"), "{answer}");
    let url = "mysql://user:very-private@127.0.0.1:1/none";
    for command in ["migrate", "quota show --date 2026-12-01"] {
        let answer = manage_on(url, command).refused(1);
        assert!(!answer.contains("very-private"), "{answer}");
    }
}

#[test]
fn a_day_can_be_sold_after_the_four_commands() {
    let office = Office::selling(day("2026-12-01"));
    let quotas = office.database.queries();
    let quotas = quotas.quotas(day("2026-12-01"), day("2026-12-01")).unwrap();
    let places: Vec<u32> = quotas.iter().map(|quota| quota.remaining()).collect();
    assert_eq!(places.len(), 8);
    assert_eq!(places.iter().sum::<u32>(), 40_000 + 6 * 10_000);
}
