//! Personal data at rest: sealed texts and the keyed hash that stands for a document (rule 10.1).

use std::fmt;

use thiserror::Error;
use uuid::Uuid;

use crate::identity::Document;
use crate::person_name::PersonName;

/// The keyed hash of a document: what look-ups and uniqueness go by.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentHash(pub [u8; 16]);

impl fmt::Debug for DocumentHash {
    /// Shows nothing: a hash that appears in a log would let its holder follow one person.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DocumentHash(…)")
    }
}

/// An encrypted text with the id of the key that opens it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Which key sealed it; several are in use while keys rotate.
    pub key_id: String,
    /// Nonce and ciphertext, as the cipher lays them out.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sealed({})", self.key_id)
    }
}

/// Name and document number in the clear, as they were sealed.
///
/// Plain texts rather than parsed values: what was accepted under earlier rules must stay
/// readable under later ones.
#[derive(Clone, PartialEq, Eq)]
pub struct RevealedIdentity {
    /// The person's name.
    pub name: String,
    /// The canonical document number.
    pub number: String,
}

impl fmt::Debug for RevealedIdentity {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RevealedIdentity(…)")
    }
}

/// Why a sealed text stays closed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CipherError {
    /// The key is not among those configured.
    #[error("no key with id {0} is configured")]
    UnknownKey(String),
    /// Wrong key, another owner, or altered bytes.
    #[error("a sealed text does not open with its key")]
    Forged,
    /// The system gave no random bytes to seal with.
    #[error("the system's randomness fails")]
    Randomness,
}

/// Seals identities and hashes documents.
///
/// Every sealed text is bound to its `owner` (the id of the row that holds it): moved to another
/// row it MUST NOT open.
pub trait IdentityCipher: Send + Sync {
    /// The keyed hash of the document's identity key (rule 3.3). The same person's document MUST
    /// give the same hash in every process and at every time, until the hash key is changed.
    fn hash(&self, document: &Document) -> DocumentHash;

    /// Seals a name and a document's number with the newest key.
    ///
    /// # Errors
    /// [`CipherError`] if the system's randomness fails.
    fn seal(
        &self,
        owner: Uuid,
        name: &PersonName,
        document: &Document,
    ) -> Result<Sealed, CipherError>;

    /// Opens what [`seal`](Self::seal) made.
    ///
    /// # Errors
    /// [`CipherError`] if the key is unknown, or the text was sealed for another owner or altered.
    fn open(&self, owner: Uuid, sealed: &Sealed) -> Result<RevealedIdentity, CipherError>;
}

/// Seals texts that are personal and no identity, such as an invoice's title or a mail.
///
/// Every sealed text is bound to its `owner` (the id of the row that holds it): moved to another
/// row it MUST NOT open. What [`IdentityCipher`] sealed MUST NOT open as a text, nor a text as an
/// identity. The keys are the same, and rotate together.
pub trait TextCipher: Send + Sync {
    /// Seals a text with the newest key.
    ///
    /// # Errors
    /// [`CipherError`] if the system's randomness fails.
    fn seal_text(&self, owner: Uuid, text: &str) -> Result<Sealed, CipherError>;

    /// Opens what [`seal_text`](Self::seal_text) made.
    ///
    /// # Errors
    /// [`CipherError`] if the key is unknown, or the text was sealed for another owner or altered.
    fn open_text(&self, owner: Uuid, sealed: &Sealed) -> Result<String, CipherError>;
}
