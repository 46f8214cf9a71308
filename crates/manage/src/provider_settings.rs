//! What the payment provider's client takes, from the settings and the files they name.

use std::collections::BTreeMap;
use std::path::Path;

use api_kit::settings::Wechat;
use gateways::outbound::OutboundLimits;
use gateways::wechat_pay::WechatPaySettings;

use crate::failure::Failure;

/// Reads the key files. Their contents are checked where they are used.
pub(crate) fn provider_settings(wechat: &Wechat) -> Result<WechatPaySettings, Failure> {
    let pay = &wechat.pay;
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
        merchant_private_key: read("wechat.pay.private_key_file", &pay.private_key_file)?.into(),
        api_v3_key: pay.api_v3_key.clone(),
        platform_keys: BTreeMap::from([(pay.platform_key_id.clone(), platform_key)]),
        payment_notify_url: notifications("payment"),
        refund_notify_url: notifications("refund"),
        limits: OutboundLimits::default(),
    })
}

fn read(setting: &str, path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path).map_err(|error| {
        let path = path.display();
        Failure::failed(format!("{setting}: {path} cannot be read: {error}"))
    })
}
