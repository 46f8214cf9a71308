//! What becomes of a unit whose connection breaks.

use std::time::Duration;

use domain::ports::{CalendarQueries, StoreError, Stores, UnitOfWork};
use domain::quota::{Quota, QuotaKey};
use persistence::test_support::TestDatabase;
use persistence::{Database, PoolSettings, Settings};

use crate::proxy::{Cut, Proxy};
use crate::samples::{morning, palace, visit_date};

struct Scene {
    database: TestDatabase,
    proxy: Proxy,
    through_proxy: Database,
}

impl Scene {
    fn new() -> Self {
        let database = TestDatabase::create();
        let (before, rest) = database.url().split_once('@').unwrap();
        let (server, name) = rest.split_once('/').unwrap();
        let proxy = Proxy::to(server);
        let settings = Settings {
            url: format!("{before}@{}/{name}", proxy.address()),
            pool: PoolSettings {
                size: 2,
                timeout: Duration::from_secs(20),
                ..PoolSettings::default()
            },
        };
        let through_proxy = Database::connect(&settings).unwrap();
        Self {
            database,
            proxy,
            through_proxy,
        }
    }

    /// Opens a quota as every unit should: it looks for its own first. Returns what the unit
    /// answered and how often it ran.
    fn open_quota(&self) -> (Result<(), StoreError>, u32) {
        let mut runs = 0;
        let unit_of_work = self.through_proxy.unit_of_work();
        let unit_of_work: &dyn UnitOfWork = &unit_of_work;
        let answer = unit_of_work.run(|stores| {
            runs += 1;
            open_quota(stores)
        });
        (answer, runs)
    }

    fn quotas(&self) -> Vec<Quota> {
        let queries = self.database.queries();
        queries.quotas(visit_date(), visit_date()).unwrap()
    }
}

fn quota() -> Quota {
    let key = QuotaKey {
        date: visit_date(),
        session: morning(),
        venue: palace(),
    };
    Quota::open(key, 100)
}

fn open_quota(stores: &mut dyn Stores) -> Result<(), StoreError> {
    if stores.quotas().lock_day(visit_date())?.is_empty() {
        stores.quotas().insert(&[quota()])?;
    }
    Ok(())
}

#[test]
fn a_commit_whose_answer_was_lost_is_found_by_the_next_run() {
    let scene = Scene::new();
    scene.proxy.cut(&[Cut::AfterCommit]);
    assert_eq!(scene.open_quota(), (Ok(()), 2));
    assert_eq!(scene.quotas(), [quota()]);
}

#[test]
fn a_commit_that_never_arrived_is_made_up_for() {
    let scene = Scene::new();
    scene.proxy.cut(&[Cut::BeforeCommit]);
    assert_eq!(scene.open_quota(), (Ok(()), 2));
    assert_eq!(scene.quotas(), [quota()]);
}

#[test]
fn what_cannot_be_settled_is_told_as_unknown() {
    let scene = Scene::new();
    scene
        .proxy
        .cut(&[Cut::AfterCommit, Cut::BeforeCommit, Cut::BeforeCommit]);
    assert_eq!(scene.open_quota(), (Err(StoreError::Unknown), 3));
    assert_eq!(scene.quotas(), [quota()], "the first COMMIT did arrive");
    assert_eq!(
        scene.open_quota(),
        (Ok(()), 1),
        "and the repeated request finds it"
    );
}

#[test]
fn a_connection_lost_before_the_commit_costs_a_run() {
    let scene = Scene::new();
    let unit_of_work = scene.through_proxy.unit_of_work();
    let unit_of_work: &dyn UnitOfWork = &unit_of_work;
    let mut answers = Vec::new();
    let answer = unit_of_work.run(|stores| {
        open_quota(stores)?;
        if answers.is_empty() {
            scene.proxy.cut_now();
        }
        let still_there = stores.quotas().lock_day(visit_date());
        answers.push(still_there.clone());
        still_there.map(drop)
    });
    assert_eq!(answer, Ok(()));
    assert_eq!(answers, [Err(StoreError::Unavailable), Ok(vec![quota()])]);
    assert_eq!(scene.quotas(), [quota()]);
}

#[test]
fn connections_that_died_in_the_pool_are_replaced() {
    let scene = Scene::new();
    assert_eq!(scene.through_proxy.ping(), Ok(()));
    scene.proxy.cut_now();
    assert_eq!(scene.through_proxy.ping(), Ok(()));
    assert_eq!(scene.open_quota(), (Ok(()), 1));
}

#[test]
fn a_panic_gives_back_no_connection_with_an_open_transaction() {
    let scene = Scene::new();
    let unit_of_work = scene.through_proxy.unit_of_work();
    for _ in 0..3 {
        let panicked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            unit_of_work.transact(&mut |stores| {
                open_quota(stores).unwrap();
                panic!("as a bug would")
            })
        }));
        assert!(panicked.is_err());
    }
    assert_eq!(scene.quotas(), []);
    assert_eq!(scene.open_quota(), (Ok(()), 1));
}

#[test]
fn no_connection_within_the_time_out_is_unavailable() {
    let database = TestDatabase::with_pool(PoolSettings {
        size: 1,
        timeout: Duration::from_millis(50),
        ..PoolSettings::default()
    });
    let unit_of_work = database.unit_of_work();
    let answer = unit_of_work.transact(&mut |_| {
        assert_eq!(database.database().ping(), Err(StoreError::Unavailable));
        Ok(())
    });
    assert_eq!(answer, Ok(()));
    assert_eq!(database.database().ping(), Ok(()));
}

#[test]
fn a_server_that_is_not_there_is_told_without_the_password() {
    let settings = Settings {
        url: "mysql://palace:secret@127.0.0.1:1/palace".to_owned(),
        pool: PoolSettings::default(),
    };
    let Err(error) = Database::connect(&settings) else {
        panic!("nothing listens on port 1");
    };
    assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
}

#[test]
fn start_up_can_ask_whether_commits_are_durable() {
    let database = TestDatabase::create();
    let setting = database.database().flush_log_at_trx_commit().unwrap();
    assert!((0..=3).contains(&setting), "{setting}");
}
