//! Staff close orders (已关闭, section 5 of the rules): one, or all of a closed day.

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::calendar::OpeningDay;
use crate::closing::{ClosingDay, plan_closing};
use crate::id::{BodyDigest, OrderId, RefundId, RequestKey, TicketId};
use crate::ledger::refund_entries;
use crate::no_show::{Waiver, WaiverCause};
use crate::order::{Order, OrderState};
use crate::ports::{StoreError, Stores, UnitOfWork};
use crate::refund::{Refund, RefundCause, RefundPlan, RefundState};
use crate::rules::Rules;
use crate::visit_date::VisitDate;

use super::invoices::follow_refund;
use super::locked_quotas::LockedQuotas;
use super::no_shows::waive;
use super::pass_entries::PassEntries;
use super::refund_tickets::refunded_message;

/// An order that is to be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CloseRequest {
    /// Which.
    pub order: OrderId,
    /// The id that the refund of what was paid will have.
    pub refund: RefundId,
    /// When staff asked for it.
    pub now: DateTime<Utc>,
}

/// What closing has come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closed {
    /// It was unpaid: its places are free, and nothing goes back.
    Unpaid,
    /// It was paid: this refund was recorded.
    Refunded(Refund),
    /// It was closed before.
    Already,
}

/// Why an order was not closed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CloseError {
    /// No such order.
    #[error("no such order")]
    NotFound,
    /// It is over: cancelled or refunded.
    #[error("an order that is {} cannot be closed", .0.code())]
    Over(OrderState),
    /// Everything of it was used, or was missed on an open day.
    #[error("nothing of the order is unused")]
    NothingUnused,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// The orders of `date` that may be closed, at most `limit` of them, by id, after `after`.
///
/// # Errors
/// [`StoreError`].
pub fn orders_to_close(
    unit_of_work: &dyn UnitOfWork,
    date: VisitDate,
    after: Option<OrderId>,
    limit: u32,
) -> Result<Vec<OrderId>, StoreError> {
    unit_of_work.run(|stores| stores.orders().closable(date, after, limit))
}

/// Whether staff have closed `date`: only then all of its orders may be.
///
/// # Errors
/// [`StoreError`].
pub fn is_closed(unit_of_work: &dyn UnitOfWork, date: VisitDate) -> Result<bool, StoreError> {
    let days = unit_of_work.run(|stores| stores.days().range(date, date))?;
    Ok(days.iter().any(|day| !day.is_open()))
}

/// Closes an order: an unpaid one gives its places back; of a paid one everything unused is
/// refunded in full, as one refund (rule 6.8), without a no-show, and the no-shows of what had
/// expired on a closed day are waived. Closed again, it stays as it is.
///
/// # Errors
/// [`CloseError`]; nothing was changed.
pub fn close_order(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    request: CloseRequest,
) -> Result<Closed, CloseError> {
    unit_of_work.run(|stores| {
        let seen = stores.orders().find(request.order)?;
        let seen = seen.ok_or(CloseError::NotFound)?;
        let day = stores.days().take(seen.date)?;
        let day = if day.as_ref().is_some_and(OpeningDay::is_open) {
            ClosingDay::Open
        } else {
            ClosingDay::Closed
        };
        let mut quotas = LockedQuotas::lock(stores, seen.date)?;
        let mut passes = PassEntries::lock(stores, [&seen])?;
        let order = stores.orders().lock(&[seen.id])?.pop();
        let order = order.ok_or(CloseError::NotFound)?;
        if let Some(refund) = stores.refunds().find(request.refund)? {
            // A commit whose answer was lost: the unit ran again and found its own refund.
            return Ok(Closed::Refunded(refund));
        }
        let closing = Closing {
            rules,
            request,
            day,
        };
        match order.state {
            OrderState::Unpaid => closing.release(stores, order, &mut quotas),
            OrderState::Paid | OrderState::Used => {
                closing.refund(stores, order, &mut quotas, &mut passes)
            }
            OrderState::Closed => Ok(Closed::Already),
            state @ (OrderState::Cancelled | OrderState::Refunded) => Err(CloseError::Over(state)),
        }
    })
}

/// An order that is being closed: day, quotas and the order itself are locked.
struct Closing<'a> {
    rules: &'a Rules,
    request: CloseRequest,
    day: ClosingDay,
}

impl Closing<'_> {
    fn release(
        &self,
        stores: &mut dyn Stores,
        mut order: Order,
        quotas: &mut LockedQuotas,
    ) -> Result<Closed, CloseError> {
        let places = order.close_unpaid().map_err(StoreError::from)?;
        quotas.release(&order, &places)?;
        quotas.save(stores)?;
        stores.orders().save(std::slice::from_ref(&order))?;
        stores.payments().hasten(&[order.id], self.request.now)?;
        Ok(Closed::Unpaid)
    }

    fn refund(
        &self,
        stores: &mut dyn Stores,
        mut order: Order,
        quotas: &mut LockedQuotas,
        passes: &mut PassEntries,
    ) -> Result<Closed, CloseError> {
        let plan = plan_closing(&order, self.day).map_err(StoreError::from)?;
        if plan.items.is_empty() {
            return Err(CloseError::NothingUnused);
        }
        let missed = order.expired_in(&plan);
        return_entries(&order, &plan, missed.len(), passes)?;
        passes.save(stores)?;
        let places = order.close_paid(&plan).map_err(StoreError::from)?;
        quotas.release(&order, &places)?;
        quotas.save(stores)?;
        stores.orders().save(std::slice::from_ref(&order))?;
        let refund = self.as_refund(&order, plan);
        stores.refunds().insert(&refund)?;
        let entries = refund_entries(&order, refund.id, &refund.items, self.request.now);
        stores.ledger().append(&entries)?;
        follow_refund(stores, &order, self.request.now)?;
        if refund.state == RefundState::Succeeded {
            let message = refunded_message(&refund, self.request.now);
            stores.outbox().add(&[message])?;
        }
        self.waive(stores, &missed)?;
        Ok(Closed::Refunded(refund))
    }

    fn as_refund(&self, order: &Order, plan: RefundPlan) -> Refund {
        let now = self.request.now;
        // Rule 6.8: nothing to send back, so nothing to ask the provider for.
        let done = plan.amount.is_zero();
        Refund {
            id: self.request.refund,
            order: order.id,
            account: order.account,
            cause: RefundCause::Staff,
            amount: plan.amount,
            state: if done {
                RefundState::Succeeded
            } else {
                RefundState::Requested
            },
            request_key: RequestKey::of_id(self.request.refund.uuid()),
            body_digest: BodyDigest([0; 32]),
            items: plan.items,
            requested_at: now,
            finished_at: done.then_some(now),
        }
    }

    fn waive(&self, stores: &mut dyn Stores, missed: &[TicketId]) -> Result<(), StoreError> {
        if missed.is_empty() {
            return Ok(());
        }
        let no_shows = stores.bans().of_tickets(missed)?;
        let waiver = Waiver {
            cause: WaiverCause::OrderClosed,
            at: self.request.now,
        };
        waive(stores, &no_shows, waiver, self.rules)?;
        Ok(())
    }
}

/// Rule 8.3: entries of visits that were missed were used, those of the others are reserved.
fn return_entries(
    order: &Order,
    plan: &RefundPlan,
    missed: usize,
    passes: &mut PassEntries,
) -> Result<(), StoreError> {
    let admissions = plan.items.iter().filter(|item| item.add_on.is_none());
    for place in 0..admissions.count() {
        if place < missed {
            passes.return_used(order)?;
        } else {
            passes.give_back(order)?;
        }
    }
    Ok(())
}
