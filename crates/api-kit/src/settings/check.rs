//! Turns what is written into settings, and lists everything that is wrong with it.

use std::fmt::Display;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::path::PathBuf;

use secrecy::{ExposeSecret, SecretString};

use super::desks;
use super::distinct::check_distinct;
use super::raw::{
    RawDatabase, RawJobs, RawLimits, RawPay, RawSecrets, RawServer, RawSettings, RawWechat,
};
use super::secrets::{Key, NamedKey, fault_of, is_of_sandbox, is_well_known, parse_named_keys};
use super::templates::check_templates;
use super::urls::{
    LOGIN_HOSTS, PAY_HOSTS, fault_of_database_url, fault_of_public_url, fault_of_wechat_url,
};
use super::{
    Database, Environment, Jobs, Limits, Pay, Problem, Secrets, Server, Settings, SettingsError,
    Wechat, mail, rules,
};

/// The faults found so far. A faulty value is noted and a placeholder taken in its stead, so that
/// the rest is checked too; settings with a fault are never handed out.
#[derive(Default)]
pub(super) struct Problems(Vec<Problem>);

impl Problems {
    pub(super) fn note(&mut self, setting: &'static str, text: impl Into<String>) {
        let text = text.into();
        self.0.push(Problem { setting, text });
    }

    fn note_some(&mut self, setting: &'static str, fault: Option<&str>) {
        if let Some(fault) = fault {
            self.note(setting, fault);
        }
    }

    pub(super) fn unless(&mut self, sound: bool, setting: &'static str, text: &str) {
        if !sound {
            self.note(setting, text);
        }
    }

    pub(super) fn within<T: PartialOrd + Display>(
        &mut self,
        range: RangeInclusive<T>,
        value: T,
        setting: &'static str,
    ) {
        if !range.contains(&value) {
            let text = format!("must be from {} to {}", range.start(), range.end());
            self.note(setting, text);
        }
    }

    fn present(&mut self, setting: &'static str, text: String) -> String {
        self.unless(!text.trim().is_empty(), setting, "is missing");
        text
    }
}

