//! Throughput by the size of the groups that orders are decided in.

use serde_json::json;

use crate::context::Bench;
use crate::days::PLENTY;
use crate::failure::Failure;
use crate::house::{GROUP_SIZE, House, Plan};
use crate::sale::{CONNECTIONS, Sale};
use crate::scenario::{Line, Outcome, Scenario};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "group-sizes",
    title: "the sale start with groups of 1, 4, 16, 64 and 256",
    run,
};

const SIZES: [u32; 5] = [1, 4, 16, 64, 256];

fn run(bench: &Bench) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::default();
    let date = bench.open_day(PLENTY)?;
    let mut rates = Vec::new();
    let mut details = Vec::new();
    for size in SIZES.into_iter().take(bench.tries(SIZES.len())) {
        let house = House::start(bench, &Plan::default().with(GROUP_SIZE, size))?;
        let sale = Sale {
            seconds: 5,
            ..Sale::of(date)
        };
        let figures = sale.run(bench, &house, &mut outcome.broken)?;
        rates.push(format!("{size}: {:.0}/s", figures.successes_per_second));
        details.push(json!({ "group_size": size, "figures": figures }));
    }
    let what = format!("orders by group size, {CONNECTIONS} connections");
    outcome.lines = vec![Line::plain(what, rates.join(", "))];
    outcome.details = json!(details);
    outcome.dates = vec![date];
    Ok(outcome)
}
