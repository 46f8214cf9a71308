//! `cargo xtask up`: from a fresh clone to a running ticket office, and down again.

pub(crate) mod environment;
mod seed;
mod services;

use std::thread;
use std::time::Duration;

use chrono::{DateTime, FixedOffset};
use clap::Args;

use crate::children::GLANCE;
use crate::database::{Home, Life, Purpose, Server};
use crate::failure::Failure;
use crate::packages::{self, Need};
use crate::stack::{self, Stack};
use crate::{binaries, clock, database, interrupt, lock};
use environment::{Addresses, Environment};
use services::Services;

/// How to run it.
#[derive(Args)]
pub(crate) struct UpOptions {
    /// Set the development clock first, for example 2026-12-01T19:59:00+08:00
    #[arg(long)]
    clock: Option<DateTime<FixedOffset>>,
    /// Build and run optimised binaries
    #[arg(long)]
    release: bool,
}

/// Runs until Ctrl-C, SIGTERM or the death of a service; the second one in a clone only says
/// where the first one's services are.
pub(crate) fn run(options: &UpOptions) -> Result<(), Failure> {
    let Some(_only_us) = wait_for_our_turn(options)? else {
        return Ok(());
    };
    stack::withdraw()?;
    prepare_clock(options)?;
    let database = prepare_database()?;
    let staying = database.outlives_us();
    let outcome = serve(options, database);
    println!("Everything has stopped{staying}.");
    outcome
}

/// The lock, or `None` when another `up` runs and we have shown its addresses. That one may
/// still be building: then its addresses are worth waiting for.
fn wait_for_our_turn(options: &UpOptions) -> Result<Option<lock::Held>, Failure> {
    let mut told = false;
    loop {
        if let Some(held) = lock::try_up()? {
            return Ok(Some(held));
        }
        if let Some(stack) = Stack::load()? {
            println!("Already running:");
            stack.print();
            if options.clock.is_some() {
                println!("Its clock was left alone; use `cargo xtask clock set` for that.");
            }
            return Ok(None);
        }
        if !told {
            println!("Another `cargo xtask up` is still starting; waiting for its addresses.");
            told = true;
        }
        interrupt::check()?;
        thread::sleep(Duration::from_millis(200));
    }
}

fn prepare_clock(options: &UpOptions) -> Result<(), Failure> {
    if let Some(time) = &options.clock {
        clock::set(time)?;
    }
    clock::ensure_file()?;
    println!(
        "The development clock shows {}.",
        clock::words(clock::now()?)
    );
    Ok(())
}

/// A database that someone else runs, or our private one.
enum Database {
    Theirs(String),
    Ours(Server),
}

impl Database {
    fn url(&self) -> String {
        match self {
            Self::Theirs(url) => url.clone(),
            Self::Ours(server) => server.state().database_url(),
        }
    }

    /// What to add when we say that everything has stopped.
    fn outlives_us(&self) -> &'static str {
        match self {
            Self::Ours(server) if !server.was_running() => "",
            Self::Ours(_) | Self::Theirs(_) => ", but for the database, which is not ours to stop",
        }
    }

    /// Theirs is theirs to watch; the services' readiness tells of it.
    fn is_alive(&mut self) -> bool {
        match self {
            Self::Theirs(_) => true,
            Self::Ours(server) => server.is_alive(),
        }
    }
}

fn prepare_database() -> Result<Database, Failure> {
    println!("Making sure that the system packages are there.");
    packages::ensure(&packages::BUILD)?;
    if let Ok(url) = std::env::var(database::URL) {
        println!("Using the database that {} names.", database::URL);
        return Ok(Database::Theirs(url));
    }
    packages::ensure(&[Need::Server])?;
    println!("Starting the private database under .local/db.");
    let server = Server::ensure(&Home::development()?, Purpose::Development, Life::WithUs)?;
    if server.was_running() {
        println!("It was running already (`cargo xtask db start`) and will be left running.");
    }
    Ok(Database::Ours(server))
}

/// Everything above the database. The services are stopped when this returns, and the
/// database after them.
fn serve(options: &UpOptions, mut database: Database) -> Result<(), Failure> {
    println!("Building {}.", binaries::ALL.join(", "));
    let binaries = binaries::build(&binaries::ALL, options.release)?;
    let addresses = Addresses::choose()?;
    let stack = addresses.stack(&database.url());
    let environment = Environment::new(&stack)?;
    let mut services = Services::new(&binaries, &addresses, &environment);
    println!("Starting the WeChat sandbox.");
    services.start_sandbox()?;
    seed::run(&binaries, &environment)?;
    println!("Starting both APIs.");
    services.start_apis()?;
    stack.publish()?;
    println!("The ticket office is open (Ctrl-C closes it):");
    stack.print();
    let outcome = watch(&mut services, &mut database);
    // Before anything stops: nobody should be sent to services on their way out.
    stack::withdraw()?;
    outcome
}

/// Returns when someone asks us to stop, fails when something has died.
fn watch(services: &mut Services<'_>, database: &mut Database) -> Result<(), Failure> {
    while !interrupt::asked() {
        services.check()?;
        if !database.is_alive() {
            return Err(Failure::new(
                "the private database has died; see .local/db/server.log",
            ));
        }
        thread::sleep(GLANCE);
    }
    println!("Stopping: the APIs, the sandbox, then the database.");
    Ok(())
}
