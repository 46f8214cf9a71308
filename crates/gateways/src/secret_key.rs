//! 32-byte keys as they stand in the environment.

use secrecy::{ExposeSecret, SecretBox};

use crate::settings::SettingsError;

/// The length of every symmetric key and seed of this crate, in bytes.
pub const KEY_LENGTH: usize = 32;

/// A key of 32 bytes, wiped from memory when dropped.
#[derive(Debug)]
pub struct SecretKey(SecretBox<[u8; KEY_LENGTH]>);

impl SecretKey {
    /// Takes the bytes of a key.
    #[must_use]
    pub fn new(bytes: [u8; KEY_LENGTH]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// Reads 64 hexadecimal digits, as `openssl rand -hex 32` writes them.
    ///
    /// # Errors
    /// [`SettingsError`] that names `setting`, for any other text.
    pub fn from_hex(setting: &'static str, text: &str) -> Result<Self, SettingsError> {
        let mut bytes = Box::new([0; KEY_LENGTH]);
        hex::decode_to_slice(text.trim(), bytes.as_mut_slice())
            .map_err(|_| SettingsError::new(setting, "it is not 64 hexadecimal digits"))?;
        Ok(Self(SecretBox::new(bytes)))
    }

    pub(crate) fn expose(&self) -> &[u8; KEY_LENGTH] {
        self.0.expose_secret()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_64_digits_and_nothing_else() {
        let text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
        let key = SecretKey::from_hex("test", text).unwrap();
        assert_eq!(key.expose().first_chunk(), Some(&[0, 1, 2, 3]));
        for wrong in ["", "00", &text.replace('f', "g"), &format!("{text}20")] {
            assert!(SecretKey::from_hex("test", wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn shows_nothing_of_itself() {
        let key = SecretKey::new([171; KEY_LENGTH]);
        assert!(!format!("{key:?}").contains("171"));
    }
}
