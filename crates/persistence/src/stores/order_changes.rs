//! Writing what has become of orders, in few statements: rows that change alike change together.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::order::{Admission, Order, OrderState, TicketState};
use domain::ports::StoreError;

use super::order_rows::admission_columns;
use crate::ids::{DbHash, DbId};
use crate::mapping::{LONGEST_IN_LIST, expect_rows};
use crate::schema::{orders, ticket_add_ons, tickets};
use crate::transaction::Transaction;

/// What of an order's row changes after it was made.
#[derive(AsChangeset, PartialEq)]
#[diesel(table_name = orders, treat_none_as_null = true)]
struct OrderChange {
    state: &'static str,
    cancel_cause: Option<&'static str>,
    paid_at: Option<NaiveDateTime>,
    paid_fen: i64,
    refunded_fen: i64,
}

/// What of a ticket's row changes after it was made, the document aside.
#[derive(AsChangeset, PartialEq)]
#[diesel(table_name = tickets, treat_none_as_null = true)]
struct TicketChange {
    state: &'static str,
    admitted_at: Option<NaiveDateTime>,
    admitted_gate: Option<String>,
}

/// The same of an add-on's.
#[derive(AsChangeset, PartialEq)]
#[diesel(table_name = ticket_add_ons, treat_none_as_null = true)]
struct AddOnChange {
    state: &'static str,
    admitted_at: Option<NaiveDateTime>,
    admitted_gate: Option<String>,
}

impl From<&Order> for OrderChange {
    fn from(order: &Order) -> Self {
        Self {
            state: order.state.code(),
            cancel_cause: order.cancelled_because.map(|cause| cause.code()),
            paid_at: order.paid_at.map(|at| at.naive_utc()),
            paid_fen: order.paid.amount(),
            refunded_fen: order.refunded.amount(),
        }
    }
}

impl TicketChange {
    fn new(state: TicketState, admission: Option<&Admission>) -> Self {
        let (admitted_at, admitted_gate) = admission_columns(admission);
        Self {
            state: state.code(),
            admitted_at,
            admitted_gate,
        }
    }
}

impl AddOnChange {
    fn new(state: TicketState, admission: Option<&Admission>) -> Self {
        let (admitted_at, admitted_gate) = admission_columns(admission);
        Self {
            state: state.code(),
            admitted_at,
            admitted_gate,
        }
    }
}

/// Writes state, money and admissions of orders, their tickets and their add-ons.
pub(super) fn save(transaction: &mut Transaction<'_>, orders: &[Order]) -> Result<(), StoreError> {
    save_orders(transaction, orders)?;
    save_tickets(transaction, orders)?;
    save_add_ons(transaction, orders)
}

fn save_orders(transaction: &mut Transaction<'_>, orders: &[Order]) -> Result<(), StoreError> {
    let changes = orders.iter().map(|order| {
        let unpaid = order.state == OrderState::Unpaid;
        ((OrderChange::from(order), unpaid), order.id.into())
    });
    for ((change, unpaid), ids) in alike(changes) {
        for ids in ids.chunks(LONGEST_IN_LIST) {
            let found = transaction.run(|connection| {
                let update = diesel::update(orders::table.filter(orders::id.eq_any(ids)));
                if unpaid {
                    let account = orders::unpaid_account.eq(orders::account_id.nullable());
                    update.set((&change, account)).execute(connection)
                } else {
                    let account = orders::unpaid_account.eq(None::<DbId>);
                    update.set((&change, account)).execute(connection)
                }
            })?;
            expect_rows("orders", ids.len(), found)?;
        }
    }
    Ok(())
}

fn save_tickets(transaction: &mut Transaction<'_>, orders: &[Order]) -> Result<(), StoreError> {
    let tickets = orders.iter().flat_map(|order| &order.tickets);
    let changes = tickets.map(|ticket| {
        let change = TicketChange::new(ticket.state, ticket.admission.as_ref());
        ((change, ticket.state.is_live()), ticket.id.into())
    });
    for ((change, live), ids) in alike(changes) {
        for ids in ids.chunks(LONGEST_IN_LIST) {
            let found = transaction.run(|connection| {
                let update = diesel::update(tickets::table.filter(tickets::id.eq_any(ids)));
                if live {
                    let document = tickets::active_document.eq(tickets::document_hash);
                    update.set((&change, document)).execute(connection)
                } else {
                    let document = tickets::active_document.eq(None::<DbHash>);
                    update.set((&change, document)).execute(connection)
                }
            })?;
            expect_rows("tickets", ids.len(), found)?;
        }
    }
    Ok(())
}

fn save_add_ons(transaction: &mut Transaction<'_>, orders: &[Order]) -> Result<(), StoreError> {
    let tickets = orders.iter().flat_map(|order| &order.tickets);
    let changes = tickets.flat_map(|ticket| &ticket.add_ons).map(|add_on| {
        let change = AddOnChange::new(add_on.state, add_on.admission.as_ref());
        (change, add_on.id.into())
    });
    for (change, ids) in alike(changes) {
        for ids in ids.chunks(LONGEST_IN_LIST) {
            let found = transaction.run(|connection| {
                diesel::update(ticket_add_ons::table.filter(ticket_add_ons::id.eq_any(ids)))
                    .set(&change)
                    .execute(connection)
            })?;
            expect_rows("ticket_add_ons", ids.len(), found)?;
        }
    }
    Ok(())
}

/// The rows by what becomes of them. A group has few different changes, so a search through the
/// list is enough.
fn alike<C: PartialEq>(changes: impl Iterator<Item = (C, DbId)>) -> Vec<(C, Vec<DbId>)> {
    let mut groups: Vec<(C, Vec<DbId>)> = Vec::new();
    for (change, id) in changes {
        match groups.iter_mut().find(|(known, _)| *known == change) {
            Some((_, ids)) => ids.push(id),
            None => groups.push((change, vec![id])),
        }
    }
    groups
}
