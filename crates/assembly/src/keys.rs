//! What works with keys of our own.

use std::sync::Arc;

use api_kit::settings::{Key, NamedKey, Secrets};
use domain::gate::GateSecrets;
use domain::key_rotation::KeyRing;
use domain::request_digest::RequestDigests;
use domain::sealed::{IdentityCipher, TextCipher};
use domain::ticket_code::{TicketCodeSigner, TicketCodeVerifier};
use gateways::document_cipher::{AesIdentityCipher, IdentityCipherSettings};
use gateways::gate_secrets::SystemGateSecrets;
use gateways::request_digest::HmacRequestDigests;
use gateways::secret_key::SecretKey;
use gateways::ticket_code::{TicketCodeReader, TicketCodes};

use crate::AssemblyError;

/// Seals identities with the newest of the document keys.
///
/// # Errors
/// [`AssemblyError::Gateway`] if there is no key, or an id is malformed.
pub fn identity_cipher(secrets: &Secrets) -> Result<Arc<dyn IdentityCipher>, AssemblyError> {
    Ok(Arc::new(cipher(secrets, &secrets.document_hash_key)?))
}

/// Seals other personal texts, with the same keys.
///
/// # Errors
/// As [`identity_cipher`].
pub fn text_cipher(secrets: &Secrets) -> Result<Arc<dyn TextCipher>, AssemblyError> {
    Ok(Arc::new(cipher(secrets, &secrets.document_hash_key)?))
}

/// The document keys, for the commands that change them.
///
/// # Errors
/// As [`identity_cipher`].
pub fn key_ring(secrets: &Secrets) -> Result<Arc<dyn KeyRing>, AssemblyError> {
    Ok(Arc::new(cipher(secrets, &secrets.document_hash_key)?))
}

/// The same with the hash key that the present one is to be changed to; `None` if none is set.
///
/// # Errors
/// As [`identity_cipher`].
pub fn next_key_ring(secrets: &Secrets) -> Result<Option<Arc<dyn KeyRing>>, AssemblyError> {
    let Some(next) = &secrets.document_hash_key_next else {
        return Ok(None);
    };
    Ok(Some(Arc::new(cipher(secrets, next)?)))
}

fn cipher(secrets: &Secrets, hash_key: &Key) -> Result<AesIdentityCipher, AssemblyError> {
    let named = |key: &NamedKey| (key.id.clone(), secret(&key.key));
    let newest = secrets.document_keys.first();
    Ok(AesIdentityCipher::new(&IdentityCipherSettings {
        newest_key: newest.map(|key| key.id.clone()).unwrap_or_default(),
        keys: secrets.document_keys.iter().map(named).collect(),
        hash_key: secret(hash_key),
    })?)
}

/// Recognises repeated requests. Stored ones are recognised for as long as the key stays, so it
/// has a setting of its own that keeps it when the hash key is changed.
#[must_use]
pub fn request_digests(secrets: &Secrets) -> Arc<dyn RequestDigests> {
    let key = secrets.request_key.as_ref();
    let key = key.unwrap_or(&secrets.document_hash_key);
    Arc::new(HmacRequestDigests::new(&secret(key)))
}

/// Signs ticket codes.
///
/// # Errors
/// [`AssemblyError::Gateway`] if the seed makes no key pair.
pub fn ticket_codes(secrets: &Secrets) -> Result<Arc<dyn TicketCodeSigner>, AssemblyError> {
    Ok(Arc::new(TicketCodes::new(&secret(
        &secrets.ticket_code_key,
    ))?))
}

/// Verifies ticket codes, by the public key alone.
///
/// # Errors
/// [`AssemblyError::Gateway`] if the seed makes no key pair.
pub fn ticket_code_verifier(
    secrets: &Secrets,
) -> Result<Arc<dyn TicketCodeVerifier>, AssemblyError> {
    let public_key = ticket_code_public_key(secrets)?;
    Ok(Arc::new(TicketCodeReader::new(&public_key)?))
}

/// The 32 bytes with which a gate verifies ticket codes by itself.
///
/// # Errors
/// [`AssemblyError::Gateway`] if the seed makes no key pair.
pub fn ticket_code_public_key(secrets: &Secrets) -> Result<Vec<u8>, AssemblyError> {
    let codes = TicketCodes::new(&secret(&secrets.ticket_code_key))?;
    Ok(codes.public_key().to_vec())
}

/// Makes the secrets of gates and recognises them.
#[must_use]
pub fn gate_secrets() -> Arc<dyn GateSecrets> {
    Arc::new(SystemGateSecrets)
}

fn secret(key: &Key) -> SecretKey {
    SecretKey::new(*key.bytes())
}

#[cfg(test)]
mod tests {
    use api_kit::settings::{Program, Settings, Source};
    use domain::id::AccountId;

    use super::*;

    const OTHER: &str = "9f2ae1c07b5d48e63a1c9d0f84b7265ee1d03c59a7f6482b0d9e71c35ab8f604";

    fn secrets(variables: &[(&str, &str)]) -> Secrets {
        let test = [("PALACE_ENV", "test".to_owned())];
        let given = variables
            .iter()
            .map(|(name, value)| (*name, (*value).to_owned()));
        let source = Source::of_variables(test.into_iter().chain(given));
        Settings::load(Program::Manage, &source).unwrap().secrets
    }

    /// What stands in the settings of tests.
    const PRESENT: &str = "746573742068617368206b65792c20776869636820697320776f7274686c6573";

    #[test]
    fn a_request_is_recognised_after_the_hash_key_was_changed() {
        let request = |secrets: &Secrets| {
            let account = AccountId::parse("00000000-0000-7000-8000-000000000001").unwrap();
            request_digests(secrets).request_key(account, "order", "abc")
        };
        let before = secrets(&[]);
        let changed = ("PALACE__SECRETS__DOCUMENT_HASH_KEY", OTHER);
        let kept = ("PALACE__SECRETS__REQUEST_KEY", PRESENT);
        assert_eq!(request(&secrets(&[changed, kept])), request(&before));
        assert_ne!(request(&secrets(&[changed])), request(&before));
    }

    #[test]
    fn the_next_ring_differs_in_its_hash_key_alone() {
        assert!(next_key_ring(&secrets(&[])).unwrap().is_none());
        let next = secrets(&[("PALACE__SECRETS__DOCUMENT_HASH_KEY_NEXT", OTHER)]);
        let (present, next) = (key_ring(&next).unwrap(), next_key_ring(&next).unwrap());
        let next = next.unwrap();
        assert_ne!(present.hash_key_id(), next.hash_key_id());
        assert_eq!(present.newest_key(), next.newest_key());
        let changed = secrets(&[("PALACE__SECRETS__DOCUMENT_HASH_KEY", OTHER)]);
        assert_eq!(
            key_ring(&changed).unwrap().hash_key_id(),
            next.hash_key_id()
        );
    }
}
