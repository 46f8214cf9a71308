//! Keys, signatures and encryption, written apart from our client's so that each checks the other.

pub(crate) mod keys;
pub(crate) mod pem;
pub(crate) mod sealing;
pub(crate) mod signing;

use uuid::Uuid;

/// 32 characters that never repeat, in the form WeChat's nonces and ids have.
pub(crate) fn fresh_token() -> String {
    Uuid::new_v4().simple().to_string()
}
