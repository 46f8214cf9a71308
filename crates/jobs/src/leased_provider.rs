//! The payment provider, as a run may call it.

use std::sync::Arc;

use domain::id::OrderNumber;
use domain::payment::PaymentNews;
use domain::ports::{
    ClientPayment, NotificationError, PaymentProvider, PrepayRequest, ProviderError,
    ProviderPayment, ProviderRefund, RefundNews, RefundSubmission, SignedNotification, StoreError,
    UnitOfWork,
};

use crate::waiter::Waiter;

/// Calls the provider only while the run has its lease and is not to stop; otherwise the outcome
/// is unknown, as after a call that got no answer, and the item comes again.
///
/// So a provider that answers slowly lets no lease run out unnoticed, an instance that was
/// replaced calls nobody, and a service that is to stop waits for one call at the most.
pub(crate) struct LeasedProvider {
    inner: Arc<dyn PaymentProvider>,
    leased: Arc<dyn UnitOfWork>,
    waiter: Arc<dyn Waiter>,
}

impl LeasedProvider {
    /// Calls `inner` while transactions of `leased` have their lease.
    pub(crate) fn new(
        inner: Arc<dyn PaymentProvider>,
        leased: Arc<dyn UnitOfWork>,
        waiter: Arc<dyn Waiter>,
    ) -> Self {
        Self {
            inner,
            leased,
            waiter,
        }
    }

    /// The provider, after the lease was renewed.
    fn provider(&self) -> Result<&dyn PaymentProvider, ProviderError> {
        if self.waiter.is_stopping() {
            return Err(ProviderError::Unknown("not called: stopping".to_owned()));
        }
        let renewed: Result<(), StoreError> = self.leased.run(|_| Ok(()));
        renewed.map_err(|error| ProviderError::Unknown(format!("not called: {error}")))?;
        Ok(&*self.inner)
    }
}

impl PaymentProvider for LeasedProvider {
    fn prepay(&self, request: &PrepayRequest) -> Result<String, ProviderError> {
        self.provider()?.prepay(request)
    }

    fn sign_for_client(&self, prepay_id: &str) -> Result<ClientPayment, ProviderError> {
        self.inner.sign_for_client(prepay_id)
    }

    fn query(&self, number: &OrderNumber) -> Result<ProviderPayment, ProviderError> {
        self.provider()?.query(number)
    }

    fn close(&self, number: &OrderNumber) -> Result<(), ProviderError> {
        self.provider()?.close(number)
    }

    fn refund(&self, submission: &RefundSubmission) -> Result<ProviderRefund, ProviderError> {
        self.provider()?.refund(submission)
    }

    fn query_refund(&self, number: &str) -> Result<ProviderRefund, ProviderError> {
        self.provider()?.query_refund(number)
    }

    fn read_payment_notification(
        &self,
        notification: &SignedNotification,
    ) -> Result<PaymentNews, NotificationError> {
        self.inner.read_payment_notification(notification)
    }

    fn read_refund_notification(
        &self,
        notification: &SignedNotification,
    ) -> Result<RefundNews, NotificationError> {
        self.inner.read_refund_notification(notification)
    }
}

#[cfg(test)]
mod tests {
    use domain::id::OrderNumber;

    use super::*;
    use crate::test_kit::{Kit, LEASE, terms};
    use crate::waiter::StopSignal;

    fn number() -> OrderNumber {
        OrderNumber::parse("261201000000000011").unwrap()
    }

    #[test]
    fn only_the_holder_of_the_lease_calls_and_every_call_renews_it() {
        let kit = Kit::new();
        let waiter: Arc<dyn Waiter> = Arc::new(StopSignal::default());
        let leased = |holder| {
            kit.context
                .under_lease("test", &terms(holder), &waiter)
                .provider
        };
        let (first, second) = (leased("first"), leased("second"));
        for _ in 0..3 {
            assert!(first.query(&number()).is_ok());
            kit.clock().advance(LEASE * 2 / 3);
            assert!(second.query(&number()).is_err());
        }
        kit.clock().advance(LEASE);
        assert!(second.query(&number()).is_ok());
        assert!(matches!(
            first.close(&number()),
            Err(ProviderError::Unknown(_))
        ));
        assert_eq!(kit.provider.calls().len(), 4);
    }

    #[test]
    fn nobody_is_called_once_the_service_is_to_stop() {
        let kit = Kit::new();
        let signal = Arc::new(StopSignal::default());
        let waiter: Arc<dyn Waiter> = signal.clone();
        let provider = kit
            .context
            .under_lease("test", &terms("first"), &waiter)
            .provider;
        assert!(provider.query_refund("one").is_ok());
        signal.stop();
        assert!(matches!(
            provider.query_refund("two"),
            Err(ProviderError::Unknown(_))
        ));
        assert_eq!(kit.provider.calls().len(), 1);
    }
}
