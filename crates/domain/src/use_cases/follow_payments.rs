//! Asking the provider about payments of which no news came, and closing those that are no
//! longer wanted (rules 5.1 and 5.5).

use chrono::TimeDelta;
use thiserror::Error;

use crate::clock::Clock;
use crate::id::{IdSource, OrderNumber, RefundId};
use crate::order::OrderState;
use crate::payment::{AttemptState, PaymentAttempt};
use crate::ports::{
    PaymentProvider, ProviderError, ProviderPayment, StoreError, Stores, UnitOfWork,
};
use crate::rules::Rules;

use super::confirm_payment::{PaymentNotice, confirm_payment};

/// When an attempt that is still open is asked about again.
const CHECK_EVERY: TimeDelta = TimeDelta::minutes(5);

/// A prepared payment that reached the provider after its `time_expire` cannot be paid; only a
/// call that is still under way could make the provider know a number that it does not know now.
const CALLS_HAVE_ENDED: TimeDelta = TimeDelta::minutes(1);

/// What one round has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FollowedPayments {
    /// Attempts asked about.
    pub asked: usize,
    /// Payments that were booked, whatever they led to.
    pub booked: usize,
    /// Attempts closed for good.
    pub closed: usize,
    /// Attempts that could not be asked about or booked, and why; they come again.
    pub failed: Vec<(OrderNumber, FollowError)>,
}

/// Asks about at most `limit` open attempts that are due, whatever has become of their orders:
/// what was paid is booked, what nobody waits for any more is closed.
///
/// # Errors
/// [`StoreError`] if the attempts could not be claimed. A single attempt that fails is counted
/// and comes again.
pub fn follow_payments(
    unit_of_work: &dyn UnitOfWork,
    provider: &dyn PaymentProvider,
    rules: &Rules,
    ids: &dyn IdSource,
    clock: &dyn Clock,
    limit: u32,
) -> Result<FollowedPayments, StoreError> {
    let claimed_at = clock.now();
    let due =
        unit_of_work.run(|stores| stores.payments().claim_due(claimed_at, CHECK_EVERY, limit))?;
    let follower = Follower {
        unit_of_work,
        provider,
        rules,
        clock,
    };
    let mut done = FollowedPayments::default();
    for attempt in &due {
        done.asked = done.asked.saturating_add(1);
        match follower.follow(attempt, RefundId::next(ids)) {
            Ok(Followed::Booked) => done.booked = done.booked.saturating_add(1),
            Ok(Followed::Closed) => done.closed = done.closed.saturating_add(1),
            Ok(Followed::StillOpen) => {}
            // Nothing will go better with the next one.
            Err(FollowError::Store(error @ (StoreError::LeaseLost | StoreError::Unavailable))) => {
                return Err(error);
            }
            Err(error) => done.failed.push((attempt.number.clone(), error)),
        }
    }
    Ok(done)
}

enum Followed {
    Booked,
    Closed,
    StillOpen,
}

/// Why an attempt could not be followed this time.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum FollowError {
    /// The provider did not tell, or did not close.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

struct Follower<'a> {
    unit_of_work: &'a dyn UnitOfWork,
    provider: &'a dyn PaymentProvider,
    rules: &'a Rules,
    /// Read anew for each attempt: a round with a slow provider takes minutes, and rules are
    /// judged by the instant at which they are asked.
    clock: &'a dyn Clock,
}

impl Follower<'_> {
    fn follow(&self, attempt: &PaymentAttempt, refund: RefundId) -> Result<Followed, FollowError> {
        match self.provider.query(&attempt.number)? {
            ProviderPayment::Paid(news) => {
                let notice = PaymentNotice {
                    news,
                    refund,
                    received_at: self.clock.now(),
                };
                confirm_payment(self.unit_of_work, self.rules, &notice)?;
                Ok(Followed::Booked)
            }
            ProviderPayment::Closed => self.close(attempt),
            ProviderPayment::Unknown => {
                if self.clock.now() > attempt.time_expire + CALLS_HAVE_ENDED {
                    self.close(attempt)
                } else {
                    Ok(Followed::StillOpen)
                }
            }
            ProviderPayment::Open => {
                if self.still_wanted(attempt)? {
                    return Ok(Followed::StillOpen);
                }
                match self.provider.close(&attempt.number) {
                    Ok(()) => self.close(attempt),
                    // Paid in this very moment: the next round books it.
                    Err(ProviderError::AlreadyPaid) => self.ask_again_soon(attempt),
                    Err(error) => Err(error.into()),
                }
            }
        }
    }

    fn still_wanted(&self, attempt: &PaymentAttempt) -> Result<bool, StoreError> {
        let order = self
            .unit_of_work
            .run(|stores| stores.orders().find(attempt.order))?;
        let unpaid = order.is_some_and(|order| order.state == OrderState::Unpaid);
        Ok(unpaid && self.clock.now() <= attempt.time_expire)
    }

    fn close(&self, attempt: &PaymentAttempt) -> Result<Followed, FollowError> {
        self.unit_of_work
            .run(|stores| record_closed(stores, attempt))?;
        Ok(Followed::Closed)
    }

    fn ask_again_soon(&self, attempt: &PaymentAttempt) -> Result<Followed, FollowError> {
        self.unit_of_work
            .run(|stores| stores.payments().hasten(&[attempt.order], self.clock.now()))?;
        Ok(Followed::StillOpen)
    }
}

fn record_closed(stores: &mut dyn Stores, attempt: &PaymentAttempt) -> Result<(), StoreError> {
    stores.orders().lock(&[attempt.order])?;
    let Some(mut stored) = stores.payments().find(&attempt.number)? else {
        return Ok(());
    };
    if stored.state == AttemptState::Open {
        stored.state = AttemptState::Closed;
        stores.payments().save(&stored)?;
    }
    Ok(())
}
