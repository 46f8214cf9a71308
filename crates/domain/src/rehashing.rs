//! Changing the key that documents are hashed with, which the services do not survive
//! (rule 10.1): every look-up goes by that hash, so all rows change before anybody looks again.

use std::fmt;

use uuid::Uuid;

use crate::identity::{DocumentType, Nationality};
use crate::sealed::{DocumentHash, Sealed};

/// Tells hash keys apart: a digest of the key, which cannot be reckoned back to it.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct HashKeyId(pub [u8; 16]);

impl fmt::Display for HashKeyId {
    /// The first eight hex digits: enough to tell two keys apart by eye.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, ..] = self.0;
        write!(formatter, "{a:02x}{b:02x}{c:02x}{d:02x}")
    }
}

impl fmt::Debug for HashKeyId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "HashKeyId({self})")
    }
}

/// Which key the stored hashes were made with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HashKeys {
    /// The key of all hashes, but while `next` is there.
    pub current: HashKeyId,
    /// The key of some of them already: a change of the key was begun and has to be finished
    /// before anybody looks a document up.
    pub next: Option<HashKeyId>,
}

/// A table with hashes of documents whose numbers its rows hold sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HashedTable(&'static str);

impl HashedTable {
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

/// A row of such a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HashedRow {
    /// The row's id, for which the identity is sealed.
    pub owner: Uuid,
    /// The kind of document.
    pub document_type: DocumentType,
    /// The nationality, for passports.
    pub nationality: Option<Nationality>,
    /// The hash; `None` once erased (rule 10.3).
    pub hash: Option<DocumentHash>,
    /// Name and number; `None` once erased.
    pub identity: Option<Sealed>,
}

/// A hash and the same document's under another key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rehashed {
    /// The row.
    pub owner: Uuid,
    /// What was read there.
    pub was: DocumentHash,
    /// What is to stand there instead.
    pub becomes: DocumentHash,
}

/// Rows that hold a hash and nothing to reckon another one from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Orphans {
    /// No-shows whose ticket is erased.
    pub no_shows: u64,
    /// Bans none of whose no-shows has a ticket that is not erased.
    pub bans: u64,
}
