//! A run: scenario after scenario, the sweep behind each, then the report.

use std::time::Instant;

use chrono::{DateTime, Utc};
use domain::clock::Clock as _;
use domain::visit_date::VisitDate;
use gateways::clock::SystemClock;

use crate::context::{Bench, today};
use crate::failure::Failure;
use crate::leftovers;
use crate::machine::Machine;
use crate::report::Report;
use crate::scenario::Scenario;

/// Runs the scenarios, prints the report and writes its files.
pub(crate) fn all(bench: &Bench, scenarios: &[&Scenario]) -> Result<Report, Failure> {
    clear(bench)?;
    let machine = Machine::of(bench)?;
    println!("{}", machine.text());
    let mut report = Report::new(
        stamp(SystemClock::system().now()),
        bench.is_short(),
        machine,
    );
    for scenario in scenarios {
        println!("== {}: {}", scenario.name, scenario.title);
        let start = Instant::now();
        let mut outcome = (scenario.run)(bench)?;
        let measured = start.elapsed();
        for date in &outcome.dates {
            outcome.broken.extend(bench.sweep(*date)?);
        }
        for line in &outcome.lines {
            println!("   {}: {} {}", line.what, line.figure, line.against);
        }
        for broken in &outcome.broken {
            println!("   BROKEN: {broken}");
        }
        println!(
            "   ({:.0} s, and {:.0} s to sweep {})",
            measured.as_secs_f64(),
            start.elapsed().saturating_sub(measured).as_secs_f64(),
            names(&outcome.dates)
        );
        report.add(scenario.name, outcome);
    }
    println!("{}", report.text());
    let folder = report.write(&bench.folder().join("reports"))?;
    println!("All figures are in {}.", folder.display());
    Ok(report)
}

/// Removes what this run has left, or one before that was broken off; not while anything is
/// measured.
pub(crate) fn clear(bench: &Bench) -> Result<(), Failure> {
    let removed = leftovers::remove(&mut bench.connection()?, today())?;
    if removed > 0 {
        println!("Removed {removed} orders that were left.");
    }
    Ok(())
}

fn names(dates: &[VisitDate]) -> String {
    let names: Vec<_> = dates.iter().map(ToString::to_string).collect();
    names.join(", ")
}

fn stamp(now: DateTime<Utc>) -> String {
    now.format("%Y-%m-%dT%H:%M:%SZ").to_string()
}
