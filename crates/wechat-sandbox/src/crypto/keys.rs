//! The merchant's and the platform's RSA keys: kept if they exist, made if not.

use std::fs;
use std::io::{self, Write as _};
use std::path::Path;
use std::sync::OnceLock;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair as _, RsaKeyPair};

use super::pem;

const PRIVATE: &str = "PRIVATE KEY";
const PUBLIC: &str = "PUBLIC KEY";

/// The keys of one sandbox, as PEM.
///
/// WeChat would know only the merchant's public half; the sandbox makes both so that a developer
/// needs nothing else.
#[derive(Clone)]
pub struct KeyMaterial {
    merchant_private: String,
    platform_private: String,
    platform_public: String,
}

/// The keys could not be made, read or written.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    /// A file could not be read or written.
    #[error("{0}: {1}")]
    File(String, io::Error),
    /// A file is there but holds no RSA key in PKCS#8.
    #[error("{0} holds no PKCS#8 RSA private key in PEM")]
    Unusable(String),
    /// The random source failed.
    #[error("no RSA key could be made")]
    Generation,
}

impl KeyMaterial {
    /// The key the services sign their requests with (PKCS#8).
    #[must_use]
    pub fn merchant_private_pem(&self) -> &str {
        &self.merchant_private
    }

    /// The key that verifies what the sandbox signs (SPKI).
    #[must_use]
    pub fn platform_public_pem(&self) -> &str {
        &self.platform_public
    }

    /// Reads the keys of this directory and makes those that are missing.
    pub(crate) fn in_directory(directory: &Path) -> Result<Self, KeyError> {
        fs::create_dir_all(directory)
            .map_err(|error| KeyError::File(directory.display().to_string(), error))?;
        let merchant_private = kept_or_made(&directory.join("merchant_private.pem"))?;
        let platform_private = kept_or_made(&directory.join("platform_private.pem"))?;
        let keys = Self::from_private(merchant_private, platform_private)?;
        // Written each time: it must never disagree with the private half beside it.
        let public = directory.join("platform_public.pem");
        fs::write(&public, &keys.platform_public)
            .map_err(|error| KeyError::File(public.display().to_string(), error))?;
        Ok(keys)
    }

    /// Keys that live as long as the process, so that a hundred sandboxes in tests make one pair.
    pub(crate) fn of_this_process() -> Result<Self, KeyError> {
        static KEYS: OnceLock<KeyMaterial> = OnceLock::new();
        if let Some(keys) = KEYS.get() {
            return Ok(keys.clone());
        }
        let made = Self::from_private(make()?, make()?)?;
        Ok(KEYS.get_or_init(|| made).clone())
    }

    fn from_private(merchant_private: String, platform_private: String) -> Result<Self, KeyError> {
        let platform = parse(&platform_private, "platform_private.pem")?;
        Ok(Self {
            platform_public: pem::encode(PUBLIC, &public_der(&platform)?),
            merchant_private,
            platform_private,
        })
    }

    pub(crate) fn platform(&self) -> Result<RsaKeyPair, KeyError> {
        parse(&self.platform_private, "platform_private.pem")
    }

    pub(crate) fn merchant(&self) -> Result<RsaKeyPair, KeyError> {
        parse(&self.merchant_private, "merchant_private.pem")
    }
}

/// The public half as SubjectPublicKeyInfo.
pub(crate) fn public_der(pair: &RsaKeyPair) -> Result<Vec<u8>, KeyError> {
    let der = pair.public_key().as_der();
    Ok(der.map_err(|_| KeyError::Generation)?.as_ref().to_vec())
}

fn parse(text: &str, name: &str) -> Result<RsaKeyPair, KeyError> {
    pem::decode(PRIVATE, text)
        .and_then(|der| RsaKeyPair::from_pkcs8(&der).ok())
        .ok_or_else(|| KeyError::Unusable(name.to_owned()))
}

fn make() -> Result<String, KeyError> {
    let pair = RsaKeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Generation)?;
    let der = pair.as_der().map_err(|_| KeyError::Generation)?;
    Ok(pem::encode(PRIVATE, der.as_ref()))
}

fn kept_or_made(path: &Path) -> Result<String, KeyError> {
    let name = path.display().to_string();
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            let text = make()?;
            write_secret(path, &text).map_err(|error| KeyError::File(name.clone(), error))?;
            text
        }
        Err(error) => return Err(KeyError::File(name, error)),
    };
    parse(&text, &name)?;
    Ok(text)
}

/// Nobody but the owner may read the file, from the first byte on.
fn write_secret(path: &Path, text: &str) -> io::Result<()> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)?.write_all(text.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_once_and_then_kept() {
        let directory = tempfile::tempdir().unwrap();
        let made = KeyMaterial::in_directory(directory.path()).unwrap();
        let kept = KeyMaterial::in_directory(directory.path()).unwrap();
        assert_eq!(made.merchant_private_pem(), kept.merchant_private_pem());
        assert_eq!(made.platform_public_pem(), kept.platform_public_pem());
        let written = fs::read_to_string(directory.path().join("platform_public.pem")).unwrap();
        assert_eq!(written, made.platform_public_pem());
    }

    #[test]
    fn a_file_that_is_no_key_is_named() {
        let directory = tempfile::tempdir().unwrap();
        fs::write(directory.path().join("merchant_private.pem"), "hello").unwrap();
        let error = KeyMaterial::in_directory(directory.path()).map(|_| ());
        assert!(error.unwrap_err().to_string().contains("merchant_private"));
    }
}
