//! Encryption of identities and other personal texts, and hashing of documents (rule 10.1).

use std::collections::BTreeMap;
use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::{hmac, rand};
use domain::identity::Document;
use domain::key_rotation::KeyRing;
use domain::person_name::PersonName;
use domain::rehashing::HashKeyId;
use domain::sealed::{
    CipherError, DocumentHash, IdentityCipher, RevealedIdentity, Sealed, TextCipher,
};
use uuid::Uuid;

use crate::secret_key::SecretKey;
use crate::settings::SettingsError;

/// The layout of a sealed identity; it stands before every sealed text and is authenticated, so
/// that none opens as something else.
///
/// This byte, a random nonce of 12 bytes, then AES-256-GCM with its tag at the end. Inside: the
/// length of the name in bytes (two bytes, big-endian), the name, the number. The associated data
/// are the 16 bytes of the owner's id and this byte.
const IDENTITY: u8 = 1;

/// The layout of any other text, the same but for what is inside: the text in UTF-8.
const TEXT: u8 = 2;

/// A key's id stands in every row, so it is kept short.
const LONGEST_KEY_ID: usize = 16;

/// What the hash key is asked to hash to tell its id. No document is hashed like that: an
/// identity key begins with its version, `v1|`.
const HASH_KEY_ID: &[u8] = b"id of the document hash key";

/// The keys that identities are sealed and hashed with.
#[derive(Debug)]
pub struct IdentityCipherSettings {
    /// The id of the key that seals; all others only open.
    pub newest_key: String,
    /// Every key in use, by its id: 1 to 16 of a–z, 0–9, `-` and `_`. While keys rotate there are
    /// several, and one may be taken out only when no row names it any more.
    pub keys: BTreeMap<String, SecretKey>,
    /// The key of the hashes, which stays the same while sealing keys rotate.
    pub hash_key: SecretKey,
}

/// Seals identities and texts with AES-256-GCM and hashes documents with HMAC-SHA-256.
pub struct AesIdentityCipher {
    newest_key: String,
    keys: BTreeMap<String, LessSafeKey>,
    hash_key: hmac::Key,
}

impl AesIdentityCipher {
    /// A cipher with these keys.
    ///
    /// # Errors
    /// [`SettingsError`] if the newest key is not among the keys, an id is malformed, or the hash
    /// key also seals.
    pub fn new(settings: &IdentityCipherSettings) -> Result<Self, SettingsError> {
        let mut keys = BTreeMap::new();
        for (id, key) in &settings.keys {
            if !is_key_id(id) {
                let problem = "a key's id is 1 to 16 of a-z, 0-9, - and _";
                return Err(SettingsError::new("keys", problem));
            }
            if key.expose() == settings.hash_key.expose() {
                let problem = "it is also one of the sealing keys";
                return Err(SettingsError::new("hash_key", problem));
            }
            keys.insert(id.clone(), sealing_key(key)?);
        }
        if !keys.contains_key(&settings.newest_key) {
            return Err(SettingsError::new("newest_key", "no key has that id"));
        }
        Ok(Self {
            newest_key: settings.newest_key.clone(),
            keys,
            hash_key: hmac::Key::new(hmac::HMAC_SHA256, settings.hash_key.expose()),
        })
    }

    fn key(&self, id: &str) -> Result<&LessSafeKey, CipherError> {
        self.keys
            .get(id)
            .ok_or_else(|| CipherError::UnknownKey(id.to_owned()))
    }

    /// The first half of the keyed hash of `text`.
    fn keyed_hash(&self, text: &[u8]) -> [u8; 16] {
        let tag = hmac::sign(&self.hash_key, text);
        let mut hash = [0; 16];
        for (place, byte) in hash.iter_mut().zip(tag.as_ref()) {
            *place = *byte;
        }
        hash
    }

    fn seal_as(&self, layout: u8, owner: Uuid, mut text: Vec<u8>) -> Result<Sealed, CipherError> {
        let mut nonce = [0; NONCE_LEN];
        rand::fill(&mut nonce).map_err(|_| CipherError::Randomness)?;
        self.key(&self.newest_key)?
            .seal_in_place_append_tag(
                Nonce::assume_unique_for_key(nonce),
                associated_data(owner, layout),
                &mut text,
            )
            .map_err(|_| CipherError::Forged)?;
        let mut bytes = Vec::with_capacity(1 + NONCE_LEN + text.len());
        bytes.push(layout);
        bytes.extend_from_slice(&nonce);
        bytes.append(&mut text);
        Ok(Sealed {
            key_id: self.newest_key.clone(),
            bytes,
        })
    }

