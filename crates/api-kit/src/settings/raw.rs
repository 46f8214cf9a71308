//! The settings as they are written: plain texts and numbers, nothing checked but the names.

use secrecy::SecretString;
use serde::Deserialize;

use super::templates::RawTemplates;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSettings {
    pub(super) environment: String,
    pub(super) server: RawServer,
    pub(super) database: RawDatabase,
    pub(super) wechat: RawWechat,
    pub(super) secrets: RawSecrets,
    pub(super) clock: RawClock,
    pub(super) limits: RawLimits,
    pub(super) order_desk: RawDesk,
    pub(super) payment_desk: RawDesk,
    pub(super) rules: RawRules,
    pub(super) jobs: RawJobs,
    pub(super) mail: RawMail,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) metrics_host: String,
    pub(super) metrics_port: u16,
    pub(super) workers: usize,
    pub(super) trusted_proxies: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDatabase {
    pub(super) url: SecretString,
    pub(super) pool_size: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawWechat {
    pub(super) app_id: String,
    pub(super) app_secret: SecretString,
    pub(super) login_base_url: String,
    pub(super) order_page: String,
    pub(super) templates: RawTemplates,
    pub(super) pay: RawPay,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawPay {
    pub(super) merchant_id: String,
    pub(super) merchant_serial: String,
    pub(super) api_v3_key: SecretString,
    pub(super) private_key_file: String,
    pub(super) platform_key_id: String,
    pub(super) platform_public_key_file: String,
    pub(super) base_url: String,
    pub(super) notify_base_url: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSecrets {
    pub(super) token_key: SecretString,
    pub(super) document_keys: SecretString,
    pub(super) document_key_id: String,
    pub(super) document_hash_key: SecretString,
    pub(super) document_hash_key_next: SecretString,
    pub(super) request_key: SecretString,
    pub(super) ticket_code_key: SecretString,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawClock {
    pub(super) offset_file: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawDesk {
    pub(super) writers: u32,
    pub(super) group_size: u32,
    pub(super) queue_length: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawLimits {
    pub(super) orders_per_minute: u32,
    pub(super) requests_per_address: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawRules {
    pub(super) sales_open_days_ahead: u16,
    pub(super) sales_open_at: String,
    pub(super) visitors_per_order: usize,
    pub(super) adult_age: u8,
    pub(super) senior_age: u8,
    pub(super) accompanied_age: u8,
    pub(super) children_per_adult: usize,
    pub(super) admissions_per_account_and_day: usize,
    pub(super) saved_visitors_per_account: usize,
    pub(super) few_left_percent: u32,
    pub(super) exact_remaining_up_to: u32,
    pub(super) payment_window_minutes: u32,
    pub(super) minimum_payment_window_minutes: u32,
    pub(super) refund_until: String,
    pub(super) no_shows_at: String,
    pub(super) no_show_window_days: u16,
    pub(super) no_shows_to_ban: usize,
    pub(super) ban_days: u16,
    pub(super) personal_data_days: u16,
    pub(super) annual_pass_entries: u16,
    pub(super) refund_spacing_seconds: u32,
    pub(super) refunds_per_second: u32,
    pub(super) remind_visitors_at: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawJobs {
    pub(super) lease_seconds: u32,
    pub(super) batch_size: u32,
    pub(super) holder: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawMail {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: String,
    pub(super) username: String,
    pub(super) password: SecretString,
    pub(super) from: String,
    pub(super) from_name: String,
}
