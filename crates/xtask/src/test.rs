//! `cargo xtask test`: every test of the workspace, on a database of its own.

use std::env;

use clap::Args;

use crate::failure::Failure;
use crate::test_database::TestDatabase;
use crate::{packages, step, workspace};

/// Where tests find their server; any MySQL or MariaDB will do, with a user who may create
/// databases.
const URL: &str = "PALACE_TEST_DATABASE_URL";

/// What every command that builds tests has to say: the domain's in-memory stores are behind
/// this feature. The same everywhere, or cargo would build everything twice.
pub(crate) const FEATURES: [&str; 2] = ["--features", "domain/testing"];

/// What to test.
#[derive(Args, Default)]
pub(crate) struct TestOptions {
    /// For cargo test, for example `-- -p persistence` or `-- -- --nocapture`
    #[arg(last = true)]
    arguments: Vec<String>,
}

/// Builds and runs the tests. Front-end tests join here once there are front ends.
pub(crate) fn run(options: &TestOptions) -> Result<(), Failure> {
    packages::ensure(&packages::BUILD)?;
    println!("Building the binaries, which some tests start as processes.");
    let mut build = workspace::cargo();
    build
        .args(["build", "--workspace", "--bins"])
        .args(FEATURES);
    step::run("cargo build", &mut build)?;
    let mut test = workspace::cargo();
    test.arg("test").args(selection(&options.arguments));
    if env::var_os(URL).is_some() {
        println!("Testing on the server that {URL} names.");
        return step::run("cargo test", &mut test);
    }
    println!(
        "Starting a database server for this run under .local/test-db (it does not wait for \
         the disk at each commit: innodb_flush_log_at_trx_commit=2)."
    );
    let database = TestDatabase::start()?;
    if let Some(url) = database.server_url() {
        test.env(URL, url);
    }
    let outcome = step::run("cargo test", &mut test);
    println!("Stopping that server.");
    outcome
}

/// The whole workspace, unless the arguments name packages: cargo would ignore those beside
/// `--workspace`. The feature belongs to the workspace and goes with it.
fn selection(arguments: &[String]) -> Vec<&str> {
    let mut for_cargo = arguments.iter().take_while(|word| *word != "--");
    let named = for_cargo.any(|word| word.starts_with("-p") || word.starts_with("--package"));
    let mut words = Vec::new();
    if !named {
        words.push("--workspace");
        words.extend(FEATURES);
    }
    words.extend(arguments.iter().map(String::as_str));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select(words: &[&str]) -> String {
        let arguments: Vec<_> = words.iter().map(|word| String::from(*word)).collect();
        selection(&arguments).join(" ")
    }

    #[test]
    fn everything_unless_packages_are_named() {
        assert_eq!(select(&[]), "--workspace --features domain/testing");
        assert_eq!(
            select(&["--", "-p"]),
            "--workspace --features domain/testing -- -p"
        );
        assert_eq!(
            select(&["-p", "persistence", "orders"]),
            "-p persistence orders"
        );
    }
}
