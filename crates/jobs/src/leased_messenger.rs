//! The messenger to tourists, as a run may call it.

use std::sync::Arc;

use domain::message_parts::TouristMessage;
use domain::ports::{SendError, StoreError, TouristMessenger, UnitOfWork};

use crate::waiter::Waiter;

/// Sends only while the run has its lease and is not to stop, for the reasons of the
/// [`LeasedProvider`](crate::leased_provider::LeasedProvider); otherwise nobody was called, and the
/// message comes again when its claim has ended.
pub(crate) struct LeasedMessenger {
    inner: Arc<dyn TouristMessenger>,
    leased: Arc<dyn UnitOfWork>,
    waiter: Arc<dyn Waiter>,
}

impl LeasedMessenger {
    /// Calls `inner` while transactions of `leased` have their lease.
    pub(crate) fn new(
        inner: Arc<dyn TouristMessenger>,
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

impl TouristMessenger for LeasedMessenger {
    fn send(&self, message: &TouristMessage) -> Result<(), SendError> {
        if self.waiter.is_stopping() {
            return Err(SendError::NotCalled);
        }
        let renewed: Result<(), StoreError> = self.leased.run(|_| Ok(()));
        renewed.map_err(|_| SendError::NotCalled)?;
        self.inner.send(message)
    }
}

#[cfg(test)]
mod tests {
    use domain::account::OpenId;
    use domain::id::OrderId;
    use domain::outbox::MessageKind;

    use super::*;
    use crate::test_kit::{Kit, LEASE, terms};
    use crate::waiter::StopSignal;

    fn message(kit: &Kit) -> TouristMessage {
        TouristMessage {
            to: OpenId::parse("person").unwrap(),
            kind: MessageKind::OrderPaid,
            order: OrderId::new(kit.museum.next_id()),
            parts: Vec::new(),
        }
    }

    #[test]
    fn only_the_holder_of_the_lease_sends_and_nobody_once_it_is_to_stop() {
        let kit = Kit::new();
        let signal = Arc::new(StopSignal::default());
        let waiter: Arc<dyn Waiter> = signal.clone();
        let leased = |holder| {
            let context = kit.context.under_lease("test", &terms(holder), &waiter);
            context.messenger
        };
        let (first, second) = (leased("first"), leased("second"));
        let message = message(&kit);
        assert_eq!(first.send(&message), Ok(()));
        assert_eq!(second.send(&message), Err(SendError::NotCalled));
        kit.clock().advance(LEASE);
        assert_eq!(second.send(&message), Ok(()));
        assert_eq!(first.send(&message), Err(SendError::NotCalled));
        signal.stop();
        assert_eq!(second.send(&message), Err(SendError::NotCalled));
        assert_eq!(kit.messenger.asked().len(), 2);
    }
}
