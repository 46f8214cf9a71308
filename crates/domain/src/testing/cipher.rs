//! A cipher that hides nothing.

use uuid::Uuid;

use crate::identity::Document;
use crate::person_name::PersonName;
use crate::sealed::{
    CipherError, DocumentHash, IdentityCipher, RevealedIdentity, Sealed, TextCipher,
};

/// Seals by writing down: owner, name and number in the clear, and a sum over them that tells
/// whether they were altered. For tests, where every reader may read everything.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlainCipher;

impl PlainCipher {
    /// The id of the one key that there is.
    pub const KEY_ID: &'static str = "plain";
}

/// FNV-1a of 128 bits: the same in every process, and equal for equal texts only as far as a test
/// goes.
fn sum(bytes: &[u8]) -> [u8; 16] {
    const OFFSET: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0100_0000_0000_0000_0000_013b;
    bytes
        .iter()
        .fold(OFFSET, |hash, byte| {
            (hash ^ u128::from(*byte)).wrapping_mul(PRIME)
        })
        .to_be_bytes()
}

/// What is sealed; the sum is taken over it too, so that none opens as the other.
const IDENTITY: u8 = 1;
const TEXT: u8 = 2;

/// What the sum is taken over.
fn body(owner: Uuid, kind: u8, text: &str) -> Vec<u8> {
    [owner.as_bytes().as_slice(), &[kind], text.as_bytes()].concat()
}

fn write_down(owner: Uuid, kind: u8, text: &str) -> Sealed {
    let check = sum(&body(owner, kind, text));
    Sealed {
        key_id: PlainCipher::KEY_ID.to_owned(),
        bytes: [check.as_slice(), text.as_bytes()].concat(),
    }
}

fn read(owner: Uuid, kind: u8, sealed: &Sealed) -> Result<String, CipherError> {
    if sealed.key_id != PlainCipher::KEY_ID {
        return Err(CipherError::UnknownKey(sealed.key_id.clone()));
    }
    let (check, text) = sealed
        .bytes
        .split_first_chunk::<16>()
        .ok_or(CipherError::Forged)?;
    let text = std::str::from_utf8(text).map_err(|_| CipherError::Forged)?;
    if *check != sum(&body(owner, kind, text)) {
        return Err(CipherError::Forged);
    }
    Ok(text.to_owned())
}

impl IdentityCipher for PlainCipher {
    fn hash(&self, document: &Document) -> DocumentHash {
        DocumentHash(sum(document.identity_key().as_bytes()))
    }

    fn seal(
        &self,
        owner: Uuid,
        name: &PersonName,
        document: &Document,
    ) -> Result<Sealed, CipherError> {
        let text = format!("{}\n{}", name.as_str(), document.number());
        Ok(write_down(owner, IDENTITY, &text))
    }

    fn open(&self, owner: Uuid, sealed: &Sealed) -> Result<RevealedIdentity, CipherError> {
        let text = read(owner, IDENTITY, sealed)?;
        let (name, number) = text.split_once('\n').ok_or(CipherError::Forged)?;
        Ok(RevealedIdentity {
            name: name.to_owned(),
            number: number.to_owned(),
        })
    }
}

impl TextCipher for PlainCipher {
    fn seal_text(&self, owner: Uuid, text: &str) -> Result<Sealed, CipherError> {
        Ok(write_down(owner, TEXT, text))
    }

    fn open_text(&self, owner: Uuid, sealed: &Sealed) -> Result<String, CipherError> {
        read(owner, TEXT, sealed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Person;

    #[test]
    fn opens_for_its_owner_alone_and_unaltered() {
        let person = Person::born("1990-05-01", 1);
        let [owner, other] = [1, 2].map(Uuid::from_u128);
        let sealed = PlainCipher
            .seal(owner, &person.name, &person.document)
            .unwrap();
        let revealed = PlainCipher.open(owner, &sealed).unwrap();
        assert_eq!(revealed.name, person.name.as_str());
        assert_eq!(revealed.number, person.document.number());
        assert_eq!(PlainCipher.open(other, &sealed), Err(CipherError::Forged));
        for at in 0..sealed.bytes.len() {
            let mut altered = sealed.clone();
            altered.bytes[at] ^= 1;
            assert_eq!(PlainCipher.open(owner, &altered), Err(CipherError::Forged));
        }
        let key_id = "older".to_owned();
        let error = CipherError::UnknownKey(key_id.clone());
        let sealed = Sealed { key_id, ..sealed };
        assert_eq!(PlainCipher.open(owner, &sealed), Err(error));
    }

    #[test]
    fn texts_and_identities_do_not_open_as_each_other() {
        let person = Person::born("1990-05-01", 1);
        let owner = Uuid::from_u128(1);
        let text = PlainCipher.seal_text(owner, "李雷\n1").unwrap();
        assert_eq!(PlainCipher.open_text(owner, &text).unwrap(), "李雷\n1");
        assert_eq!(PlainCipher.open(owner, &text), Err(CipherError::Forged));
        let other = Uuid::from_u128(2);
        assert_eq!(
            PlainCipher.open_text(other, &text),
            Err(CipherError::Forged)
        );
        let identity = PlainCipher.seal(owner, &person.name, &person.document);
        let opened = PlainCipher.open_text(owner, &identity.unwrap());
        assert_eq!(opened, Err(CipherError::Forged));
    }

    #[test]
    fn the_hash_tells_persons_apart() {
        let [one, two] = [1, 2].map(|serial| Person::born("1990-05-01", serial).document);
        assert_eq!(PlainCipher.hash(&one), PlainCipher.hash(&one.clone()));
        assert_ne!(PlainCipher.hash(&one), PlainCipher.hash(&two));
    }
}
