//! The encrypted part of a notification: AEAD_AES_256_GCM with the APIv3 key.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::settings::SettingsError;

const ALGORITHM: &str = "AEAD_AES_256_GCM";

/// The key that WeChat encrypts notifications with.
pub(super) struct ApiV3Key(LessSafeKey);

/// An encrypted resource as it travels.
#[derive(Deserialize)]
pub(super) struct Resource {
    algorithm: String,
    ciphertext: String,
    nonce: String,
    #[serde(default)]
    associated_data: String,
}

impl ApiV3Key {
    pub(super) fn new(key: &SecretString) -> Result<Self, SettingsError> {
        UnboundKey::new(&AES_256_GCM, key.expose_secret().as_bytes())
            .map(|key| Self(LessSafeKey::new(key)))
            .map_err(|_| SettingsError::new("api_v3_key", "it is not 32 bytes long"))
    }

    /// The plaintext; what was wrong otherwise, in words without any of it.
    pub(super) fn decrypt(&self, resource: &Resource) -> Result<Vec<u8>, &'static str> {
        if resource.algorithm != ALGORITHM {
            return Err("another algorithm");
        }
        let nonce = Nonce::try_assume_unique_for_key(resource.nonce.as_bytes())
            .map_err(|_| "a nonce of another length")?;
        let mut text = BASE64_STANDARD
            .decode(&resource.ciphertext)
            .map_err(|_| "a ciphertext that is no base64")?;
        let length = self
            .0
            .open_in_place(nonce, Aad::from(&resource.associated_data), &mut text)
            .map_err(|_| "encrypted with another key")?
            .len();
        text.truncate(length);
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test case 14 of the GCM submission (McGrew and Viega), computed by others; WeChat writes
    /// nonces as text, and twelve zero bytes are one.
    fn published() -> (ApiV3Key, Resource) {
        let bytes = "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919";
        let resource = Resource {
            algorithm: ALGORITHM.to_owned(),
            ciphertext: BASE64_STANDARD.encode(hex::decode(bytes).unwrap()),
            nonce: "\0".repeat(12),
            associated_data: String::new(),
        };
        let key = ApiV3Key::new(&SecretString::from("\0".repeat(32))).unwrap();
        (key, resource)
    }

    #[test]
    fn agrees_with_the_published_vector() {
        let (key, resource) = published();
        assert_eq!(key.decrypt(&resource), Ok(vec![0; 16]));
    }

    #[test]
    fn whatever_is_altered_it_does_not_open() {
        let spoil: [fn(&mut Resource); 5] = [
            |it| it.algorithm = "NONE".to_owned(),
            |it| it.nonce = "short".to_owned(),
            |it| it.nonce = "\u{1}".repeat(12),
            |it| it.associated_data = "refund".to_owned(),
            |it| it.ciphertext = "AAAA".to_owned(),
        ];
        for spoil in spoil {
            let (key, mut resource) = published();
            spoil(&mut resource);
            assert!(key.decrypt(&resource).is_err());
        }
        assert!(ApiV3Key::new(&SecretString::from("short")).is_err());
    }
}
