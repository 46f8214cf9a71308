//! Keyed digests of requests (rule 4.8).

use std::fmt;

use aws_lc_rs::hmac;
use domain::id::{AccountId, BodyDigest, GateId, RequestKey};
use domain::request_digest::RequestDigests;

use crate::secret_key::SecretKey;

/// Digests by HMAC-SHA-256 under one key, with a label that keeps the two uses apart.
///
/// The key must stay the same as long as requests are to be recognised: with another key a
/// repeated request is a new one.
pub struct HmacRequestDigests {
    key: hmac::Key,
}

impl HmacRequestDigests {
    /// Digests under `key`.
    #[must_use]
    pub fn new(key: &SecretKey) -> Self {
        Self {
            key: hmac::Key::new(hmac::HMAC_SHA256, key.expose()),
        }
    }

    /// Each part goes in with its length before it, so that no two lists of parts are the same
    /// bytes.
    fn digest(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut context = hmac::Context::with_key(&self.key);
        for part in parts {
            let length = u64::try_from(part.len()).unwrap_or(u64::MAX);
            context.update(&length.to_be_bytes());
            context.update(part);
        }
        let mut digest = [0; 32];
        for (place, byte) in digest.iter_mut().zip(context.sign().as_ref()) {
            *place = *byte;
        }
        digest
    }
}

impl RequestDigests for HmacRequestDigests {
    fn request_key(&self, account: AccountId, purpose: &str, idempotency_key: &str) -> RequestKey {
        RequestKey(self.digest(&[
            b"request-key-1",
            account.uuid().as_bytes(),
            purpose.as_bytes(),
            idempotency_key.as_bytes(),
        ]))
    }

    fn gate_request_key(&self, gate: GateId, idempotency_key: &str) -> RequestKey {
        RequestKey(self.digest(&[
            b"gate-request-key-1",
            gate.uuid().as_bytes(),
            idempotency_key.as_bytes(),
        ]))
    }

    fn body_digest(&self, canonical_body: &[u8]) -> BodyDigest {
        BodyDigest(self.digest(&[b"body-1", canonical_body]))
    }
}

impl fmt::Debug for HmacRequestDigests {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("HmacRequestDigests")
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn digests() -> HmacRequestDigests {
        HmacRequestDigests::new(&SecretKey::new([5; 32]))
    }

    fn account(id: u128) -> AccountId {
        AccountId::new(Uuid::from_u128(id))
    }

    #[test]
    fn account_purpose_and_key_each_make_another_request() {
        let request = digests().request_key(account(1), "order", "abc");
        assert_eq!(digests().request_key(account(1), "order", "abc"), request);
        for other in [
            digests().request_key(account(2), "order", "abc"),
            digests().request_key(account(1), "refund", "abc"),
            digests().request_key(account(1), "order", "abd"),
            digests().request_key(account(1), "ordera", "bc"),
            HmacRequestDigests::new(&SecretKey::new([6; 32])).request_key(
                account(1),
                "order",
                "abc",
            ),
        ] {
            assert_ne!(other, request);
        }
    }

    #[test]
    fn a_gates_request_is_no_accounts() {
        let gate = |id| GateId::new(Uuid::from_u128(id));
        let request = digests().gate_request_key(gate(1), "abc");
        assert_eq!(digests().gate_request_key(gate(1), "abc"), request);
        for other in [
            digests().gate_request_key(gate(2), "abc"),
            digests().gate_request_key(gate(1), "abd"),
            digests().request_key(account(1), "", "abc"),
        ] {
            assert_ne!(other, request);
        }
    }

    /// Stored digests must go on naming the same requests. Computed with Python's `hmac`.
    #[test]
    fn digests_are_stable() {
        let key = digests().request_key(account(1), "order", "abc");
        assert_eq!(
            hex::encode(key.0),
            "41bc30533d9f58be09e1c25ce314035c9ffb6ef0ae1c8e5e67431957d67e812d"
        );
        let body = digests().body_digest(b"{}");
        assert_eq!(
            hex::encode(body.0),
            "65686cdb7e7fb49bf10076a2305d4698f9c1b2282924853576f66813eb7c97a5"
        );
    }
}
