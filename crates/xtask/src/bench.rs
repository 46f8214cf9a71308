//! `cargo xtask bench …`: the benchmark on a database server of its own, whose data stay from run
//! to run under `.local/bench`.

use std::ffi::OsString;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use clap::Args;

use crate::database::{Home, Life, Purpose, Server};
use crate::failure::{Context as _, Failure};
use crate::packages::{self, Need};
use crate::test_database::TestDatabase;
use crate::{binaries, open_files, step, test, workspace};

/// The names are a contract with the crate `bench`.
const DATABASE: &str = "PALACE_BENCH_DATABASE_URL";
const FOLDER: &str = "PALACE_BENCH_FOLDER";

/// Proves that the benchmark runs, not how fast.
const SHORT: &str = "--short";

/// What to hand on. The benchmark has a help of its own, in place of ours.
#[derive(Args, Debug, Default)]
#[command(disable_help_flag = true)]
pub(crate) struct BenchOptions {
    /// For the benchmark: `run [SCENARIO]…`, which need not be said, or `generate`; `--help`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<String>,
}

/// Prepares all that the benchmark needs, and runs it.
pub(crate) fn run(options: &BenchOptions) -> Result<(), Failure> {
    let arguments = with_command(&options.arguments);
    packages::ensure(&packages::BUILD)?;
    if arguments.iter().any(|word| word == SHORT) {
        return short(&arguments);
    }
    let binary = binaries::build_for_bench()?.join("bench");
    if arguments
        .iter()
        .any(|word| word == "--help" || word == "-h")
    {
        return step::run("bench", Command::new(binary).args(&arguments));
    }
    packages::ensure(&[Need::Server])?;
    let folder = workspace::local()?.join("bench");
    let _only_us = claim(&folder)?;
    let purpose = match arguments.first() {
        Some(word) if word == "generate" => Purpose::Filling,
        _ => Purpose::Benchmark,
    };
    refuse_memory(&folder)?;
    println!(
        "Starting the benchmark's database server in {}.",
        folder.display()
    );
    let server = Server::ensure(&Home::at(folder.join("db"))?, purpose, Life::WithUs)?;
    measure(&binary, &arguments, &server.state().database_url(), &folder)
}

/// A short run of everything, for `cargo xtask ci`.
pub(crate) fn run_short() -> Result<(), Failure> {
    short(&["run", SHORT].map(String::from))
}

/// A short run: an empty database, which never waits for the disk, and the
/// binaries that the tests have built.
fn short(arguments: &[String]) -> Result<(), Failure> {
    test::build_binaries()?;
    let binary = workspace::binaries(false)?.join("bench");
    let database = TestDatabase::start()?;
    let url = database.database_url().unwrap_or_default();
    let folder = database.folder().join("bench");
    measure(&binary, arguments, &url, &folder)
}

fn measure(
    binary: &Path,
    arguments: &[String],
    database: &str,
    folder: &Path,
) -> Result<(), Failure> {
    open_files::allow_many()?;
    let mut command = Command::new(binary);
    command
        .args(arguments)
        .current_dir(workspace::root())
        .env(DATABASE, database)
        .env(FOLDER, folder);
    step::run("bench", &mut command)
}

/// `run` is what everybody wants, so it need not be said.
fn with_command(arguments: &[String]) -> Vec<String> {
    let said = ["run", "generate", "help", "--help", "-h"];
    let first = arguments.first().map_or("", String::as_str);
    let unsaid = (!said.contains(&first)).then(|| String::from("run"));
    unsaid
        .into_iter()
        .chain(arguments.iter().cloned())
        .collect()
}

/// Two at a time would measure each other.
fn claim(folder: &Path) -> Result<File, Failure> {
    fs::create_dir_all(folder).context(format!("making {}", folder.display()))?;
    let file = File::create(folder.join("lock")).context("making a lock")?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(_) => Err(Failure::new(
            "another `cargo xtask bench` is running in this clone",
        )),
    }
}

/// A commit to a file system in memory costs nothing, so that every figure would be a fairy tale.
fn refuse_memory(folder: &Path) -> Result<(), Failure> {
    let mounts = fs::read_to_string("/proc/self/mounts").context("reading the mounts")?;
    let folder = folder.canonicalize().context("finding our folder")?;
    match file_system(&mounts, &folder) {
        Some(kind) if ["tmpfs", "ramfs"].contains(&kind) => Err(Failure::new(format!(
            "{} lies in memory ({kind}): the benchmark's commits must reach a disk",
            folder.display()
        ))),
        _ => Ok(()),
    }
}

/// The kind of file system that `path` lies on: that of the innermost mount, the last one if
/// several lie on each other.
fn file_system<'a>(mounts: &'a str, path: &Path) -> Option<&'a str> {
    let mount = |line: &'a str| {
        let mut words = line.split(' ').skip(1);
        let point = PathBuf::from(OsString::from(words.next()?));
        path.starts_with(&point).then_some((point, words.next()?))
    };
    let innermost = mounts
        .lines()
        .filter_map(mount)
        .max_by_key(|(point, _)| point.components().count());
    innermost.map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn running_need_not_be_said() {
        let handed_on = |line: &str| {
            let words: Vec<String> = line.split_whitespace().map(String::from).collect();
            with_command(&words).join(" ")
        };
        assert_eq!(handed_on(""), "run");
        assert_eq!(handed_on("p1 --short"), "run p1 --short");
        assert_eq!(handed_on("run p1"), "run p1");
        assert_eq!(handed_on("generate --tickets 5"), "generate --tickets 5");
        assert_eq!(handed_on("--help"), "--help");
    }

    #[test]
    fn a_folder_in_memory_is_told_from_one_on_a_disk() {
        let mounts = "/dev/vda / ext4 rw 0 0\ntmpfs /run tmpfs rw 0 0\ntmpfs /w ext4 rw 0 0\n\
                      tmpfs /w tmpfs rw 0 0\n";
        let kind = |path| file_system(mounts, Path::new(path));
        assert_eq!(kind("/home/me/.local"), Some("ext4"));
        assert_eq!(kind("/runner"), Some("ext4"));
        assert_eq!(kind("/run/me"), Some("tmpfs"));
        assert_eq!(kind("/w/me"), Some("tmpfs"));
    }
}
