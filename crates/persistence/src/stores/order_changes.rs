//! Writing what has become of orders, in few statements: rows that change alike change together.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Binary, Datetime, Nullable, Text};
use domain::order::{Admission, Order, OrderState, TicketState};
use domain::ports::StoreError;

use super::cases::{Column, LONGEST_CASE, marks};
use super::order_rows::admission_columns;
use crate::ids::{DbHash, DbId};
use crate::mapping::{LONGEST_IN_LIST, expect_rows};
use crate::schema::{ticket_add_ons, tickets};
use crate::transaction::Transaction;

/// What becomes of orders alike.
#[derive(PartialEq)]
struct Fate {
    state: &'static str,
    cancel_cause: Option<&'static str>,
    unpaid: bool,
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

impl From<&Order> for Fate {
    fn from(order: &Order) -> Self {
        Self {
            state: order.state.code(),
            cancel_cause: order.cancelled_because.map(|cause| cause.code()),
            unpaid: order.state == OrderState::Unpaid,
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
    let fates = orders.iter().map(|order| (Fate::from(order), order));
    for (fate, orders) in alike(fates) {
        for chunk in orders.chunks(LONGEST_CASE) {
            save_fate(transaction, &fate, chunk)?;
        }
    }
    Ok(())
}

/// Writes orders that have one fate, and each its own instant and money, in one statement.
fn save_fate(
    transaction: &mut Transaction<'_>,
    fate: &Fate,
    orders: &[&Order],
) -> Result<(), StoreError> {
    let account = if fate.unpaid { "account_id" } else { "NULL" };
    let ids = || orders.iter().map(|order| DbId::from(order.id));
    let paid_at = orders.iter().map(|order| order.paid_at);
    let paid_at = Column::of(paid_at.map(|at| at.map(|at| at.naive_utc())));
    let paid = Column::of(orders.iter().map(|order| order.paid.amount()));
    let refunded = Column::of(orders.iter().map(|order| order.refunded.amount()));
    let query = diesel::sql_query(format!(
        "UPDATE orders SET state = ?, cancel_cause = ?, unpaid_account = {account}, \
         paid_at = {}, paid_fen = {}, refunded_fen = {} WHERE id IN ({})",
        paid_at.sql(),
        paid.sql(),
        refunded.sql(),
        marks(orders.len())
    ));
    let query = query
        .into_boxed()
        .bind::<Text, _>(fate.state)
        .bind::<Nullable<Text>, _>(fate.cancel_cause);
    let query = paid_at.bind::<Nullable<Datetime>>(query, ids());
    let query = paid.bind::<BigInt>(query, ids());
    let query = refunded.bind::<BigInt>(query, ids());
    let query = ids().fold(query, |query, id| query.bind::<Binary, _>(id));
    let found = transaction.run(|connection| query.execute(connection))?;
    expect_rows("orders", orders.len(), found)
}

fn save_tickets(transaction: &mut Transaction<'_>, orders: &[Order]) -> Result<(), StoreError> {
    let tickets = orders.iter().flat_map(|order| &order.tickets);
    let changes = tickets.map(|ticket| {
        let change = TicketChange::new(ticket.state, ticket.admission.as_ref());
        ((change, ticket.state.is_live()), DbId::from(ticket.id))
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
        (change, DbId::from(add_on.id))
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
fn alike<C: PartialEq, R>(changes: impl Iterator<Item = (C, R)>) -> Vec<(C, Vec<R>)> {
    let mut groups: Vec<(C, Vec<R>)> = Vec::new();
    for (change, row) in changes {
        match groups.iter_mut().find(|(known, _)| *known == change) {
            Some((_, rows)) => rows.push(row),
            None => groups.push((change, vec![row])),
        }
    }
    groups
}
