//! Who a person is to the mini-program.

use aws_lc_rs::digest::{SHA256, digest};
use base64::prelude::{BASE64_URL_SAFE_NO_PAD, Engine as _};

/// The person who refuses all subscribe messages (`sandbox:refuses-messages`).
pub const REFUSES_MESSAGES: &str = "refuses-messages";

/// How many bytes of the hash identify the person; four more are check digits.
const IDENTITY: usize = 16;
const CHECK: usize = 4;

/// The openid of the person `name` in this mini-program: 28 characters, always the same.
///
/// The last digits check the others, so that a sandbox that has forgotten who logged in still
/// refuses openids that were never given out.
#[must_use]
pub fn openid_of(app_id: &str, name: &str) -> String {
    let identity = hash(&["person", app_id, name], IDENTITY);
    written(app_id, &identity)
}

/// Whether the sandbox gave out this openid for this mini-program.
pub(crate) fn is_openid(app_id: &str, openid: &str) -> bool {
    let bytes = openid
        .strip_prefix('o')
        .and_then(|rest| BASE64_URL_SAFE_NO_PAD.decode(rest).ok());
    bytes
        .as_deref()
        .and_then(|bytes| bytes.get(..IDENTITY))
        .is_some_and(|identity| written(app_id, identity) == openid)
}

fn written(app_id: &str, identity: &[u8]) -> String {
    let mut bytes = identity.to_vec();
    bytes.extend(hash(&["check", app_id, &hex::encode(identity)], CHECK));
    format!("o{}", BASE64_URL_SAFE_NO_PAD.encode(bytes))
}

fn hash(parts: &[&str], length: usize) -> Vec<u8> {
    let hash = digest(&SHA256, parts.join("\0").as_bytes());
    hash.as_ref().iter().copied().take(length).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_has_one_openid_per_mini_program() {
        let openid = openid_of("wx1", "李雷");
        assert_eq!(openid.len(), 28);
        assert_eq!(openid, openid_of("wx1", "李雷"));
        assert_ne!(openid, openid_of("wx2", "李雷"));
        assert_ne!(openid, openid_of("wx1", "韩梅梅"));
        assert!(is_openid("wx1", &openid));
        assert!(!is_openid("wx2", &openid));
    }

    #[test]
    fn invented_openids_are_told_apart() {
        for text in ["", "o", "oABC", "微信", "oAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert!(!is_openid("wx1", text), "{text}");
        }
    }
}
