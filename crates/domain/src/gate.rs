//! Gates: the devices that admit visitors, each at one venue (section 9 of the rules).

use std::fmt;

use chrono::{DateTime, Utc};
use thiserror::Error;
use uuid::Uuid;

use crate::id::GateId;
use crate::venue::VenueCode;

/// The longest name, in characters; with room for it a ticket notes where it was admitted.
const LONGEST_NAME: usize = 64;

/// What people call a gate, such as `午门-3`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GateName(String);

/// Why a text is not the name of a gate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum GateNameError {
    /// Nothing but spaces.
    #[error("a gate needs a name")]
    Empty,
    /// More than 64 characters.
    #[error("a gate's name has at most {LONGEST_NAME} characters")]
    TooLong,
    /// A character that cannot be seen, or a colon, which marks staff (`manage:wang`).
    #[error("a gate's name holds neither control characters nor colons")]
    Character,
}

impl GateName {
    /// Reads a name; space around it is dropped.
    ///
    /// # Errors
    /// [`GateNameError`].
    pub fn parse(text: &str) -> Result<Self, GateNameError> {
        let name = text.trim();
        if name.is_empty() {
            return Err(GateNameError::Empty);
        }
        if name.chars().count() > LONGEST_NAME {
            return Err(GateNameError::TooLong);
        }
        if name.contains(|c: char| c.is_control() || c == ':') {
            return Err(GateNameError::Character);
        }
        Ok(Self(name.to_owned()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GateName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The secret half of a gate's key: 256 random bits.
#[derive(Clone, PartialEq, Eq)]
pub struct GateSecret(pub [u8; 32]);

/// What is stored of a gate's secret: its SHA-256.
///
/// A plain hash is enough. Slow or salted ones protect secrets that people think of, which can be
/// guessed one by one; nobody runs through 2^256 random ones. And nothing is learnt from how long
/// the comparison of two hashes takes, because nobody can choose what a hash begins with.
#[derive(Clone, PartialEq, Eq)]
pub struct GateKeyHash(pub [u8; 32]);

impl fmt::Debug for GateSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("GateSecret(…)")
    }
}

impl fmt::Debug for GateKeyHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("GateKeyHash(…)")
    }
}

/// The system gave no random bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the system's randomness fails")]
pub struct NoRandomness;

/// Makes the secrets of gates, and hashes those that are shown.
pub trait GateSecrets: Send + Sync {
    /// A secret that nobody can guess.
    ///
    /// # Errors
    /// [`NoRandomness`].
    fn make(&self) -> Result<GateSecret, NoRandomness>;
    /// The SHA-256 of a secret, the same in every process and at every time.
    fn hash(&self, secret: &GateSecret) -> GateKeyHash;
}

/// What a gate shows with every request: which gate it is, and the secret that proves it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GateKey {
    /// Which gate.
    pub gate: GateId,
    /// Its secret.
    pub secret: GateSecret,
}

/// A text that is no gate's key. The text itself is left out: it may be nearly one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not the key of a gate")]
pub struct GateKeyError;

impl GateKey {
    const PREFIX: &str = "pg_";

    /// Reads `pg_<id>_<secret>`, both in lower-case hexadecimal digits.
    ///
    /// # Errors
    /// [`GateKeyError`] for any other text.
    pub fn parse(text: &str) -> Result<Self, GateKeyError> {
        let (id, secret) = text
            .strip_prefix(Self::PREFIX)
            .and_then(|rest| rest.split_once('_'))
            .ok_or(GateKeyError)?;
        let (high, low) = secret.split_at_checked(32).ok_or(GateKeyError)?;
        let halves = half(high)?.to_be_bytes().into_iter();
        let mut secret = [0; 32];
        for (place, byte) in secret
            .iter_mut()
            .zip(halves.chain(half(low)?.to_be_bytes()))
        {
            *place = byte;
        }
        Ok(Self {
            gate: GateId::new(Uuid::from_u128(half(id)?)),
            secret: GateSecret(secret),
        })
    }

    /// The key as its gate is told it, once. Not a `Display`, so that none is printed unawares.
    #[must_use]
    pub fn expose(&self) -> String {
        let mut text = format!("{}{}_", Self::PREFIX, self.gate.uuid().simple());
        for byte in self.secret.0 {
            text.push_str(&format!("{byte:02x}"));
        }
        text
    }
}

/// Reads 32 lower-case hexadecimal digits, as many as 128 bits have.
fn half(digits: &str) -> Result<u128, GateKeyError> {
    let is_digit = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    if digits.len() != 32 || !digits.bytes().all(is_digit) {
        return Err(GateKeyError);
    }
    u128::from_str_radix(digits, 16).map_err(|_| GateKeyError)
}

/// A device that admits visitors at one venue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gate {
    /// Its id.
    pub id: GateId,
    /// Its name, unique among all gates, revoked ones included: tickets keep it.
    pub name: GateName,
    /// Where it stands.
    pub venue: VenueCode,
    /// What its secret is recognised by.
    pub key_hash: GateKeyHash,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// Since when its key opens nothing any more.
    pub revoked_at: Option<DateTime<Utc>>,
}

impl Gate {
    /// Whether a secret of this hash speaks for the gate.
    #[must_use]
    pub fn is_proven_by(&self, hash: &GateKeyHash) -> bool {
        self.revoked_at.is_none() && self.key_hash == *hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key() -> GateKey {
        let mut secret = [0; 32];
        for (place, byte) in secret.iter_mut().zip(0..) {
            *place = byte;
        }
        GateKey {
            gate: GateId::new(Uuid::from_u128(0x0198_0000_0000_7000_8000_0000_0000_0001)),
            secret: GateSecret(secret),
        }
    }

    #[test]
    fn a_key_is_read_as_it_was_told() {
        let text = key().expose();
        assert_eq!(
            text,
            "pg_01980000000070008000000000000001_\
             000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f"
        );
        assert_eq!(GateKey::parse(&text), Ok(key()));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        let text = key().expose();
        for wrong in [
            "",
            "pg_",
            "pg__",
            &text[3..],
            &text[..text.len() - 1],
            &format!("{text}0"),
            &text.replace("1f", "1F"),
            &text.replace("0001_", "000+_"),
            &text.replace("1e1f", "闸闸"),
        ] {
            assert_eq!(GateKey::parse(wrong), Err(GateKeyError), "{wrong}");
        }
    }

    #[test]
    fn nothing_tells_a_secret_by_accident() {
        assert!(format!("{:?}", key()).contains("secret: GateSecret(…)"));
        assert_eq!(format!("{:?}", GateKeyHash([7; 32])), "GateKeyHash(…)");
    }

    #[test]
    fn names_are_short_visible_and_without_colons() {
        assert_eq!(GateName::parse(" 午门-3 ").unwrap().as_str(), "午门-3");
        let longest = "门".repeat(LONGEST_NAME);
        assert!(GateName::parse(&longest).is_ok());
        for (text, error) in [
            (" ", GateNameError::Empty),
            (&*format!("{longest}门"), GateNameError::TooLong),
            ("east\n3", GateNameError::Character),
            ("manage:wang", GateNameError::Character),
        ] {
            assert_eq!(GateName::parse(text), Err(error), "{text}");
        }
    }
}
