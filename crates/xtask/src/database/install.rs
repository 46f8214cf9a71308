//! Makes the files of a new server.
//!
//! `mariadb-install-db` would do it, but it needs a program that comes only with the full
//! server package. What it does is feed these files to `mariadbd --bootstrap`, and so do we.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use nix::unistd::Uid;

use super::Home;
use super::settings::option;
use crate::failure::{Context as _, Failure};
use crate::{private_file, programs};

/// Where packages put the statements that make the system tables.
const FOLDERS: [&str; 3] = [
    "/usr/share/mysql",
    "/usr/share/mariadb",
    "/usr/local/share/mysql",
];

/// The files, in order; MariaDB 11 calls them `mariadb_…`. The texts of HELP are left out.
const FILES: [&str; 5] = [
    "mysql_system_tables.sql",
    "mysql_performance_tables.sql",
    "mysql_system_tables_data.sql",
    "maria_add_gis_sp_bootstrap.sql",
    "mysql_sys_schema.sql",
];

/// The server program.
pub(crate) fn program() -> Result<PathBuf, Failure> {
    programs::find("mariadbd").ok_or_else(|| {
        Failure::new("mariadbd is not on this machine; the package is mariadb-server-core")
    })
}

/// mariadbd refuses to run as root unless it is told so.
pub(crate) fn as_ourselves() -> Option<&'static str> {
    Uid::effective().is_root().then_some("--user=root")
}

/// Makes the files unless they are there. They are made beside their place and then moved, so
/// that an interrupted attempt is never taken for a server's files.
pub(crate) fn ensure(home: &Home) -> Result<(), Failure> {
    if home.data().is_dir() {
        return Ok(());
    }
    println!(
        "Making a new private database in {}.",
        home.folder().display()
    );
    let draft = home.folder().join("data.draft");
    private_file::remove_if_there(&draft)?;
    fs::create_dir(&draft).context(format!("making {}", draft.display()))?;
    let statements = statements(&source_folder()?)?;
    bootstrap(home, &draft, &statements)?;
    fs::rename(&draft, home.data()).context("moving the new database to its place")
}

fn source_folder() -> Result<PathBuf, Failure> {
    FOLDERS
        .into_iter()
        .map(PathBuf::from)
        .find(|folder| file_in(folder, FILES[0]).is_some())
        .ok_or_else(|| {
            Failure::new(format!(
                "found mariadbd, but {} in none of {}; please install the package \
                 mariadb-server-core anew",
                FILES[0],
                FOLDERS.join(", ")
            ))
        })
}

fn file_in(folder: &Path, name: &str) -> Option<PathBuf> {
    let newer = name.replacen("mysql_", "mariadb_", 1);
    [newer.as_str(), name]
        .into_iter()
        .map(|name| folder.join(name))
        .find(|path| path.is_file())
}

fn statements(folder: &Path) -> Result<Vec<u8>, Failure> {
    // root over the socket only, and only for the system's root: no account without a password.
    let mut statements =
        b"create database mysql;\nuse mysql;\nset @auth_root_socket='root';\n".to_vec();
    for name in FILES {
        let path = file_in(folder, name).unwrap_or_else(|| folder.join(name));
        let text = fs::read(&path).context(format!("reading {}", path.display()))?;
        statements.extend_from_slice(&text);
        statements.push(b'\n');
    }
    Ok(statements)
}

fn bootstrap(home: &Home, data: &Path, statements: &[u8]) -> Result<(), Failure> {
    let doing = "making the system tables with mariadbd --bootstrap";
    let log = home.open_log()?;
    let mut child = bootstrap_command(data, log)?.spawn().context(doing)?;
    if let Some(mut input) = child.stdin.take() {
        // An early end closes the pipe; the status then says so better than the pipe does.
        drop(input.write_all(statements));
    }
    let status = child.wait().context(doing)?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new(format!(
        "{doing} failed ({status}); the end of {}:\n{}",
        home.log().display(),
        home.last_words()
    )))
}

fn bootstrap_command(data: &Path, log: File) -> Result<Command, Failure> {
    let errors = log.try_clone().context("opening the log twice")?;
    let mut command = Command::new(program()?);
    command
        .args(["--no-defaults", "--bootstrap", "--log-warnings=0"])
        // The statements name their storage engines themselves.
        .args(["--enforce-storage-engine=", "--max-allowed-packet=8M"])
        .args(as_ourselves())
        .arg(option("--datadir=", data.as_os_str()))
        .stdin(Stdio::piped())
        .stdout(log)
        .stderr(errors);
    Ok(command)
}
