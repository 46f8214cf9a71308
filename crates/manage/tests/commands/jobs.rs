//! Jobs by hand.

use chrono::TimeDelta;

use crate::office::{Office, now};

#[test]
fn every_job_that_is_listed_runs() {
    let office = Office::open();
    let list = office.manage("jobs list").done();
    let names: Vec<&str> = list
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().next().unwrap())
        .collect();
    assert_eq!(names.len(), ::jobs::JOBS.len());
    for name in names {
        let told = office.manage(&format!("jobs run {name}")).done();
        assert!(told.starts_with(&format!("{name}: ")), "{told}");
    }
}

#[test]
fn an_unknown_job_exits_2_and_names_the_known_ones() {
    let told = Office::open().manage("jobs run release").refused(2);
    assert!(told.contains("release-unpaid-orders"), "{told}");
}

#[test]
fn a_job_waits_for_the_service_that_runs_it() {
    let office = Office::open();
    let (now, soon) = (now(), now() + TimeDelta::seconds(1));
    let taken = office.unit_of_work().run(|stores| {
        stores
            .leases()
            .take("forget-expired-tokens", "service", now, soon)
    });
    assert_eq!(taken, Ok(true));
    office.manage("jobs run forget-expired-tokens").done();
    assert!(crate::office::now() >= soon);
}
