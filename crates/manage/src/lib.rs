//! The operator's command line: each command is one file of `commands`, and calls use cases.
//!
//! A library only so that tests can reuse the comparison with the sandbox's books.
//!
//! Exit codes: 0 done, also with warnings; 1 not done, or `verify` found something; 2 the command
//! itself is wrong. Results go to standard output, progress and errors to standard error.

mod cli;
mod commands;
mod dates;
mod failure;
mod house;
mod operator;
mod output;
mod table;

use std::process::ExitCode;

pub use cli::Cli;
pub use commands::verify::{SandboxError, compare_with_sandbox};

/// Carries out a command and says how it went.
#[must_use]
pub fn run(cli: Cli) -> ExitCode {
    match cli.command.run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            output::error(&failure.to_string());
            ExitCode::from(failure.exit_code())
        }
    }
}
