use chrono::NaiveDate;
use domain::identity::DocumentType;

use super::*;

const OWNER: Uuid = Uuid::from_u128(7);

fn ring(newest_key: &str, ids: &[&str]) -> IdentityCipherSettings {
    let key_of = |id: &str| SecretKey::new([id.len().try_into().unwrap(); 32]);
    IdentityCipherSettings {
        newest_key: newest_key.to_owned(),
        keys: ids
            .iter()
            .map(|id| ((*id).to_owned(), key_of(id)))
            .collect(),
        hash_key: SecretKey::new(std::array::from_fn(|at| at.try_into().unwrap())),
    }
}

fn cipher() -> AesIdentityCipher {
    AesIdentityCipher::new(&ring("a", &["a"])).unwrap()
}

fn document(kind: DocumentType, number: &str) -> Document {
    let today = NaiveDate::from_ymd_opt(2026, 4, 1).unwrap();
    Document::parse(kind, number, Some("FRA"), today).unwrap()
}

fn id_card() -> Document {
    document(DocumentType::IdCard, "11010519491231002X")
}

fn seal(cipher: &AesIdentityCipher, name: &str) -> Sealed {
    let name = PersonName::parse(name).unwrap();
    cipher.seal(OWNER, &name, &id_card()).unwrap()
}

#[test]
fn what_was_sealed_opens_again() {
    // 𠮷 lies beyond U+FFFF and takes four bytes (rule 3.8).
    for name in ["王小明", "𠮷田·𠮷", "ANNE-MARIE O'NEILL"] {
        let sealed = seal(&cipher(), name);
        let revealed = cipher().open(OWNER, &sealed).unwrap();
        assert_eq!(revealed.name, name);
        assert_eq!(revealed.number, "11010519491231002X");
        assert_eq!(sealed.key_id, "a");
    }
}

#[test]
fn the_longest_identity_fits_the_column() {
    let name = PersonName::parse(&"𠮷".repeat(30)).unwrap();
    let passport = document(DocumentType::Passport, &"A1".repeat(10));
    let sealed = cipher().seal(OWNER, &name, &passport).unwrap();
    assert_eq!(sealed.bytes.len(), 1 + 12 + 2 + 120 + 20 + 16);
}

#[test]
fn the_same_identity_is_never_sealed_alike() {
    let cipher = cipher();
    assert_ne!(seal(&cipher, "王小明").bytes, seal(&cipher, "王小明").bytes);
}

#[test]
fn moved_to_another_owner_it_does_not_open() {
    let sealed = seal(&cipher(), "王小明");
    let moved = cipher().open(Uuid::from_u128(8), &sealed);
    assert_eq!(moved, Err(CipherError::Forged));
}

#[test]
fn altered_anywhere_or_cut_it_does_not_open() {
    let cipher = cipher();
    let sealed = seal(&cipher, "王小明");
    for at in 0..sealed.bytes.len() {
        let mut altered = sealed.clone();
        altered.bytes[at] ^= 1;
        assert_eq!(
            cipher.open(OWNER, &altered),
            Err(CipherError::Forged),
            "{at}"
        );
        let mut cut = sealed.clone();
        cut.bytes.truncate(at);
        assert_eq!(cipher.open(OWNER, &cut), Err(CipherError::Forged), "{at}");
    }
}

#[test]
fn a_text_opens_for_its_owner_alone_and_never_as_an_identity() {
    let cipher = cipher();
    for text in ["", "李雷\n91110108MA01ABCD2X\nli.lei@example.com"] {
        let sealed = cipher.seal_text(OWNER, text).unwrap();
        assert_eq!(cipher.open_text(OWNER, &sealed).unwrap(), text);
        let moved = cipher.open_text(Uuid::from_u128(8), &sealed);
        assert_eq!(moved, Err(CipherError::Forged));
        assert_eq!(cipher.open(OWNER, &sealed), Err(CipherError::Forged));
        let mut relabelled = sealed.clone();
        relabelled.bytes[0] = IDENTITY;
        assert_eq!(cipher.open(OWNER, &relabelled), Err(CipherError::Forged));
    }
    let identity = seal(&cipher, "王小明");
    let opened = cipher.open_text(OWNER, &identity);
    assert_eq!(opened, Err(CipherError::Forged));
}

