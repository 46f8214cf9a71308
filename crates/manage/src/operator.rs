//! Who runs the command, and what they see that is personal.

use std::os::unix::fs::MetadataExt as _;
use std::sync::Arc;

use api_kit::log_lines;
use domain::id::OrderNumber;

use crate::failure::Failure;
use crate::house::House;

/// The name of the operating-system user, without what could break a line.
pub(crate) fn user() -> String {
    let user = std::env::var("USER").or_else(|_| std::env::var("LOGNAME"));
    let user = user.unwrap_or_else(|_| "operator".to_owned());
    user.chars().filter(|c| !c.is_control()).take(64).collect()
}

/// Writes one line to the log before something of an order is shown in the clear (rule 10.2).
///
/// The name of a user can be made up, so the number that the kernel has for them goes with it.
///
/// # Errors
/// If there is a log already: a command shows one thing.
pub(crate) fn log_look_up(house: &House, what: &str, order: &OrderNumber) -> Result<(), Failure> {
    log_lines::start(Arc::clone(&house.clock))
        .map_err(|error| Failure::failed(error.to_string()))?;
    let user = user();
    let user_id = std::fs::metadata("/proc/self").map_or_else(
        |_| "unknown".to_owned(),
        |process| process.uid().to_string(),
    );
    let order = order.as_str();
    log::info!(target: "look-up", user:%, user_id:%, what, order; "shown in the clear");
    Ok(())
}
