//! WeChat Pay, API version 3: the domain's [`PaymentProvider`].
//!
//! Every answer and every notification is verified before a byte of it is believed: an answer
//! without a good signature, whatever its status, is [`ProviderError::Unknown`], and so are
//! time-outs, 202, 429 and 5xx. Only a verified refusal is [`ProviderError::Refused`].
//!
//! Nothing personal is logged: of each call its name, the status and WeChat's `Request-ID`.

mod call;
mod merchant_key;
mod notifications;
mod payments;
mod pem;
mod platform_keys;
mod refunds;
mod refusal;
mod resource;
mod settings;
#[cfg(test)]
mod tests;

use std::fmt;
use std::sync::Arc;

use domain::clock::Clock;
use domain::id::OrderNumber;
use domain::payment::PaymentNews;
use domain::ports::{
    ClientPayment, NotificationError, PaymentProvider, PrepayRequest, ProviderError,
    ProviderPayment, ProviderRefund, RefundNews, RefundSubmission, SignedNotification,
};

pub use self::settings::WechatPaySettings;

use self::call::Caller;
use self::resource::ApiV3Key;
use crate::settings::SettingsError;

/// A merchant at WeChat Pay.
///
/// Blocking: see the note at the head of this crate.
pub struct WechatPay {
    caller: Caller,
    api_v3_key: ApiV3Key,
    app_id: String,
    payment_notify_url: String,
    refund_notify_url: String,
}

impl WechatPay {
    /// A merchant with these keys; nothing is called yet. Times go by `clock`.
    ///
    /// # Errors
    /// [`SettingsError`] that names the first setting that cannot be used.
    pub fn new(settings: WechatPaySettings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        settings.check()?;
        Ok(Self {
            api_v3_key: ApiV3Key::new(&settings.api_v3_key)?,
            caller: Caller::new(&settings, clock)?,
            app_id: settings.app_id,
            payment_notify_url: settings.payment_notify_url,
            refund_notify_url: settings.refund_notify_url,
        })
    }
}

impl PaymentProvider for WechatPay {
    fn prepay(&self, request: &PrepayRequest) -> Result<String, ProviderError> {
        payments::prepay(self, request)
    }

    fn sign_for_client(&self, prepay_id: &str) -> Result<ClientPayment, ProviderError> {
        payments::sign_for_client(self, prepay_id)
    }

    fn query(&self, number: &OrderNumber) -> Result<ProviderPayment, ProviderError> {
        payments::query(self, number)
    }

    fn close(&self, number: &OrderNumber) -> Result<(), ProviderError> {
        payments::close(self, number)
    }

    fn refund(&self, submission: &RefundSubmission) -> Result<ProviderRefund, ProviderError> {
        refunds::refund(self, submission)
    }

    fn query_refund(&self, number: &str) -> Result<ProviderRefund, ProviderError> {
        refunds::query(self, number)
    }

    fn read_payment_notification(
        &self,
        notification: &SignedNotification,
    ) -> Result<PaymentNews, NotificationError> {
        notifications::read_payment(self, notification)
    }

    fn read_refund_notification(
        &self,
        notification: &SignedNotification,
    ) -> Result<RefundNews, NotificationError> {
        notifications::read_refund(self, notification)
    }
}

impl fmt::Debug for WechatPay {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "WechatPay({})", self.caller.merchant_id())
    }
}
