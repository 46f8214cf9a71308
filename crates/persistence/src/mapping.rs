//! Small steps between rows and the domain's types, which every store needs.

use chrono::{DateTime, NaiveDateTime, Utc};
use domain::money::Fen;
use domain::ports::StoreError;
use domain::text::LocalText;

use crate::errors::fault;

/// The most rows of one INSERT: a statement has at most 65,535 placeholders.
pub(crate) const LONGEST_INSERT: usize = 500;
/// The most values of one IN list: from 1,000 on MariaDB makes a subquery of it.
pub(crate) const LONGEST_IN_LIST: usize = 900;

/// A stored value that the domain does not accept; `column` is `table.column`. The value itself
/// is left out, for it may be personal.
pub(crate) fn corrupt(column: &str) -> StoreError {
    fault(&format!("{column} holds what it must not"))
}

/// An amount of money.
pub(crate) fn fen(amount: i64) -> Result<Fen, StoreError> {
    Fen::new(amount).map_err(|_| corrupt("a column of money"))
}

/// A text in both languages, of which both or neither are stored.
pub(crate) fn local_text(zh: Option<String>, en: Option<String>) -> Option<LocalText> {
    Some(LocalText::new(zh?, en?))
}

/// An instant that may be missing; columns hold UTC without saying so.
pub(crate) fn instant(at: Option<NaiveDateTime>) -> Option<DateTime<Utc>> {
    at.map(|at| at.and_utc())
}

/// Lets an INSERT pass that found its row there already.
pub(crate) fn already_there(inserted: Result<usize, StoreError>) -> Result<(), StoreError> {
    match inserted {
        Ok(_) | Err(StoreError::Duplicate(_)) => Ok(()),
        Err(error) => Err(error),
    }
}

/// Checks that an UPDATE found all the rows it was meant for.
pub(crate) fn expect_rows(table: &str, wanted: usize, found: usize) -> Result<(), StoreError> {
    if wanted == found {
        Ok(())
    } else {
        Err(fault(&format!("{found} of {wanted} rows of {table} exist")))
    }
}
