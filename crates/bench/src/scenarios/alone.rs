//! One caller alone: grouping must not cost who comes at a quiet time.

use domain::visit_date::VisitDate;
use serde_json::json;

use crate::context::Bench;
use crate::days::PLENTY;
use crate::failure::Failure;
use crate::house::{GROUP_SIZE, House, Plan};
use crate::sale::Sale;
use crate::scenario::{Line, Outcome, Scenario, ratio};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "alone",
    title: "one caller alone, with groups and without",
    run,
};

/// Each way is measured so many times, in turns, so that what drifts drifts for both.
const TURNS: usize = 5;

/// How much slower a lone caller may be, as a multiple.
const MOST: f64 = 1.1;

fn run(bench: &Bench) -> Result<Outcome, Failure> {
    let mut broken = Vec::new();
    let date = bench.open_day(PLENTY)?;
    let groups = House::start(bench, &Plan::default())?;
    let ones = House::start(bench, &Plan::default().with(GROUP_SIZE, 1))?;
    let (mut with_groups, mut with_ones) = (Vec::new(), Vec::new());
    for _ in 0..bench.tries(TURNS) {
        with_groups.push(p50(bench, &groups, date, &mut broken)?);
        with_ones.push(p50(bench, &ones, date, &mut broken)?);
    }
    let (grouped, single) = (median(&mut with_groups), median(&mut with_ones));
    let slower = ratio(grouped, single);
    let line = Line::plain("one caller alone, warm", format!("p50 {grouped:.2} ms"))
        .against(format!("groups of one: {single:.2} ms"))
        .at_most("alone", MOST, "×", slower);
    Ok(Outcome {
        lines: vec![Line {
            ratio: Some(slower),
            ..line
        }],
        details: json!({ "p50_ms": with_groups, "p50_ms_with_groups_of_one": with_ones }),
        dates: vec![date],
        broken,
        ..Outcome::default()
    })
}

fn p50(
    bench: &Bench,
    house: &House<'_>,
    date: VisitDate,
    broken: &mut Vec<String>,
) -> Result<f64, Failure> {
    let sale = Sale {
        connections: 1,
        seconds: 2,
        ..Sale::of(date)
    };
    Ok(sale.run(bench, house, broken)?.p50_ms)
}

fn median(values: &mut [f64]) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}
