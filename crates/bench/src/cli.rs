//! The command line.

use clap::{Args, Parser, Subcommand};

use crate::context::Bench;
use crate::failure::Failure;
use crate::scenario::Scenario;
use crate::{hello, measure, scenarios, year};

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
    /// Say hello to every request: what other figures are held against
    #[command(hide = true)]
    Hello(HelloOptions),
}

#[derive(Debug, Args)]
pub(crate) struct RunOptions {
    /// Which scenarios, by their names; without one all of them
    #[arg(value_parser = scenario)]
    pub(crate) scenarios: Vec<&'static Scenario>,
    /// About a second for each scenario: proves that it runs, not how fast
    #[arg(long)]
    pub(crate) short: bool,
    /// Leave the orders of this run in the database, for a look; the next run removes them
    #[arg(long)]
    pub(crate) keep: bool,
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

#[derive(Debug, Args)]
pub(crate) struct HelloOptions {
    #[arg(long)]
    port: u16,
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Run(options) => options.run(),
            Self::Hello(options) => hello::serve(options.port),
            Self::Generate(options) => year::generate(&Bench::open(false)?, options.tickets),
        }
    }
}

impl RunOptions {
    fn run(self) -> Result<(), Failure> {
        let asked = Some(self.scenarios).filter(|asked| !asked.is_empty());
        let bench = Bench::open(self.short)?;
        let report = measure::all(&bench, &asked.unwrap_or_else(|| scenarios::ALL.to_vec()))?;
        if !self.keep {
            measure::clear(&bench)?;
        }
        if !report.broken.is_empty() {
            return Err(Failure::new("what must hold is broken: see above"));
        }
        if self.strict && !report.meets_all_targets() {
            return Err(Failure::new("a target is missed: see above"));
        }
        Ok(())
    }
}

fn scenario(name: &str) -> Result<&'static Scenario, String> {
    let found = scenarios::ALL.iter().find(|scenario| scenario.name == name);
    found.copied().ok_or_else(|| {
        let names: Vec<_> = scenarios::ALL
            .iter()
            .map(|scenario| scenario.name)
            .collect();
        format!("the scenarios are {}", names.join(", "))
    })
}
