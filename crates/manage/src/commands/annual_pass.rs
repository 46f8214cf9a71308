//! `manage annual-pass`: granting passes, looking at them, and ending a year.
//!
//! Names and numbers are read from standard input: what stands on a command line stays in the
//! shell's history and in lists of processes.

mod holder;
mod show;

use clap::{Args, Subcommand};
use domain::id::AnnualPassId;
use domain::refusal::Reason;
use domain::sealed::IdentityCipher;
use domain::use_cases::grant_pass::{Grant, GrantError, Granted, grant_pass};
use domain::use_cases::order_request::StatedPerson;
use domain::use_cases::void_passes::{VoidError, void_past_passes};
use domain::visit_date::VisitDate;

use self::holder::{DocumentArguments, HolderArguments, described};
use crate::failure::Failure;
use crate::house::House;
use crate::output;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Grant a pass to a person: name, then document number, a line each on standard input
    ///
    /// A third line is the birth date, where the number does not carry it. With --phone the line
    /// is a phone number that WeChat has verified for one account; with --visitor a second line
    /// names one of that account's saved visitors. A person who has a pass for that year keeps it
    /// as it is.
    Grant(GrantArguments),
    /// Void what is left on the passes of a past year and of all before it (rule 8.4)
    Reset(ResetArguments),
    /// Print the passes of a document, and the visits on them
    ///
    /// The document's number is read from standard input.
    Show(DocumentArguments),
}

#[derive(Debug, Args)]
pub(crate) struct GrantArguments {
    #[command(flatten)]
    holder: HolderArguments,
    /// The calendar year of the visits: this one (the default) or the next
    #[arg(long)]
    year: Option<i32>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

#[derive(Debug, Args)]
pub(crate) struct ResetArguments {
    /// The last year whose passes become void; the year before this one unless given
    #[arg(long)]
    year: Option<i32>,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let house = House::open()?;
        match self {
            Self::Grant(arguments) => grant(&house, &arguments),
            Self::Reset(arguments) => reset(&house, &arguments),
            Self::Show(arguments) => show::run(&house, &arguments),
        }
    }
}

fn grant(house: &House, arguments: &GrantArguments) -> Result<(), Failure> {
    let cipher = assembly::identity_cipher(&house.settings.secrets)?;
    let holder = arguments.holder.read(house, &*cipher)?;
    let now = house.clock.now();
    let grant = Grant {
        pass: AnnualPassId::next(&*house.ids),
        year: arguments.year.unwrap_or(this_year(house)),
        now,
    };
    output::line(&format!("{}, {}", described(&holder), grant.year));
    if !arguments.yes && !output::confirm("Grant an annual pass to this person?") {
        return Err(Failure::failed("not confirmed: nothing was granted"));
    }
    carry_out(house, &*cipher, &grant, &holder)
}

fn carry_out(
    house: &House,
    cipher: &dyn IdentityCipher,
    grant: &Grant,
    holder: &StatedPerson,
) -> Result<(), Failure> {
    let rules = &house.settings.rules;
    match grant_pass(&house.unit_of_work(), cipher, rules, grant, holder) {
        Ok(Granted::Created(pass)) => output::line(&format!(
            "annual pass {} for {} is granted: {} entries",
            pass.id, pass.year, pass.entries
        )),
        Ok(Granted::Existing(pass)) => output::line(&format!(
            "this document has annual pass {} for {}, {} of {} entries left: nothing was changed",
            pass.id,
            pass.year,
            pass.remaining(),
            pass.entries
        )),
        Err(GrantError::Invalid(reasons)) => return Err(Failure::usage(told(&reasons))),
        Err(error @ GrantError::Year { .. }) => return Err(Failure::usage(error.to_string())),
        Err(GrantError::Store(error)) => return Err(error.into()),
        Err(GrantError::Cipher(error)) => return Err(Failure::failed(error.to_string())),
    }
    Ok(())
}

/// Every reason against the holder, a line each.
fn told(reasons: &[Reason]) -> String {
    let mut text = "the holder is not acceptable".to_owned();
    for reason in reasons {
        let message = reason.message();
        text.push_str(&format!("\n  {} ({})", message.zh(), message.en()));
    }
    text
}

fn reset(house: &House, arguments: &ResetArguments) -> Result<(), Failure> {
    let year = arguments.year.unwrap_or(this_year(house).saturating_sub(1));
    let question = format!("Void what is left on all annual passes of {year} and before?");
    if !arguments.yes && !output::confirm(&question) {
        return Err(Failure::failed("not confirmed: nothing was voided"));
    }
    match void_past_passes(&house.unit_of_work(), year, house.clock.now()) {
        Ok(voided) => {
            output::line(&format!(
                "{} annual passes of {year} and before are void now, {} entries with them",
                voided.passes, voided.entries
            ));
            Ok(())
        }
        Err(error @ VoidError::NotOver(_)) => Err(Failure::usage(error.to_string())),
        Err(VoidError::Store(error)) => Err(error.into()),
    }
}

fn this_year(house: &House) -> i32 {
    VisitDate::containing(house.clock.now()).year()
}
