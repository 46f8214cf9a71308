//! Rotating the keys that personal data are sealed with, while the services run (rule 10.1).

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::rehashing::HashKeyId;
use crate::sealed::{CipherError, IdentityCipher, Sealed};

/// A table with a column of sealed texts, as its store names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SealedTable(&'static str);

impl SealedTable {
    /// The table of that name; for stores, which alone know what there is.
    #[must_use]
    pub const fn new(name: &'static str) -> Self {
        Self(name)
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.0
    }
}

/// A row of such a table: what it is sealed for, and the sealed text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedRow {
    /// The row's id, to which the sealed text is bound.
    pub owner: Uuid,
    /// `None` once erased (rule 10.3), and where nothing personal was given.
    pub sealed: Option<Sealed>,
}

/// A sealed text and the same under another key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resealed {
    /// The row.
    pub owner: Uuid,
    /// What was read there.
    pub was: Sealed,
    /// What is to stand there instead.
    pub becomes: Sealed,
}

/// How many rows of a table a key is needed for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyUse {
    /// The table.
    pub table: SealedTable,
    /// The key's id.
    pub key_id: String,
    /// Rows sealed with it.
    pub rows: u64,
}

/// How far the rotation of a table to a key has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation {
    /// The table.
    pub table: SealedTable,
    /// The key that all rows are to be sealed with.
    pub key_id: String,
    /// The last row that was looked at; rows are walked by id.
    pub last: Option<Uuid>,
    /// Rows that were sealed anew so far.
    pub resealed: u64,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When the last row was reached.
    pub finished_at: Option<DateTime<Utc>>,
}

impl Rotation {
    /// A rotation that has still to look at its first row.
    #[must_use]
    pub fn begin(table: SealedTable, key_id: &str, now: DateTime<Utc>) -> Self {
        Self {
            table,
            key_id: key_id.to_owned(),
            last: None,
            resealed: 0,
            started_at: now,
            finished_at: None,
        }
    }
}

/// The keys behind an [`IdentityCipher`], for the commands that change keys.
pub trait KeyRing: IdentityCipher {
    /// The id of the key that new texts are sealed with.
    fn newest_key(&self) -> &str;

    /// Whether texts under the key of that id can be opened.
    fn has_key(&self, id: &str) -> bool;

    /// The same text, whatever is in it, sealed for the same owner with the newest key.
    ///
    /// # Errors
    /// [`CipherError`], as opening and sealing have it.
    fn reseal(&self, owner: Uuid, sealed: &Sealed) -> Result<Sealed, CipherError>;

    /// Names the key that documents are hashed with, without telling it.
    fn hash_key_id(&self) -> HashKeyId;
}
