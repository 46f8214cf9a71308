//! What all handlers share.

use std::time::Duration;

use actix_web::web;
use chrono::{DateTime, Utc};

use crate::crypto::keys::KeyMaterial;
use crate::crypto::sealing::Sealer;
use crate::crypto::signing::Signer;
use crate::faults::Faults;
use crate::ledger::Ledger;
use crate::mini_program::messages::Messages;
use crate::mini_program::tokens::Tokens;
use crate::pay::bill::Bills;
use crate::server::StartError;
use crate::settings::Settings;

/// The state as handlers and background tasks hold it.
pub(crate) type Shared = web::Data<State>;

/// What all handlers share.
pub(crate) struct State {
    pub(crate) settings: Settings,
    pub(crate) signer: Signer,
    pub(crate) sealer: Sealer,
    pub(crate) faults: Faults,
    pub(crate) ledger: Ledger,
    pub(crate) tokens: Tokens,
    pub(crate) messages: Messages,
    pub(crate) bills: Bills,
    pub(crate) http: reqwest::Client,
}

impl State {
    pub(crate) fn new(settings: Settings, keys: &KeyMaterial) -> Result<Self, StartError> {
        Ok(Self {
            signer: Signer::new(keys)?,
            sealer: Sealer::new(&settings.api_v3_key)
                .map_err(|_| StartError::Settings("the APIv3 key cannot be used"))?,
            faults: Faults::default(),
            ledger: Ledger::open(settings.state_dir.as_deref()).map_err(StartError::Ledger)?,
            tokens: Tokens::default(),
            messages: Messages::default(),
            bills: Bills::default(),
            http: notifier()?,
            settings,
        })
    }

    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.settings.clock.now()
    }

    /// A waiting time of WeChat's, shortened as the settings say.
    pub(crate) fn scaled(&self, wait: Duration) -> Duration {
        wait.mul_f64(self.settings.retry_factor)
    }
}

/// WeChat gives a merchant five seconds and follows no redirect. A proxy from the environment
/// would only stand between two processes of one machine.
fn notifier() -> Result<reqwest::Client, StartError> {
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(5))
        .user_agent("Mozilla/4.0")
        .build()
        .map_err(StartError::Client)
}
