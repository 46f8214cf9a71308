//! Private database servers: one for development under `.local/db`, one for each test run under
//! `.local/test-db`, and one for the benchmark under `.local/bench`. No system service is involved, and nothing is shared with one.

pub(crate) mod commands;
mod greeting;
mod home;
mod install;
mod server;
mod settings;
mod state;

pub(crate) use home::Home;
pub(crate) use server::{Life, Server, stop};
pub(crate) use settings::Purpose;

use crate::failure::Failure;

/// The variable that tells the services where their database is; set by hand, it takes the place
/// of the private one. The name is a contract with their settings.
pub(crate) const URL: &str = "PALACE__DATABASE__URL";

/// The database that `cargo xtask up` makes.
pub(crate) const NAME: &str = "palace";

/// The user of the services and of the tests.
pub(crate) const USER: &str = "palace";

/// The address of the private development database, if its server runs.
pub(crate) fn running_url() -> Result<Option<String>, Failure> {
    let home = Home::development()?;
    let state = state::State::load(&home)?;
    Ok(state.is_alive(&home).then(|| state.database_url()))
}
