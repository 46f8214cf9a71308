//! The bench's time of day: the same at each run, so that a year that was generated once always
//! ends yesterday.

use std::fs;
use std::path::PathBuf;

use chrono::{DateTime, Utc};
use domain::clock::Clock as _;
use domain::visit_date::VisitDate;
use gateways::clock::SystemClock;

use crate::failure::{Context as _, Failure};

/// Ten in the morning in Shanghai: visitors stand at the gate, and a week of days is on sale.
const START_SECONDS: i64 = 1_796_090_400;

/// The day on which every run begins.
pub(crate) fn today() -> VisitDate {
    VisitDate::containing(start())
}

fn start() -> DateTime<Utc> {
    DateTime::from_timestamp(START_SECONDS, 0).unwrap_or_default()
}

/// Writes the offset that makes it that instant now, and gives the clock that goes by it, as all
/// services do.
pub(super) fn set(offset_file: PathBuf) -> Result<SystemClock, Failure> {
    let offset = start() - SystemClock::system().now();
    fs::write(&offset_file, offset.num_milliseconds().to_string())
        .context(format!("writing {}", offset_file.display()))?;
    Ok(SystemClock::with_offset_file(offset_file))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_begins_on_the_first_of_december_2026() {
        assert_eq!(today().to_string(), "2026-12-01");
    }
}
