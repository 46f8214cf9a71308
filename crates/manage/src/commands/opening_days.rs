//! `manage opening-days`: which days can be booked (rules 1.1 and 1.2).

mod close_orders;
mod set;

use clap::Subcommand;
use domain::calendar::Hours;
use domain::use_cases::open_days::{ConfirmedDays, DayProposal, confirm_days, propose_days};
use domain::visit_date::VisitDate;

use crate::dates::Range;
use crate::failure::Failure;
use crate::house::House;
use crate::output;
use crate::table::aligned;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print what the calendar proposes; nothing is stored
    Propose(Range),
    /// Store the proposals for those days that staff have not decided yet
    ///
    /// Days beyond the imported holidays are left without a row, and so closed.
    Confirm(Range),
    /// Decide one day, whatever the calendar proposes
    ///
    /// A day that is closed has no no-shows: those it has are waived, and bans that rested on
    /// them lifted.
    Set(set::Arguments),
    /// Close all orders of a closed day: one refund for each order
    ///
    /// Broken off, it goes on where it ended.
    CloseOrders(close_orders::Arguments),
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::Propose(range) => propose(range),
            Self::Confirm(range) => confirm(range),
            Self::Set(arguments) => arguments.run(),
            Self::CloseOrders(arguments) => arguments.run(),
        }
    }
}

fn propose(range: Range) -> Result<(), Failure> {
    let days = range.days()?;
    let house = House::open()?;
    let proposals = propose_days(&house.unit_of_work(), days.first, days.last)?;
    let headings = ["date", "day", "state", "hours", "reason"].map(str::to_owned);
    let rows: Vec<_> = std::iter::once(headings)
        .chain(proposals.iter().map(proposal_row))
        .collect();
    output::raw(&aligned(&rows));
    let beyond = proposals.iter().filter(|(_, proposal)| proposal.is_err());
    warn_beyond(&beyond.map(|(date, _)| *date).collect::<Vec<_>>());
    Ok(())
}

fn proposal_row((date, proposal): &DayProposal) -> [String; 5] {
    let (state, hours, reason) = match proposal {
        Ok(proposal) => {
            let reason = proposal.reason.text();
            let text = format!("{} · {}", reason.zh(), reason.en());
            (proposal.state.code(), hours_text(&proposal.hours), text)
        }
        Err(error) => ("?", String::new(), error.to_string()),
    };
    let weekday = date.weekday().to_string();
    [date.to_string(), weekday, state.to_owned(), hours, reason]
}

/// Opening, last entry and closing.
fn hours_text(hours: &Hours) -> String {
    let [opens, last_entry, closes] =
        [hours.opens(), hours.last_entry(), hours.closes()].map(|time| time.format("%H:%M"));
    format!("{opens}-{closes} (last entry {last_entry})")
}

fn confirm(range: Range) -> Result<(), Failure> {
    let days = range.days()?;
    let house = House::open()?;
    let ConfirmedDays {
        written,
        kept,
        beyond,
    } = confirm_days(&house.unit_of_work(), days.first, days.last)?;
    let open = written.iter().filter(|day| day.is_open()).count();
    output::line(&format!(
        "{} days written ({open} open, {} closed), {kept} kept as they were.",
        written.len(),
        written.len().saturating_sub(open),
    ));
    warn_beyond(&beyond);
    Ok(())
}

/// Says which days nobody can propose anything for (rule 1.6).
fn warn_beyond(days: &[VisitDate]) {
    let (Some(first), Some(last)) = (days.first(), days.last()) else {
        return;
    };
    output::warning(&format!(
        "{} days from {first} to {last} lie beyond the imported holidays and have no proposal; \
         import them with `manage holidays import --file`",
        days.len()
    ));
}
