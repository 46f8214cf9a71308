//! `manage quota show`.

use domain::ports::CalendarQueries as _;
use domain::quota::Quota;

use crate::dates::DateOrRange;
use crate::failure::Failure;
use crate::house::House;
use crate::output;
use crate::table::aligned;

const HEADINGS: [&str; 7] = [
    "date", "session", "venue", "capacity", "ceiling", "taken", "left",
];

/// Prints the quotas of some days.
pub(crate) fn run(days: DateOrRange) -> Result<(), Failure> {
    let days = days.days()?;
    let quotas = House::open()?.queries().quotas(days.first, days.last)?;
    let headings = std::iter::once(HEADINGS.map(str::to_owned));
    let rows: Vec<_> = headings.chain(quotas.iter().map(row)).collect();
    output::raw(&aligned(&rows));
    if quotas.is_empty() {
        output::warning("there are no quotas on these days");
    }
    Ok(())
}

fn row(quota: &Quota) -> [String; 7] {
    let key = quota.key();
    [
        key.date.to_string(),
        key.session.to_string(),
        key.venue.to_string(),
        quota.capacity().to_string(),
        quota.ceiling().to_string(),
        quota.taken().to_string(),
        quota.remaining().to_string(),
    ]
}
