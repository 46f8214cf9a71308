//! What a running sale is watched by.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::dsl::min;
use diesel::prelude::*;
use domain::id::AccountId;
use domain::order::OrderState;
use domain::ports::{SaleQueries, StoreError};
use domain::visit_date::VisitDate;

use super::MysqlQueries;
use crate::ids::DbId;
use crate::schema::{opening_days, orders, tickets};

impl SaleQueries for MysqlQueries {
    fn day_versions(
        &self,
        first: VisitDate,
        last: VisitDate,
    ) -> Result<Vec<(VisitDate, u64)>, StoreError> {
        let rows: Vec<(NaiveDate, u64)> = self.run(|connection| {
            opening_days::table
                .filter(opening_days::visit_date.between(first.date(), last.date()))
                .select((opening_days::visit_date, opening_days::version))
                .load(connection)
        })?;
        let rows = rows.into_iter();
        Ok(rows
            .map(|(date, version)| (VisitDate::new(date), version))
            .collect())
    }

    fn customers(&self, date: VisitDate) -> Result<HashSet<AccountId>, StoreError> {
        // Every order has tickets, and their index alone tells whose they are.
        let accounts: Vec<DbId> = self.run(|connection| {
            tickets::table
                .filter(tickets::visit_date.eq(date.date()))
                .select(tickets::account_id)
                .distinct()
                .load(connection)
        })?;
        Ok(accounts.into_iter().map(AccountId::from).collect())
    }

    fn first_lapse(&self, date: VisitDate) -> Result<Option<DateTime<Utc>>, StoreError> {
        let first: Option<NaiveDateTime> = self.run(|connection| {
            orders::table
                .filter(orders::visit_date.eq(date.date()))
                .filter(orders::state.eq(OrderState::Unpaid.code()))
                .select(min(orders::pay_by))
                .first(connection)
        })?;
        Ok(first.map(|pay_by| pay_by.and_utc()))
    }
}
