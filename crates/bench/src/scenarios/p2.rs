//! P2: throughput against concurrency, from quiet to overrun.

use serde_json::json;

use super::p1::warm_up;
use crate::context::Bench;
use crate::days::PLENTY;
use crate::failure::Failure;
use crate::house::{House, Plan};
use crate::load::Figures;
use crate::report::chart::{Curve, Point};
use crate::sale::Sale;
use crate::scenario::{Line, Outcome, Scenario, ratio};

pub(crate) const SCENARIO: Scenario = Scenario {
    name: "p2",
    title: "P2: the sale start from 16 to 4,096 connections",
    run,
};

const CONNECTIONS: [u32; 9] = [16, 32, 64, 128, 256, 512, 1024, 2048, 4096];

/// From the peak on, throughput must not fall below this part of it.
const NEVER_BELOW: f64 = 0.85;
/// Up to the peak, noise may make a step down look like this at most.
const RISING: f64 = 0.95;

fn run(bench: &Bench) -> Result<Outcome, Failure> {
    let mut broken = Vec::new();
    let date = bench.open_day(PLENTY)?;
    let house = House::start(bench, &Plan::default())?;
    warm_up(bench, &house, date, &mut broken)?;
    let mut measured = Vec::new();
    for connections in CONNECTIONS.into_iter().take(bench.tries(CONNECTIONS.len())) {
        let sale = Sale {
            connections,
            seconds: 5,
            ..Sale::of(date)
        };
        measured.push(sale.run(bench, &house, &mut broken)?);
    }
    Ok(Outcome {
        lines: vec![line(&measured)],
        curve: Some(curve(&measured)),
        details: json!({ "by_connections": measured, "memory_mb": house.peak_memory()? }),
        dates: vec![date],
        broken,
    })
}

fn line(measured: &[Figures]) -> Line {
    let rates: Vec<f64> = measured
        .iter()
        .map(|one| one.successes_per_second)
        .collect();
    let (at, peak) = peak(&rates);
    let connections = |at: usize| measured.get(at).map_or(0, |one| one.connections);
    let (up, down) = rates.split_at(at);
    let least = down.iter().copied().fold(peak, f64::min);
    let rising = up.is_sorted_by(|a, b| *a * RISING <= *b);
    let figure = format!(
        "peak {peak:.0}/s at {} connections, then never below {least:.0}/s",
        connections(at)
    );
    let line = Line::plain("the same from 16 to 4,096 connections, warm", figure)
        .against("its own peak")
        .at_least("P2", NEVER_BELOW, ratio(least, peak));
    Line {
        wanted: format!("rising, then ≥ {NEVER_BELOW} ×"),
        met: line.met.map(|met| met && rising),
        ..line
    }
}

/// Where the largest one is, and how large.
fn peak(rates: &[f64]) -> (usize, f64) {
    let rates = rates.iter().copied().enumerate();
    rates.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or_default()
}

fn curve(measured: &[Figures]) -> Curve {
    let points = measured.iter().map(|one| Point {
        connections: one.connections,
        per_second: one.successes_per_second,
        p99_ms: one.p99_ms,
    });
    Curve {
        points: points.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line_of(rates: &[f64]) -> Line {
        let figures = rates
            .iter()
            .zip(CONNECTIONS)
            .map(|(rate, connections)| Figures {
                connections,
                successes_per_second: *rate,
                ..Figures::default()
            });
        line(&figures.collect::<Vec<_>>())
    }

    #[test]
    fn a_curve_that_rises_and_stays_is_good() {
        assert_eq!(line_of(&[1.0, 2.0, 4.0, 3.6, 3.5]).met, Some(true));
    }

    #[test]
    fn a_collapse_and_a_valley_are_not() {
        assert_eq!(line_of(&[1.0, 2.0, 4.0, 3.6, 3.0]).met, Some(false));
        assert_eq!(line_of(&[1.0, 3.0, 2.0, 4.0]).met, Some(false));
    }
}
