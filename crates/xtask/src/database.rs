//! Private database servers: one for development under `.local/db`, and one for each test run
//! under `.local/test-db`. No system service is involved, and nothing is shared with one.

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

/// The database that `cargo xtask up` makes.
pub(crate) const NAME: &str = "palace";

/// The user of the services and of the tests.
pub(crate) const USER: &str = "palace";
