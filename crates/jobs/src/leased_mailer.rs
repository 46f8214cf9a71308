//! The mail server, as a run may call it.

use std::sync::Arc;

use domain::ports::{MailError, Mailer, OutgoingMail, StoreError, UnitOfWork};

use crate::waiter::Waiter;

/// Sends only while the run has its lease and is not to stop, for the reasons of
/// [`LeasedProvider`](crate::leased_provider::LeasedProvider); otherwise the mail was not tried.
pub(crate) struct LeasedMailer {
    inner: Arc<dyn Mailer>,
    leased: Arc<dyn UnitOfWork>,
    waiter: Arc<dyn Waiter>,
}

impl LeasedMailer {
    /// Sends by `inner` while transactions of `leased` have their lease.
    pub(crate) fn new(
        inner: Arc<dyn Mailer>,
        leased: Arc<dyn UnitOfWork>,
        waiter: Arc<dyn Waiter>,
    ) -> Self {
        Self {
            inner,
            leased,
            waiter,
        }
    }
}

impl Mailer for LeasedMailer {
    fn send(&self, mail: &OutgoingMail<'_>) -> Result<(), MailError> {
        if self.waiter.is_stopping() {
            return Err(MailError::NotTried("stopping".to_owned()));
        }
        let renewed: Result<(), StoreError> = self.leased.run(|_| Ok(()));
        renewed.map_err(|error| MailError::NotTried(error.to_string()))?;
        self.inner.send(mail)
    }
}
