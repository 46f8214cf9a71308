//! Two services sell one session out; one of them is killed in the middle and comes back.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::thread::{scope, sleep};
use std::time::{Duration, Instant};

use domain::visit_date::VisitDate;
use serde_json::json;
use uuid::Uuid;

use super::{not_exact, tickets};
use crate::context::Bench;
use crate::failure::Failure;
use crate::house::{House, Plan};
use crate::load::{Figures, Load, Requests};
use crate::orders::orders;
use crate::sale::{COME_AGAIN, CONFLICT, CONNECTIONS, CREATED, VISITORS};
use crate::scenario::{Line, Outcome};

/// For how long the killed service stays away.
const AWAY: Duration = Duration::from_secs(1);
/// How often we look how much is sold.
const GLANCE: Duration = Duration::from_millis(50);
/// How long the tickets may take to be sold.
const PATIENCE: Duration = Duration::from_secs(60);

pub(super) fn run(bench: &Bench) -> Result<Outcome, Failure> {
    let tickets = tickets(bench);
    let date = bench.open_day(tickets)?;
    let mut outcome = Outcome {
        dates: vec![date],
        ..Outcome::default()
    };
    let plan = Plan {
        tourist_processes: 2,
        ..Plan::default()
    };
    let mut house = House::start(bench, &plan)?;
    let figures = sell_and_kill(bench, &mut house, date, tickets)?;
    let exact = not_exact(bench, &outcome, tickets)?;
    let lost = lost(bench, date, &figures)?;
    outcome.lines = vec![line(tickets, &figures, exact.is_none() && lost.is_none())];
    outcome.broken.extend(exact.into_iter().chain(lost));
    outcome
        .broken
        .extend(figures.iter().filter_map(wrong_answers));
    outcome.details = json!({ "loads": figures });
    Ok(outcome)
}

/// Loads until nothing is left; the first service is killed during the first load.
fn sell_and_kill(
    bench: &Bench,
    house: &mut House<'_>,
    date: VisitDate,
    tickets: u32,
) -> Result<Vec<Figures>, Failure> {
    let deadline = Instant::now() + PATIENCE;
    let mut measured = vec![scope(|scope| {
        let load = load(bench, house, date)?;
        let selling = scope.spawn(move || load.run(bench.folder()));
        until_half_sold(bench, date, tickets, || selling.is_finished())?;
        house.kill(0);
        sleep(AWAY);
        house.restart(0)?;
        let figures = selling.join();
        figures.unwrap_or_else(|_| Err(Failure::new("the load panicked")))
    })?];
    while bench.hot_quota(date)?.taken() < tickets && Instant::now() < deadline {
        measured.push(load(bench, house, date)?.run(bench.folder())?);
        bench.settled_orders(date)?;
    }
    Ok(measured)
}

fn load(bench: &Bench, house: &House<'_>, date: VisitDate) -> Result<Load, Failure> {
    let requests = orders(bench, date, VISITORS, bench.people_for(40_000))?;
    Ok(Load {
        targets: house.tourist().to_vec(),
        connections: CONNECTIONS,
        requests: Arc::new(Requests::Once(requests)),
        duration: bench.seconds(8),
        rate: None,
        remembers: true,
    })
}

fn until_half_sold(
    bench: &Bench,
    date: VisitDate,
    tickets: u32,
    is_over: impl Fn() -> bool,
) -> Result<(), Failure> {
    while bench.hot_quota(date)?.taken() < tickets / 2 && !is_over() {
        sleep(GLANCE);
    }
    Ok(())
}

/// Orders that were answered 201 and do not exist.
fn lost(bench: &Bench, date: VisitDate, loads: &[Figures]) -> Result<Option<String>, Failure> {
    let stored = bench.stored_order_ids(date)?;
    let answered: BTreeSet<Uuid> = created(loads).collect();
    let lost = answered.difference(&stored).count();
    Ok((lost > 0).then(|| format!("{lost} orders were answered 201 and do not exist")))
}

/// Whoever is not sold to is refused, or told to come again, even while a service is away.
fn wrong_answers(load: &Figures) -> Option<String> {
    let others = load.other_than(&[CREATED, CONFLICT, COME_AGAIN]);
    (!others.is_empty()).then(|| format!("orders were also answered {others:?}"))
}

fn created(loads: &[Figures]) -> impl Iterator<Item = Uuid> {
    loads
        .iter()
        .flat_map(|load| load.counted.created.iter().copied())
}

fn line(tickets: u32, loads: &[Figures], sound: bool) -> Line {
    let broken: u64 = loads.iter().map(|load| load.counted.broken).sum();
    let figure = format!(
        "{} orders answered 201, all there; {broken} requests broke off",
        created(loads).count()
    );
    let what = format!("{tickets} tickets, two services, one killed (-9) in the middle");
    Line {
        target: "P3",
        wanted: "to the last, not one more".to_owned(),
        met: Some(sound),
        ..Line::plain(what, figure)
    }
}
