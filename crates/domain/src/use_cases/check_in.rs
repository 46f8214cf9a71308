//! Admitting a ticket (rules 9.2 and 9.3).

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::id::{OrderId, TicketId};
use crate::order::{Admission, AdmitError, Order};
use crate::ports::{StoreError, UnitOfWork};
use crate::venue::VenueCode;

/// Why a ticket was not admitted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckInError {
    /// No such order.
    #[error("no such order")]
    NotFound,
    /// The ticket's state does not allow it.
    #[error(transparent)]
    Admit(#[from] AdmitError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Admits one ticket at one venue, once over all gates (rule 9.2): of a refund and an admission at
/// the same instant exactly one wins. A used ticket stays live, so no day is taken.
///
/// # Errors
/// [`CheckInError`]; nothing was changed.
pub fn check_in(
    unit_of_work: &dyn UnitOfWork,
    order: OrderId,
    ticket: TicketId,
    venue: &VenueCode,
    gate: &str,
    now: DateTime<Utc>,
) -> Result<Order, CheckInError> {
    unit_of_work.run(|stores| {
        let mut order = stores
            .orders()
            .lock(&[order])?
            .pop()
            .ok_or(CheckInError::NotFound)?;
        let admission = Admission {
            at: now,
            gate: gate.to_owned(),
        };
        order.admit(ticket, venue, admission)?;
        stores.orders().save(std::slice::from_ref(&order))?;
        Ok(order)
    })
}
