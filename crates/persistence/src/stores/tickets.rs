//! Look-ups across the tickets of many orders.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::prelude::*;
use domain::id::{AccountId, OrderId, TicketId};
use domain::order::{OrderState, TicketState};
use domain::ports::{DocumentTicket, HeldDocument, LiveAdmission, StoreError, TicketStore};
use domain::sealed::DocumentHash;
use domain::visit_date::VisitDate;

use super::order_rows::{session, ticket_state};
use super::unused;
use crate::ids::{DbHash, DbId};
use crate::mapping::{LONGEST_IN_LIST, corrupt};
use crate::schema::{orders, tickets};
use crate::transaction::Transaction;

type DocumentRow = (Option<DbHash>, DbId, DbId, NaiveDate, String);
type HeldRow = (Option<DbHash>, DbId, String, NaiveDateTime);
type LiveRow = (DbId, DbId, DbId, String, u8, String, String, NaiveDateTime);

impl TicketStore for Transaction<'_> {
    fn held_documents(
        &mut self,
        date: VisitDate,
        documents: &[DocumentHash],
    ) -> Result<Vec<HeldDocument>, StoreError> {
        let documents: Vec<DbHash> = documents.iter().copied().map(DbHash::from).collect();
        let mut held = Vec::new();
        for documents in documents.chunks(LONGEST_IN_LIST) {
            let rows: Vec<HeldRow> = self.run(|connection| {
                tickets::table
                    .inner_join(orders::table)
                    .filter(tickets::visit_date.eq(date.date()))
                    .filter(tickets::active_document.eq_any(documents))
                    .order(tickets::id)
                    .select((
                        tickets::active_document,
                        tickets::order_id,
                        orders::state,
                        orders::pay_by,
                    ))
                    .load(connection)
            })?;
            for row in rows {
                held.push(held_document(row)?);
            }
        }
        Ok(held)
    }

    fn live_admissions(
        &mut self,
        date: VisitDate,
        accounts: &[AccountId],
    ) -> Result<Vec<LiveAdmission>, StoreError> {
        let accounts: Vec<DbId> = accounts.iter().copied().map(DbId::from).collect();
        let live_states = TicketState::ALL.iter().filter(|state| state.is_live());
        let live_states: Vec<&str> = live_states.map(|state| state.code()).collect();
        let mut live = Vec::new();
        for accounts in accounts.chunks(LONGEST_IN_LIST) {
            let rows: Vec<LiveRow> = self.run(|connection| {
                tickets::table
                    .inner_join(orders::table)
                    .filter(tickets::visit_date.eq(date.date()))
                    .filter(tickets::account_id.eq_any(accounts))
                    .filter(tickets::state.eq_any(&live_states))
                    .order(tickets::id)
                    .select((
                        tickets::account_id,
                        tickets::order_id,
                        tickets::id,
                        tickets::session_code,
                        tickets::age,
                        tickets::state,
                        orders::state,
                        orders::pay_by,
                    ))
                    .load(connection)
            })?;
            for row in rows {
                live.push(live_admission(row)?);
            }
        }
        Ok(live)
    }

    fn of_documents(
        &mut self,
        documents: &[DocumentHash],
        first: VisitDate,
    ) -> Result<Vec<DocumentTicket>, StoreError> {
        let mut told = Vec::new();
        // One by one: a gate asks about few, and a list beside a range would scan the index.
        for document in documents {
            let rows: Vec<DocumentRow> = self.run(|connection| {
                tickets::table
                    .filter(tickets::document_hash.eq(DbHash::from(*document)))
                    .filter(tickets::visit_date.ge(first.date()))
                    .select((
                        tickets::document_hash,
                        tickets::order_id,
                        tickets::id,
                        tickets::visit_date,
                        tickets::state,
                    ))
                    .load(connection)
            })?;
            for row in rows {
                told.push(document_ticket(row)?);
            }
        }
        told.sort_by_key(|ticket| (ticket.date, ticket.ticket));
        Ok(told)
    }

    fn order_of(&mut self, ticket: TicketId) -> Result<Option<OrderId>, StoreError> {
        let order: Option<DbId> = self.run(|connection| {
            tickets::table
                .find(DbId::from(ticket))
                .select(tickets::order_id)
                .first(connection)
                .optional()
        })?;
        Ok(order.map(OrderId::from))
    }

    fn unused_dates(&mut self, last: VisitDate) -> Result<Vec<VisitDate>, StoreError> {
        self.run(|connection| unused::dates(connection, last))
    }

    fn unused_orders(
        &mut self,
        date: VisitDate,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        self.run(|connection| unused::orders(connection, date, after, limit))
    }
}

fn document_ticket(row: DocumentRow) -> Result<DocumentTicket, StoreError> {
    let (document, order, ticket, date, state) = row;
    let document = document.ok_or_else(|| corrupt("tickets.document_hash"))?;
    Ok(DocumentTicket {
        document: document.into(),
        order: order.into(),
        ticket: ticket.into(),
        date: VisitDate::new(date),
        state: ticket_state(&state, "tickets.state")?,
    })
}

fn held_document(row: HeldRow) -> Result<HeldDocument, StoreError> {
    let (document, order, state, pay_by) = row;
    let document = document.ok_or_else(|| corrupt("tickets.active_document"))?;
    Ok(HeldDocument {
        document: document.into(),
        order: order.into(),
        unpaid_until: is_unpaid(&state).then(|| pay_by.and_utc()),
    })
}

fn live_admission(row: LiveRow) -> Result<LiveAdmission, StoreError> {
    let (account, order, ticket, code, age, state, order_state, pay_by) = row;
    Ok(LiveAdmission {
        account: account.into(),
        order: order.into(),
        ticket: ticket.into(),
        session: session(&code, "tickets.session_code")?,
        age,
        state: ticket_state(&state, "tickets.state")?,
        unpaid_until: is_unpaid(&order_state).then(|| pay_by.and_utc()),
    })
}

fn is_unpaid(order_state: &str) -> bool {
    order_state == OrderState::Unpaid.code()
}
