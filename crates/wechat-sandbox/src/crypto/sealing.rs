//! AEAD_AES_256_GCM, in which the resource of a notification travels.

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;
use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::fresh_token;

/// Encrypts with the APIv3 key.
pub(crate) struct Sealer(LessSafeKey);

/// What was encrypted, and what is needed beside the key to read it.
pub(crate) struct Sealed {
    pub(crate) ciphertext: String,
    pub(crate) nonce: String,
}

impl Sealer {
    /// The key must be 32 bytes long.
    pub(crate) fn new(api_v3_key: &str) -> Result<Self, Unspecified> {
        UnboundKey::new(&AES_256_GCM, api_v3_key.as_bytes()).map(|key| Self(LessSafeKey::new(key)))
    }

    /// Encrypts under a fresh nonce, which WeChat writes as 12 plain characters.
    pub(crate) fn seal(&self, associated: &str, plaintext: &[u8]) -> Result<Sealed, Unspecified> {
        let nonce: String = fresh_token().chars().take(NONCE_LEN).collect();
        let ciphertext = self.seal_under(nonce.as_bytes(), associated, plaintext)?;
        Ok(Sealed {
            ciphertext: BASE64_STANDARD.encode(ciphertext),
            nonce,
        })
    }

    fn seal_under(
        &self,
        nonce: &[u8],
        associated: &str,
        plaintext: &[u8],
    ) -> Result<Vec<u8>, Unspecified> {
        let mut text = plaintext.to_vec();
        let nonce = Nonce::try_assume_unique_for_key(nonce)?;
        self.0
            .seal_in_place_append_tag(nonce, Aad::from(associated), &mut text)?;
        Ok(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test case 14 of the GCM submission (McGrew and Viega), computed by others.
    #[test]
    fn agrees_with_the_published_vector() {
        let sealer = Sealer::new(&"\0".repeat(32)).unwrap();
        let sealed = sealer.seal_under(&[0; 12], "", &[0; 16]).unwrap();
        let expected = "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919";
        assert_eq!(hex::encode(sealed), expected);
    }

    #[test]
    fn a_key_of_another_length_is_refused() {
        assert!(Sealer::new("short").is_err());
    }
}
