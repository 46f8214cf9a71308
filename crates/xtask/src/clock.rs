//! The development clock: the system's time plus an offset in a file, which every service
//! rereads ten times a second.

mod offset;
mod span;

use std::path::PathBuf;
use std::time::SystemTime;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, SecondsFormat, TimeDelta, Utc};
use clap::Subcommand;

use crate::failure::Failure;
use crate::{private_file, workspace};
use span::Span;

/// What to do with the development clock.
#[derive(Subcommand)]
pub(crate) enum ClockCommand {
    /// Move the clock forward by a number of s, m, h or d
    Advance {
        /// For example 31m
        by: Span,
    },
    /// Set the clock to a time, which may not be earlier than it shows now
    Set {
        /// For example 2026-12-01T19:59:00+08:00
        time: DateTime<FixedOffset>,
    },
    /// Say what time it is
    Show,
}

/// Carries out one of them.
pub(crate) fn run(command: &ClockCommand) -> Result<(), Failure> {
    match command {
        ClockCommand::Advance { by } => {
            let moved = present()?.checked_add(&by.0);
            let moved = moved.ok_or_else(|| Failure::new("the clock cannot go that far"))?;
            offset::write(&file()?, moved)?;
        }
        ClockCommand::Set { time } => set(time)?,
        ClockCommand::Show => {}
    }
    show()
}

/// The file with the offset in milliseconds.
pub(crate) fn file() -> Result<PathBuf, Failure> {
    Ok(workspace::local()?.join("clock-offset"))
}

/// Makes the clock show `time`, unless that would move it back.
pub(crate) fn set(time: &DateTime<FixedOffset>) -> Result<(), Failure> {
    let wanted = time.to_utc() - system_time();
    if offset::moves_back(offset::read(&file()?)?, wanted) {
        return Err(Failure::new(format!(
            "the development clock shows {} and never goes back; `cargo xtask db reset` empties \
             the database and resets the clock too",
            words(now()?)
        )));
    }
    offset::write(&file()?, wanted)
}

/// Makes the file, with the system's own time, unless it is there.
pub(crate) fn ensure_file() -> Result<(), Failure> {
    let path = file()?;
    match offset::read(&path)? {
        Some(_) => Ok(()),
        None => offset::write(&path, TimeDelta::zero()),
    }
}

/// Forgets the offset.
pub(crate) fn forget() -> Result<(), Failure> {
    private_file::remove_if_there(&file()?)
}

/// What the clock shows, at the museum.
pub(crate) fn now() -> Result<DateTime<FixedOffset>, Failure> {
    let shanghai = FixedOffset::east_opt(8 * 3_600)
        .ok_or_else(|| Failure::new("no such offset from UTC: +08:00"))?;
    system_time()
        .checked_add_signed(present()?)
        .map(|time| time.with_timezone(&shanghai))
        .ok_or_else(|| Failure::new("the development clock is out of range"))
}

/// The day at the museum, and the last of the 14 days after it: what visitors may book.
pub(crate) fn booking_window() -> Result<(NaiveDate, NaiveDate), Failure> {
    const DAYS_AHEAD: Days = Days::new(14);
    let today = now()?.date_naive();
    let last = today
        .checked_add_days(DAYS_AHEAD)
        .ok_or_else(|| Failure::new("the development clock is out of range"))?;
    Ok((today, last))
}

/// A time as people and RFC 3339 write it.
pub(crate) fn words(time: DateTime<FixedOffset>) -> String {
    time.to_rfc3339_opts(SecondsFormat::Secs, false)
}

/// The offset that the services use, which is none before the file is made.
fn present() -> Result<TimeDelta, Failure> {
    Ok(offset::read(&file()?)?.unwrap_or_default())
}

fn show() -> Result<(), Failure> {
    println!(
        "The development clock shows {} ({} s from the system's time).",
        words(now()?),
        present()?.num_seconds()
    );
    Ok(())
}

/// The machine's clock, to the millisecond, which is what the file can say.
fn system_time() -> DateTime<Utc> {
    let time = DateTime::<Utc>::from(SystemTime::now());
    DateTime::from_timestamp_millis(time.timestamp_millis()).unwrap_or(time)
}
