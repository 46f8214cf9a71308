//! Look-ups across the tickets of many orders.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::id::AccountId;
use domain::order::{OrderState, TicketState};
use domain::ports::{HeldDocument, LiveAdmission, StoreError, TicketStore};
use domain::sealed::DocumentHash;
use domain::visit_date::VisitDate;

use super::order_rows::{session, ticket_state};
use crate::ids::{DbHash, DbId};
use crate::mapping::{LONGEST_IN_LIST, corrupt};
use crate::schema::{orders, tickets};
use crate::transaction::Transaction;

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
