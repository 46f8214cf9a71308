//! `manage mails`: what was written to tourists.

use clap::Subcommand;
use domain::id::MailId;
use domain::mail::{Mail, MailState};
use domain::ports::MailQueries;
use domain::use_cases::send_mails::retry_mail;

use crate::dates::local;
use crate::failure::Failure;
use crate::house::House;
use crate::output;
use crate::table::aligned;

/// The most mails that are listed.
const MOST: u32 = 500;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print mails, the newest first; without --state those that are dead
    List {
        /// queued, sent, dead, or all
        #[arg(long)]
        state: Option<String>,
    },
    /// Have a dead mail sent again, once its cause is mended
    Retry {
        /// Its id, as `manage mails list` prints it
        #[arg(value_parser = MailId::parse)]
        id: MailId,
    },
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        match self {
            Self::List { state } => list(state.as_deref().unwrap_or("dead")),
            Self::Retry { id } => retry(id),
        }
    }
}

fn list(state: &str) -> Result<(), Failure> {
    let state = match state {
        "all" => None,
        code => Some(MailState::parse(code).map_err(|error| Failure::usage(error.to_string()))?),
    };
    let house = House::open()?;
    output::raw(&as_table(&house.queries().mails(state, MOST)?));
    Ok(())
}

/// Without recipients: who needs one asks for the invoice.
fn as_table(mails: &[Mail]) -> String {
    if mails.is_empty() {
        return "There is no such mail.\n".to_owned();
    }
    let headings = ["id", "about", "state", "tried", "written", "last error"].map(str::to_owned);
    let rows = mails.iter().map(|mail| {
        [
            mail.id.to_string(),
            mail.kind.code().to_owned(),
            mail.state.code().to_owned(),
            format!("{} times", mail.attempts),
            local(mail.created_at),
            mail.last_error.clone().unwrap_or_default(),
        ]
    });
    aligned(&std::iter::once(headings).chain(rows).collect::<Vec<_>>())
}

fn retry(id: MailId) -> Result<(), Failure> {
    let house = House::open()?;
    if retry_mail(&house.unit_of_work(), id, house.clock.now())? {
        output::line(&format!("mail {id} will be sent again"));
        Ok(())
    } else {
        Err(Failure::failed("no dead mail has that id"))
    }
}
