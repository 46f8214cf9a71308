//! The mail server, which there may be none of.

use domain::email::EmailAddress;
use secrecy::{ExposeSecret as _, SecretString};

use super::check::Problems;
use super::raw::RawMail;

/// The mail server and who sends.
#[derive(Debug, Clone)]
pub struct Mail {
    /// The server's name.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How the conversation with it is protected.
    pub security: MailSecurity,
    /// The name and password to sign in with, if there are any.
    pub credentials: Option<(String, SecretString)>,
    /// The address that mails come from.
    pub from: EmailAddress,
    /// The name beside it.
    pub from_name: String,
}

/// How the conversation with the mail server is protected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MailSecurity {
    /// Not at all; never in production, unless the server is on the same machine.
    None,
    /// It begins in the clear and goes on encrypted.
    StartTls,
    /// It is encrypted from its beginning.
    Tls,
}

/// `None` without a host: mail then waits. What else is written is checked only with one.
pub(super) fn check_mail(raw: RawMail, relaxed: bool, problems: &mut Problems) -> Option<Mail> {
    let host = raw.host.trim().to_owned();
    if host.is_empty() {
        return None;
    }
    problems.within(1..=u16::MAX, raw.port, "mail.port");
    let security = security(&raw.security, problems);
    let is_here = ["127.0.0.1", "::1", "localhost"].contains(&host.as_str());
    problems.unless(
        relaxed || is_here || security != MailSecurity::None,
        "mail.security",
        "must be tls or starttls in production, unless the server is on this machine",
    );
    let has_password = !raw.password.expose_secret().is_empty();
    problems.unless(
        raw.username.is_empty() != has_password,
        "mail.password",
        "is needed with mail.username, and only with it",
    );
    let from_name = raw.from_name.trim().to_owned();
    problems.unless(
        !from_name.chars().any(char::is_control),
        "mail.from_name",
        "must be one line",
    );
    let from = EmailAddress::parse(&raw.from);
    problems.unless(from.is_ok(), "mail.from", "is not an e-mail address");
    Some(Mail {
        host,
        port: raw.port,
        security,
        credentials: has_password.then_some((raw.username, raw.password)),
        from: from.ok()?,
        from_name,
    })
}

fn security(text: &str, problems: &mut Problems) -> MailSecurity {
    match text {
        "none" => MailSecurity::None,
        "starttls" => MailSecurity::StartTls,
        "tls" => MailSecurity::Tls,
        _ => {
            problems.note("mail.security", "is tls, starttls or none");
            MailSecurity::Tls
        }
    }
}
