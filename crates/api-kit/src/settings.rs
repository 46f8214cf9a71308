//! The settings of a process: read in three layers, checked completely, and only then used.
//!
//! `config/default.toml` is the manual of every setting. Nothing here opens a file that a setting
//! names, or a connection: `manage check-config` and the services do that next.

mod check;
mod desks;
mod distinct;
mod faults;
mod load;
mod mail;
mod raw;
mod rules;
mod secrets;
mod templates;
#[cfg(test)]
mod tests;
mod urls;

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;

use domain::message_parts::MessagePart;
use domain::outbox::MessageKind;
use domain::rules::Rules;
use secrecy::SecretString;
use thiserror::Error;

pub use load::Source;
pub use mail::{Mail, MailSecurity};
pub use secrets::{Key, NamedKey};

/// The kind of machine a process runs on, which decides what it may be set to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Environment {
    /// The real thing: no sandbox, no clock offset, no well-known secret.
    Production,
    /// A developer's machine.
    Development,
    /// Tests.
    Test,
}

impl Environment {
    /// Whether this is not production: the sandbox, plain http and a moved clock are allowed.
    #[must_use]
    pub fn is_relaxed(self) -> bool {
        self != Self::Production
    }
}

/// Which program the settings are for; each service has ports of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Program {
    /// The tourist API, on 8080 and 9080.
    TouristApi,
    /// The admin API, on 8081 and 9081.
    AdminApi,
    /// The operator's command line, which listens nowhere.
    Manage,
}

/// Everything that can be set, checked.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The kind of machine.
    pub environment: Environment,
    /// Where the service listens.
    pub server: Server,
    /// The database.
    pub database: Database,
    /// WeChat's login and payment.
    pub wechat: Wechat,
    /// Keys of our own.
    pub secrets: Secrets,
    /// The file with the clock's offset; never in production.
    pub clock_offset_file: Option<PathBuf>,
    /// Rate limits.
    pub limits: Limits,
    /// Where orders wait and are decided in groups.
    pub order_desk: Desk,
    /// Where news of payments waits and is booked in groups.
    pub payment_desk: Desk,
    /// The numbers of the rule book.
    pub rules: Rules,
    /// The job runner.
    pub jobs: Jobs,
    /// The mail server, if there is one.
    pub mail: Option<Mail>,
}

/// Where the service listens.
#[derive(Debug, Clone)]
pub struct Server {
    /// The address of the API.
    pub host: IpAddr,
    /// The port of the API; 0 takes any free one.
    pub port: u16,
    /// The address of `/metrics`, which the public must not reach.
    pub metrics_host: IpAddr,
    /// The port of `/metrics`; 0 takes any free one.
    pub metrics_port: u16,
    /// Threads that answer requests, at least 1.
    pub workers: usize,
    /// Reverse proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpAddr>,
}

/// The database.
#[derive(Debug, Clone)]
pub struct Database {
    /// `mysql://user:password@host:port/name`.
    pub url: SecretString,
    /// Connections of this process.
    pub pool_size: u32,
}

/// The mini-program at WeChat.
#[derive(Debug, Clone)]
pub struct Wechat {
    /// Its id.
    pub app_id: String,
    /// Its secret.
    pub app_secret: SecretString,
    /// WeChat's server for logins and phone numbers, without a slash behind.
    pub login_base_url: String,
    /// The page of the mini-program that shows the order whose `id` is in its query.
    pub order_page: String,
    /// The templates of messages to tourists; kinds without one are not sent.
    pub templates: Vec<(MessageKind, MessageTemplate)>,
    /// WeChat Pay.
    pub pay: Pay,
}

/// The template of one kind of message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageTemplate {
    /// WeChat's id of it.
    pub id: String,
    /// In which of its fields, such as `thing2`, each part stands; at least one.
    pub fields: BTreeMap<MessagePart, String>,
}

/// The merchant at WeChat Pay.
#[derive(Debug, Clone)]
pub struct Pay {
    /// The merchant's number.
    pub merchant_id: String,
    /// The serial number of the merchant's certificate.
    pub merchant_serial: String,
    /// The key that notifications are encrypted with, 32 bytes.
    pub api_v3_key: SecretString,
    /// The PEM file of the merchant's private key.
    pub private_key_file: PathBuf,
    /// The id of the platform's public key.
    pub platform_key_id: String,
    /// The PEM file of the platform's public key.
    pub platform_public_key_file: PathBuf,
    /// WeChat Pay's server, without a slash behind.
    pub base_url: String,
    /// The tourist API as WeChat Pay reaches it, up to `/api/v1`, without a slash behind.
    pub notify_base_url: String,
}

/// Keys of our own.
#[derive(Debug, Clone)]
pub struct Secrets {
    /// Signs tokens; at least 32 bytes.
    pub token_key: SecretString,
    /// Seal identities; the one that seals new ones first.
    pub document_keys: Vec<NamedKey>,
    /// Hashes documents.
    pub document_hash_key: Key,
    /// What the hash key is to be changed to, for the one command that does it.
    pub document_hash_key_next: Option<Key>,
    /// Recognises repeated requests; `None` for the hash key.
    pub request_key: Option<Key>,
    /// The Ed25519 seed that ticket codes are signed with.
    pub ticket_code_key: Key,
}

/// Rate limits.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Orders of one account in a minute, at least 1.
    pub orders_per_minute: u32,
    /// Requests from one address in a minute; `None` for no limit.
    pub requests_per_address: Option<u32>,
}

/// Where requests wait and are decided in groups.
#[derive(Debug, Clone, Copy)]
pub struct Desk {
    /// Threads that decide groups, each with a connection of its own, at least 1.
    pub writers: u32,
    /// The most requests that are decided in one transaction, at least 1.
    pub group_size: u32,
    /// How many requests may wait, at least 1.
    pub queue_length: u32,
}

/// The job runner.
#[derive(Debug, Clone)]
pub struct Jobs {
    /// For how long a job stays with an instance that does not renew its lease, in seconds.
    pub lease_seconds: u32,
    /// The most things that one run works on.
    pub batch_size: u32,
    /// The name of this instance; `None` for one made of host and process.
    pub holder: Option<String>,
}

/// One setting that cannot be as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Its name, such as `secrets.token_key`.
    pub setting: &'static str,
    /// What is wrong with it, never its value.
    pub text: String,
}

/// Why there are no settings to run on.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum SettingsError {
    /// A file cannot be read, or a name or a type is wrong.
    #[error("the settings cannot be read: {0}")]
    Unreadable(String),
    /// Settings are missing or not allowed; all of them are listed.
    #[error("{}", listed(.0))]
    Invalid(Vec<Problem>),
}

fn listed(problems: &[Problem]) -> String {
    let mut text = "these settings are missing or not allowed:".to_owned();
    for problem in problems {
        text.push_str("\n  ");
        text.push_str(problem.setting);
        text.push_str(": ");
        text.push_str(&problem.text);
    }
    text
}
