//! `manage quota`: how many places are sold (rules 4.6 and 4.7).

mod create;
mod set;
mod show;

use clap::Subcommand;
use domain::session::SessionCode;
use domain::venue::VenueCode;

use crate::dates::DateOrRange;
use crate::failure::Failure;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Open the quotas of open days, those that are not open yet
    ///
    /// Without --session and --venue all of both; without --capacity the capacities of rule 4.7.
    /// Quotas that exist stay as they are; closed days are left out.
    Create(create::Arguments),
    /// Set the capacity of one quota
    Set(set::Arguments),
    /// Print the quotas of some days
    Show(DateOrRange),
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Create(arguments) => arguments.run(),
            Self::Set(arguments) => arguments.run(),
            Self::Show(days) => show::run(days),
        }
    }
}

/// That codes typed by somebody exist, said with those that do.
fn check_session(code: &SessionCode, known: &[SessionCode]) -> Result<(), Failure> {
    let names: Vec<&str> = known.iter().map(SessionCode::as_str).collect();
    check("session", code.as_str(), &names)
}

fn check_venue(code: &VenueCode, known: &[VenueCode]) -> Result<(), Failure> {
    let names: Vec<&str> = known.iter().map(VenueCode::as_str).collect();
    check("venue", code.as_str(), &names)
}

fn check(what: &str, code: &str, known: &[&str]) -> Result<(), Failure> {
    if known.contains(&code) {
        return Ok(());
    }
    Err(Failure::usage(match known {
        [] => format!("there is no {what} yet: run `manage ticket-types load`"),
        known => format!("no such {what}; there are {}", known.join(", ")),
    }))
}
