//! The operator's command line.

use std::process::ExitCode;

use clap::Parser as _;
use manage::{Cli, run};

fn main() -> ExitCode {
    run(Cli::parse())
}
