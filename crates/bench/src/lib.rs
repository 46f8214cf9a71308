//! The benchmark: it starts the real services on a private database, drives them over HTTP as
//! visitors would, and reports what it measured beside what performance.md asks for.
//!
//! A `Scenario` is one measurement and lives in one file of `scenarios`; it
//! gets a `Bench` to work with and gives an `Outcome`.
//! `year` fills the database with the tickets of a year, which stay from run to run.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool talks to the person at the terminal"
)]

mod bare;
mod cli;
mod context;
mod counts;
mod days;
mod failure;
mod gate;
mod hello;
mod house;
mod leftovers;
mod load;
mod machine;
mod measure;
mod orders;
mod people;
mod prepared;
mod process;
mod report;
mod sale;
mod scenario;
mod scenarios;
mod server;
mod year;

use std::process::ExitCode;

pub use cli::Line;

/// Carries out a command. Slowness is no failure; a broken invariant is.
#[must_use]
pub fn run(line: Line) -> ExitCode {
    match line.command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("bench: {failure}");
            ExitCode::FAILURE
        }
    }
}
