//! The benchmark's command line; `cargo xtask bench` prepares what it needs and calls it.

use std::process::ExitCode;

use bench::{Line, run};
use clap::Parser as _;

fn main() -> ExitCode {
    run(Line::parse())
}
