//! A tourist begins to pay.

use chrono::{DateTime, TimeDelta, Utc};
use thiserror::Error;

use crate::account::OpenId;
use crate::clock::Clock;
use crate::id::{AccountId, OrderId};
use crate::order::{Order, OrderState};
use crate::payment::{AttemptState, PaymentAttempt};
use crate::ports::{
    ClientPayment, PaymentProvider, PrepayRequest, ProviderError, StoreError, Stores, UnitOfWork,
};

/// How long the provider's notification may take before the provider is asked.
const FIRST_CHECK_AFTER: TimeDelta = TimeDelta::minutes(2);

/// Why a payment did not begin.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PayError {
    /// The account has no such order.
    #[error("no such order")]
    NotFound,
    /// The order is not unpaid, or its time has passed.
    #[error("the order cannot be paid")]
    NotPayable,
    /// The provider did not prepare the payment.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Begins or resumes the one payment of an unpaid order (rule 5.6): a payment that was prepared
/// before is signed anew.
///
/// The attempt is stored before the provider is called, so that no payment exists that the
/// query job would not ask about.
///
/// # Errors
/// [`PayError`]; after [`PayError::Provider`] the same call may be repeated.
pub fn start_payment(
    unit_of_work: &dyn UnitOfWork,
    provider: &dyn PaymentProvider,
    clock: &dyn Clock,
    account: AccountId,
    order: OrderId,
) -> Result<ClientPayment, PayError> {
    let now = clock.now();
    let attempt = unit_of_work.run(|stores| open_attempt(stores, account, order, now))?;
    let prepay_id = match attempt.prepay_id {
        Some(prepay_id) => prepay_id,
        None => {
            let prepared = provider.prepay(&PrepayRequest {
                number: attempt.number.clone(),
                description: "故宫博物院门票".to_owned(),
                amount: attempt.amount,
                payer: attempt.payer.clone(),
                time_expire: attempt.time_expire,
            });
            if prepared == Err(ProviderError::AlreadyPaid) {
                // The news of it is on its way or was lost: ask at once.
                unit_of_work.run(|stores| stores.payments().hasten(&[order], now))?;
            }
            let prepay_id = prepared?;
            unit_of_work.run(|stores| record_prepay(stores, order, &attempt, &prepay_id))?
        }
    };
    Ok(provider.sign_for_client(&prepay_id)?)
}

fn open_attempt(
    stores: &mut dyn Stores,
    account: AccountId,
    order: OrderId,
    now: DateTime<Utc>,
) -> Result<PaymentAttempt, PayError> {
    let order = stores.orders().lock(&[order])?.pop();
    let order = order
        .filter(|order| order.account == account)
        .ok_or(PayError::NotFound)?;
    if order.state != OrderState::Unpaid || order.is_lapsed(now) {
        return Err(PayError::NotPayable);
    }
    if let Some(attempt) = stores.payments().find(&order.number)? {
        let open = attempt.state == AttemptState::Open;
        return open.then_some(attempt).ok_or(PayError::NotPayable);
    }
    let payer = stores
        .accounts()
        .find(account)?
        .ok_or(PayError::NotFound)?
        .open_id;
    let attempt = new_attempt(&order, payer, now);
    stores.payments().insert(&attempt)?;
    Ok(attempt)
}

fn new_attempt(order: &Order, payer: OpenId, now: DateTime<Utc>) -> PaymentAttempt {
    PaymentAttempt {
        number: order.number.clone(),
        order: order.id,
        amount: order.total,
        payer,
        time_expire: order.pay_by,
        state: AttemptState::Open,
        prepay_id: None,
        transaction_id: None,
        created_at: now,
        next_check_at: now + FIRST_CHECK_AFTER,
    }
}

/// Keeps the provider's id. Of two calls that prepared at once the first one's id stays, and
/// both sign that one.
fn record_prepay(
    stores: &mut dyn Stores,
    order: OrderId,
    attempt: &PaymentAttempt,
    prepay_id: &str,
) -> Result<String, StoreError> {
    stores.orders().lock(&[order])?;
    let Some(mut stored) = stores.payments().find(&attempt.number)? else {
        return Err(StoreError::Fault("a payment attempt vanished".to_owned()));
    };
    if let Some(earlier) = stored.prepay_id {
        return Ok(earlier);
    }
    stored.prepay_id = Some(prepay_id.to_owned());
    stores.payments().save(&stored)?;
    Ok(prepay_id.to_owned())
}