/// Checks everything that can be checked without opening anything. `chosen` is the environment
/// that PALACE_ENV says, `in_file` names the secrets that stand in its file.
pub(super) fn check(
    raw: RawSettings,
    chosen: &str,
    in_file: &[&'static str],
) -> Result<Settings, SettingsError> {
    let mut problems = Problems::default();
    let environment = environment(&raw.environment, chosen, &mut problems);
    let relaxed = environment.is_relaxed();
    if !relaxed {
        check_distinct(&raw, &mut problems);
    }
    if environment != Environment::Test {
        for setting in in_file {
            problems.note(setting, "must stand in no file: set its variable instead");
        }
    }
    desks::check_connections(&raw, &mut problems);
    let clock_offset_file = optional(raw.clock.offset_file).map(PathBuf::from);
    problems.unless(
        relaxed || clock_offset_file.is_none(),
        "clock.offset_file",
        "must not be set in production",
    );
    let settings = Settings {
        environment,
        server: server(&raw.server, &mut problems),
        wechat: wechat(raw.wechat, relaxed, &mut problems),
        secrets: secrets(&raw.secrets, relaxed, &mut problems),
        clock_offset_file,
        limits: limits(&raw.limits, &mut problems),
        order_desk: desks::check(&raw.order_desk, &desks::ORDERS, &mut problems),
        payment_desk: desks::check(&raw.payment_desk, &desks::PAYMENTS, &mut problems),
        database: database(raw.database, relaxed, &mut problems),
        rules: rules::check_rules(&raw.rules, &mut problems),
        jobs: jobs(raw.jobs, &mut problems),
        mail: mail::check_mail(raw.mail, relaxed, &mut problems),
    };
    if problems.0.is_empty() {
        Ok(settings)
    } else {
        Err(SettingsError::Invalid(problems.0))
    }
}

fn environment(text: &str, chosen: &str, problems: &mut Problems) -> Environment {
    if text != chosen {
        // Settings of one kind of machine on another would lose the checks of that kind.
        problems.note(
            "environment",
            "must be what PALACE_ENV says, or production without it",
        );
        return Environment::Production;
    }
    match text {
        "production" => Environment::Production,
        "development" => Environment::Development,
        "test" => Environment::Test,
        _ => {
            problems.note("environment", "is production, development or test");
            Environment::Production
        }
    }
}

fn server(raw: &RawServer, problems: &mut Problems) -> Server {
    let host = address("server.host", &raw.host, problems);
    let metrics_host = address("server.metrics_host", &raw.metrics_host, problems);
    let proxies: Result<Vec<IpAddr>, _> = raw
        .trusted_proxies
        .split(',')
        .map(str::trim)
        .filter(|text| !text.is_empty())
        .map(str::parse)
        .collect();
    problems.unless(
        proxies.is_ok(),
        "server.trusted_proxies",
        "must be IP addresses, separated by commas",
    );
    problems.unless(
        raw.port == 0 || raw.port != raw.metrics_port,
        "server.metrics_port",
        "must differ from server.port",
    );
    problems.within(0..=256, raw.workers, "server.workers");
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    Server {
        host,
        port: raw.port,
        metrics_host,
        metrics_port: raw.metrics_port,
        workers: if raw.workers == 0 {
            processors
        } else {
            raw.workers
        },
        trusted_proxies: proxies.unwrap_or_default(),
    }
}

fn address(setting: &'static str, text: &str, problems: &mut Problems) -> IpAddr {
    let address = text.parse();
    problems.unless(address.is_ok(), setting, "is not an IP address");
    address.unwrap_or(IpAddr::from([127, 0, 0, 1]))
}

fn database(raw: RawDatabase, relaxed: bool, problems: &mut Problems) -> Database {
    let fault = fault_of_database_url(raw.url.expose_secret(), relaxed);
    problems.note_some("database.url", fault);
    problems.within(1..=64, raw.pool_size, "database.pool_size");
    Database {
        url: raw.url,
        pool_size: raw.pool_size,
    }
}

fn wechat(raw: RawWechat, relaxed: bool, problems: &mut Problems) -> Wechat {
    check_secret("wechat.app_secret", &raw.app_secret, relaxed, problems);
    let login_fault = fault_of_wechat_url(&raw.login_base_url, relaxed, &LOGIN_HOSTS);
    problems.note_some("wechat.login_base_url", login_fault);
    Wechat {
        app_id: own("wechat.app_id", raw.app_id, relaxed, problems),
        app_secret: raw.app_secret,
        login_base_url: raw.login_base_url,
        order_page: order_page(raw.order_page, problems),
        templates: check_templates(raw.templates, relaxed, problems),
        pay: pay(raw.pay, relaxed, problems),
    }
}

/// A page of the mini-program: a path without a slash before it and a query behind it.
fn order_page(path: String, problems: &mut Problems) -> String {
    let sound = !path.is_empty()
        && !path.starts_with('/')
        && path
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"/_-".contains(&byte));
    problems.unless(
        sound,
        "wechat.order_page",
        "must be a path such as pages/orders/detail",
    );
    path
}

fn pay(raw: RawPay, relaxed: bool, problems: &mut Problems) -> Pay {
    let key = raw.api_v3_key.expose_secret();
    if key.len() == 32 {
        check_secret("wechat.pay.api_v3_key", &raw.api_v3_key, relaxed, problems);
    } else {
        problems.note("wechat.pay.api_v3_key", "must be exactly 32 bytes");
    }
    let file = problems.present("wechat.pay.private_key_file", raw.private_key_file);
    let public_file = problems.present(
        "wechat.pay.platform_public_key_file",
        raw.platform_public_key_file,
    );
    let base_fault = fault_of_wechat_url(&raw.base_url, relaxed, &PAY_HOSTS);
    problems.note_some("wechat.pay.base_url", base_fault);
    let notify_fault = fault_of_public_url(&raw.notify_base_url, relaxed);
    problems.note_some("wechat.pay.notify_base_url", notify_fault);
    let mut own = |setting, text| own(setting, text, relaxed, problems);
    Pay {
        merchant_id: own("wechat.pay.merchant_id", raw.merchant_id),
        merchant_serial: own("wechat.pay.merchant_serial", raw.merchant_serial),
        api_v3_key: raw.api_v3_key,
        private_key_file: file.into(),
        platform_key_id: own("wechat.pay.platform_key_id", raw.platform_key_id),
        platform_public_key_file: public_file.into(),
        base_url: raw.base_url,
        notify_base_url: raw.notify_base_url,
    }
}

