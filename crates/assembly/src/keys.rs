//! What works with keys of our own.

use std::sync::Arc;

use api_kit::settings::{Key, NamedKey, Secrets};
use domain::request_digest::RequestDigests;
use domain::sealed::IdentityCipher;
use domain::ticket_code::TicketCodeSigner;
use gateways::document_cipher::{AesIdentityCipher, IdentityCipherSettings};
use gateways::request_digest::HmacRequestDigests;
use gateways::secret_key::SecretKey;
use gateways::ticket_code::TicketCodes;

use crate::AssemblyError;

/// Seals identities with the newest of the document keys.
///
/// # Errors
/// [`AssemblyError::Gateway`] if there is no key, or an id is malformed.
pub fn identity_cipher(secrets: &Secrets) -> Result<Arc<dyn IdentityCipher>, AssemblyError> {
    let named = |key: &NamedKey| (key.id.clone(), secret(&key.key));
    let newest = secrets.document_keys.first();
    let cipher = AesIdentityCipher::new(&IdentityCipherSettings {
        newest_key: newest.map(|key| key.id.clone()).unwrap_or_default(),
        keys: secrets.document_keys.iter().map(named).collect(),
        hash_key: secret(&secrets.document_hash_key),
    })?;
    Ok(Arc::new(cipher))
}

/// Recognises repeated requests. Stored ones are recognised for as long as the key stays, so it
/// is the one key that is never changed.
#[must_use]
pub fn request_digests(secrets: &Secrets) -> Arc<dyn RequestDigests> {
    Arc::new(HmacRequestDigests::new(&secret(&secrets.document_hash_key)))
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

fn secret(key: &Key) -> SecretKey {
    SecretKey::new(*key.bytes())
}
