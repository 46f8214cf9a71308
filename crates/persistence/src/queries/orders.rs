//! Orders and refunds.

use diesel::dsl::exists;
use diesel::mysql::Mysql;
use diesel::prelude::*;
use domain::id::{AccountId, OrderId, RefundId};
use domain::order::{Order, OrderState};
use domain::ports::{OrderCursor, OrderQueries, OrderTab, StoreError};
use domain::refund::Refund;

use super::MysqlQueries;
use crate::ids::DbId;
use crate::schema::{orders, refunds};
use crate::stores::refunds as refund_store;
use crate::stores::whole_orders::{assemble, by_ids};

/// The states that are on the tab of refunds and after-sales even without a refund.
const AFTER_SALES: [&str; 2] = [OrderState::Cancelled.code(), OrderState::Closed.code()];

impl OrderQueries for MysqlQueries {
    fn orders(
        &self,
        account: AccountId,
        tab: OrderTab,
        cursor: Option<OrderCursor>,
        limit: u32,
    ) -> Result<Vec<Order>, StoreError> {
        let mut page = orders::table
            .filter(orders::account_id.eq(DbId::from(account)))
            .order(orders::id.desc())
            .limit(limit.into())
            .select(orders::id)
            .into_boxed::<Mysql>();
        if let Some(OrderCursor(last)) = cursor {
            page = page.filter(orders::id.lt(DbId::from(last)));
        }
        page = match tab {
            OrderTab::All => page,
            OrderTab::Unpaid => page.filter(orders::state.eq(OrderState::Unpaid.code())),
            OrderTab::Unused => page.filter(orders::state.eq(OrderState::Paid.code())),
            OrderTab::AfterSales => {
                let refund = refunds::table.filter(refunds::order_id.eq(orders::id));
                page.filter(orders::state.eq_any(AFTER_SALES).or(exists(refund)))
            }
        };
        let ids: Vec<DbId> = self.run(|connection| page.load(connection))?;
        let lines = self.run(|connection| by_ids(connection, &ids))?;
        let mut orders = assemble(lines)?;
        orders.reverse();
        Ok(orders)
    }

    fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        let lines = self.run(|connection| by_ids(connection, &[id.into()]))?;
        Ok(assemble(lines)?.pop())
    }

    fn refund(&self, id: RefundId) -> Result<Option<Refund>, StoreError> {
        let stored = self.run(|connection| refund_store::refund(connection, id))?;
        stored.map(Refund::try_from).transpose()
    }

    fn refunded(&self, orders: &[OrderId]) -> Result<Vec<(OrderId, i64)>, StoreError> {
        self.run(|connection| refund_store::refunded(connection, orders))
    }
}
