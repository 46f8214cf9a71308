//! Orders, each with its tickets and add-ons.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::mysql::Mysql;
use diesel::prelude::*;
use domain::id::{AccountId, AnnualPassId, OrderId, OrderNumber, RequestKey};
use domain::order::{Order, OrderState};
use domain::ports::{LapsedOrder, OrderStore, StoreError, UnpaidOrder};
use domain::visit_date::VisitDate;

use super::locks::{self, Taken};
use super::order_changes;
use super::order_rows::{AddOnRow, OrderRow, TicketRow, add_on_rows, ticket_rows};
use super::whole_orders::{assemble, by_ids, by_number, by_request_keys};
use crate::ids::{DbDigest, DbId};
use crate::mapping::{LONGEST_IN_LIST, LONGEST_INSERT};
use crate::schema::{orders, ticket_add_ons, tickets};
use crate::transaction::Transaction;

impl OrderStore for Transaction<'_> {
    fn find(&mut self, id: OrderId) -> Result<Option<Order>, StoreError> {
        let lines = self.run(|connection| by_ids(connection, &[id.into()]))?;
        Ok(assemble(lines)?.pop())
    }

    fn find_number(&mut self, number: &OrderNumber) -> Result<Option<Order>, StoreError> {
        let lines = self.run(|connection| by_number(connection, number.as_str()))?;
        Ok(assemble(lines)?.pop())
    }

    fn find_by_request_keys(&mut self, keys: &[RequestKey]) -> Result<Vec<Order>, StoreError> {
        let keys: Vec<DbDigest> = keys.iter().copied().map(DbDigest::from).collect();
        let mut found = Vec::new();
        for keys in keys.chunks(LONGEST_IN_LIST) {
            let lines = self.run(|connection| by_request_keys(connection, keys))?;
            found.extend(assemble(lines)?);
        }
        Ok(found)
    }

    fn passes_of(&mut self, ids: &[OrderId]) -> Result<Vec<AnnualPassId>, StoreError> {
        let ids: Vec<DbId> = ids.iter().copied().map(DbId::from).collect();
        let mut passes = BTreeSet::new();
        for ids in ids.chunks(LONGEST_IN_LIST) {
            let found: Vec<Option<DbId>> = self.run(|connection| {
                orders::table
                    .filter(orders::id.eq_any(ids))
                    .filter(orders::annual_pass_id.is_not_null())
                    .order(orders::id)
                    .select(orders::annual_pass_id)
                    .load(connection)
            })?;
            passes.extend(found.into_iter().flatten().map(AnnualPassId::from));
        }
        Ok(passes.into_iter().collect())
    }

    fn lock(&mut self, ids: &[OrderId]) -> Result<Vec<Order>, StoreError> {
        self.lock_orders(ids, Taken::Wait)
    }

    fn lock_free(&mut self, ids: &[OrderId]) -> Result<Vec<Order>, StoreError> {
        self.lock_orders(ids, Taken::Skip)
    }

    fn insert(&mut self, orders: &[Order]) -> Result<(), StoreError> {
        let rows: Vec<OrderRow> = orders.iter().map(OrderRow::from).collect();
        for chunk in chunks(rows) {
            self.run(|connection| {
                diesel::insert_into(orders::table)
                    .values(chunk)
                    .execute(connection)
            })?;
        }
        let rows: Vec<TicketRow> = orders.iter().flat_map(ticket_rows).collect();
        for chunk in chunks(rows) {
            self.run(|connection| {
                diesel::insert_into(tickets::table)
                    .values(chunk)
                    .execute(connection)
            })?;
        }
        let rows: Vec<AddOnRow> = orders.iter().flat_map(add_on_rows).collect();
        for chunk in chunks(rows) {
            self.run(|connection| {
                diesel::insert_into(ticket_add_ons::table)
                    .values(chunk)
                    .execute(connection)
            })?;
        }
        Ok(())
    }

    fn save(&mut self, orders: &[Order]) -> Result<(), StoreError> {
        order_changes::save(self, orders)
    }

    fn unpaid_of(&mut self, accounts: &[AccountId]) -> Result<Vec<UnpaidOrder>, StoreError> {
        let accounts: Vec<DbId> = accounts.iter().copied().map(DbId::from).collect();
        let mut unpaid = Vec::new();
        for accounts in accounts.chunks(LONGEST_IN_LIST) {
            let rows: Vec<(DbId, NaiveDate, DbId, NaiveDateTime)> = self.run(|connection| {
                orders::table
                    .filter(orders::unpaid_account.eq_any(accounts))
                    .order(orders::id)
                    .select((
                        orders::account_id,
                        orders::visit_date,
                        orders::id,
                        orders::pay_by,
                    ))
                    .load(connection)
            })?;
            unpaid.extend(
                rows.into_iter()
                    .map(|(account, date, order, pay_by)| UnpaidOrder {
                        account: account.into(),
                        date: VisitDate::new(date),
                        order: order.into(),
                        pay_by: pay_by.and_utc(),
                    }),
            );
        }
        Ok(unpaid)
    }

    fn lapsed(
        &mut self,
        date: Option<VisitDate>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<LapsedOrder>, StoreError> {
        let mut query = orders::table
            .filter(orders::state.eq(OrderState::Unpaid.code()))
            .filter(orders::pay_by.lt(now.naive_utc()))
            .order((orders::pay_by, orders::id))
            .limit(limit.into())
            .select((orders::visit_date, orders::id))
            .into_boxed::<Mysql>();
        if let Some(date) = date {
            query = query.filter(orders::visit_date.eq(date.date()));
        }
        let rows: Vec<(NaiveDate, DbId)> = self.run(|connection| query.load(connection))?;
        Ok(rows
            .into_iter()
            .map(|(date, order)| LapsedOrder {
                date: VisitDate::new(date),
                order: order.into(),
            })
            .collect())
    }

    fn closable(
        &mut self,
        date: VisitDate,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        let states = [OrderState::Unpaid, OrderState::Paid, OrderState::Used];
        let mut query = orders::table
            .filter(orders::visit_date.eq(date.date()))
            .filter(orders::state.eq_any(states.map(OrderState::code)))
            .order(orders::id)
            .limit(limit.into())
            .select(orders::id)
            .into_boxed::<Mysql>();
        if let Some(after) = after {
            query = query.filter(orders::id.gt(DbId::from(after)));
        }
        let ids: Vec<DbId> = self.run(|connection| query.load(connection))?;
        Ok(ids.into_iter().map(OrderId::from).collect())
    }
}

impl Transaction<'_> {
    /// Locks in ascending order over all chunks, then reads: what is read after the lock is what
    /// the lock holds.
    fn lock_orders(&mut self, ids: &[OrderId], taken: Taken) -> Result<Vec<Order>, StoreError> {
        let mut ids: Vec<DbId> = ids.iter().copied().map(DbId::from).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut locked = Vec::new();
        for ids in ids.chunks(LONGEST_IN_LIST) {
            let ids = self.run(|connection| locks::orders(connection, ids, taken))?;
            let lines = self.run(|connection| by_ids(connection, &ids))?;
            locked.extend(assemble(lines)?);
        }
        Ok(locked)
    }
}

/// The rows in as many parts as there have to be INSERTs.
fn chunks<T>(rows: Vec<T>) -> impl Iterator<Item = Vec<T>> {
    let mut rows = rows.into_iter();
    std::iter::from_fn(move || {
        let chunk: Vec<T> = rows.by_ref().take(LONGEST_INSERT).collect();
        (!chunk.is_empty()).then_some(chunk)
    })
}
