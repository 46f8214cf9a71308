//! The secrets of gates: random bytes, and their SHA-256.

use aws_lc_rs::{digest, rand};
use domain::gate::{GateKeyHash, GateSecret, GateSecrets, NoRandomness};

/// Secrets from the system's randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemGateSecrets;

impl GateSecrets for SystemGateSecrets {
    fn make(&self) -> Result<GateSecret, NoRandomness> {
        let mut secret = [0; 32];
        rand::fill(&mut secret).map_err(|_| NoRandomness)?;
        Ok(GateSecret(secret))
    }

    fn hash(&self, secret: &GateSecret) -> GateKeyHash {
        let digest = digest::digest(&digest::SHA256, &secret.0);
        let mut hash = [0; 32];
        for (place, byte) in hash.iter_mut().zip(digest.as_ref()) {
            *place = *byte;
        }
        GateKeyHash(hash)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_secrets_are_the_same() {
        let [one, other] = [(); 2].map(|()| SystemGateSecrets.make().unwrap());
        assert_ne!(one, other);
        assert_ne!(SystemGateSecrets.hash(&one), SystemGateSecrets.hash(&other));
    }

    /// Stored hashes must go on opening the same gates. Computed with `sha256sum`.
    #[test]
    fn a_hash_is_the_sha_256_of_the_secret() {
        let hash = SystemGateSecrets.hash(&GateSecret([0; 32]));
        assert_eq!(
            hex::encode(hash.0),
            "66687aadf862bd776c8fc18b8e9f8e20089714856ee233b3902a591d0d5f2925"
        );
    }
}
