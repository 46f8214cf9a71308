//! `cargo xtask ci`: everything that has to hold before a change is accepted.

use std::time::{Duration, Instant};

use crate::failure::Failure;
use crate::test::{self, FEATURES, TestOptions};
use crate::{bench, layers, packages, step, workspace};

/// A step's name and what it does.
type Step = (&'static str, fn() -> Result<(), Failure>);

/// The quick ones first. Front-end checks join before the tests once there are front ends.
const STEPS: [Step; 7] = [
    ("packages", || packages::ensure(&packages::BUILD)),
    ("format", format),
    ("layers", layers::run),
    ("lint", lint),
    ("documentation", documentation),
    ("tests", || test::run(&TestOptions::default())),
    // With what the tests have built.
    ("benchmark", bench::run_short),
];

/// Runs the steps until one fails, and says how long each took in any case.
pub(crate) fn run() -> Result<(), Failure> {
    let mut table = Vec::new();
    let mut outcome = Ok(());
    for (name, work) in STEPS {
        println!("== {name}");
        let start = Instant::now();
        outcome = work();
        table.push(line(name, start.elapsed(), outcome.is_ok()));
        if outcome.is_err() {
            break;
        }
    }
    println!("== durations\n{}", table.join("\n"));
    outcome
}

fn line(name: &str, duration: Duration, passed: bool) -> String {
    let verdict = if passed { "passed" } else { "FAILED" };
    format!("{name:<14} {:>8.1} s  {verdict}", duration.as_secs_f64())
}

fn format() -> Result<(), Failure> {
    step::run(
        "cargo fmt",
        workspace::cargo().args(["fmt", "--all", "--check"]),
    )
}

fn lint() -> Result<(), Failure> {
    let mut command = workspace::cargo();
    command
        .args(["clippy", "--workspace", "--all-targets"])
        .args(FEATURES)
        .args(["--", "-D", "warnings"]);
    step::run("cargo clippy", &mut command)
}

fn documentation() -> Result<(), Failure> {
    let mut command = workspace::cargo();
    command
        .args(["doc", "--workspace", "--no-deps", "--lib", "--bin", "xtask"])
        // There are none, but naming them makes cargo count in the features that tests ask of
        // other crates: what clippy has checked need not be checked once more with others.
        .arg("--examples")
        .args(FEATURES)
        .env("RUSTDOCFLAGS", "-D warnings");
    step::run("cargo doc", &mut command)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_table_says_how_long_and_how() {
        let line = line("lint", Duration::from_millis(12_340), false);
        assert_eq!(line, "lint               12.3 s  FAILED");
    }
}
