//! Tokens whose signatures were found good, so that a tourist who looks again and again is not
//! asked for a proof each time. A signature stays good; time and revocation are asked every time.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

use super::Bearer;

/// How many tokens are remembered: a few megabytes, and more people than one process serves in the
/// seconds between two looks of one of them.
const MOST: usize = 8192;

/// What verified tokens say, by their whole text.
#[derive(Default)]
pub(super) struct VerifiedTokens(RwLock<HashMap<Box<str>, Bearer>>);

impl VerifiedTokens {
    /// What a token says, if it was verified lately.
    pub(super) fn get(&self, token: &str) -> Option<Bearer> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        known.get(token).cloned()
    }

    /// Remembers what a verified token says. Where there are too many all are forgotten: to verify
    /// one anew costs little, and to know which one was used least would cost more.
    pub(super) fn remember(&self, token: &str, bearer: &Bearer) {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(token.into(), bearer.clone());
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;

    fn bearer(number: usize) -> Bearer {
        Bearer {
            subject: Uuid::from_u128(1),
            token_id: number.to_string(),
            expires_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_token_is_known_by_its_whole_text() {
        let verified = VerifiedTokens::default();
        verified.remember("a.b.c", &bearer(1));
        assert_eq!(verified.get("a.b.c"), Some(bearer(1)));
        assert_eq!(verified.get("a.b.d"), None);
        assert_eq!(verified.get("a.b"), None);
    }

    #[test]
    fn no_more_are_kept_than_the_limit() {
        let verified = VerifiedTokens::default();
        for number in 0..=MOST {
            verified.remember(&number.to_string(), &bearer(number));
        }
        assert_eq!(verified.0.read().unwrap().len(), 1);
        assert_eq!(verified.get(&MOST.to_string()), Some(bearer(MOST)));
    }
}
