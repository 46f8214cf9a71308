//! The access token, fetched once for all who need it.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::Clock;
use secrecy::{ExposeSecret, SecretString};

use super::answers::ApiError;

/// A token is replaced this long before it ends: from then on WeChat gives the next one.
const EARLY: TimeDelta = TimeDelta::minutes(5);

/// What WeChat grants, and for how many seconds.
pub(super) struct Grant {
    pub(super) token: SecretString,
    pub(super) expires_in: i64,
}

/// Keeps the present token.
///
/// Whoever finds none fetches it while the others wait for the outcome, be it a token or a
/// failure: however many ask, WeChat is called once.
pub(super) struct AccessTokens {
    clock: Arc<dyn Clock>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    kept: Option<Kept>,
    failure: Option<(Instant, ApiError)>,
}

#[derive(Clone)]
struct Kept {
    token: SecretString,
    good_until: DateTime<Utc>,
}

impl AccessTokens {
    pub(super) fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            clock,
            state: Mutex::default(),
        }
    }

    /// The present token, fetched if there is none or if the one there is `stale`, which WeChat
    /// has refused.
    pub(super) fn get(
        &self,
        stale: Option<&SecretString>,
        fetch: impl FnOnce() -> Result<Grant, ApiError>,
    ) -> Result<SecretString, ApiError> {
        let arrived = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(kept) = &state.kept
            && kept.good_until > self.clock.now()
            && stale.is_none_or(|it| it.expose_secret() != kept.token.expose_secret())
        {
            return Ok(kept.token.clone());
        }
        if let Some((failed_at, error)) = &state.failure
            && *failed_at >= arrived
        {
            return Err(error.clone());
        }
        match fetch() {
            Ok(grant) => {
                let kept = self.keep(grant);
                state.failure = None;
                Ok(state.kept.insert(kept).token.clone())
            }
            Err(error) => {
                state.kept = None;
                state.failure = Some((Instant::now(), error.clone()));
                Err(error)
            }
        }
    }

    fn keep(&self, grant: Grant) -> Kept {
        // One that ends sooner than we would replace it still serves for half of its time.
        let seconds = grant.expires_in.clamp(0, 24 * 60 * 60);
        let lifetime = TimeDelta::seconds(seconds);
        Kept {
            token: grant.token,
            good_until: self.clock.now() + (lifetime - EARLY).max(lifetime / 2),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;
    use std::sync::Barrier;
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::thread;

    use super::*;
    use crate::test_clock::SteppingClock;

    fn tokens() -> (Arc<SteppingClock>, AccessTokens) {
        let clock = Arc::new(SteppingClock::at("2026-12-01T10:00:00+08:00"));
        (clock.clone(), AccessTokens::new(clock))
    }

    fn grant(token: &str, expires_in: i64) -> Result<Grant, ApiError> {
        Ok(Grant {
            token: token.into(),
            expires_in,
        })
    }

    fn get(tokens: &AccessTokens, next: &str, expires_in: i64) -> String {
        let token = tokens.get(None, || grant(next, expires_in)).unwrap();
        token.expose_secret().to_owned()
    }

    #[test]
    fn is_fetched_once_and_replaced_five_minutes_early() {
        let (clock, tokens) = tokens();
        assert_eq!(get(&tokens, "first", 7200), "first");
        clock.step(TimeDelta::seconds(7200 - 301));
        assert_eq!(get(&tokens, "second", 7200), "first");
        clock.step(TimeDelta::seconds(1));
        assert_eq!(get(&tokens, "second", 7200), "second");
    }

    #[test]
    fn a_short_one_serves_for_half_of_its_time() {
        let (clock, tokens) = tokens();
        assert_eq!(get(&tokens, "first", 100), "first");
        clock.step(TimeDelta::seconds(49));
        assert_eq!(get(&tokens, "second", 100), "first");
        clock.step(TimeDelta::seconds(1));
        assert_eq!(get(&tokens, "second", 100), "second");
    }

    #[test]
    fn a_refused_one_is_replaced_once() {
        let (_, tokens) = tokens();
        let stale = tokens.get(None, || grant("first", 7200)).unwrap();
        let fetches = Cell::new(0);
        for _ in 0..3 {
            let fetch = || {
                fetches.set(fetches.get() + 1);
                grant("second", 7200)
            };
            let token = tokens.get(Some(&stale), fetch).unwrap();
            assert_eq!(token.expose_secret(), "second");
        }
        assert_eq!(fetches.get(), 1);
    }

    #[test]
    fn a_failure_does_not_last() {
        let (_, tokens) = tokens();
        let failure = tokens.get(None, || Err(ApiError::BUSY)).map(|_| ());
        assert_eq!(failure, Err(ApiError::BUSY));
        assert_eq!(get(&tokens, "first", 7200), "first");
    }

    #[test]
    fn all_who_ask_at_once_cause_one_call() {
        let (_, tokens) = tokens();
        let calls = AtomicUsize::new(0);
        let all_ask = Barrier::new(8);
        thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    all_ask.wait();
                    let fetch = || {
                        calls.fetch_add(1, Ordering::SeqCst);
                        // Gives the others every opportunity to fetch as well.
                        thread::yield_now();
                        grant("first", 7200)
                    };
                    assert!(tokens.get(None, fetch).is_ok());
                });
            }
        });
        assert_eq!(calls.load(Ordering::SeqCst), 1);
    }
}
