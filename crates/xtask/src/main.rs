//! `cargo xtask`: what a developer types.
//!
//! It depends on none of our crates and links no C library, because it installs what the
//! others need to be built.

#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command line tool talks to the person at the terminal"
)]

mod bench;
mod binaries;
mod children;
mod ci;
mod clock;
mod database;
mod documents;
mod failure;
mod http_probe;
mod interrupt;
mod layers;
mod lock;
mod manage;
mod open_files;
mod packages;
mod ports;
mod private_file;
mod programs;
mod random;
mod secrets;
mod stack;
mod step;
mod test;
mod test_database;
mod up;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use failure::Failure;

/// Developer automation: everything on a fresh machine, in one command each
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Line {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing, build, and run the whole ticket office until Ctrl-C
    Up(up::UpOptions),
    /// Run the operator's command on what `up` or `db start` runs
    ///
    /// For example `cargo xtask manage quota show --from 2026-12-01`. It is built if need be, and
    /// told the secrets, the clock and the addresses of this clone.
    Manage(manage::ManageOptions),
    /// Show or move the development clock; running services follow within 100 ms
    #[command(subcommand)]
    Clock(clock::ClockCommand),
    /// The private development database under .local/db
    #[command(subcommand)]
    Db(database::commands::DatabaseCommand),
    /// Run all tests on a database server of their own
    ///
    /// PALACE_TEST_DATABASE_URL=mysql://user:password@127.0.0.1:port, when set, names another
    /// server to test on; the user must be allowed to create databases.
    Test(test::TestOptions),
    /// Measure how fast the ticket office is, on a database server under .local/bench
    ///
    /// For example `cargo xtask bench p1 p2`, or `cargo xtask bench generate` for a year of
    /// tickets, which are kept. `--short` proves that it runs, not how fast.
    Bench(bench::BenchOptions),
    /// Check everything that has to hold before a change is accepted
    ///
    /// Format, layers, lint, documentation, tests. That docs/openapi and docs/schema.sql are up
    /// to date is checked by tests of the API crates and of persistence; `cargo xtask openapi`
    /// and `cargo xtask schema` bring them up to date.
    Ci,
    /// Check which crate sees which
    Layers,
    /// Write docs/openapi anew
    Openapi,
    /// Write docs/schema.sql anew
    Schema,
}

fn main() -> ExitCode {
    let line = Line::parse();
    match interrupt::listen().and_then(|()| run(&line.command)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("cargo xtask: {failure}");
            match failure {
                // What a shell expects after Ctrl-C.
                Failure::Interrupted => ExitCode::from(130),
                Failure::Said(_) => ExitCode::FAILURE,
            }
        }
    }
}

fn run(task: &Task) -> Result<(), Failure> {
    match task {
        Task::Up(options) => up::run(options),
        Task::Manage(options) => manage::run(options),
        Task::Clock(command) => clock::run(command),
        Task::Db(command) => database::commands::run(command),
        Task::Test(options) => test::run(options),
        Task::Bench(options) => bench::run(options),
        Task::Ci => ci::run(),
        Task::Layers => layers::run(),
        Task::Openapi => documents::openapi(),
        Task::Schema => documents::schema(),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Line::command().debug_assert();
    }

    /// What the command of the line would hand on, as it would look in a shell.
    fn handed_on(line: &str) -> String {
        let words = ["cargo xtask"].into_iter().chain(line.split(' '));
        let line = Line::try_parse_from(words).unwrap();
        match line.command {
            Task::Manage(options) => format!("{options:?}"),
            Task::Test(options) => format!("{options:?}"),
            _ => panic!("only these two hand anything on"),
        }
    }

    #[test]
    fn words_are_handed_on_with_and_without_the_dashes() {
        let manage = handed_on("manage quota show --from 2026-12-01 --help");
        assert_eq!(
            manage,
            r#"ManageOptions { arguments: ["quota", "show", "--from", "2026-12-01", "--help"] }"#
        );
        assert_eq!(
            handed_on("manage -- quota show --from 2026-12-01 --help"),
            manage
        );
        let test = handed_on("test -p domain money -- --nocapture");
        assert_eq!(
            test,
            r#"TestOptions { arguments: ["-p", "domain", "money", "--", "--nocapture"] }"#
        );
        assert_eq!(handed_on("test -- -p domain money -- --nocapture"), test);
    }
}
