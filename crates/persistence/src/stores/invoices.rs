//! Invoices.

use chrono::NaiveDateTime;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::id::{OrderId, OrderNumber};
use domain::invoice::{Invoice, InvoiceNumber, InvoiceState, Rejection, RejectionReason};
use domain::ports::{InvoiceStore, ListedInvoice, StoreError};
use domain::sealed::Sealed;

use crate::ids::DbId;
use crate::mapping::{corrupt, expect_rows, fen, instant};
use crate::schema::{invoices, orders};
use crate::transaction::Transaction;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = invoices, check_for_backend(Mysql))]
pub(crate) struct InvoiceRow {
    id: DbId,
    order_id: DbId,
    live_order: Option<DbId>,
    account_id: DbId,
    state: String,
    amount_fen: i64,
    sealed_key_id: Option<String>,
    sealed_details: Option<Vec<u8>>,
    number: Option<String>,
    rejection: Option<String>,
    rejection_text: Option<String>,
    requested_at: NaiveDateTime,
    decided_at: Option<NaiveDateTime>,
    reversed_at: Option<NaiveDateTime>,
}

/// The columns of a rejection: its kind, and what staff said.
fn rejection_columns(rejection: Option<&Rejection>) -> (Option<&'static str>, Option<&str>) {
    match rejection {
        None => (None, None),
        Some(Rejection::AllRefunded) => (Some("all_refunded"), None),
        Some(Rejection::Staff(reason)) => (Some("staff"), Some(reason.as_str())),
    }
}

fn rejection(kind: Option<&str>, text: Option<&str>) -> Result<Option<Rejection>, StoreError> {
    Ok(match (kind, text) {
        (None, None) => None,
        (Some("all_refunded"), None) => Some(Rejection::AllRefunded),
        (Some("staff"), Some(text)) => {
            let reason = RejectionReason::parse(text);
            let reason = reason.map_err(|_| corrupt("invoices.rejection_text"))?;
            Some(Rejection::Staff(reason))
        }
        _ => return Err(corrupt("invoices.rejection")),
    })
}

/// The value of `live_order`, by which the database holds one live invoice per order.
fn live_order(invoice: &Invoice) -> Option<DbId> {
    invoice.state.is_live().then(|| invoice.order.into())
}

impl From<&Invoice> for InvoiceRow {
    fn from(invoice: &Invoice) -> Self {
        let details = invoice.details.as_ref();
        let number = invoice.number.as_ref();
        let (rejection, rejection_text) = rejection_columns(invoice.rejection.as_ref());
        Self {
            id: invoice.id.into(),
            order_id: invoice.order.into(),
            live_order: live_order(invoice),
            account_id: invoice.account.into(),
            state: invoice.state.code().to_owned(),
            amount_fen: invoice.amount.amount(),
            sealed_key_id: details.map(|sealed| sealed.key_id.clone()),
            sealed_details: details.map(|sealed| sealed.bytes.clone()),
            number: number.map(|number| number.as_str().to_owned()),
            rejection: rejection.map(str::to_owned),
            rejection_text: rejection_text.map(str::to_owned),
            requested_at: invoice.requested_at.naive_utc(),
            decided_at: invoice.decided_at.map(|at| at.naive_utc()),
            reversed_at: invoice.reversed_at.map(|at| at.naive_utc()),
        }
    }
}

impl TryFrom<InvoiceRow> for Invoice {
    type Error = StoreError;

    fn try_from(row: InvoiceRow) -> Result<Self, StoreError> {
        let details = row.sealed_key_id.zip(row.sealed_details);
        let number = row.number.as_deref().map(InvoiceNumber::parse);
        Ok(Self {
            id: row.id.into(),
            order: row.order_id.into(),
            account: row.account_id.into(),
            state: InvoiceState::parse(&row.state).map_err(|_| corrupt("invoices.state"))?,
            amount: fen(row.amount_fen)?,
            details: details.map(|(key_id, bytes)| Sealed { key_id, bytes }),
            number: number.transpose().map_err(|_| corrupt("invoices.number"))?,
            rejection: rejection(row.rejection.as_deref(), row.rejection_text.as_deref())?,
            requested_at: row.requested_at.and_utc(),
            decided_at: instant(row.decided_at),
            reversed_at: instant(row.reversed_at),
        })
    }
}

/// The latest invoice of an order.
pub(crate) fn latest(
    connection: &mut MysqlConnection,
    order: OrderId,
) -> QueryResult<Option<InvoiceRow>> {
    invoices::table
        .filter(invoices::order_id.eq(DbId::from(order)))
        .order((invoices::requested_at.desc(), invoices::id.desc()))
        .select(InvoiceRow::as_select())
        .first(connection)
        .optional()
}

/// An invoice with the number of its order.
pub(crate) type ListedRow = (InvoiceRow, String);

pub(crate) fn listed_invoice((row, number): ListedRow) -> Result<ListedInvoice, StoreError> {
    Ok(ListedInvoice {
        order_number: OrderNumber::parse(&number).map_err(|_| corrupt("orders.number"))?,
        invoice: row.try_into()?,
    })
}

/// At most `limit` invoices, the longest waiting first.
pub(crate) fn list(
    connection: &mut MysqlConnection,
    state: Option<InvoiceState>,
    limit: u32,
) -> QueryResult<Vec<ListedRow>> {
    let mut list = invoices::table
        .inner_join(orders::table.on(orders::id.eq(invoices::order_id)))
        .order((invoices::requested_at, invoices::id))
        .limit(i64::from(limit))
        .select((InvoiceRow::as_select(), orders::number))
        .into_boxed::<Mysql>();
    if let Some(state) = state {
        list = list.filter(invoices::state.eq(state.code()));
    }
    list.load(connection)
}

impl InvoiceStore for Transaction<'_> {
    fn live_of(&mut self, order: OrderId) -> Result<Option<Invoice>, StoreError> {
        let row: Option<InvoiceRow> = self.run(|connection| {
            invoices::table
                .filter(invoices::live_order.eq(DbId::from(order)))
                .select(InvoiceRow::as_select())
                .first(connection)
                .optional()
        })?;
        row.map(Invoice::try_from).transpose()
    }

    fn insert(&mut self, invoice: &Invoice) -> Result<(), StoreError> {
        self.run(|connection| {
            diesel::insert_into(invoices::table)
                .values(InvoiceRow::from(invoice))
                .execute(connection)
        })?;
        Ok(())
    }

    fn save(&mut self, invoice: &Invoice) -> Result<(), StoreError> {
        let (rejection, rejection_text) = rejection_columns(invoice.rejection.as_ref());
        let number = invoice.number.as_ref().map(InvoiceNumber::as_str);
        let found = self.run(|connection| {
            diesel::update(invoices::table.find(DbId::from(invoice.id)))
                .set((
                    invoices::live_order.eq(live_order(invoice)),
                    invoices::state.eq(invoice.state.code()),
                    invoices::amount_fen.eq(invoice.amount.amount()),
                    invoices::number.eq(number),
                    invoices::rejection.eq(rejection),
                    invoices::rejection_text.eq(rejection_text),
                    invoices::decided_at.eq(invoice.decided_at.map(|at| at.naive_utc())),
                    invoices::reversed_at.eq(invoice.reversed_at.map(|at| at.naive_utc())),
                ))
                .execute(connection)
        })?;
        expect_rows("invoices", 1, found)
    }
}
