//! Mail over SMTP (RFC 5321), with lettre.
//!
//! **Blocking**, and bounded: each step of the conversation with the server has its time-out.

mod message;

use std::error::Error as _;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use domain::clock::Clock;
use domain::email::EmailAddress;
use domain::ports::{MailError, Mailer, OutgoingMail};
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::response::Code;
use lettre::{Address, SmtpTransport, Transport as _};
use secrecy::{ExposeSecret as _, SecretString};

use crate::settings::{SettingsError, require};

/// How the conversation is kept from others' eyes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SmtpSecurity {
    /// Not at all: for a server on the same machine.
    None,
    /// It begins in the clear and goes on encrypted; a server that cannot do that is refused.
    StartTls,
    /// It is encrypted from its beginning.
    Tls,
}

/// The mail server and who sends.
#[derive(Debug, Clone)]
pub struct SmtpSettings {
    /// The server's name.
    pub host: String,
    /// Its port, 465 with [`SmtpSecurity::Tls`], else mostly 587.
    pub port: u16,
    /// How the conversation is protected.
    pub security: SmtpSecurity,
    /// The name and password to sign in with, if the server asks for them.
    pub credentials: Option<(String, SecretString)>,
    /// The address that mails come from.
    pub from: EmailAddress,
    /// The name beside it.
    pub from_name: String,
    /// How long connecting and each step wait for the server.
    pub patience: Duration,
}

/// Hands mail to one server, over a connection for each.
pub struct SmtpMailer {
    transport: SmtpTransport,
    from: Mailbox,
    /// What the ids of messages end in.
    host: String,
    clock: Arc<dyn Clock>,
}

impl SmtpMailer {
    /// A client of the server; nothing is called yet.
    ///
    /// # Errors
    /// [`SettingsError`] for what cannot be used.
    pub fn new(settings: SmtpSettings, clock: Arc<dyn Clock>) -> Result<Self, SettingsError> {
        require("host", &settings.host)?;
        let host = settings.from.host().to_owned();
        let credentials = settings
            .credentials
            .map(|(name, password)| Credentials::new(name, password.expose_secret().to_owned()));
        let mut transport = SmtpTransport::builder_dangerous(&settings.host)
            .port(settings.port)
            .tls(tls(settings.security, &settings.host)?)
            .timeout(Some(settings.patience))
            .hello_name(ClientId::Domain(host.clone()));
        if let Some(credentials) = credentials {
            transport = transport.credentials(credentials);
        }
        let address = settings.from.as_str().parse::<Address>();
        let address = address.map_err(|_| SettingsError::new("from", "it is no address"))?;
        Ok(Self {
            transport: transport.build(),
            from: Mailbox::new(Some(settings.from_name), address),
            host,
            clock,
        })
    }
}

impl Mailer for SmtpMailer {
    fn send(&self, mail: &OutgoingMail<'_>) -> Result<(), MailError> {
        let message_id = format!("<{}@{}>", mail.id, self.host);
        let message = message::compose(&self.from, message_id, self.clock.now(), mail)?;
        let sent = self.transport.send(&message);
        sent.map(drop).map_err(|error| failure(&error))
    }
}

fn tls(security: SmtpSecurity, host: &str) -> Result<Tls, SettingsError> {
    let parameters = || {
        TlsParameters::new(host.to_owned())
            .map_err(|_| SettingsError::new("host", "no TLS client can be built for it"))
    };
    Ok(match security {
        SmtpSecurity::None => Tls::None,
        SmtpSecurity::StartTls => Tls::Required(parameters()?),
        SmtpSecurity::Tls => Tls::Wrapper(parameters()?),
    })
}

/// The codes by which a server says that there is no such mailbox; others of 5xx, such as a wrong
/// password, a person can mend while the mail waits.
const NO_SUCH_MAILBOX: [&str; 3] = ["550", "551", "553"];

/// What went wrong. The server's own words are left out: they mostly repeat the recipient.
fn failure(error: &Error) -> MailError {
    if let Some(code) = error.status() {
        return answered(code);
    }
    let what = if error.is_timeout() || is_silence(error) {
        "no answer in time"
    } else if error.is_tls() {
        "no TLS"
    } else if error.is_response() {
        "an answer that cannot be understood"
    } else if error.is_client() {
        "the server cannot do what the settings ask for"
    } else {
        "no connection, or it broke"
    };
    MailError::Failed(format!("SMTP: {what}"))
}

/// Whether a read waited for too long, which the system calls one that would block.
fn is_silence(error: &Error) -> bool {
    let cause = error.source().and_then(|cause| cause.downcast_ref());
    cause.is_some_and(|cause: &io::Error| cause.kind() == io::ErrorKind::WouldBlock)
}

fn answered(code: Code) -> MailError {
    let code = code.to_string();
    let text = format!("SMTP {code}");
    if NO_SUCH_MAILBOX.contains(&code.as_str()) {
        MailError::Refused(text)
    } else {
        MailError::Failed(text)
    }
}
