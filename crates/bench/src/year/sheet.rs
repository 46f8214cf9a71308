//! Rows in the form that `LOAD DATA` reads, some ten times as fast as INSERT.

use std::fmt::Display;
use std::io::Write as _;

use chrono::{DateTime, Utc};

/// What `LOAD DATA` is told of the form.
pub(super) const FORM: &str =
    "CHARACTER SET binary FIELDS TERMINATED BY '\\t' ESCAPED BY '\\\\' LINES TERMINATED BY '\\n'";

/// A table and those of its columns that are filled, in the order in which rows are written.
#[derive(Debug, Clone, Copy)]
pub(super) struct Table {
    /// Its name.
    pub(super) name: &'static str,
    /// The columns, as SQL.
    pub(super) columns: &'static str,
}

/// Rows for one table.
#[derive(Debug)]
pub(super) struct Sheet {
    /// Where they go.
    pub(super) table: Table,
    bytes: Vec<u8>,
}

impl Sheet {
    /// A sheet without rows.
    pub(super) fn new(table: Table) -> Self {
        Self {
            table,
            bytes: Vec::new(),
        }
    }

    /// All rows, as they go into the file.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// Begins a row; dropping it ends it.
    pub(super) fn row(&mut self) -> Row<'_> {
        Row {
            bytes: &mut self.bytes,
        }
    }
}

/// A row being written, one column after the other.
pub(super) struct Row<'s> {
    bytes: &'s mut Vec<u8>,
}

impl Row<'_> {
    /// Bytes or text of any kind.
    pub(super) fn raw(&mut self, value: &[u8]) -> &mut Self {
        for byte in value {
            match byte {
                0 => self.bytes.extend_from_slice(b"\\0"),
                b'\t' => self.bytes.extend_from_slice(b"\\t"),
                b'\n' => self.bytes.extend_from_slice(b"\\n"),
                b'\\' => self.bytes.extend_from_slice(b"\\\\"),
                byte => self.bytes.push(*byte),
            }
        }
        self.bytes.push(b'\t');
        self
    }

    /// Text.
    pub(super) fn text(&mut self, value: &str) -> &mut Self {
        self.raw(value.as_bytes())
    }

    /// What prints without any byte that would have to be escaped: numbers, dates and times.
    pub(super) fn plain(&mut self, value: impl Display) -> &mut Self {
        // Writing to memory does not fail.
        drop(write!(self.bytes, "{value}\t"));
        self
    }

    /// A UTC instant.
    pub(super) fn instant(&mut self, at: DateTime<Utc>) -> &mut Self {
        self.plain(at.naive_utc())
    }

    /// NULL.
    pub(super) fn null(&mut self) -> &mut Self {
        self.bytes.extend_from_slice(b"\\N\t");
        self
    }

    /// What `write` makes of the value, or NULL.
    pub(super) fn optional<T>(
        &mut self,
        value: Option<T>,
        write: impl FnOnce(&mut Self, T) -> &mut Self,
    ) -> &mut Self {
        match value {
            Some(value) => write(self, value),
            None => self.null(),
        }
    }
}

impl Drop for Row<'_> {
    /// The separator behind the last column becomes the end of the row.
    fn drop(&mut self) {
        if let Some(last) = self.bytes.last_mut() {
            *last = b'\n';
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: Table = Table {
        name: "t",
        columns: "a, b, c, d",
    };

    #[test]
    fn what_separates_is_escaped() {
        let mut sheet = Sheet::new(TABLE);
        sheet
            .row()
            .raw(b"\0a\tb\nc\\d")
            .null()
            .plain(7)
            .optional(Some("故宫"), |row, text| row.text(text));
        sheet.row().text("x").optional(None::<u8>, |row, _| row);
        let wanted = "\\0a\\tb\\nc\\\\d\t\\N\t7\t故宫\nx\t\\N\n";
        assert_eq!(sheet.bytes(), wanted.as_bytes());
    }
}
