//! P3: far more people than tickets, until none is left and beyond.

mod outage;
mod sell_out;

use crate::context::Bench;
use crate::failure::Failure;
use crate::scenario::{Outcome, Scenario};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "p3",
    title: "P3: sold to the last ticket, and refusals from then on",
    run: sell_out::run,
};

/// The same while a service is killed.
pub(crate) const OUTAGE: Scenario = Scenario {
    name: "p3-outage",
    title: "P3 with two services, one of which is killed in the middle",
    run: outage::run,
};

/// Tickets for the hot session.
fn tickets(bench: &Bench) -> u32 {
    if bench.is_short() { 400 } else { 40_000 }
}

/// What is wrong once `tickets` should be sold out.
fn not_exact(bench: &Bench, outcome: &Outcome, tickets: u32) -> Result<Option<String>, Failure> {
    let Some(date) = outcome.dates.first() else {
        return Ok(None);
    };
    let taken = bench.hot_quota(*date)?.taken();
    Ok((taken != tickets).then(|| format!("{taken} of {tickets} tickets are sold")))
}
