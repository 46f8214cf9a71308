//! Brings the database to where tickets can be sold. Every step may be run again: each `up`
//! tops up what the clock has moved past.

use std::path::Path;
use std::process::Command;

use super::environment::Environment;
use crate::failure::Failure;
use crate::{clock, step};

/// Migrates, loads what the museum always has, opens the days that visitors may book.
pub(crate) fn run(binaries: &Path, environment: &Environment) -> Result<(), Failure> {
    let (today, last) = clock::booking_window()?;
    let (from, to) = (today.to_string(), last.to_string());
    let days = ["--from", from.as_str(), "--to", to.as_str()];
    let manage = |told: &str, words: &[&str], options: &[&str]| {
        println!("{told}");
        let mut command = Command::new(binaries.join("manage"));
        command.args(words).args(options);
        environment.tell(&mut command);
        step::run("manage", &mut command)
    };
    manage("Migrating the database.", &["migrate"], &[])?;
    manage("Loading the ticket types.", &["ticket-types", "load"], &[])?;
    manage("Loading the first content.", &["content", "load"], &[])?;
    manage("Importing the holidays.", &["holidays", "import"], &[])?;
    let proposing = format!("Proposing the opening days from {from} to {to}.");
    manage(&proposing, &["opening-days", "propose"], &days)?;
    manage("Confirming them.", &["opening-days", "confirm"], &days)?;
    manage("Opening their quotas.", &["quota", "create"], &days)
}
