//! What the merchant signs: requests, and the parameters that the client pays with.

use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::prelude::{BASE64_STANDARD, Engine as _};
use secrecy::{ExposeSecret, SecretString};

use super::pem;
use crate::settings::SettingsError;

/// The merchant's RSA key and the serial of the certificate that goes with it.
pub(super) struct MerchantKey {
    key_pair: KeyPair,
    serial: String,
}

/// Something could not be signed: the system's randomness fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CannotSign;

/// What of a request is signed.
pub(super) struct RequestLines<'a> {
    pub(super) method: &'a str,
    pub(super) path_and_query: &'a str,
    pub(super) timestamp: i64,
    pub(super) body: &'a str,
}

impl MerchantKey {
    pub(super) fn new(private_key: &SecretString, serial: &str) -> Result<Self, SettingsError> {
        let der = pem::decode("PRIVATE KEY", private_key.expose_secret());
        let key_pair = der.and_then(|der| KeyPair::from_pkcs8(&der).ok());
        let problem = "it is no RSA key in PKCS#8 and PEM";
        Ok(Self {
            key_pair: key_pair
                .ok_or_else(|| SettingsError::new("merchant_private_key", problem))?,
            serial: serial.to_owned(),
        })
    }

    /// The `Authorization` header of a request.
    pub(super) fn authorization(
        &self,
        merchant_id: &str,
        request: &RequestLines<'_>,
    ) -> Result<String, CannotSign> {
        let nonce = nonce()?;
        let timestamp = request.timestamp.to_string();
        let signature = self.sign(&[
            request.method,
            request.path_and_query,
            &timestamp,
            &nonce,
            request.body,
        ])?;
        let serial = &self.serial;
        Ok(format!(
            "WECHATPAY2-SHA256-RSA2048 mchid=\"{merchant_id}\",nonce_str=\"{nonce}\",\
             timestamp=\"{timestamp}\",serial_no=\"{serial}\",signature=\"{signature}\""
        ))
    }

    /// Signs these lines with SHA-256 and RSA (PKCS#1 v1.5); base64.
    pub(super) fn sign(&self, lines: &[&str]) -> Result<String, CannotSign> {
        let mut message = lines.join("\n");
        message.push('\n');
        let mut signature = vec![0; self.key_pair.public_modulus_len()];
        self.key_pair
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                message.as_bytes(),
                &mut signature,
            )
            .map_err(|_| CannotSign)?;
        Ok(BASE64_STANDARD.encode(signature))
    }
}

/// 32 random characters.
pub(super) fn nonce() -> Result<String, CannotSign> {
    let mut bytes = [0; 16];
    rand::fill(&mut bytes).map_err(|_| CannotSign)?;
    Ok(hex::encode_upper(bytes))
}