    fn open_as(&self, layout: u8, owner: Uuid, sealed: &Sealed) -> Result<Vec<u8>, CipherError> {
        let key = self.key(&sealed.key_id)?;
        let (nonce, text) = sealed
            .bytes
            .strip_prefix(&[layout])
            .and_then(|rest| rest.split_at_checked(NONCE_LEN))
            .ok_or(CipherError::Forged)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| CipherError::Forged)?;
        let mut text = text.to_vec();
        let plain = key
            .open_in_place(nonce, associated_data(owner, layout), &mut text)
            .map_err(|_| CipherError::Forged)?;
        Ok(plain.to_vec())
    }
}

impl IdentityCipher for AesIdentityCipher {
    fn hash(&self, document: &Document) -> DocumentHash {
        DocumentHash(self.keyed_hash(document.identity_key().as_bytes()))
    }

    fn seal(
        &self,
        owner: Uuid,
        name: &PersonName,
        document: &Document,
    ) -> Result<Sealed, CipherError> {
        let text = lay_out(name.as_str(), document.number())?;
        self.seal_as(IDENTITY, owner, text)
    }

    fn open(&self, owner: Uuid, sealed: &Sealed) -> Result<RevealedIdentity, CipherError> {
        let plain = self.open_as(IDENTITY, owner, sealed)?;
        read_layout(&plain).ok_or(CipherError::Forged)
    }
}

impl TextCipher for AesIdentityCipher {
    fn seal_text(&self, owner: Uuid, text: &str) -> Result<Sealed, CipherError> {
        self.seal_as(TEXT, owner, text.as_bytes().to_vec())
    }

    fn open_text(&self, owner: Uuid, sealed: &Sealed) -> Result<String, CipherError> {
        let plain = self.open_as(TEXT, owner, sealed)?;
        String::from_utf8(plain).map_err(|_| CipherError::Forged)
    }
}

impl KeyRing for AesIdentityCipher {
    fn newest_key(&self) -> &str {
        &self.newest_key
    }

    fn has_key(&self, id: &str) -> bool {
        self.keys.contains_key(id)
    }

    fn reseal(&self, owner: Uuid, sealed: &Sealed) -> Result<Sealed, CipherError> {
        let layout = *sealed.bytes.first().ok_or(CipherError::Forged)?;
        self.seal_as(layout, owner, self.open_as(layout, owner, sealed)?)
    }

    fn hash_key_id(&self) -> HashKeyId {
        HashKeyId(self.keyed_hash(HASH_KEY_ID))
    }
}

impl fmt::Debug for AesIdentityCipher {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "AesIdentityCipher({})", self.newest_key)
    }
}

fn is_key_id(id: &str) -> bool {
    (1..=LONGEST_KEY_ID).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-_".contains(&byte))
}

fn sealing_key(key: &SecretKey) -> Result<LessSafeKey, SettingsError> {
    UnboundKey::new(&AES_256_GCM, key.expose())
        .map(LessSafeKey::new)
        .map_err(|_| SettingsError::new("keys", "a key is not 32 bytes long"))
}

fn associated_data(owner: Uuid, layout: u8) -> Aad<Vec<u8>> {
    let mut data = owner.as_bytes().to_vec();
    data.push(layout);
    Aad::from(data)
}

fn lay_out(name: &str, number: &str) -> Result<Vec<u8>, CipherError> {
    // A parsed name has at most 60 characters; a longer text could only be a mistake.
    let name_length = u16::try_from(name.len()).map_err(|_| CipherError::Forged)?;
    let mut text = name_length.to_be_bytes().to_vec();
    text.extend_from_slice(name.as_bytes());
    text.extend_from_slice(number.as_bytes());
    Ok(text)
}

fn read_layout(plain: &[u8]) -> Option<RevealedIdentity> {
    let (length, rest) = plain.split_first_chunk()?;
    let (name, number) = rest.split_at_checked(u16::from_be_bytes(*length).into())?;
    Some(RevealedIdentity {
        name: str::from_utf8(name).ok()?.to_owned(),
        number: str::from_utf8(number).ok()?.to_owned(),
    })
}

#[cfg(test)]
mod tests;
