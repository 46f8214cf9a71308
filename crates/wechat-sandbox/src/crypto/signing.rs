//! SHA256-RSA2048 over lines, the form both sides of Pay v3 sign in.

use aws_lc_rs::error::Unspecified;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_SHA256, RsaKeyPair,
};
use base64::prelude::{BASE64_STANDARD, Engine as _};

use super::fresh_token;
use super::keys::{KeyError, KeyMaterial, public_der};
use crate::settings::PLATFORM_KEY_ID;

/// Signs as the platform and verifies what the merchant signed.
pub(crate) struct Signer {
    platform: RsaKeyPair,
    merchant: RsaKeyPair,
    merchant_public: ParsedPublicKey,
}

/// With whose key an answer or a notification is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Hand {
    /// The platform's, as it should be.
    Platform,
    /// Another key under the platform's name: what a forger would send.
    Forger,
    /// WeChat's probe, which merchants must refuse.
    SignTest,
}

/// The headers that go with something signed.
pub(crate) struct SignatureHeaders {
    pub(crate) timestamp: String,
    pub(crate) nonce: String,
    pub(crate) signature: String,
}

impl SignatureHeaders {
    /// Names and values, ready to be set.
    pub(crate) fn pairs(&self) -> [(&'static str, &str); 4] {
        [
            ("wechatpay-serial", PLATFORM_KEY_ID),
            ("wechatpay-timestamp", &self.timestamp),
            ("wechatpay-nonce", &self.nonce),
            ("wechatpay-signature", &self.signature),
        ]
    }
}

impl Signer {
    pub(crate) fn new(keys: &KeyMaterial) -> Result<Self, KeyError> {
        let merchant = keys.merchant()?;
        Ok(Self {
            platform: keys.platform()?,
            merchant_public: parse_public(&public_der(&merchant)?)?,
            merchant,
        })
    }

    /// Signs a body at this second of the sandbox's clock.
    pub(crate) fn sign_body(
        &self,
        hand: Hand,
        timestamp: i64,
        body: &[u8],
    ) -> Result<SignatureHeaders, Unspecified> {
        let timestamp = timestamp.to_string();
        let nonce = fresh_token();
        let message = lines(&[timestamp.as_bytes(), nonce.as_bytes(), body]);
        let signature = match hand {
            Hand::Platform => sign(&self.platform, &message)?,
            // The merchant's key is at hand and is certainly not the platform's.
            Hand::Forger => sign(&self.merchant, &message)?,
            Hand::SignTest => format!("WECHATPAY/SIGNTEST/{}", sign(&self.merchant, &message)?),
        };
        Ok(SignatureHeaders {
            timestamp,
            nonce,
            signature,
        })
    }

    /// Whether the merchant signed these lines.
    pub(crate) fn merchant_signed(&self, parts: &[&[u8]], signature: &str) -> bool {
        is_signed_by(&self.merchant_public, parts, signature)
    }
}

fn is_signed_by(public: &ParsedPublicKey, parts: &[&[u8]], signature: &str) -> bool {
    BASE64_STANDARD
        .decode(signature)
        .is_ok_and(|signature| public.verify_sig(&lines(parts), &signature).is_ok())
}

/// Each part ends with a line feed, the last one too.
fn lines(parts: &[&[u8]]) -> Vec<u8> {
    let mut message = Vec::with_capacity(parts.iter().map(|part| part.len() + 1).sum());
    for part in parts {
        message.extend_from_slice(part);
        message.push(b'\n');
    }
    message
}

fn parse_public(spki: &[u8]) -> Result<ParsedPublicKey, KeyError> {
    ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, spki).map_err(|_| KeyError::Generation)
}

fn sign(key: &RsaKeyPair, message: &[u8]) -> Result<String, Unspecified> {
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        message,
        &mut signature,
    )?;
    Ok(BASE64_STANDARD.encode(signature))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::crypto::pem;

    const PUBLIC: &str = "\
-----BEGIN PUBLIC KEY-----\n\
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAwZXlKPFxP2VJjf9RYx7M\n\
z99E+9n+kNYIHV9i8e6WwDsVyeY4Kpq8QTju5PjW8XCeG8Si5ZQ4bTA8Oa+h3Zea\n\
VNxk5dYEeyWCEwCBrBbdyRA45WL5ETtLOQ/GtquQ4zcXGoTt5e8NeLefTvYj+nKy\n\
2Zrw6bG/Z2xNNvU+6uZlp2lt+hDDZAvzS1BqWfFWt6NA1vXTODPuyft0ODC/xG5U\n\
Z9M0xYi0Z+S/qk+mqAcknH494Lo8Y6MX5LLnq60ALtNVEXwhurSxeLrMRFjMXFRu\n\
pn3L2GQz7lzIDM+kkHKeFJS/JdyK5bUvjutl5I4bgA41mZTeevALiijzToR4b0OG\n\
1QIDAQAB\n\
-----END PUBLIC KEY-----\n\
";
    const SIGNATURE: &str = "\
FswMDD77i4LDZYWhQGf7SO98Cttrn13VhaOUCB8n/+nlmKfkbWkknIczfA7WfiM3x5na31C8+1t6SULH\
MP2sgjrWmcyVE2LKxIQOHr4d4iqHsFx0gE3bQ+Ot5Yv840MsMcOmmMvd9E+UvNd41F6i84/67QatfV5C\
soG+6WpYZYdQT1Xndb+lNKmBfUgFdpfFXxVkIrMfsKr1glK8J6Dc3WJ8BUcNKML/HM8xp+97d0w8pqLn\
IMt09yHStFrcEDFtY3nH5C0Pc5iRrDzpz9F1HGZL92e7SO0TI8LX53N/Tp1YNMGh88mHANSBcLldOoNS\
7Se4Dk+wskO/V99awkSSTg==\
";

    /// Made with `openssl dgst -sha256 -sign` over the lines of a request, so that our reading of
    /// the protocol is checked by another's implementation.
    #[test]
    fn accepts_what_openssl_signed_and_nothing_else() {
        let spki = pem::decode("PUBLIC KEY", PUBLIC).unwrap();
        let key = parse_public(&spki).unwrap();
        let parts = |method: &'static str| -> [&'static [u8]; 5] {
            [
                method.as_bytes(),
                b"/v3/pay/transactions/jsapi?x=1",
                b"1764561600",
                b"nonce0123456789",
                "{\"a\":\"微\"}".as_bytes(),
            ]
        };
        assert!(is_signed_by(&key, &parts("POST"), SIGNATURE));
        assert!(!is_signed_by(&key, &parts("GET"), SIGNATURE));
        assert!(!is_signed_by(&key, &parts("POST"), "bm90IGl0"));
        assert!(!is_signed_by(&key, &parts("POST"), "not base64"));
    }

    #[test]
    fn only_the_platforms_hand_passes() {
        let keys = KeyMaterial::of_this_process().unwrap();
        let signer = Signer::new(&keys).unwrap();
        let spki = pem::decode("PUBLIC KEY", keys.platform_public_pem()).unwrap();
        let platform = parse_public(&spki).unwrap();
        for hand in [Hand::Platform, Hand::Forger, Hand::SignTest] {
            let headers = signer.sign_body(hand, 1_764_561_600, b"{}").unwrap();
            let parts = [
                headers.timestamp.as_bytes(),
                headers.nonce.as_bytes(),
                b"{}",
            ];
            let passes = is_signed_by(&platform, &parts, &headers.signature);
            assert_eq!(passes, hand == Hand::Platform, "{hand:?}");
        }
    }
}
