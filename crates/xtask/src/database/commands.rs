//! `cargo xtask db …`: the development server by hand.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use clap::Subcommand;

use super::{Home, Life, NAME, Purpose, Server, USER, server};
use crate::failure::{Context as _, Failure};
use crate::packages::{self, Need};
use crate::{clock, lock, private_file, programs, workspace};

/// What to do with the private development database.
#[derive(Subcommand)]
pub(crate) enum DatabaseCommand {
    /// Start the server and leave it running
    Start,
    /// Stop the server, if it runs
    Stop,
    /// Remove all data, the sandbox's ledger and the clock's offset; `up` makes them anew
    Reset,
    /// Open the interactive client on the database
    Shell,
}

/// Carries out one of them.
pub(crate) fn run(command: &DatabaseCommand) -> Result<(), Failure> {
    match command {
        DatabaseCommand::Start => start(),
        DatabaseCommand::Stop => stop(),
        DatabaseCommand::Reset => reset(),
        DatabaseCommand::Shell => shell(),
    }
}

fn start() -> Result<(), Failure> {
    packages::ensure(&[Need::Server])?;
    let home = Home::development()?;
    let server = Server::ensure(&home, Purpose::Development, Life::BeyondUs)?;
    let verb = if server.was_running() {
        "runs already"
    } else {
        "runs"
    };
    println!(
        "The private database {verb}: {}",
        server.state().database_url()
    );
    println!("Stop it with `cargo xtask db stop`.");
    server.leave_running();
    Ok(())
}

fn stop() -> Result<(), Failure> {
    let _only_us = while_nothing_is_up()?;
    if server::stop(&Home::development()?)? {
        println!("The private database has stopped.");
    } else {
        println!("The private database was not running.");
    }
    Ok(())
}

fn reset() -> Result<(), Failure> {
    let _only_us = while_nothing_is_up()?;
    let home = Home::development()?;
    server::stop(&home)?;
    private_file::remove_if_there(&home.data())?;
    // What the sandbox has been paid belongs to the orders that are gone; its keys stay.
    private_file::remove_if_there(&workspace::local()?.join("wechat").join("ledger.jsonl"))?;
    clock::forget()?;
    println!("The database's data, the sandbox's ledger and the clock's offset are gone.");
    println!("Secrets and keys are kept; `cargo xtask up` makes the rest anew.");
    Ok(())
}

/// Services whose database vanishes under them help nobody.
fn while_nothing_is_up() -> Result<lock::Held, Failure> {
    lock::try_up()?.ok_or_else(|| {
        Failure::new("`cargo xtask up` is running and uses the database; stop it first (Ctrl-C)")
    })
}

fn shell() -> Result<(), Failure> {
    packages::ensure(&[Need::Client])?;
    let program = programs::find("mariadb").ok_or_else(|| {
        Failure::new("the program mariadb is missing; the package is mariadb-client-core")
    })?;
    let home = Home::development()?;
    let state = super::state::State::load(&home)?;
    if !state.is_alive(&home) {
        return Err(Failure::new(
            "the private database is not running; start it with `cargo xtask db start`",
        ));
    }
    // The client takes our place, so that Ctrl-C in it is its own. The password goes by the
    // environment: the command line is for everybody to read.
    let error = Command::new(program)
        .args(["--no-defaults", "--default-character-set=utf8mb4"])
        .arg(format!("--socket={}", state.socket.display()))
        .args(["--user", USER, NAME])
        .env("MYSQL_PWD", &state.password)
        .exec();
    Err(error).context("running the client mariadb")
}