/// A name or number that is the merchant's own, and in production not the sandbox's.
fn own(setting: &'static str, text: String, relaxed: bool, problems: &mut Problems) -> String {
    let text = problems.present(setting, text);
    let made_up = text.contains("sandbox") || is_of_sandbox(&text);
    problems.unless(relaxed || !made_up, setting, "is the sandbox's");
    text
}

fn check_secret(
    setting: &'static str,
    secret: &SecretString,
    relaxed: bool,
    problems: &mut Problems,
) {
    if let Some(fault) = fault_of(secret, relaxed) {
        problems.note(setting, fault);
    }
}

fn secrets(raw: &RawSecrets, relaxed: bool, problems: &mut Problems) -> Secrets {
    check_secret("secrets.token_key", &raw.token_key, relaxed, problems);
    let hash_key = key(
        "secrets.document_hash_key",
        &raw.document_hash_key,
        relaxed,
        problems,
    );
    let code_key = key(
        "secrets.ticket_code_key",
        &raw.ticket_code_key,
        relaxed,
        problems,
    );
    Secrets {
        token_key: raw.token_key.clone(),
        document_keys: document_keys(raw, relaxed, problems),
        document_hash_key: hash_key,
        document_hash_key_next: optional_key(
            "secrets.document_hash_key_next",
            &raw.document_hash_key_next,
            relaxed,
            problems,
        ),
        request_key: optional_key("secrets.request_key", &raw.request_key, relaxed, problems),
        ticket_code_key: code_key,
    }
}

fn key(
    setting: &'static str,
    secret: &SecretString,
    relaxed: bool,
    problems: &mut Problems,
) -> Key {
    let text = secret.expose_secret();
    let parsed = Key::parse(text);
    problems.unless(parsed.is_some(), setting, "must be 32 bytes in hex");
    problems.unless(
        parsed.is_none() || relaxed || !is_well_known(text),
        setting,
        "is no secret: draw it at random",
    );
    parsed.unwrap_or_else(Key::placeholder)
}

/// A key that need not be there.
fn optional_key(
    setting: &'static str,
    secret: &SecretString,
    relaxed: bool,
    problems: &mut Problems,
) -> Option<Key> {
    let given = !secret.expose_secret().trim().is_empty();
    given.then(|| key(setting, secret, relaxed, problems))
}

/// The keys with the sealing one first.
fn document_keys(raw: &RawSecrets, relaxed: bool, problems: &mut Problems) -> Vec<NamedKey> {
    const SETTING: &str = "secrets.document_keys";
    let text = raw.document_keys.expose_secret();
    let Some(mut keys) = parse_named_keys(text) else {
        problems.note(
            SETTING,
            "must be id:hex pairs of 32 bytes each, separated by commas",
        );
        return Vec::new();
    };
    let known = |pair: &str| pair.split(':').nth(1).is_some_and(is_well_known);
    problems.unless(
        relaxed || !text.split(',').any(known),
        SETTING,
        "holds a key that is no secret: draw it at random",
    );
    let mut ids: Vec<&str> = keys.iter().map(|key| key.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    problems.unless(ids.len() == keys.len(), SETTING, "names an id twice");
    match keys.iter().position(|key| key.id == raw.document_key_id) {
        Some(sealing) => keys.swap(0, sealing),
        None => problems.note("secrets.document_key_id", "names none of document_keys"),
    }
    keys
}

fn limits(raw: &RawLimits, problems: &mut Problems) -> Limits {
    problems.within(
        1..=1_000_000,
        raw.orders_per_minute,
        "limits.orders_per_minute",
    );
    Limits {
        orders_per_minute: raw.orders_per_minute,
        requests_per_address: (raw.requests_per_address > 0).then_some(raw.requests_per_address),
    }
}

fn jobs(raw: RawJobs, problems: &mut Problems) -> Jobs {
    // Longer than the longest call to the outside, which lies between two transactions.
    problems.within(10..=3600, raw.lease_seconds, "jobs.lease_seconds");
    problems.within(1..=10_000, raw.batch_size, "jobs.batch_size");
    let holder = optional(raw.holder);
    problems.unless(
        holder.as_ref().is_none_or(|name| name.len() <= 64),
        "jobs.holder",
        "must have at most 64 characters",
    );
    Jobs {
        lease_seconds: raw.lease_seconds,
        batch_size: raw.batch_size,
        holder,
    }
}

fn optional(text: String) -> Option<String> {
    (!text.trim().is_empty()).then_some(text)
}