#[test]
fn rotated_keys_open_the_old_and_seal_with_the_new() {
    let old = seal(&cipher(), "王小明");
    let rotated = AesIdentityCipher::new(&ring("bb", &["a", "bb"])).unwrap();
    assert_eq!(rotated.open(OWNER, &old).unwrap().name, "王小明");
    let new = seal(&rotated, "王小明");
    assert_eq!(new.key_id, "bb");
    let unknown = CipherError::UnknownKey("bb".to_owned());
    assert_eq!(cipher().open(OWNER, &new), Err(unknown));
    let renamed = Sealed {
        key_id: "a".to_owned(),
        ..new
    };
    assert_eq!(rotated.open(OWNER, &renamed), Err(CipherError::Forged));
}

/// The database is full of these hashes: they must never change. Computed with Python's `hmac`.
#[test]
fn hashes_are_stable() {
    let vectors = [
        (id_card(), "1b72a54217697035254d041a7fa82f97"),
        (
            document(DocumentType::Passport, "ab 1234567"),
            "ee9d9dd329dbf44226a59408654d87e1",
        ),
    ];
    for (document, expected) in vectors {
        assert_eq!(hex::encode(cipher().hash(&document).0), expected);
    }
}

#[test]
fn rotation_and_renewal_leave_the_hash_alone() {
    let rotated = AesIdentityCipher::new(&ring("bb", &["bb"])).unwrap();
    let kind = DocumentType::HkMacauPermit;
    let first = cipher().hash(&document(kind, "H1234567801"));
    assert_eq!(rotated.hash(&document(kind, "H1234567802")), first);
    assert_ne!(rotated.hash(&document(kind, "H1234567902")), first);
}

#[test]
fn unusable_settings_are_named() {
    let problem = |settings| AesIdentityCipher::new(&settings).map(|_| ()).unwrap_err();
    assert_eq!(problem(ring("b", &["a"])).setting, "newest_key");
    for id in ["", "A", "a b", "a2345678901234567"] {
        assert_eq!(problem(ring(id, &[id])).setting, "keys", "{id}");
    }
    let mut shared = ring("a", &["a"]);
    shared.hash_key = SecretKey::new([1; 32]);
    assert_eq!(problem(shared).setting, "hash_key");
}

#[test]
fn what_is_resealed_needs_the_new_key_alone() {
    let (old, both, new) = (
        cipher(),
        AesIdentityCipher::new(&ring("bb", &["a", "bb"])).unwrap(),
        AesIdentityCipher::new(&ring("bb", &["bb"])).unwrap(),
    );
    let sealed = seal(&old, "王小明");
    let resealed = both.reseal(OWNER, &sealed).unwrap();
    assert_eq!((both.newest_key(), resealed.key_id.as_str()), ("bb", "bb"));
    // At every moment of a rotation, whoever has both keys reads both.
    let revealed = old.open(OWNER, &sealed).unwrap();
    for (cipher, sealed) in [(&both, &sealed), (&both, &resealed), (&new, &resealed)] {
        assert_eq!(cipher.open(OWNER, sealed), Ok(revealed.clone()));
    }
    let unknown = CipherError::UnknownKey("a".to_owned());
    assert_eq!(new.reseal(OWNER, &sealed), Err(unknown));
    assert!(both.has_key("a") && !new.has_key("a"));
}

#[test]
fn what_was_moved_or_altered_is_not_resealed() {
    let both = AesIdentityCipher::new(&ring("bb", &["a", "bb"])).unwrap();
    let sealed = seal(&cipher(), "王小明");
    let other = Uuid::from_u128(8);
    assert_eq!(both.reseal(other, &sealed), Err(CipherError::Forged));
    for at in 0..sealed.bytes.len() {
        let mut altered = sealed.clone();
        altered.bytes[at] ^= 1;
        assert_eq!(both.reseal(OWNER, &altered), Err(CipherError::Forged));
    }
}

/// Stored in every database: computed with Python's `hmac`.
#[test]
fn a_hash_key_has_one_name() {
    let id = cipher().hash_key_id();
    assert_eq!(hex::encode(id.0), "028142ca7b0486516dadcec95ac56ce9");
    assert_eq!(
        id,
        AesIdentityCipher::new(&ring("bb", &["bb"]))
            .unwrap()
            .hash_key_id()
    );
    let mut other = ring("a", &["a"]);
    other.hash_key = SecretKey::new([9; 32]);
    assert_ne!(id, AesIdentityCipher::new(&other).unwrap().hash_key_id());
}
