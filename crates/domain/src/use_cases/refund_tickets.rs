//! Refunds as tourists and staff ask for them: shown first, then recorded (section 6).

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::calendar::OpeningDay;
use crate::id::{AccountId, BodyDigest, OrderId, RefundId, RequestKey, TicketId};
use crate::ledger::refund_entries;
use crate::no_show::{NoShowCause, Standing};
use crate::order::Order;
use crate::outbox::{Message, MessageKind};
use crate::ports::{StoreError, Stores, UnitOfWork};
use crate::refund::{
    Refund, RefundCause, RefundObjection, RefundPlan, RefundReason, RefundRefusal, RefundState,
    Selection, plan_refund,
};
use crate::rules::Rules;

use super::invoices::follow_refund;
use super::locked_quotas::LockedQuotas;
use super::no_shows::{Missed, record, standings_after};
use super::pass_entries::PassEntries;

/// A refund as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundRequest {
    /// The id that the refund will have.
    pub refund: RefundId,
    /// Of which order.
    pub order: OrderId,
    /// The account that asks; `None` for staff, who may refund any order, without a no-show
    /// (rule 7.1).
    pub account: Option<AccountId>,
    /// What is to go back.
    pub selection: Selection,
    /// Whether the tourist was shown that it is a no-show, and wants it all the same (rule 7.3).
    pub no_show: NoShowConsent,
    /// What the refund is found again by (rule 4.8).
    pub request_key: RequestKey,
    /// What it was asked for with.
    pub body_digest: BodyDigest,
    /// When the request was received.
    pub received_at: DateTime<Utc>,
}

/// What the tourist has said about the no-show that a refund on the visit day is (rule 7.3): a
/// refund that was previewed before midnight and confirmed after it would bring one unseen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoShowConsent {
    /// Nothing: a refund that would be a no-show is refused.
    Withheld,
    /// It is accepted.
    Given,
}

/// What a refund would bring, shown before it is confirmed (rules 6.2 and 7.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundPreview {
    /// The plan, or every rule in its way.
    pub plan: Result<RefundPlan, RefundRefusal>,
    /// The standing that each document would have afterwards.
    pub no_shows: Vec<(TicketId, Standing)>,
}

/// What has become of a refund request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refunded {
    /// Recorded now.
    Created(Refund),
    /// The refund that the same request recorded before, in its present state.
    Existing(Refund),
}

