//! P5: two services on one database, on the same processors and with as many workers in all.

use std::thread::available_parallelism;

use domain::visit_date::VisitDate;
use serde_json::json;

use super::p1::warm_up;
use crate::context::Bench;
use crate::days::PLENTY;
use crate::failure::Failure;
use crate::house::{House, POOL_SIZE, Plan, WORKERS, WRITERS};
use crate::load::Figures;
use crate::sale::{CONNECTIONS, Sale};
use crate::scenario::{Line, Outcome, Scenario, ratio};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "p5",
    title: "P5: two services on one database",
    run,
};

/// Each way is measured so many times, in turns, so that what drifts drifts for both.
const TURNS: usize = 2;

fn run(bench: &Bench) -> Result<Outcome, Failure> {
    let mut broken = Vec::new();
    let date = bench.open_day(PLENTY)?;
    let (one, two) = plans();
    let (mut by_one, mut by_two) = (Vec::new(), Vec::new());
    for _ in 0..bench.tries(TURNS) {
        by_one.push(sell(bench, &one, date, &mut broken)?);
        by_two.push(sell(bench, &two, date, &mut broken)?);
    }
    let (alone, together) = (best(&by_one), best(&by_two));
    let what = format!("two services, {CONNECTIONS} connections, warm");
    let line = Line::plain(what, format!("{together:.0} orders/s"))
        .against(format!("one service: {alone:.0}/s"))
        .at_least("P5", 0.8, ratio(together, alone));
    Ok(Outcome {
        lines: vec![line],
        details: json!({ "one": by_one, "two": by_two }),
        dates: vec![date],
        broken,
        ..Outcome::default()
    })
}

/// The same workers, writers and connections, in one process and halved among two.
fn plans() -> (Plan, Plan) {
    let processors = available_parallelism().map_or(1, usize::from);
    let half = (processors / 2).max(1);
    let plan = |workers: usize, writers: u32, connections: u32| {
        Plan::default()
            .with(WORKERS, workers)
            .with(WRITERS, writers)
            .with(POOL_SIZE, connections)
    };
    let two = Plan {
        tourist_processes: 2,
        ..plan(half, 1, 8)
    };
    (plan(half.saturating_mul(2), 2, 16), two)
}

fn sell(
    bench: &Bench,
    plan: &Plan,
    date: VisitDate,
    broken: &mut Vec<String>,
) -> Result<Figures, Failure> {
    let house = House::start(bench, plan)?;
    warm_up(bench, &house, date, broken)?;
    let sale = Sale {
        seconds: 6,
        ..Sale::of(date)
    };
    sale.run(bench, &house, broken)
}

fn best(measured: &[Figures]) -> f64 {
    let rates = measured.iter().map(|one| one.successes_per_second);
    rates.fold(0.0, f64::max)
}
