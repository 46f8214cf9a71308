//! What `main` of a service does around its work.

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;

use domain::clock::Clock;

use crate::log_lines;
use crate::settings::{Program, Settings, Source};

/// Why a program ends badly, for the operator.
pub type Failure = Box<dyn std::error::Error>;

/// Does `work` with the process's arguments. A failure is told on standard error under the
/// program's name, and the exit code is 1.
pub fn run(name: &str, work: impl FnOnce(&[&str]) -> Result<(), Failure>) -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match work(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nothing is left to be done if even this cannot be said.
            let _ = writeln!(std::io::stderr(), "{name}: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// The settings of this process and its clock, by which the log goes from now on.
///
/// # Errors
/// If the settings are not sound, or the process has a log already.
pub fn begin(
    program: Program,
    clock: impl FnOnce(&Settings) -> Arc<dyn Clock>,
) -> Result<(Settings, Arc<dyn Clock>), Failure> {
    let settings = Settings::load(program, &Source::of_process())?;
    let clock = clock(&settings);
    log_lines::start(Arc::clone(&clock))?;
    Ok((settings, clock))
}

/// Prints a document as it is.
///
/// # Errors
/// If standard output is closed.
pub fn print(text: &str) -> Result<(), Failure> {
    Ok(std::io::stdout().write_all(text.as_bytes())?)
}
