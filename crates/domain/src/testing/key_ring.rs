//! A ring of keys that hides nothing.

use uuid::Uuid;

use crate::identity::Document;
use crate::key_rotation::KeyRing;
use crate::person_name::PersonName;
use crate::rehashing::HashKeyId;
use crate::sealed::{
    CipherError, DocumentHash, IdentityCipher, RevealedIdentity, Sealed, TextCipher as _,
};

use super::PlainCipher;

/// [`PlainCipher`] with several keys, of which the first seals, and with a hash key of choice.
#[derive(Debug, Clone)]
pub struct PlainKeyRing {
    keys: Vec<&'static str>,
    hash_key: u8,
}

impl PlainKeyRing {
    /// Keys by their ids, the newest first. The hash key 0 hashes as [`PlainCipher`] does.
    #[must_use]
    pub fn new(keys: &[&'static str], hash_key: u8) -> Self {
        Self {
            keys: keys.to_vec(),
            hash_key,
        }
    }

    fn under_newest(&self, sealed: Sealed) -> Sealed {
        let key_id = self.newest_key().to_owned();
        if key_id == PlainCipher::KEY_ID {
            return sealed;
        }
        // Real ciphers draw a nonce: the same text under another key has other bytes.
        let tag = key_id.bytes().fold(self.hash_key, u8::wrapping_add);
        let mut bytes = vec![tag];
        bytes.extend(sealed.bytes);
        Sealed { key_id, bytes }
    }

    /// As [`PlainCipher`] sealed it.
    fn plain(&self, sealed: &Sealed) -> Result<Sealed, CipherError> {
        if !self.has_key(&sealed.key_id) {
            return Err(CipherError::UnknownKey(sealed.key_id.clone()));
        }
        let bytes = if sealed.key_id == PlainCipher::KEY_ID {
            sealed.bytes.clone()
        } else {
            let (_, bytes) = sealed.bytes.split_first().ok_or(CipherError::Forged)?;
            bytes.to_vec()
        };
        let key_id = PlainCipher::KEY_ID.to_owned();
        Ok(Sealed { key_id, bytes })
    }
}

impl IdentityCipher for PlainKeyRing {
    fn hash(&self, document: &Document) -> DocumentHash {
        let DocumentHash(hash) = PlainCipher.hash(document);
        DocumentHash(hash.map(|byte| byte ^ self.hash_key))
    }

    fn seal(
        &self,
        owner: Uuid,
        name: &PersonName,
        document: &Document,
    ) -> Result<Sealed, CipherError> {
        let sealed = PlainCipher.seal(owner, name, document)?;
        Ok(self.under_newest(sealed))
    }

    fn open(&self, owner: Uuid, sealed: &Sealed) -> Result<RevealedIdentity, CipherError> {
        PlainCipher.open(owner, &self.plain(sealed)?)
    }
}

impl KeyRing for PlainKeyRing {
    fn newest_key(&self) -> &str {
        self.keys.first().copied().unwrap_or_default()
    }

    fn has_key(&self, id: &str) -> bool {
        self.keys.contains(&id)
    }

    fn reseal(&self, owner: Uuid, sealed: &Sealed) -> Result<Sealed, CipherError> {
        let plain = self.plain(sealed)?;
        let identity = PlainCipher.open(owner, &plain).map(drop);
        identity.or_else(|_| PlainCipher.open_text(owner, &plain).map(drop))?;
        Ok(self.under_newest(plain))
    }

    fn hash_key_id(&self) -> HashKeyId {
        HashKeyId([self.hash_key; 16])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Person;

    #[test]
    fn what_is_resealed_opens_with_the_new_key_and_for_its_owner_alone() {
        let person = Person::born("1990-05-01", 1);
        let [owner, other] = [1, 2].map(Uuid::from_u128);
        let sealed = PlainCipher
            .seal(owner, &person.name, &person.document)
            .unwrap();
        let both = PlainKeyRing::new(&["k2", PlainCipher::KEY_ID], 0);
        let resealed = both.reseal(owner, &sealed).unwrap();
        assert_ne!(resealed, sealed);
        let only_new = PlainKeyRing::new(&["k2"], 0);
        assert_eq!(
            only_new.open(owner, &resealed),
            PlainCipher.open(owner, &sealed)
        );
        assert_eq!(only_new.open(other, &resealed), Err(CipherError::Forged));
        assert_eq!(both.reseal(other, &sealed), Err(CipherError::Forged));
        let unknown = CipherError::UnknownKey(PlainCipher::KEY_ID.to_owned());
        assert_eq!(only_new.reseal(owner, &sealed), Err(unknown));
    }
}