/// Why nothing was refunded.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum RefundError {
    /// No such order, or not of this account.
    #[error("no such order")]
    NotFound,
    /// The request key was used with another body.
    #[error("the request key was used for something else")]
    KeyReused,
    /// Rules stand in the way.
    #[error("the refund is refused")]
    Refused(RefundRefusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Shows what a refund would bring; nothing is locked and nothing is changed.
///
/// # Errors
/// [`RefundError::NotFound`] or the store's error.
pub fn preview_refund(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    account: Option<AccountId>,
    order: OrderId,
    selection: &Selection,
    now: DateTime<Utc>,
) -> Result<RefundPreview, RefundError> {
    unit_of_work.run(|stores| {
        let order = owned(stores.orders().find(order)?, account)?;
        let party = stores
            .tickets()
            .live_admissions(order.date, &[order.account])?;
        let day = stores.days().range(order.date, order.date)?.pop();
        let plan = plan_refund(&order, selection, &party, now, rules)
            .map(|plan| without_waived(plan, account, day.as_ref()));
        let no_shows = match &plan {
            Ok(plan) => standings_after(stores, &missed(&order, plan), rules)?,
            Err(_) => Vec::new(),
        };
        Ok(RefundPreview { plan, no_shows })
    })
}

/// Records a refund: tickets, places, entries of annual passes, money and no-shows in one
/// transaction; the provider is asked afterwards, by [`submit_refunds`](super::submit_refunds).
///
/// # Errors
/// [`RefundError`]; nothing was changed.
pub fn refund_tickets(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    request: &RefundRequest,
) -> Result<Refunded, RefundError> {
    let record = |stores: &mut dyn Stores| record_refund(stores, rules, request);
    match unit_of_work.run(record) {
        // The same request came twice at once: the other one has been recorded meanwhile.
        Err(RefundError::Store(StoreError::Duplicate(_))) => unit_of_work.run(record),
        result => result,
    }
}

fn record_refund(
    stores: &mut dyn Stores,
    rules: &Rules,
    request: &RefundRequest,
) -> Result<Refunded, RefundError> {
    let seen = owned(stores.orders().find(request.order)?, request.account)?;
    let day = stores.days().take(seen.date)?;
    if let Some(earlier) = stores.refunds().find_by_request_key(&request.request_key)? {
        return if earlier.id == request.refund {
            // A commit whose answer was lost: the unit ran again and found its own refund.
            Ok(Refunded::Created(earlier))
        } else if earlier.body_digest == request.body_digest {
            Ok(Refunded::Existing(earlier))
        } else {
            Err(RefundError::KeyReused)
        };
    }
    let mut quotas = LockedQuotas::lock(stores, seen.date)?;
    let mut passes = PassEntries::lock(stores, [&seen])?;
    let locked = stores.orders().lock(&[seen.id])?.pop();
    let mut order = owned(locked, request.account)?;
    let party = stores
        .tickets()
        .live_admissions(order.date, &[order.account])?;
    let plan = plan_refund(
        &order,
        &request.selection,
        &party,
        request.received_at,
        rules,
    )
    .map_err(RefundError::Refused)?;
    let plan = without_waived(plan, request.account, day.as_ref());
    check_consent(stores, &order, &plan, request, rules)?;
    let places = order.apply_refund(&plan).map_err(StoreError::from)?;
    quotas.release(&order, &places)?;
    quotas.save(stores)?;
    for _ in plan.items.iter().filter(|item| item.add_on.is_none()) {
        passes.give_back(&order)?;
    }
    passes.save(stores)?;
    stores.orders().save(std::slice::from_ref(&order))?;
    let refund = as_refund(request, &order, &plan);
    stores.refunds().insert(&refund)?;
    let entries = refund_entries(&order, refund.id, &plan.items, request.received_at);
    stores.ledger().append(&entries)?;
    follow_refund(stores, &order, request.received_at)?;
    if refund.state == RefundState::Succeeded {
        let message = refunded_message(&refund, request.received_at);
        stores.outbox().add(&[message])?;
    }
    // Rule 6.2: refunded on the visit day counts as a no-show.
    let missed = missed(&order, &plan);
    record(stores, &[missed], request.received_at, rules)?;
    Ok(Refunded::Created(refund))
}

/// Rule 7.1: a refund that staff make, for a fault or an appeal, is no no-show, and none of a day
/// is that the museum has closed.
fn without_waived(
    mut plan: RefundPlan,
    account: Option<AccountId>,
    day: Option<&OpeningDay>,
) -> RefundPlan {
    let closed = !day.is_some_and(OpeningDay::is_open);
    if account.is_none() || closed {
        plan.no_shows.clear();
    }
    plan
}

/// Tells the tourist that the money of a refund is back.
pub(super) fn refunded_message(refund: &Refund, now: DateTime<Utc>) -> Message {
    Message {
        kind: MessageKind::RefundSucceeded,
        account: refund.account,
        order: refund.order,
        reference: refund.id.to_string(),
        created_at: now,
    }
}

fn owned(order: Option<Order>, account: Option<AccountId>) -> Result<Order, RefundError> {
    order
        .filter(|order| account.is_none_or(|account| order.account == account))
        .ok_or(RefundError::NotFound)
}

fn as_refund(request: &RefundRequest, order: &Order, plan: &RefundPlan) -> Refund {
    // Rule 6.8: nothing to send back, so nothing to ask the provider for.
    let done = plan.amount.is_zero();
    Refund {
        id: request.refund,
        order: order.id,
        account: order.account,
        cause: match request.account {
            Some(_) => RefundCause::Tourist,
            None => RefundCause::Staff,
        },
        amount: plan.amount,
        state: if done {
            RefundState::Succeeded
        } else {
            RefundState::Requested
        },
        request_key: request.request_key,
        body_digest: request.body_digest,
        items: plan.items.clone(),
        requested_at: request.received_at,
        finished_at: done.then_some(request.received_at),
    }
}

fn missed<'a>(order: &'a Order, plan: &RefundPlan) -> Missed<'a> {
    Missed {
        order,
        tickets: plan.no_shows.clone(),
        cause: NoShowCause::LateRefund,
    }
}

/// Rule 7.3: no no-show that the tourist has not been shown.
fn check_consent(
    stores: &mut dyn Stores,
    order: &Order,
    plan: &RefundPlan,
    request: &RefundRequest,
    rules: &Rules,
) -> Result<(), RefundError> {
    if plan.no_shows.is_empty() || request.no_show == NoShowConsent::Given {
        return Ok(());
    }
    let standings = standings_after(stores, &missed(order, plan), rules)?;
    let objections = standings
        .into_iter()
        .map(|(ticket, standing)| RefundObjection {
            ticket: Some(ticket),
            add_on: None,
            reason: RefundReason::NoShowNotAccepted(standing),
        });
    Err(RefundError::Refused(RefundRefusal {
        objections: objections.collect(),
    }))
}
