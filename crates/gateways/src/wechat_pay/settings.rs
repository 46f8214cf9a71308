//! What a merchant is to WeChat Pay.

use std::collections::BTreeMap;

use reqwest::Url;
use secrecy::SecretString;

use crate::outbound::OutboundLimits;
use crate::settings::{SettingsError, require};

/// What a merchant at WeChat Pay is known by.
#[derive(Debug, Clone)]
pub struct WechatPaySettings {
    /// Scheme and host; WeChat's own is `https://api.mch.weixin.qq.com`.
    pub base_url: String,
    /// The mini-program's `appid`.
    pub app_id: String,
    /// The merchant's number, `mchid`.
    pub merchant_id: String,
    /// The serial of the merchant's certificate.
    pub merchant_serial: String,
    /// The merchant's RSA key: PKCS#8 in PEM.
    pub merchant_private_key: SecretString,
    /// The APIv3 key, 32 characters: notifications are encrypted with it.
    pub api_v3_key: SecretString,
    /// WeChat Pay's public keys in PEM (`BEGIN PUBLIC KEY`), by the serial that names each: more
    /// than one while WeChat changes keys. The greatest that begins `PUB_KEY_ID_` is sent with
    /// every request, so that answers are signed with it.
    pub platform_keys: BTreeMap<String, String>,
    /// Where notifications of payments are sent: an absolute URL without a query.
    pub payment_notify_url: String,
    /// Where notifications of refunds are sent: an absolute URL without a query.
    pub refund_notify_url: String,
    /// How much waiting there is at most.
    pub limits: OutboundLimits,
}

impl WechatPaySettings {
    /// Refuses what is missing; keys are checked where they are read.
    pub(super) fn check(&self) -> Result<(), SettingsError> {
        require("app_id", &self.app_id)?;
        check_token("merchant_id", &self.merchant_id)?;
        check_token("merchant_serial", &self.merchant_serial)?;
        check_notify_url("payment_notify_url", &self.payment_notify_url)?;
        check_notify_url("refund_notify_url", &self.refund_notify_url)
    }
}

/// What stands between quotes in the `Authorization` header.
fn check_token(setting: &'static str, value: &str) -> Result<(), SettingsError> {
    require(setting, value)?;
    if value.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        Ok(())
    } else {
        let problem = "it has other characters than letters and digits";
        Err(SettingsError::new(setting, problem))
    }
}

/// That it is https in production is checked where the environment is known.
fn check_notify_url(setting: &'static str, text: &str) -> Result<(), SettingsError> {
    let usable = Url::parse(text).is_ok_and(|url| {
        let web = matches!(url.scheme(), "http" | "https") && url.has_host();
        web && url.query().is_none() && url.fragment().is_none()
    });
    if usable {
        Ok(())
    } else {
        let problem = "it is no absolute http(s) URL without a query";
        Err(SettingsError::new(setting, problem))
    }
}
