//! Getting rows into the database as fast as it takes them.

use std::fs;
use std::path::{Path, PathBuf};

use diesel::connection::SimpleConnection as _;
use diesel::mysql::MysqlConnection;
use diesel::{Connection as _, QueryResult};

use super::sheet::{FORM, Sheet};
use crate::failure::{Context as _, Failure};

/// A connection that loads, and the file it loads from.
pub(super) struct Loader {
    connection: MysqlConnection,
    file: PathBuf,
}

impl Loader {
    /// The server reads from a file `name` in `folder`, which it must be allowed to.
    pub(super) fn connect(url: &str, folder: &Path, name: &str) -> Result<Self, Failure> {
        let mut connection = MysqlConnection::establish(url).context("connecting to load")?;
        // What is loaded was made to fit; the keys are held when they are made anew.
        let set_up = "SET SESSION foreign_key_checks = 0, unique_checks = 0, \
                      time_zone = '+00:00', \
                      sql_mode = 'STRICT_ALL_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE'";
        connection
            .batch_execute(set_up)
            .context("preparing to load")?;
        Ok(Self {
            connection,
            file: folder.join(name),
        })
    }

    /// Loads all sheets or none.
    pub(super) fn load(&mut self, sheets: &[Sheet]) -> Result<(), Failure> {
        self.connection
            .batch_execute("START TRANSACTION")
            .context("beginning to load")?;
        let filled = sheets.iter().filter(|sheet| !sheet.bytes().is_empty());
        for sheet in filled {
            fs::write(&self.file, sheet.bytes())
                .context(format!("writing {}", self.file.display()))?;
            self.load_file(sheet)
                .context(format!("loading {}", sheet.table.name))?;
        }
        self.connection
            .batch_execute("COMMIT")
            .context("committing a load")
    }

    fn load_file(&mut self, sheet: &Sheet) -> QueryResult<()> {
        let file = self.file.display();
        let super::sheet::Table { name, columns } = sheet.table;
        // Not LOCAL: the client library would have to be told to allow it, and it is slower.
        let statement = format!("LOAD DATA INFILE '{file}' INTO TABLE {name} {FORM} ({columns})");
        self.connection.batch_execute(&statement)
    }
}

impl Drop for Loader {
    fn drop(&mut self) {
        // Left behind, it would be written over by the next run.
        drop(fs::remove_file(&self.file));
    }
}
