//! Whether WeChat Pay signed what came: answers and notifications alike.

use std::collections::BTreeMap;

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use chrono::{DateTime, Utc};

use super::pem;
use crate::settings::SettingsError;

/// How far, in seconds, the time of a signature may be from ours; this much is too far.
const WINDOW: u64 = 300;

/// How the ids of public keys begin, as opposed to serials of certificates.
const PUBLIC_KEY_ID: &str = "PUB_KEY_ID_";

/// WeChat Pay's public keys, by serial.
pub(super) struct PlatformKeys(BTreeMap<String, ParsedPublicKey>);

/// The four headers of something signed, and its body byte for byte.
pub(super) struct SignedMessage<'a> {
    pub(super) serial: &'a str,
    pub(super) timestamp: &'a str,
    pub(super) nonce: &'a str,
    pub(super) signature: &'a str,
    pub(super) body: &'a [u8],
}

/// Why something is not believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum NotSigned {
    #[error("the serial names none of the configured keys")]
    UnknownKey,
    #[error("its time is not ours")]
    OutOfTime,
    #[error("the signature does not fit")]
    BadSignature,
}

impl PlatformKeys {
    pub(super) fn new(pems: &BTreeMap<String, String>) -> Result<Self, SettingsError> {
        let refuse = |problem| SettingsError::new("platform_keys", problem);
        let mut keys = BTreeMap::new();
        for (serial, text) in pems {
            if serial.is_empty() || !serial.bytes().all(|byte| byte.is_ascii_graphic()) {
                return Err(refuse(
                    "a serial is empty or has other than visible characters",
                ));
            }
            let key = pem::decode("PUBLIC KEY", text)
                .and_then(|der| ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der).ok())
                .ok_or_else(|| refuse("a key is no RSA public key in PEM"))?;
            keys.insert(serial.clone(), key);
        }
        if keys.is_empty() {
            return Err(refuse("there is none"));
        }
        Ok(Self(keys))
    }

    /// The key that WeChat is asked to sign with; `None` where it signs with a certificate.
    pub(super) fn preferred(&self) -> Option<&str> {
        let mut serials = self.0.keys().rev();
        serials
            .find(|serial| serial.starts_with(PUBLIC_KEY_ID))
            .map(String::as_str)
    }

    /// Whether one of the keys signed `message`, less than 300 s from `now`.
    pub(super) fn verify(
        &self,
        message: &SignedMessage<'_>,
        now: DateTime<Utc>,
    ) -> Result<(), NotSigned> {
        let key = self.0.get(message.serial).ok_or(NotSigned::UnknownKey)?;
        let signed_at: i64 = message
            .timestamp
            .parse()
            .map_err(|_| NotSigned::OutOfTime)?;
        if now.timestamp().abs_diff(signed_at) >= WINDOW {
            return Err(NotSigned::OutOfTime);
        }
        let signature = BASE64_STANDARD
            .decode(message.signature)
            .map_err(|_| NotSigned::BadSignature)?;
        key.verify_sig(&message.signed_bytes(), &signature)
            .map_err(|_| NotSigned::BadSignature)
    }
}

impl SignedMessage<'_> {
    fn signed_bytes(&self) -> Vec<u8> {
        let head = format!("{}\n{}\n", self.timestamp, self.nonce);
        [head.as_bytes(), self.body, b"\n"].concat()
    }
}
