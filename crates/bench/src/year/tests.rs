//! A small year on a real database: what was loaded is what the stores of `persistence` read.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::ports::{OrderQueries as _, Sweep as _};
use domain::rules::Rules;
use domain::testing::{Museum, PlainCipher};
use domain::visit_date::VisitDate;
use persistence::test_support::TestDatabase;

use super::office::Office;
use super::plan::{PlannedDay, YearPlan};
use super::store::Store;
use super::{fill, load_days, sell};

fn plan() -> YearPlan {
    YearPlan {
        last: VisitDate::parse("2026-11-30").unwrap(),
        tickets: 365 * 60,
    }
}

/// A database with the catalogue; `None` on MySQL, which reads files only from a folder that its
/// own settings name.
fn database() -> Option<(TestDatabase, tempfile::TempDir)> {
    let database = TestDatabase::create();
    if !database.is_mariadb() {
        return None;
    }
    drop(Museum::on(Arc::new(database.unit_of_work())));
    Some((database, tempfile::tempdir().unwrap()))
}

/// The schema without what the generator notes for itself; its lines, for a key that was made anew
/// may stand in another place.
fn schema(database: &TestDatabase) -> Vec<String> {
    let dump = persistence::schema_dump(database.url()).unwrap();
    let tables = dump.split("CREATE TABLE ");
    let tables = tables.filter(|table| !table.starts_with("`bench_"));
    tables.flat_map(str::lines).map(str::to_owned).collect()
}

#[test]
fn a_year_is_sound_and_reads_as_it_was_made() {
    let Some((database, folder)) = database() else {
        return;
    };
    let before = schema(&database);
    fill(database.url(), folder.path(), &PlainCipher, &plan()).unwrap();
    assert_eq!(schema(&database), before);
    let queries = database.queries();
    let office = Office::new(&PlainCipher).unwrap();
    let mut states = BTreeSet::new();
    for day in plan().days(&Rules::default()) {
        if day.before % 7 == 0 {
            assert_eq!(queries.check_date(day.date).unwrap(), [], "{}", day.date);
        }
        for booked in sell(&office, &day).unwrap().orders {
            states.insert(booked.order.state.code());
            if day.before % 20 == 0 {
                let read = queries.order(booked.order.id).unwrap();
                assert_eq!(read, Some(booked.order));
            }
        }
    }
    assert_eq!(states.len(), 4, "{states:?}");
    assert_eq!(queries.check_undated(plan().last.end()).unwrap(), []);
}

#[test]
fn a_year_that_was_cut_short_goes_on_and_no_other_begins() {
    let Some((database, folder)) = database() else {
        return;
    };
    let (url, before) = (database.url(), schema(&database));
    let office = Office::new(&PlainCipher).unwrap();
    let mut store = Store::open(url).unwrap();
    store.agree(&plan()).unwrap();
    store.drop_keys().unwrap();
    let first = plan().days(&office.rules).take(200).collect();
    load_days(url, folder.path(), &office, first).unwrap();
    assert_ne!(schema(&database), before);

    fill(url, folder.path(), &PlainCipher, &plan()).unwrap();
    let days: Vec<PlannedDay> = plan().days(&office.rules).collect();
    assert_eq!(store.missing(days).unwrap(), []);
    assert_eq!(store.tickets_until(plan().last).unwrap(), 365 * 60);
    assert_eq!(schema(&database), before);
    let other = YearPlan {
        tickets: 1,
        ..plan()
    };
    fill(url, folder.path(), &PlainCipher, &other).unwrap_err();
}
