//! News of payments made beforehand: sealed and signed as WeChat does it, not sent.
//!
//! For loads of notifications: whoever sends them must not sign them while something is measured.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::news::{News, payment_news};
use super::notify::envelope;
use super::views;
use crate::crypto::keys::KeyMaterial;
use crate::crypto::sealing::Sealer;
use crate::crypto::signing::{Hand, Signer};
use crate::ledger::order::{Order, Payment, Terms, TradeState};
use crate::server::StartError;
use crate::settings::Settings;

/// A payment to write news of; no ledger knows it.
#[derive(Debug, Clone)]
pub struct PaidOrder {
    /// The merchant's number of the order.
    pub out_trade_no: String,
    /// Who paid.
    pub openid: String,
    /// How much, in fen.
    pub total: i64,
    /// WeChat's number of the payment.
    pub transaction_id: String,
    /// When.
    pub success_time: DateTime<Utc>,
}

/// A notification, ready to be sent.
#[derive(Debug, Clone)]
pub struct SignedNews {
    /// The headers with the signature, which is good for five minutes.
    pub headers: Vec<(&'static str, String)>,
    /// The body, as it was signed.
    pub body: String,
}

/// Writes notifications with a sandbox's keys; clones share them.
#[derive(Clone)]
pub struct NewsWriter(Arc<Desk>);

struct Desk {
    settings: Settings,
    signer: Signer,
    sealer: Sealer,
}

impl NewsWriter {
    /// A writer with the keys of a sandbox that was started with these settings.
    ///
    /// # Errors
    /// When the keys are unreadable or the settings unsound.
    pub fn new(settings: Settings, keys: &KeyMaterial) -> Result<Self, StartError> {
        let sealer = Sealer::new(&settings.api_v3_key)
            .map_err(|_| StartError::Settings("the APIv3 key cannot be used"))?;
        Ok(Self(Arc::new(Desk {
            signer: Signer::new(keys)?,
            sealer,
            settings,
        })))
    }

    /// The news of a payment, signed now; `None` if the system's randomness fails.
    #[must_use]
    pub fn payment(&self, paid: PaidOrder) -> Option<SignedNews> {
        let Desk {
            settings,
            signer,
            sealer,
        } = &*self.0;
        let now = settings.clock.now();
        let order = paid.into_order(now);
        let resource = views::transaction(settings, &order, order.terms.total);
        let news: News = payment_news(String::new(), resource);
        let body = envelope(sealer, now, &news).ok()?;
        let signed = signer.sign_body(Hand::Platform, now.timestamp(), body.as_bytes());
        let signed = signed.ok()?;
        let headers = signed.pairs().into_iter();
        Some(SignedNews {
            headers: headers
                .map(|(name, value)| (name, value.to_owned()))
                .collect(),
            body,
        })
    }
}

impl PaidOrder {
    fn into_order(self, now: DateTime<Utc>) -> Order {
        Order {
            terms: Terms {
                out_trade_no: self.out_trade_no,
                description: String::new(),
                notify_url: String::new(),
                time_expire: None,
                attach: None,
                total: self.total,
                openid: self.openid,
            },
            prepay_id: String::new(),
            prepared_at: now,
            state: TradeState::Success,
            payment: Some(Payment {
                transaction_id: self.transaction_id,
                success_time: self.success_time,
            }),
        }
    }
}
