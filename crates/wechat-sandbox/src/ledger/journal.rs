//! The ledger on disk: one JSON line per change, the last one about a number being the truth.
//!
//! `cargo xtask up` keeps the database; if the sandbox forgot what it was paid, every later query
//! and refund of an older order would fail. Nothing is synced to the disk: a killed process loses
//! nothing by that, and a lost machine takes the development database with it.

use std::fs::{File, OpenOptions, create_dir_all, rename};
use std::io::{self, BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::order::Order;
use super::refund::Refund;

/// A line to be written.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Line<'a> {
    Order(&'a Order),
    Refund(&'a Refund),
}

/// A line that was read.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kept {
    Order(Order),
    Refund(Refund),
}

/// The open file, at whose end changes are written.
pub(crate) struct Journal(File);

impl Journal {
    /// All lines of the journal in this directory, none if there is no journal yet.
    ///
    /// A line that cannot be read is left out: it is the torn end of a killed process.
    pub(crate) fn read(directory: &Path) -> io::Result<Vec<Kept>> {
        let file = match File::open(path(directory)) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut kept = Vec::new();
        for line in BufReader::new(file).split(b'\n') {
            match serde_json::from_slice(&line?) {
                Ok(record) => kept.push(record),
                Err(error) => log::warn!("a line of the ledger was left out: {error}"),
            }
        }
        Ok(kept)
    }

    /// Begins the journal anew with these lines, so that it does not grow from start to start.
    pub(crate) fn begin<'a>(
        directory: &Path,
        lines: impl Iterator<Item = Line<'a>>,
    ) -> io::Result<Self> {
        create_dir_all(directory)?;
        let draft = directory.join("ledger.jsonl.new");
        let mut writer = BufWriter::new(File::create(&draft)?);
        for line in lines {
            writer.write_all(&encode(&line)?)?;
        }
        writer
            .into_inner()
            .map_err(io::IntoInnerError::into_error)?;
        rename(&draft, path(directory))?;
        let file = OpenOptions::new().append(true).open(path(directory))?;
        Ok(Self(file))
    }

    /// Writes one change. A full disk must not stop a test, so it is only reported.
    pub(crate) fn append(&mut self, line: &Line<'_>) {
        let written = encode(line).and_then(|bytes| self.0.write_all(&bytes));
        if let Err(error) = written {
            log::error!("the ledger could not be written: {error}");
        }
    }
}

fn path(directory: &Path) -> PathBuf {
    directory.join("ledger.jsonl")
}

fn encode(line: &Line<'_>) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec(line)?;
    bytes.push(b'\n');
    Ok(bytes)
}
