//! WeChat's servers: login, and payment.

use std::collections::BTreeMap;
use std::sync::Arc;

use api_kit::settings::Wechat;
use domain::clock::Clock;
use domain::ports::{PaymentProvider, TouristMessenger, WechatLogin};
use gateways::outbound::OutboundLimits;
use gateways::wechat_login::{WechatLoginClient, WechatLoginSettings};
use gateways::wechat_messages::{MessageTemplate, WechatMessages, WechatMessagesSettings};
use gateways::wechat_pay::{WechatPay, WechatPaySettings};

use crate::AssemblyError;
use crate::error::read;

/// How many calls of each client are under way at most; more threads than that would only wait.
#[must_use]
pub fn concurrent_calls() -> usize {
    OutboundLimits::default().concurrent_calls
}

/// WeChat's login; nothing is called yet.
///
/// # Errors
/// [`AssemblyError::Gateway`].
pub fn wechat_login(
    wechat: &Wechat,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn WechatLogin>, AssemblyError> {
    let client = WechatLoginClient::new(mini_program(wechat), Arc::clone(clock))?;
    Ok(Arc::new(client))
}

/// The messenger to tourists, with the templates that the settings name; nothing is called yet.
///
/// # Errors
/// [`AssemblyError::Gateway`].
pub fn messenger(
    wechat: &Wechat,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn TouristMessenger>, AssemblyError> {
    let templates = wechat.templates.iter().map(|(kind, template)| {
        let template = MessageTemplate {
            id: template.id.clone(),
            fields: template.fields.clone(),
        };
        (*kind, template)
    });
    let settings = WechatMessagesSettings {
        mini_program: mini_program(wechat),
        order_page: wechat.order_page.clone(),
        templates: templates.collect(),
    };
    let messages = WechatMessages::new(settings, Arc::clone(clock))?;
    Ok(Arc::new(messages))
}

fn mini_program(wechat: &Wechat) -> WechatLoginSettings {
    WechatLoginSettings {
        base_url: wechat.login_base_url.clone(),
        app_id: wechat.app_id.clone(),
        app_secret: wechat.app_secret.clone(),
        limits: OutboundLimits::default(),
    }
}

/// WeChat Pay, with the keys in the files that the settings name; nothing is called yet.
///
/// # Errors
/// [`AssemblyError::File`] and [`AssemblyError::Gateway`].
pub fn payment_provider(
    wechat: &Wechat,
    clock: &Arc<dyn Clock>,
) -> Result<Arc<dyn PaymentProvider>, AssemblyError> {
    let provider = WechatPay::new(pay_settings(wechat)?, Arc::clone(clock))?;
    Ok(Arc::new(provider))
}

fn pay_settings(wechat: &Wechat) -> Result<WechatPaySettings, AssemblyError> {
    let pay = &wechat.pay;
    let private_key = read("wechat.pay.private_key_file", &pay.private_key_file)?;
    let platform_key = read(
        "wechat.pay.platform_public_key_file",
        &pay.platform_public_key_file,
    )?;
    let notifications = |kind: &str| format!("{}/wechat/{kind}-notifications", pay.notify_base_url);
    Ok(WechatPaySettings {
        base_url: pay.base_url.clone(),
        app_id: wechat.app_id.clone(),
        merchant_id: pay.merchant_id.clone(),
        merchant_serial: pay.merchant_serial.clone(),
        merchant_private_key: private_key.into(),
        api_v3_key: pay.api_v3_key.clone(),
        platform_keys: BTreeMap::from([(pay.platform_key_id.clone(), platform_key)]),
        payment_notify_url: notifications("payment"),
        refund_notify_url: notifications("refund"),
        limits: OutboundLimits::default(),
    })
}

#[cfg(test)]
mod tests {
    use api_kit::settings::Settings;

    use super::*;

    #[test]
    fn a_key_file_that_cannot_be_read_is_named_with_its_setting() {
        let files = tempfile::tempdir().unwrap();
        let mut settings = Settings::for_tests().unwrap();
        let pay = &mut settings.wechat.pay;
        pay.private_key_file = files.path().join("merchant.pem");
        pay.platform_public_key_file = files.path().join("platform.pem");
        let told = |wechat: &Wechat| pay_settings(wechat).unwrap_err().to_string();
        let error = told(&settings.wechat);
        assert!(
            error.starts_with("wechat.pay.private_key_file: "),
            "{error}"
        );
        assert!(error.contains("merchant.pem cannot be read"), "{error}");
        std::fs::write(files.path().join("merchant.pem"), "key").unwrap();
        let error = told(&settings.wechat);
        assert!(error.contains("platform.pem cannot be read"), "{error}");
    }

    #[test]
    fn a_key_that_is_none_is_refused_without_being_told() {
        let files = tempfile::tempdir().unwrap();
        let mut settings = Settings::for_tests().unwrap();
        let pay = &mut settings.wechat.pay;
        for file in [&mut pay.private_key_file, &mut pay.platform_public_key_file] {
            *file = files.path().join("key.pem");
        }
        std::fs::write(files.path().join("key.pem"), "no key at all").unwrap();
        let clock = crate::clock(&settings);
        let error = payment_provider(&settings.wechat, &clock).map(|_| ());
        let error = error.unwrap_err();
        assert!(matches!(error, AssemblyError::Gateway(_)), "{error}");
        assert!(!error.to_string().contains("no key at all"), "{error}");
    }

    #[test]
    fn wechat_is_told_where_to_notify() {
        let files = tempfile::tempdir().unwrap();
        let mut settings = Settings::for_tests().unwrap();
        let pay = &mut settings.wechat.pay;
        for file in [&mut pay.private_key_file, &mut pay.platform_public_key_file] {
            *file = files.path().join("key.pem");
        }
        std::fs::write(files.path().join("key.pem"), "key").unwrap();
        pay.notify_base_url = "https://tickets.example.cn/api/v1".to_owned();
        let settings = pay_settings(&settings.wechat).unwrap();
        assert_eq!(
            [settings.payment_notify_url, settings.refund_notify_url],
            [
                "https://tickets.example.cn/api/v1/wechat/payment-notifications",
                "https://tickets.example.cn/api/v1/wechat/refund-notifications"
            ]
        );
    }
}
