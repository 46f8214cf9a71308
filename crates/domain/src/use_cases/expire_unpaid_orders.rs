//! Giving back the places of orders that were not paid in time (rule 5.1).

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;

use chrono::{DateTime, Utc};

use crate::id::OrderId;
use crate::order::CancelCause;
use crate::ports::{LapsedOrder, StoreError, Stores, UnitOfWork};
use crate::visit_date::VisitDate;

use super::locked_quotas::LockedQuotas;

/// How many orders one transaction releases: as many as one places. A larger one would hold the
/// day's lock for longer than those who buy wait for each other; a smaller one costs nearly as much.
const GROUP: usize = 128;

/// What is done between two groups, outside of any transaction: a break ends the round.
pub type BetweenGroups<'a> = &'a mut dyn FnMut() -> ControlFlow<()>;

/// What a round of expiry has done.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ExpiredOrders {
    /// How many lapsed orders were found; fewer than the limit means that there were no more.
    pub found: usize,
    /// How many gave their places back.
    pub released: usize,
    /// Orders that cannot be expired because what is stored of them contradicts itself.
    pub faulty: Vec<OrderId>,
}

/// Expires at most `limit` orders whose `pay_by` lies before `now`.
///
/// Orders that somebody else has locked are left for the next call: they are being paid,
/// cancelled or expired at this moment. One that is faulty does not hold up the others.
///
/// # Errors
/// [`StoreError`]; groups that were released before it stay released.
pub fn expire_unpaid_orders(
    unit_of_work: &dyn UnitOfWork,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<ExpiredOrders, StoreError> {
    expire_with_pauses(unit_of_work, now, limit, &mut || ControlFlow::Continue(()))
}

/// As [`expire_unpaid_orders`], with `between` after each group but the last, in which whoever waits
/// for a day gets it.
///
/// # Errors
/// [`StoreError`]; groups that were released before it stay released.
pub fn expire_with_pauses(
    unit_of_work: &dyn UnitOfWork,
    now: DateTime<Utc>,
    limit: u32,
    between: BetweenGroups<'_>,
) -> Result<ExpiredOrders, StoreError> {
    let lapsed = unit_of_work.run(|stores| stores.orders().lapsed(None, now, limit))?;
    expire_groups(unit_of_work, &lapsed.into_iter().collect(), now, between)
}

/// Expires exactly these orders, those of them that are still unpaid and lapsed at `now`.
pub(super) fn expire_orders(
    unit_of_work: &dyn UnitOfWork,
    lapsed: &BTreeSet<LapsedOrder>,
    now: DateTime<Utc>,
) -> Result<ExpiredOrders, StoreError> {
    expire_groups(unit_of_work, lapsed, now, &mut || ControlFlow::Continue(()))
}

fn expire_groups(
    unit_of_work: &dyn UnitOfWork,
    lapsed: &BTreeSet<LapsedOrder>,
    now: DateTime<Utc>,
    between: BetweenGroups<'_>,
) -> Result<ExpiredOrders, StoreError> {
    let mut by_date: BTreeMap<VisitDate, Vec<OrderId>> = BTreeMap::new();
    for lapsed in lapsed {
        by_date.entry(lapsed.date).or_default().push(lapsed.order);
    }
    let mut expired = ExpiredOrders {
        found: lapsed.len(),
        ..ExpiredOrders::default()
    };
    let groups = by_date
        .iter()
        .flat_map(|(date, orders)| orders.chunks(GROUP).map(move |group| (*date, group)));
    for (number, (date, group)) in groups.enumerate() {
        if number > 0 && between().is_break() {
            break;
        }
        release(unit_of_work, date, group, now, &mut expired)?;
    }
    Ok(expired)
}

/// Releases a group; one that contains a faulty order is taken apart.
fn release(
    unit_of_work: &dyn UnitOfWork,
    date: VisitDate,
    group: &[OrderId],
    now: DateTime<Utc>,
    expired: &mut ExpiredOrders,
) -> Result<(), StoreError> {
    match unit_of_work.run(|stores| expire_group(stores, date, group, now)) {
        Ok(released) => expired.released = expired.released.saturating_add(released),
        Err(StoreError::Fault(_)) => match group {
            [faulty] => expired.faulty.push(*faulty),
            _ => {
                for order in group {
                    let alone = std::slice::from_ref(order);
                    release(unit_of_work, date, alone, now, expired)?;
                }
            }
        },
        Err(error) => return Err(error),
    }
    Ok(())
}

fn expire_group(
    stores: &mut dyn Stores,
    date: VisitDate,
    orders: &[OrderId],
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    stores.days().take(date)?;
    let mut quotas = LockedQuotas::lock(stores, date)?;
    let mut orders = stores.orders().lock_free(orders)?;
    orders.retain(|order| order.is_lapsed(now));
    for order in &mut orders {
        let places = order.cancel(CancelCause::Expired)?;
        quotas.release(order, &places)?;
    }
    quotas.save(stores)?;
    stores.orders().save(&orders)?;
    let ids: Vec<OrderId> = orders.iter().map(|order| order.id).collect();
    stores.payments().hasten(&ids, now)?;
    Ok(orders.len())
}
