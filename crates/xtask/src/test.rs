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

/// How many tests run at once; set by hand, it stays as it is.
const THREADS: &str = "RUST_TEST_THREADS";
/// Most tests wait for the database server rather than compute, so that two cores are busy with
/// eight of them. No more on larger machines either: each has connections of its own, and the
/// server takes 400.
const ENOUGH_THREADS: &str = "8";

/// The package of the journeys and its only test, by the same name.
const JOURNEYS: &str = "journeys";

/// What to test.
#[derive(Args, Debug, Default)]
pub(crate) struct TestOptions {
    /// For cargo test, for example `-p persistence` or `-p journeys kill -- --nocapture`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Builds and runs the tests. Front-end tests join here once there are front ends.
pub(crate) fn run(options: &TestOptions) -> Result<(), Failure> {
    packages::ensure(&packages::BUILD)?;
    let (packages, rest) = split(&options.arguments);
    if packages.is_empty() || packages.contains(&JOURNEYS) {
        build_binaries()?;
    }
    let mut test = workspace::cargo();
    test.arg("test").args(selection(&packages)).args(rest);
    if env::var_os(THREADS).is_none() {
        test.env(THREADS, ENOUGH_THREADS);
    }
    if env::var_os(URL).is_some() {
        println!("Testing on the server that {URL} names.");
        return step::run("cargo test", &mut test);
    }
    println!(
        "Starting a database server for this run under .local/test-db (it never waits for the \
         disk: nothing in it has to outlive the run)."
    );
    let database = TestDatabase::start()?;
    if let Some(url) = database.server_url() {
        test.env(URL, url);
    }
    let outcome = step::run("cargo test", &mut test);
    println!("Stopping that server.");
    outcome
}

/// Builds every binary as `cargo test` will, so that nothing is built twice.
pub(crate) fn build_binaries() -> Result<(), Failure> {
    println!("Building the binaries, which the journeys start as processes.");
    let mut build = workspace::cargo();
    build
        .args(["build", "--workspace", "--bins"])
        // With a test among its targets, cargo counts in the features that tests ask of other
        // crates, as it will for `cargo test`; otherwise it would build nearly everything twice.
        .args(["--test", JOURNEYS])
        .args(FEATURES);
    step::run("cargo build", &mut build)
}

/// The packages that the arguments name, and all other arguments.
fn split(arguments: &[String]) -> (Vec<&str>, Vec<&str>) {
    let (mut packages, mut rest) = (Vec::new(), Vec::new());
    let mut words = arguments.iter().map(String::as_str);
    while let Some(word) = words.next() {
        let attached = word.strip_prefix("--package=");
        let attached = attached.or_else(|| word.strip_prefix("-p"));
        match (word, attached) {
            ("-p" | "--package", _) => packages.extend(words.next()),
            (_, Some(name)) => packages.push(name),
            _ => rest.push(word),
        }
        if word == "--" {
            // All that follows is for the tests' own binaries.
            rest.extend(words.by_ref());
        }
    }
    (packages, rest)
}

/// The whole workspace unless packages are named. Cargo chooses the features of third-party
/// crates by the packages named, so that `-p` compiles many of them once more; the journeys
/// can be named by their target instead, which keeps to what the whole workspace uses.
fn selection<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    let mut words = Vec::new();
    if packages.is_empty() || packages == [JOURNEYS] {
        words.push("--workspace");
        words.extend(FEATURES);
    }
    if packages == [JOURNEYS] {
        words.extend(["--test", JOURNEYS]);
    } else {
        words.extend(packages.iter().flat_map(|name| ["-p", *name]));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn select(line: &str) -> String {
        let arguments: Vec<_> = line.split_whitespace().map(String::from).collect();
        let (packages, rest) = split(&arguments);
        let words = selection(&packages).into_iter().chain(rest);
        words.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn everything_unless_packages_are_named() {
        let everything = "--workspace --features domain/testing";
        assert_eq!(select(""), everything);
        assert_eq!(select("-- -p x"), format!("{everything} -- -p x"));
        assert_eq!(select("orders -p persistence"), "-p persistence orders");
        let several = select("-pdomain --package=jobs --package persistence -- --nocapture");
        assert_eq!(several, "-p domain -p jobs -p persistence -- --nocapture");
    }

    #[test]
    fn the_journeys_keep_the_features_of_the_workspace() {
        assert_eq!(
            select("-p journeys kill -- --nocapture"),
            "--workspace --features domain/testing --test journeys kill -- --nocapture"
        );
        assert_eq!(select("-p journeys -p manage"), "-p journeys -p manage");
    }
}
