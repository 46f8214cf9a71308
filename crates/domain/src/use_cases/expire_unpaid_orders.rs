//! Giving back the places of orders that were not paid in time (rule 5.1).

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::id::OrderId;
use crate::order::CancelCause;
use crate::ports::{LapsedOrder, StoreError, Stores, UnitOfWork};
use crate::visit_date::VisitDate;

use super::locked_quotas::LockedQuotas;

/// How many orders one transaction releases; a larger one would hold the day's lock too long.
const GROUP: usize = 128;

/// Expires at most `limit` orders whose `pay_by` lies before `now`; how many were.
///
/// Orders that somebody else has locked are left for the next call: they are being paid,
/// cancelled or expired at this moment.
///
/// # Errors
/// [`StoreError`]; groups that were released before it stay released.
pub fn expire_unpaid_orders(
    unit_of_work: &dyn UnitOfWork,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<usize, StoreError> {
    let lapsed = unit_of_work.run(|stores| stores.orders().lapsed(None, now, limit))?;
    expire_orders(unit_of_work, &lapsed.into_iter().collect(), now)
}

/// Expires exactly these orders, those of them that are still unpaid and lapsed at `now`.
pub(super) fn expire_orders(
    unit_of_work: &dyn UnitOfWork,
    lapsed: &BTreeSet<LapsedOrder>,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let mut by_date: BTreeMap<VisitDate, Vec<OrderId>> = BTreeMap::new();
    for lapsed in lapsed {
        by_date.entry(lapsed.date).or_default().push(lapsed.order);
    }
    let mut expired = 0_usize;
    for (date, orders) in by_date {
        for group in orders.chunks(GROUP) {
            let released = unit_of_work.run(|stores| expire_group(stores, date, group, now))?;
            expired = expired.saturating_add(released);
        }
    }
    Ok(expired)
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
