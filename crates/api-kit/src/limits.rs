//! Rate limits: requests of an address, orders of an account.

mod address;

use std::hash::Hash;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, web};
use governor::clock::{Clock as _, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota};

use crate::error::{ApiError, codes};

pub use address::AddressLimit;

/// After so many checks, keys that have been quiet are forgotten.
const CHECKS_BETWEEN_SWEEPS: u32 = 4096;

/// So many a minute for each key: as many at once, then evenly spread.
///
/// It goes by the machine's own steady clock, which no setting moves.
pub struct RateLimit<K: Hash + Eq + Clone> {
    limiter: DefaultKeyedRateLimiter<K>,
    clock: DefaultClock,
    checks: AtomicU32,
}

impl<K: Hash + Eq + Clone> RateLimit<K> {
    /// A limit of `count` in a minute; 0 counts as 1.
    #[must_use]
    pub fn per_minute(count: u32) -> Self {
        let count = NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN);
        Self {
            limiter: DefaultKeyedRateLimiter::keyed(Quota::per_minute(count)),
            clock: DefaultClock::default(),
            checks: AtomicU32::new(0),
        }
    }

    /// Counts one for `key`.
    ///
    /// # Errors
    /// `rate_limited`, with the seconds to wait.
    pub fn check(&self, key: &K) -> Result<(), ApiError> {
        self.sweep();
        self.limiter.check_key(key).map_err(|refused| {
            let wait = refused.wait_time_from(self.clock.now());
            ApiError::new(&codes::RATE_LIMITED).retry_after(wait.as_secs().saturating_add(1))
        })
    }

    /// Keeps the table from growing with every key that ever came.
    fn sweep(&self) {
        let checks = self.checks.fetch_add(1, Ordering::Relaxed);
        if checks % CHECKS_BETWEEN_SWEEPS == CHECKS_BETWEEN_SWEEPS - 1 {
            self.limiter.retain_recent();
        }
    }
}

/// The middleware that applies the [`AddressLimit`] in the application's data, if there is one.
///
/// # Errors
/// Those of the request itself.
pub async fn limit_addresses(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, Error> {
    let limit = request.app_data::<web::Data<AddressLimit>>();
    if let Some(Err(refused)) = limit.map(|limit| limit.check(&request)) {
        // An answer, not an error: the log and the metrics then learn where it was bound for.
        return Ok(request.error_response(refused).map_into_right_body());
    }
    Ok(next.call(request).await?.map_into_left_body())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_key_has_a_limit_of_its_own() {
        let limit = RateLimit::per_minute(3);
        for _ in 0..3 {
            assert!(limit.check(&"a").is_ok());
        }
        let refused = limit.check(&"a").unwrap_err();
        assert_eq!(refused.code().code, "rate_limited");
        assert!(limit.check(&"b").is_ok());
    }

    #[test]
    fn quiet_keys_are_forgotten() {
        let limit = RateLimit::per_minute(u32::MAX);
        for key in 0..CHECKS_BETWEEN_SWEEPS * 2 {
            assert!(limit.check(&key).is_ok());
        }
        assert!(limit.limiter.len() <= usize::try_from(CHECKS_BETWEEN_SWEEPS).unwrap() + 1);
    }
}
