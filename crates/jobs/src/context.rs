//! What jobs work with.

use std::sync::Arc;

use domain::clock::Clock;
use domain::id::IdSource;
use domain::ports::{Mailer, PaymentProvider, TouristMessenger, UnitOfWork};
use domain::rules::Rules;
use domain::sealed::TextCipher;

use crate::lease::{LeaseTerms, LeasedUnitOfWork};
use crate::leased_mailer::LeasedMailer;
use crate::leased_messenger::LeasedMessenger;
use crate::leased_provider::LeasedProvider;
use crate::waiter::Waiter;

/// The ports and numbers that every job works with.
#[derive(Clone)]
pub struct JobContext {
    /// The transactions; in a run those of the lease.
    pub unit_of_work: Arc<dyn UnitOfWork>,
    /// The payment provider; in a run it is called under the lease only.
    pub provider: Arc<dyn PaymentProvider>,
    /// The messenger to tourists; in a run it is called under the lease only.
    pub messenger: Arc<dyn TouristMessenger>,
    /// The mail server, if there is one; in a run it is called under the lease only.
    pub mailer: Option<Arc<dyn Mailer>>,
    /// What opens letters.
    pub text_cipher: Arc<dyn TextCipher>,
    /// The rule book's numbers.
    pub rules: Rules,
    /// The clock, by which also the cadence goes.
    pub clock: Arc<dyn Clock>,
    /// Where new ids come from.
    pub ids: Arc<dyn IdSource>,
    /// The most things that are worked on at a time, at least 1.
    pub batch_size: u32,
    /// What a run waits with between two steps; in a run that of its runner, which a stop breaks
    /// off.
    pub waiter: Arc<dyn Waiter>,
}

impl JobContext {
    /// The same context, with transactions that fail and servers that are not called once the
    /// lease of `job` is another's.
    pub(crate) fn under_lease(
        &self,
        job: &'static str,
        terms: &LeaseTerms,
        waiter: &Arc<dyn Waiter>,
    ) -> Self {
        let leased: Arc<dyn UnitOfWork> = Arc::new(LeasedUnitOfWork::new(
            Arc::clone(&self.unit_of_work),
            Arc::clone(&self.clock),
            job,
            terms.clone(),
        ));
        let provider = LeasedProvider::new(
            Arc::clone(&self.provider),
            Arc::clone(&leased),
            Arc::clone(waiter),
        );
        let messenger = LeasedMessenger::new(
            Arc::clone(&self.messenger),
            Arc::clone(&leased),
            Arc::clone(waiter),
        );
        let mailer = self.mailer.as_ref().map(|mailer| -> Arc<dyn Mailer> {
            let (mailer, leased) = (Arc::clone(mailer), Arc::clone(&leased));
            Arc::new(LeasedMailer::new(mailer, leased, Arc::clone(waiter)))
        });
        Self {
            unit_of_work: leased,
            provider: Arc::new(provider),
            messenger: Arc::new(messenger),
            mailer,
            waiter: Arc::clone(waiter),
            ..self.clone()
        }
    }
}
