//! Placing orders, a group at a time.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::ledger::payment_entries;
use crate::order::{Order, OrderState};
use crate::outbox::{Message, MessageKind};
use crate::ports::{LapsedOrder, StoreError, Stores, UnitOfWork};
use crate::refusal::Refusal;
use crate::rules::Rules;
use crate::visit_date::VisitDate;

use super::expire_unpaid_orders::expire_orders;
use super::order_request::OrderRequest;
use super::picture::Picture;
use super::placing_rules::{Purpose, Verdict, decide, wants_places_only};

/// How often a group is decided before it counts as contended: once, once more after lapsed
/// orders were expired, once more after a unique key showed what the picture did not.
const MAX_RUNS: u32 = 3;

/// How many lapsed orders of a day are expired at once to make room.
const LAPSED_AT_ONCE: u32 = 128;

/// What has become of a request to place an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Placed {
    /// A new order.
    Created(Box<Order>),
    /// The order that the same request created before, in its present state (rule 4.8).
    Existing(Box<Order>),
    /// The request key was used with another body (rule 4.8).
    KeyReused,
    /// Rules stand in the way; nothing was taken.
    Refused(Refusal),
}

/// Why a group was rolled back.
enum GroupError {
    Store(StoreError),
    Lapsed(BTreeSet<LapsedOrder>),
    /// Nothing is to be stored: these are the outcomes. A commit would wait for the disk, and would
    /// make those who watch the day's version read again what has not changed.
    NothingCreated(Vec<Placed>),
}

impl From<StoreError> for GroupError {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

/// Places a group of orders in one transaction: one outcome for each request, in their order.
///
/// Each request is decided in turn, by its own `received_at`, against what the ones before it
/// left (rules 4.1–4.9); a refused one never fails its neighbours. Unpaid orders past their
/// `pay_by` are no obstacle: exactly those in the way are expired, and the group is decided anew.
/// A group of which nothing was created is rolled back, so that it leaves no trace.
///
/// # Errors
/// [`StoreError`] for the group as a whole: nothing was stored. [`StoreError::Unknown`] if that
/// is not certain; the same requests, repeated, find out.
pub fn place_orders(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    requests: &[OrderRequest],
) -> Result<Vec<Placed>, StoreError> {
    for run in 1..=MAX_RUNS {
        let last = run == MAX_RUNS;
        let placed = unit_of_work.run(|stores| place_group(stores, rules, requests, last));
        match placed {
            Ok(placed) | Err(GroupError::NothingCreated(placed)) => return Ok(placed),
            Err(GroupError::Lapsed(lapsed)) => {
                let latest = requests.iter().map(|request| request.received_at).max();
                if let Some(now) = latest {
                    expire_orders(unit_of_work, &lapsed, now)?;
                }
            }
            Err(GroupError::Store(StoreError::Duplicate(_))) => {}
            Err(GroupError::Store(error)) => return Err(error),
        }
    }
    Err(StoreError::Contention)
}

fn place_group(
    stores: &mut dyn Stores,
    rules: &Rules,
    requests: &[OrderRequest],
    last_run: bool,
) -> Result<Vec<Placed>, GroupError> {
    let mut picture = Picture::take(stores, requests)?;
    let mut placed = Vec::with_capacity(requests.len());
    let mut created = Vec::new();
    let mut lapsed = BTreeSet::new();
    let mut wanting_places = BTreeMap::new();
    for request in requests {
        placed.push(match decide(&picture, request, Purpose::New, rules)? {
            Verdict::Accept(order) => {
                picture.accept(&order)?;
                created.push((*order).clone());
                Placed::Created(order)
            }
            // A commit whose answer was lost: the unit ran again and found its own order, which
            // is answered as created and not stored a second time.
            Verdict::Existing(order) if order.id == request.order => Placed::Created(order),
            Verdict::Existing(order) => Placed::Existing(order),
            Verdict::KeyReused => Placed::KeyReused,
            Verdict::Refuse(refusal) => {
                if wants_places_only(&refusal) && !last_run {
                    let latest = wanting_places.entry(request.date);
                    let latest = latest.or_insert(request.received_at);
                    *latest = request.received_at.max(*latest);
                }
                Placed::Refused(refusal)
            }
            Verdict::Lapsed(orders) => {
                lapsed.extend(orders);
                continue;
            }
        });
    }
    for (date, latest) in wanting_places {
        lapsed.extend(lapsed_holders(stores, date, latest)?);
    }
    if !lapsed.is_empty() {
        return Err(GroupError::Lapsed(lapsed));
    }
    if created.is_empty() {
        return Err(GroupError::NothingCreated(placed));
    }
    store_created(stores, &picture, &created)?;
    Ok(placed)
}

/// The orders of a day that no longer hold their places by right at `now`.
pub(super) fn lapsed_holders(
    stores: &mut dyn Stores,
    date: VisitDate,
    now: DateTime<Utc>,
) -> Result<Vec<LapsedOrder>, StoreError> {
    stores.orders().lapsed(Some(date), now, LAPSED_AT_ONCE)
}

fn store_created(
    stores: &mut dyn Stores,
    picture: &Picture,
    created: &[Order],
) -> Result<(), StoreError> {
    picture.quotas.save(stores)?;
    picture.passes.save(stores)?;
    stores.orders().insert(created)?;
    let free = created
        .iter()
        .filter(|order| order.state == OrderState::Paid);
    let (mut entries, mut messages) = (Vec::new(), Vec::new());
    for order in free {
        entries.extend(payment_entries(order, order.created_at));
        messages.push(paid_message(order, order.created_at));
    }
    stores.ledger().append(&entries)?;
    stores.outbox().add(&messages)
}

/// Tells the tourist that an order is paid.
pub(super) fn paid_message(order: &Order, now: DateTime<Utc>) -> Message {
    Message {
        kind: MessageKind::OrderPaid,
        account: order.account,
        order: order.id,
        reference: order.number.to_string(),
        created_at: now,
    }
}
