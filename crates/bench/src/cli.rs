//! The command line.

use clap::{Args, Parser, Subcommand};

use crate::context::Bench;
use crate::failure::Failure;
use crate::scenario::Scenario;
use crate::{scenarios, year};

/// Measures the ticket office; called by `cargo xtask bench`
#[derive(Debug, Parser)]
#[command(name = "bench")]
pub struct Line {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run scenarios and report what they measured
    Run(RunOptions),
    /// Fill the database with a year of tickets, which are kept for the runs that follow
    Generate(GenerateOptions),
}

#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// Which scenarios, by their names; without one all of them
    #[arg(value_parser = scenario)]
    pub(crate) scenarios: Vec<&'static Scenario>,
    /// About a second for each scenario: proves that it runs, not how fast
    #[arg(long)]
    pub(crate) short: bool,
    /// Fail if a target is missed
    #[arg(long)]
    pub(crate) strict: bool,
}

#[derive(Debug, Args)]
pub(crate) struct GenerateOptions {
    /// How many tickets the year has
    #[arg(long, default_value_t = 15_000_000)]
    pub(crate) tickets: u64,
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Run(options) => options.run(),
            Self::Generate(options) => year::generate(&Bench::open(false)?, options.tickets),
        }
    }
}

impl RunOptions {
    fn run(self) -> Result<(), Failure> {
        let bench = Bench::open(self.short)?;
        let all = || scenarios::ALL.iter().collect();
        let asked = Some(self.scenarios).filter(|asked| !asked.is_empty());
        for scenario in asked.unwrap_or_else(all) {
            println!("== {}: {}", scenario.name, scenario.title);
            (scenario.run)(&bench)?;
        }
        Ok(())
    }
}

fn scenario(name: &str) -> Result<&'static Scenario, String> {
    let found = scenarios::ALL.iter().find(|scenario| scenario.name == name);
    found.ok_or_else(|| {
        let names: Vec<_> = scenarios::ALL
            .iter()
            .map(|scenario| scenario.name)
            .collect();
        format!("the scenarios are {}", names.join(", "))
    })
}
