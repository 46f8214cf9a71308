//! The commands that there are.

use clap::{Parser, Subcommand};

use crate::commands::{
    annual_pass, check_config, check_in, content, gate, holidays, invoice, jobs, keys, mails,
    migrate, no_shows, opening_days, order, outbox, quota, refund, refunds, ticket_types, verify,
};
use crate::failure::Failure;

/// The operator's command line of the ticket office.
///
/// Settings are those of the services: config/default.toml, the file of PALACE_ENV, and
/// PALACE__SECTION__KEY variables. Every command may be run again.
#[derive(Debug, Parser)]
#[command(name = "manage", version)]
pub struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Bring the database's tables up to date
    Migrate,
    /// Print the tables as the database describes them
    SchemaDump,
    /// Sessions, venues and prices
    #[command(subcommand)]
    TicketTypes(ticket_types::Command),
    /// Banners, notices and exhibitions
    #[command(subcommand)]
    Content(content::Command),
    /// Statutory holidays, which opening days are proposed from
    #[command(subcommand)]
    Holidays(holidays::Command),
    /// Which days can be booked
    #[command(subcommand)]
    OpeningDays(opening_days::Command),
    /// One order: look at it, close it
    #[command(subcommand)]
    Order(order::Command),
    /// Who did not come, and who is forgiven
    #[command(subcommand)]
    NoShows(no_shows::Command),
    /// How many places are sold
    #[command(subcommand)]
    Quota(quota::Command),
    /// Refund an order, or some of its tickets, in the name of the museum
    ///
    /// Shows what would go back, asks, and records the refund; the jobs bring it to the provider.
    /// The rules of section 6 hold for staff, too. Repeating the command with the printed --key
    /// never refunds twice.
    Refund(refund::Arguments),
    /// Refunds that the provider would not carry out
    #[command(subcommand)]
    Refunds(refunds::Command),
    /// Messages to tourists that wait or could not be sent
    #[command(subcommand)]
    Outbox(outbox::Command),
    /// The gates and their keys
    #[command(subcommand)]
    Gate(gate::Command),
    /// Admit visitors as a gate does, by hand
    ///
    /// Prints an answer for each ticket; exits 1 if nobody was admitted.
    CheckIn(check_in::Arguments),
    /// Invoices that tourists ask for and staff issue in the tax system
    #[command(subcommand)]
    Invoice(invoice::Command),
    /// Mail to tourists
    #[command(subcommand)]
    Mails(mails::Command),
    /// Annual passes (年票)
    #[command(subcommand)]
    AnnualPass(annual_pass::Command),
    /// Read everything and report each contradiction; exits 1 if there is any
    ///
    /// Compares documents with their admissions (rule 4.3), quotas with live places (rule 4.6),
    /// orders with their tickets, and money with prices, refunds, attempts and the ledger; and
    /// looks for money without an order and for payments that nobody followed to their end. Each
    /// date is read in one snapshot, so it may run while tickets are sold.
    Verify(verify::Arguments),
    /// Check the settings and everything they lead to
    CheckConfig,
    /// The scheduled jobs
    #[command(subcommand)]
    Jobs(jobs::Command),
    /// The keys of personal data (rule 10.1)
    #[command(subcommand)]
    Keys(keys::Command),
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Migrate => migrate::migrate(),
            Self::SchemaDump => migrate::dump_schema(),
            Self::TicketTypes(command) => command.run(),
            Self::Content(command) => command.run(),
            Self::Holidays(command) => command.run(),
            Self::Invoice(command) => command.run(),
            Self::Mails(command) => command.run(),
            Self::OpeningDays(command) => command.run(),
            Self::Order(command) => command.run(),
            Self::NoShows(command) => command.run(),
            Self::Quota(command) => command.run(),
            Self::Refund(arguments) => arguments.run(),
            Self::Refunds(command) => command.run(),
            Self::Outbox(command) => command.run(),
            Self::Gate(command) => command.run(),
            Self::CheckIn(arguments) => arguments.run(),
            Self::AnnualPass(command) => command.run(),
            Self::Verify(arguments) => arguments.run(),
            Self::CheckConfig => check_config::run(),
            Self::Jobs(command) => command.run(),
            Self::Keys(command) => command.run(),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_contradicts_itself_nowhere() {
        Cli::command().debug_assert();
    }
}
