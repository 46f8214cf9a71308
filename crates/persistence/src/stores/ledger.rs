//! The append-only sales ledger.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::ledger::LedgerEntry;
use domain::ports::{LedgerStore, StoreError};

use crate::ids::DbId;
use crate::mapping::LONGEST_INSERT;
use crate::schema::sales_ledger;
use crate::transaction::Transaction;

#[derive(Insertable)]
#[diesel(table_name = sales_ledger)]
struct LedgerRow<'a> {
    order_id: DbId,
    kind: &'static str,
    reference: &'a str,
    venue_code: &'a str,
    category: &'static str,
    visit_date: NaiveDate,
    session_code: &'a str,
    quantity: u32,
    amount_fen: i64,
    occurred_at: NaiveDateTime,
}

impl<'a> From<&'a LedgerEntry> for LedgerRow<'a> {
    fn from(entry: &'a LedgerEntry) -> Self {
        Self {
            order_id: entry.order.into(),
            kind: entry.kind.code(),
            reference: &entry.reference,
            venue_code: entry.venue.as_str(),
            category: entry.category.code(),
            visit_date: entry.date.date(),
            session_code: entry.session.as_str(),
            quantity: entry.quantity,
            amount_fen: entry.amount.amount(),
            occurred_at: entry.occurred_at.naive_utc(),
        }
    }
}

impl LedgerStore for Transaction<'_> {
    fn append(&mut self, entries: &[LedgerEntry]) -> Result<(), StoreError> {
        for chunk in entries.chunks(LONGEST_INSERT) {
            let rows: Vec<LedgerRow<'_>> = chunk.iter().map(LedgerRow::from).collect();
            self.run(|connection| {
                diesel::insert_into(sales_ledger::table)
                    .values(&rows)
                    .execute(connection)
            })?;
        }
        Ok(())
    }
}
