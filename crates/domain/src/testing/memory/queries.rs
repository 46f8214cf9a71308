//! Read models over what is committed.

use std::collections::HashSet;

use chrono::{DateTime, Utc};

use crate::account::{Account, SavedVisitor};
use crate::calendar::OpeningDay;
use crate::id::{AccountId, OrderId, RefundId};
use crate::no_show::NoShowHistory;
use crate::order::{Order, OrderState};
use crate::ports::{
    AccountQueries, CalendarQueries, ListedNoShow, OrderCursor, OrderQueries, OrderTab,
    SaleQueries, StoreError,
};
use crate::quota::Quota;
use crate::refund::{Refund, RefundState};
use crate::sealed::DocumentHash;
use crate::session::Session;
use crate::ticket_type::PriceList;
use crate::venue::Venue;
use crate::visit_date::VisitDate;

use super::MemoryStore;
use super::tables::{Tables, limited};

impl CalendarQueries for MemoryStore {
    fn days(&self, first: VisitDate, last: VisitDate) -> Result<Vec<OpeningDay>, StoreError> {
        Ok(self.snapshot().days_in(&(first..=last)))
    }

    fn quotas(&self, first: VisitDate, last: VisitDate) -> Result<Vec<Quota>, StoreError> {
        Ok(self.snapshot().quotas_in(&(first..=last)))
    }

    fn sessions(&self) -> Result<Vec<Session>, StoreError> {
        Ok(self.snapshot().sessions_by_position())
    }

    fn venues(&self) -> Result<Vec<Venue>, StoreError> {
        Ok(self.snapshot().venues_by_position())
    }

    fn prices(&self) -> Result<PriceList, StoreError> {
        Ok(self.snapshot().price_list())
    }
}

impl SaleQueries for MemoryStore {
    fn day_versions(
        &self,
        first: VisitDate,
        last: VisitDate,
    ) -> Result<Vec<(VisitDate, u64)>, StoreError> {
        let tables = self.snapshot();
        let days = tables.days.range(first..=last);
        let version = |date| tables.day_versions.get(date).copied().unwrap_or(0);
        Ok(days.map(|(date, _)| (*date, version(date))).collect())
    }

    fn customers(&self, date: VisitDate) -> Result<HashSet<AccountId>, StoreError> {
        let tables = self.snapshot();
        let of_date = tables.orders.values().filter(|order| order.date == date);
        Ok(of_date.map(|order| order.account).collect())
    }

    fn first_lapse(&self, date: VisitDate) -> Result<Option<DateTime<Utc>>, StoreError> {
        let tables = self.snapshot();
        let unpaid = tables
            .orders
            .values()
            .filter(|order| order.date == date && order.state == OrderState::Unpaid);
        Ok(unpaid.map(|order| order.pay_by).min())
    }
}

impl AccountQueries for MemoryStore {
    fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        Ok(self.snapshot().accounts.get(&id).cloned())
    }

    fn visitors(&self, account: AccountId) -> Result<Vec<SavedVisitor>, StoreError> {
        Ok(self.snapshot().visitors_of(account))
    }

    fn no_show_history(&self, document: DocumentHash) -> Result<NoShowHistory, StoreError> {
        Ok(self.snapshot().history(document))
    }

    fn no_shows_on(&self, date: VisitDate, limit: u32) -> Result<Vec<ListedNoShow>, StoreError> {
        Ok(self.snapshot().listed_no_shows(date, limit))
    }

    fn revoked_tokens(&self, now: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
        let tables = self.snapshot();
        let revoked = tables.revoked.iter();
        Ok(revoked
            .filter(|(_, expires_at)| **expires_at >= now)
            .map(|(token, _)| token.clone())
            .collect())
    }
}

impl Tables {
    fn is_on(&self, order: &Order, tab: OrderTab) -> bool {
        match tab {
            OrderTab::All => true,
            OrderTab::Unpaid => order.state == OrderState::Unpaid,
            OrderTab::Unused => order.state == OrderState::Paid,
            OrderTab::AfterSales => {
                let mut refunds = self.refunds.values();
                matches!(order.state, OrderState::Cancelled | OrderState::Closed)
                    || refunds.any(|row| row.refund.order == order.id)
            }
        }
    }
}

impl OrderQueries for MemoryStore {
    fn orders(
        &self,
        account: AccountId,
        tab: OrderTab,
        cursor: Option<OrderCursor>,
        limit: u32,
    ) -> Result<Vec<Order>, StoreError> {
        let tables = self.snapshot();
        let newest_first = tables.orders.values().rev();
        let orders = newest_first
            .filter(|order| order.account == account && tables.is_on(order, tab))
            .filter(|order| cursor.is_none_or(|OrderCursor(last)| order.id < last))
            .map(|order| Order::clone(order));
        Ok(limited(orders.collect(), limit))
    }

    fn order(&self, id: OrderId) -> Result<Option<Order>, StoreError> {
        Ok(self.snapshot().order(id))
    }

    fn refund(&self, id: RefundId) -> Result<Option<Refund>, StoreError> {
        let tables = self.snapshot();
        Ok(tables.refunds.get(&id).map(|row| row.refund.clone()))
    }

    fn refunded(&self, orders: &[OrderId]) -> Result<Vec<(OrderId, i64)>, StoreError> {
        let tables = self.snapshot();
        let mut sums = std::collections::BTreeMap::new();
        for refund in tables.refunds.values().map(|row| &row.refund) {
            if refund.state == RefundState::Succeeded && orders.contains(&refund.order) {
                *sums.entry(refund.order).or_insert(0_i64) += refund.amount.amount();
            }
        }
        Ok(sums.into_iter().collect())
    }
}
