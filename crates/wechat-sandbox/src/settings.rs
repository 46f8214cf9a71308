//! What a sandbox is started with.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;

use domain::clock::Clock;

/// The mini-program's id, unless another is given.
pub const DEFAULT_APP_ID: &str = "wxsandbox0000000001";
/// The merchant's number, unless another is given.
pub const DEFAULT_MCH_ID: &str = "1900000001";
/// The serial of the merchant's certificate, which every signed request must name.
pub const MERCHANT_SERIAL: &str = "SANDBOXMERCHANT01";
/// The id of the platform's public key, sent as `Wechatpay-Serial` with all that the sandbox signs.
pub const PLATFORM_KEY_ID: &str = "PUB_KEY_ID_0000000001";
/// The mini-program's secret in [`Settings::for_tests`].
pub const TEST_APP_SECRET: &str = "sandbox-app-secret-for-tests-only";
/// The APIv3 key in [`Settings::for_tests`].
pub const TEST_API_V3_KEY: &str = "sandbox-api-v3-key-for-tests-32c";

/// What a sandbox is started with.
#[derive(Clone)]
pub struct Settings {
    /// Where to listen; port 0 takes any free one.
    pub bind: SocketAddr,
    /// How many threads answer requests.
    pub workers: usize,
    /// The mini-program's id.
    pub app_id: String,
    /// The mini-program's secret.
    pub app_secret: String,
    /// The merchant's number.
    pub mch_id: String,
    /// The key that notifications are encrypted with: 32 bytes.
    pub api_v3_key: String,
    /// Where the RSA keys are kept as PEM files; `None` makes them once per process, in memory.
    pub key_dir: Option<PathBuf>,
    /// Where `ledger.jsonl` is kept; `None` forgets everything when the sandbox stops.
    pub state_dir: Option<PathBuf>,
    /// Scales WeChat's waiting times: 1 is WeChat's own habit, tests take 0.001.
    pub retry_factor: f64,
    /// The time of day, for everything but the waiting itself.
    pub clock: Arc<dyn Clock>,
}

impl Settings {
    /// A sandbox on a free port of this machine that keeps nothing and hardly waits.
    #[must_use]
    pub fn for_tests(clock: Arc<dyn Clock>) -> Self {
        Self {
            bind: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            workers: 1,
            app_id: DEFAULT_APP_ID.to_owned(),
            app_secret: TEST_APP_SECRET.to_owned(),
            mch_id: DEFAULT_MCH_ID.to_owned(),
            api_v3_key: TEST_API_V3_KEY.to_owned(),
            key_dir: None,
            state_dir: None,
            retry_factor: 0.001,
            clock,
        }
    }

    /// Says in plain words what is wrong with these settings, if anything is.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        if self.api_v3_key.len() != 32 {
            return Some("the APIv3 key must be 32 bytes long");
        }
        if !(0.0..=1000.0).contains(&self.retry_factor) {
            return Some("the retry factor must lie between 0 and 1000");
        }
        let named = [&self.app_id, &self.app_secret, &self.mch_id];
        if named.iter().any(|text| text.is_empty()) {
            return Some("app id, app secret and merchant number must not be empty");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::clock::TestClock;

    #[test]
    fn test_settings_are_sound_and_bad_ones_are_named() {
        let sound = Settings::for_tests(Arc::new(TestClock::at("2026-12-01T10:00:00+08:00")));
        assert_eq!(sound.fault(), None);
        let short_key = Settings {
            api_v3_key: "short".to_owned(),
            ..sound.clone()
        };
        assert!(short_key.fault().is_some());
        for factor in [-1.0, f64::NAN, f64::INFINITY] {
            let settings = Settings {
                retry_factor: factor,
                ..sound.clone()
            };
            assert!(settings.fault().is_some(), "{factor}");
        }
    }
}
