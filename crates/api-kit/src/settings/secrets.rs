//! What a secret has to be like.

use std::collections::BTreeSet;
use std::fmt;

use secrecy::{ExposeSecret, SecretString};

/// The fewest bytes of a secret text.
const SHORTEST: usize = 32;
/// A random text of 32 characters has more different ones than this, in hex too.
const FEWEST_DIFFERENT: usize = 8;
/// Words of secrets that were never drawn at random.
const WELL_KNOWN_WORDS: [&str; 7] = [
    "secret",
    "password",
    "changeme",
    "change-me",
    "example",
    "sandbox",
    "test",
];

/// A key of 32 bytes. Shows nothing of itself.
#[derive(Clone, PartialEq, Eq)]
pub struct Key([u8; 32]);

impl Key {
    /// The bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Stands where no key could be read; settings that hold one are never handed out.
    pub(super) fn placeholder() -> Self {
        Self([0; 32])
    }

    pub(super) fn parse(hex_text: &str) -> Option<Self> {
        let mut bytes = [0; 32];
        hex::decode_to_slice(hex_text.trim(), &mut bytes).ok()?;
        Some(Self(bytes))
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Key(…)")
    }
}

/// A key with the id that is stored beside what it sealed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedKey {
    /// 1–16 characters of a–z, 0–9, `-` and `_`.
    pub id: String,
    /// The key.
    pub key: Key,
}

/// Reads `k1:hex,k2:hex`.
pub(super) fn parse_named_keys(text: &str) -> Option<Vec<NamedKey>> {
    text.split(',')
        .map(|pair| {
            let (id, key) = pair.trim().split_once(':')?;
            is_key_id(id).then_some(NamedKey {
                id: id.to_owned(),
                key: Key::parse(key)?,
            })
        })
        .collect()
}

fn is_key_id(text: &str) -> bool {
    (1..=16).contains(&text.len())
        && text.bytes().all(|byte| {
            byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_')
        })
}

/// Why a secret text is not acceptable, if it is not.
pub(super) fn fault_of(secret: &SecretString, relaxed: bool) -> Option<String> {
    let text = secret.expose_secret();
    if text.is_empty() {
        return Some("is missing".to_owned());
    }
    if text.len() < SHORTEST {
        return Some(format!("is shorter than {SHORTEST} bytes"));
    }
    (!relaxed && is_well_known(text)).then(|| "is no secret: draw it at random".to_owned())
}

/// The bytes that a secret stands for, in whatever case its hex is written.
pub(super) fn decoded(text: &str) -> Vec<u8> {
    let text = text.trim();
    hex::decode(text).unwrap_or_else(|_| text.as_bytes().to_vec())
}

/// Whether a secret was never drawn at random: it stands in our own files, holds a word that
/// nobody draws, or has hardly any different characters; as it is written, or decoded.
pub(super) fn is_well_known(text: &str) -> bool {
    is_no_draw(text.trim().as_bytes()) || is_no_draw(&decoded(text))
}

fn is_no_draw(bytes: &[u8]) -> bool {
    let lower = bytes.to_ascii_lowercase();
    let holds = |word: &str| {
        let mut places = lower.windows(word.len());
        places.any(|place| place == word.as_bytes())
    };
    let different: BTreeSet<u8> = lower.iter().copied().collect();
    different.len() < FEWEST_DIFFERENT
        || WELL_KNOWN_WORDS.into_iter().any(holds)
        || texts_of_tests().any(|known| {
            known.as_bytes().eq_ignore_ascii_case(bytes)
                || decoded(known).eq_ignore_ascii_case(bytes)
        })
}

/// Whether a name or number is that of the sandbox.
pub(super) fn is_of_sandbox(text: &str) -> bool {
    texts_of_tests().any(|known| known.eq_ignore_ascii_case(text.trim()))
}

/// All texts in the settings of tests, keys without their ids.
fn texts_of_tests() -> impl Iterator<Item = &'static str> {
    let texts = super::load::TEST.split('"').skip(1).step_by(2);
    texts.flat_map(|text| std::iter::once(text).chain(text.split_once(':').map(|(_, key)| key)))
}
