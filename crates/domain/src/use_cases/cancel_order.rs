//! A tourist cancels an unpaid order.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::id::{AccountId, OrderId};
use crate::order::{CancelCause, Order, OrderState};
use crate::ports::{StoreError, Stores, UnitOfWork};

use super::locked_quotas::LockedQuotas;

/// Why an order was not cancelled.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CancelError {
    /// The account has no such order.
    #[error("no such order")]
    NotFound,
    /// Only unpaid orders can be cancelled.
    #[error("the order is not unpaid")]
    NotUnpaid(OrderState),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Cancels an unpaid order of `account` and gives its places back. An order that was cancelled
/// already is answered as it is: the tourist has what was asked for.
///
/// # Errors
/// [`CancelError`]; nothing was changed.
pub fn cancel_order(
    unit_of_work: &dyn UnitOfWork,
    account: AccountId,
    order: OrderId,
    now: DateTime<Utc>,
) -> Result<Order, CancelError> {
    unit_of_work.run(|stores| {
        let found = stores.orders().find(order)?;
        let seen = found
            .filter(|order| order.account == account)
            .ok_or(CancelError::NotFound)?;
        match seen.state {
            OrderState::Unpaid => cancel(stores, &seen, now),
            OrderState::Cancelled => Ok(seen),
            state => Err(CancelError::NotUnpaid(state)),
        }
    })
}

fn cancel(stores: &mut dyn Stores, seen: &Order, now: DateTime<Utc>) -> Result<Order, CancelError> {
    stores.days().take(seen.date)?;
    let mut quotas = LockedQuotas::lock(stores, seen.date)?;
    let mut order = stores
        .orders()
        .lock(&[seen.id])?
        .pop()
        .ok_or(CancelError::NotFound)?;
    if order.state == OrderState::Cancelled {
        return Ok(order);
    }
    let places = order
        .cancel(CancelCause::Tourist)
        .map_err(|wrong| CancelError::NotUnpaid(wrong.state))?;
    quotas.release(&order, &places)?;
    quotas.save(stores)?;
    stores.orders().save(std::slice::from_ref(&order))?;
    stores.payments().hasten(&[order.id], now)?;
    Ok(order)
}
