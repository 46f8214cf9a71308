//! The mail server.

use std::sync::Arc;
use std::time::Duration;

use api_kit::settings::{Mail, MailSecurity};
use domain::clock::Clock;
use domain::ports::Mailer;
use gateways::smtp::{SmtpMailer, SmtpSecurity, SmtpSettings};

use crate::AssemblyError;

/// How long connecting to the mail server and each step with it may take. Nobody waits for it but
/// the job that sends.
const PATIENCE: Duration = Duration::from_secs(10);

/// The mail server of the settings, if they name one; nothing is called yet.
///
/// # Errors
/// [`AssemblyError::Gateway`].
pub fn mailer(
    mail: Option<&Mail>,
    clock: &Arc<dyn Clock>,
) -> Result<Option<Arc<dyn Mailer>>, AssemblyError> {
    let Some(mail) = mail else { return Ok(None) };
    let settings = SmtpSettings {
        host: mail.host.clone(),
        port: mail.port,
        security: match mail.security {
            MailSecurity::None => SmtpSecurity::None,
            MailSecurity::StartTls => SmtpSecurity::StartTls,
            MailSecurity::Tls => SmtpSecurity::Tls,
        },
        credentials: mail.credentials.clone(),
        from: mail.from.clone(),
        from_name: mail.from_name.clone(),
        patience: PATIENCE,
    };
    Ok(Some(Arc::new(SmtpMailer::new(
        settings,
        Arc::clone(clock),
    )?)))
}
