//! `cargo xtask manage …`: the operator's command, told what the services of this clone are told.

use std::env;
use std::ffi::OsString;
use std::os::unix::process::CommandExt as _;
use std::process::Command;

use clap::Args;

use crate::failure::{Context as _, Failure};
use crate::stack::Stack;
use crate::up::environment::{Addresses, Environment};
use crate::{binaries, clock, database, packages};

/// What to hand on. The operator's command has a help of its own, in place of ours.
#[derive(Args, Debug)]
#[command(disable_help_flag = true)]
pub(crate) struct ManageOptions {
    /// For the operator's command; `cargo xtask manage help` lists what it can do
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

/// Becomes the operator's command, so that its questions, its exit code and Ctrl-C are its own.
pub(crate) fn run(options: &ManageOptions) -> Result<(), Failure> {
    let stack = stack()?;
    if stack.is_none() && !asks_for_help(&options.arguments) {
        return Err(Failure::new(
            "no database is running in this clone: start it with `cargo xtask up`, in another \
             terminal, or without the services with `cargo xtask db start`",
        ));
    }
    packages::ensure(&packages::BUILD)?;
    let folder = binaries::build(&["manage"], false)?;
    let mut command = Command::new(folder.join("manage"));
    command.args(&options.arguments);
    if let Some(stack) = stack {
        clock::ensure_file()?;
        Environment::new(&stack)?.tell(&mut command);
    }
    Err(command.exec()).context("running manage")
}

/// What there is to do can be asked before anything runs.
fn asks_for_help(arguments: &[OsString]) -> bool {
    let helpful = ["help", "--help", "-h", "--version", "-V"];
    arguments.is_empty()
        || arguments
            .iter()
            .any(|word| helpful.iter().any(|help| word == help))
}

/// Where everything is, or would be if `up` ran on the database that does; `None` without one.
fn stack() -> Result<Option<Stack>, Failure> {
    let running = Stack::running()?;
    let database = match env::var(database::URL).ok() {
        Some(url) => Some(url),
        None if running.is_some() => None,
        None => database::running_url()?,
    };
    choose(running, database, Addresses::choose)
}

/// A database that was named comes before the one of what runs.
fn choose(
    running: Option<Stack>,
    database: Option<String>,
    usual: impl FnOnce() -> Result<Addresses, Failure>,
) -> Result<Option<Stack>, Failure> {
    match (running, database) {
        (running, None) => Ok(running),
        (None, Some(url)) => Ok(Some(usual()?.stack(&url))),
        (Some(running), Some(database_url)) => Ok(Some(Stack {
            database_url,
            ..running
        })),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(first: u16) -> Addresses {
        Addresses {
            tourist: first,
            tourist_metrics: first + 1,
            admin: first + 2,
            admin_metrics: first + 3,
            sandbox: first + 4,
        }
    }

    fn choose_of(running: Option<&str>, database: Option<&str>) -> Option<(String, String)> {
        let running = running.map(|url| addresses(100).stack(url));
        let database = database.map(String::from);
        let stack = choose(running, database, || Ok(addresses(200))).unwrap();
        stack.map(|stack| (stack.wechat_sandbox, stack.database_url))
    }

    #[test]
    fn what_runs_is_used_and_a_named_database_comes_first() {
        let stack = |sandbox: &str, url: &str| Some((sandbox.to_owned(), url.to_owned()));
        let [here, there] = ["http://127.0.0.1:104", "http://127.0.0.1:204"];
        assert_eq!(choose_of(None, None), None);
        assert_eq!(choose_of(Some("its"), None), stack(here, "its"));
        assert_eq!(choose_of(None, Some("other")), stack(there, "other"));
        assert_eq!(choose_of(Some("its"), Some("other")), stack(here, "other"));
    }

    #[test]
    fn help_needs_no_database() {
        let asks = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(OsString::from).collect();
            asks_for_help(&words)
        };
        assert!(asks(&[]) && asks(&["quota", "--help"]) && asks(&["help", "quota"]));
        assert!(!asks(&["quota", "show"]));
    }
}
