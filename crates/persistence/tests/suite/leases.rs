//! The leases of jobs.

use std::sync::{Barrier, mpsc};
use std::thread;

use chrono::{DateTime, TimeDelta, Utc};
use domain::ports::StoreError;
use persistence::test_support::TestDatabase;

use crate::samples::{now, run, try_run};

fn take_at(database: &TestDatabase, holder: &str, at: DateTime<Utc>) -> bool {
    let until = at + TimeDelta::seconds(30);
    run(database, |stores| {
        stores.leases().take("expire", holder, at, until)
    })
}

#[test]
fn a_lease_is_kept_from_others_until_it_runs_out() {
    let database = TestDatabase::create();
    let after = |seconds| now() + TimeDelta::seconds(seconds);
    assert!(take_at(&database, "a", after(0)));
    assert!(!take_at(&database, "b", after(1)));
    assert!(take_at(&database, "a", after(20)), "renewed until 50");
    assert!(!take_at(&database, "b", after(49)));
    assert!(take_at(&database, "b", after(50)));
    assert!(!take_at(&database, "a", after(50)));
    let until = after(80);
    let other_job = run(&database, |stores| {
        stores.leases().take("refunds", "a", after(50), until)
    });
    assert!(other_job);
}

#[test]
fn only_its_holder_gives_a_lease_back() {
    let database = TestDatabase::create();
    let release = |holder| {
        run(&database, |stores| {
            stores.leases().release("expire", holder)
        })
    };
    release("a");
    assert!(take_at(&database, "a", now()));
    release("b");
    assert!(!take_at(&database, "b", now()));
    release("a");
    assert!(take_at(&database, "b", now()));
}

#[test]
fn of_many_that_ask_at_once_one_gets_a_new_lease() {
    let database = TestDatabase::create();
    assert_eq!(winners(&database, now()), 1);
    assert_eq!(
        winners(&database, now() + TimeDelta::seconds(30)),
        1,
        "run out"
    );
}

fn winners(database: &TestDatabase, at: DateTime<Utc>) -> usize {
    let start = Barrier::new(8);
    thread::scope(|scope| {
        let ask = |number: usize| {
            let start = &start;
            scope.spawn(move || {
                start.wait();
                take_at(database, &format!("holder-{number}-{at}"), at)
            })
        };
        let asked: Vec<_> = (0..8).map(ask).collect();
        let got = asked.into_iter().map(|each| each.join().unwrap());
        got.filter(|got| *got).count()
    })
}

/// The second asks while the first has taken the lease and not yet committed.
#[test]
fn a_lease_that_is_being_taken_is_waited_for() {
    assert!(!second_while_first(true), "the first committed");
    assert!(second_while_first(false), "the first rolled back");
}

fn second_while_first(commits: bool) -> bool {
    let database = TestDatabase::create();
    thread::scope(|scope| {
        let (taken, second_may_ask) = mpsc::channel();
        let database = &database;
        scope.spawn(move || {
            let _ = try_run(database, |stores| {
                let until = now() + TimeDelta::seconds(30);
                assert!(stores.leases().take("expire", "first", now(), until)?);
                taken.send(()).unwrap();
                if commits {
                    Ok(())
                } else {
                    Err(StoreError::LeaseLost)
                }
            });
        });
        second_may_ask.recv().unwrap();
        take_at(database, "second", now())
    })
}
