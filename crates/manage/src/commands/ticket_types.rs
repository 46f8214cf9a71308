//! `manage ticket-types`: what is sold.

mod file;

use std::path::{Path, PathBuf};

use clap::Subcommand;
use domain::session::first_sessions;
use domain::ticket_type::default_prices;
use domain::use_cases::open_quotas::{Catalogue, load_catalogue};
use domain::venue::first_venues;

use crate::failure::Failure;
use crate::house::House;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Load sessions, venues and prices; those that exist are written anew
    ///
    /// Without --file they are those of the rule book (rules 1.4, 2.1 and 2.2). A price outside
    /// its bounds, or changed by more than half, is refused (rule 2.3), and then nothing is
    /// loaded.
    #[command(after_long_help = file::FORMAT)]
    Load {
        /// A TOML file of sessions, venues and prices, each of which may be left out
        #[arg(long)]
        file: Option<PathBuf>,
    },
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let Self::Load { file } = self;
        let catalogue = match file {
            None => rule_book(),
            Some(path) => read(&path)?,
        };
        let house = House::open()?;
        load_catalogue(&house.unit_of_work(), &catalogue)
            .map_err(|error| Failure::failed(error.to_string()))?;
        output::line(&format!(
            "{} sessions, {} venues and {} prices are loaded.",
            catalogue.sessions.len(),
            catalogue.venues.len(),
            catalogue.prices.len()
        ));
        Ok(())
    }
}

/// The rule book's own catalogue, which lives in the domain: prices are measured by it.
fn rule_book() -> Catalogue {
    Catalogue {
        sessions: first_sessions(),
        venues: first_venues(),
        prices: default_prices().rows().collect(),
    }
}

fn read(path: &Path) -> Result<Catalogue, Failure> {
    let told = |problem: String| Failure::failed(format!("{}: {problem}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|error| told(error.to_string()))?;
    file::parse(&text).map_err(told)
}
