//! `manage outbox`: messages to tourists that wait or could not be sent.

use clap::Subcommand;
use domain::delivery::{Delivery, DeliveryState, MessageKey};
use domain::ports::OutboxQueries as _;
use domain::use_cases::send_messages::retry_message;

use crate::dates::local;
use crate::failure::Failure;
use crate::house::House;
use crate::output;
use crate::table::aligned;

/// How many messages one call prints or queues again at the most.
const MOST: u32 = 1000;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Print how many messages wait, and the waiting ones, the oldest first
    List {
        /// Print the dead ones instead: those that should have been sent and could not be
        #[arg(long)]
        dead: bool,
    },
    /// Have dead messages sent again, once what made them so is mended
    Retry {
        /// The message, as `manage outbox list` prints it
        #[arg(value_name = "MESSAGE", value_parser = MessageKey::parse,
              required_unless_present = "all_dead", conflicts_with = "all_dead")]
        message: Option<MessageKey>,
        /// All dead ones, at most 1000 at a time
        #[arg(long)]
        all_dead: bool,
    },
}

impl Command {
    pub(crate) fn run(self) -> Result<(), Failure> {
        let house = House::open()?;
        match self {
            Self::List { dead } => list(&house, dead),
            Self::Retry {
                message: Some(message),
                ..
            } => retry(&house, &message),
            Self::Retry { message: None, .. } => retry_all(&house),
        }
    }
}

fn list(house: &House, dead: bool) -> Result<(), Failure> {
    let backlog = house.queries().outbox_backlog()?;
    let since = backlog
        .queued_since
        .map(|since| format!(" since {}", local(since)));
    output::line(&format!(
        "{} queued{}, {} dead",
        backlog.queued,
        since.unwrap_or_default(),
        backlog.dead
    ));
    let state = if dead {
        DeliveryState::Dead
    } else {
        DeliveryState::Queued
    };
    let messages = house.queries().messages(state, MOST)?;
    if !messages.is_empty() {
        output::raw(&table(&messages));
    }
    Ok(())
}

fn table(messages: &[Delivery]) -> String {
    let headings = ["message", "written", "sent", "next", "last failure"].map(str::to_owned);
    let rows = messages.iter().map(|delivery| {
        let next = match delivery.state {
            DeliveryState::Queued => local(delivery.next_attempt_at),
            _ => "-".to_owned(),
        };
        let failure = delivery.failure.map(|failure| failure.to_string());
        [
            delivery.key().to_string(),
            local(delivery.message.created_at),
            format!("{} times", delivery.attempts),
            next,
            failure.unwrap_or_else(|| "-".to_owned()),
        ]
    });
    aligned(&std::iter::once(headings).chain(rows).collect::<Vec<_>>())
}

fn retry(house: &House, message: &MessageKey) -> Result<(), Failure> {
    let unit_of_work = house.unit_of_work();
    if retry_message(&unit_of_work, message, house.clock.now())? {
        output::line(&format!("message {message} will be sent again"));
        Ok(())
    } else {
        Err(Failure::failed("no dead message has that name"))
    }
}

fn retry_all(house: &House) -> Result<(), Failure> {
    let unit_of_work = house.unit_of_work();
    let mut queued = 0_usize;
    for delivery in house.queries().messages(DeliveryState::Dead, MOST)? {
        let again = retry_message(&unit_of_work, &delivery.key(), house.clock.now())?;
        queued = queued.saturating_add(usize::from(again));
    }
    output::line(&format!("{queued} messages will be sent again"));
    Ok(())
}
