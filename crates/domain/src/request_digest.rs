//! Naming requests so that none is carried out twice (rule 4.8).

use crate::id::{AccountId, BodyDigest, GateId, RequestKey};

/// Makes the keyed digests by which a repeated request is recognised.
///
/// Keyed, so that neither the caller's key nor the body can be guessed from what is stored. The
/// same input MUST give the same digest in every process and at every time.
pub trait RequestDigests: Send + Sync {
    /// The name of what `account` asked for under `idempotency_key`. `purpose` tells kinds of
    /// request apart, such as `order` and `refund`: one key used for both names two requests.
    fn request_key(&self, account: AccountId, purpose: &str, idempotency_key: &str) -> RequestKey;

    /// The name of what `gate` asked for under `idempotency_key`; no account's request has it.
    fn gate_request_key(&self, gate: GateId, idempotency_key: &str) -> RequestKey;

    /// The digest of a request's body in its canonical form: parsed and written out again, so
    /// that spacing and the order of fields do not matter.
    fn body_digest(&self, canonical_body: &[u8]) -> BodyDigest;
}
