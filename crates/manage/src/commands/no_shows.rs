//! `manage no-shows`: who did not come, and who is forgiven (section 7).

use chrono::{DateTime, Utc};
use clap::{Args, Subcommand};
use domain::id::{OrderNumber, TicketId};
use domain::identity::mask;
use domain::ports::{AccountQueries as _, ListedNoShow, StoreError, UnitOfWork};
use domain::sealed::IdentityCipher;
use domain::use_cases::record_no_shows::{RecordError, RecordedNoShows, record_no_shows};
use domain::use_cases::waive_no_shows::{WaiveError, waive_no_shows};
use domain::visit_date::{VisitDate, shanghai};

use crate::failure::Failure;
use crate::house::House;
use crate::output;
use crate::table::aligned;

/// A day has fewer; more would be no list to read.
const LONGEST_LIST: u32 = 20_000;

/// How many orders one step goes through.
const BATCH: u32 = 500;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Record who did not come on a day, as the job does from 20:05 on
    ///
    /// Run again, it counts nobody twice.
    Run {
        /// The day, as YYYY-MM-DD
        #[arg(value_parser = VisitDate::parse)]
        date: VisitDate,
    },
    /// Print the no-shows of a day, documents masked
    List {
        /// The day, as YYYY-MM-DD
        #[arg(long, value_parser = VisitDate::parse)]
        date: VisitDate,
    },
    /// Accept an appeal: the no-show counts no more, and a ban with too few left is lifted
    Waive(Waive),
}

#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Waive {
    /// The ticket, as `manage no-shows list` and `manage order show` print it
    #[arg(long, value_name = "ID", value_parser = TicketId::parse)]
    ticket: Option<TicketId>,
    /// All tickets of the order with this number
    #[arg(long, value_parser = OrderNumber::parse)]
    order_number: Option<OrderNumber>,
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let house = House::open()?;
        match self {
            Self::Run { date } => record(&house, date),
            Self::List { date } => list(&house, date),
            Self::Waive(asked) => waive(&house, &asked),
        }
    }
}

fn record(house: &House, date: VisitDate) -> Result<(), Failure> {
    let (unit_of_work, rules) = (house.unit_of_work(), &house.settings.rules);
    let now = house.clock.now();
    let mut done = RecordedNoShows::default();
    loop {
        let after = done.last;
        let of_batch = record_no_shows(&unit_of_work, rules, date, now, after, BATCH);
        let of_batch = of_batch.map_err(|error| match error {
            RecordError::TooEarly(from) => Failure::failed(format!(
                "the day is not over: no-shows are recorded from {} on",
                local(from)
            )),
            RecordError::NotOpen => Failure::failed(error.to_string()),
            RecordError::Store(error) => error.into(),
        })?;
        done.add(&of_batch);
        if of_batch.found == 0 {
            break;
        }
        output::progress(&format!("{} orders", done.found));
    }
    output::line(&format!(
        "{date}: {} tickets expired, {} no-shows and {} bans are new.",
        done.expired, done.no_shows, done.bans
    ));
    if done.faulty.is_empty() {
        return Ok(());
    }
    let faulty: Vec<String> = done.faulty.iter().map(ToString::to_string).collect();
    Err(Failure::failed(format!(
        "these orders contradict themselves, `manage verify` tells more: {}",
        faulty.join(", ")
    )))
}

fn list(house: &House, date: VisitDate) -> Result<(), Failure> {
    let listed = house.queries().no_shows_on(date, LONGEST_LIST)?;
    if listed.is_empty() {
        output::line(&format!("{date}: no no-show."));
        return Ok(());
    }
    let cipher = assembly::identity_cipher(&house.settings.secrets)?;
    let headings = ["order", "ticket", "document", "cause", "recorded", "waived"];
    let rows = listed.iter().map(|listed| row(listed, &*cipher));
    let headings = headings.map(str::to_owned);
    let rows: Vec<_> = std::iter::once(headings).chain(rows).collect();
    output::raw(&aligned(&rows));
    Ok(())
}

fn row(listed: &ListedNoShow, cipher: &dyn IdentityCipher) -> [String; 6] {
    let no_show = &listed.no_show;
    let ticket = no_show.ticket;
    let sealed = listed.identity.as_ref();
    let identity = sealed.and_then(|sealed| cipher.open(ticket.uuid(), sealed).ok());
    let waived = no_show
        .waiver
        .map(|waiver| format!("{} {}", waiver.cause.code(), local(waiver.at)));
    [
        listed.order.to_string(),
        ticket.to_string(),
        identity.map_or_else(|| "-".to_owned(), |identity| mask(&identity.number)),
        no_show.cause.code().to_owned(),
        local(no_show.recorded_at),
        waived.unwrap_or_default(),
    ]
}

/// The time in Shanghai, to the minute.
fn local(instant: DateTime<Utc>) -> String {
    let local = instant.with_timezone(&shanghai());
    local.format("%Y-%m-%d %H:%M").to_string()
}

fn waive(house: &House, asked: &Waive) -> Result<(), Failure> {
    let unit_of_work = house.unit_of_work();
    let tickets = tickets_of(&unit_of_work, asked)?;
    let (rules, now) = (&house.settings.rules, house.clock.now());
    match waive_no_shows(&unit_of_work, rules, &tickets, now) {
        Ok(waived) => {
            output::line(&format!(
                "{} no-shows count no more, {} bans are lifted",
                waived.no_shows, waived.bans
            ));
            Ok(())
        }
        Err(WaiveError::NotFound) => Err(Failure::failed("no such no-show")),
        Err(WaiveError::Store(error)) => Err(error.into()),
    }
}

fn tickets_of(unit_of_work: &dyn UnitOfWork, asked: &Waive) -> Result<Vec<TicketId>, Failure> {
    let Some(number) = &asked.order_number else {
        return Ok(asked.ticket.into_iter().collect());
    };
    let find = |stores: &mut dyn domain::ports::Stores| stores.orders().find_number(number);
    let found: Result<_, StoreError> = unit_of_work.run(find);
    let order = found?.ok_or_else(|| Failure::failed("no such order"))?;
    Ok(order.tickets.iter().map(|ticket| ticket.id).collect())
}
