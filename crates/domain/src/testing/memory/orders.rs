//! Orders with their tickets, and the keys that hold rules 4.3, 4.8 and 4.9.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::id::{AccountId, AnnualPassId, OrderId, OrderNumber, RequestKey, TicketId};
use crate::order::{Order, OrderKind, OrderState, Ticket, TicketState};
use crate::ports::{
    DocumentTicket, HeldDocument, LapsedOrder, LiveAdmission, OrderStore, StoreError, TicketStore,
    UniqueKey, UnpaidOrder,
};
use crate::sealed::DocumentHash;
use crate::visit_date::VisitDate;

use super::bans::page_of_orders;
use super::draft::Draft;
use super::tables::{Tables, limited};

fn is_unpaid(order: &Order) -> bool {
    order.state == OrderState::Unpaid
}

/// Whether a ticket or an add-on of it is still valid.
fn is_unused(order: &Order) -> bool {
    let mut items = order.tickets.iter().flat_map(|ticket| {
        let add_ons = ticket.add_ons.iter().map(|add_on| add_on.state);
        std::iter::once(ticket.state).chain(add_ons)
    });
    items.any(|state| state == TicketState::Valid)
}

/// The column `active_document`: set while the ticket is live.
fn active_document(ticket: &Ticket) -> Option<DocumentHash> {
    ticket.document_hash.filter(|_| ticket.state.is_live())
}

fn active_documents(order: &Order) -> impl Iterator<Item = DocumentHash> {
    order.tickets.iter().filter_map(active_document)
}

fn unpaid_until(order: &Order) -> Option<DateTime<Utc>> {
    is_unpaid(order).then_some(order.pay_by)
}

/// The key that two different orders cannot both have.
fn shared_key(one: &Order, other: &Order) -> Option<UniqueKey> {
    if one.request_key == other.request_key {
        return Some(UniqueKey::RequestKey);
    }
    if is_unpaid(one) && is_unpaid(other) && one.account == other.account {
        return Some(UniqueKey::UnpaidAccount);
    }
    if one.number == other.number {
        return Some(UniqueKey::Other);
    }
    if one.date != other.date {
        return None;
    }
    let held: BTreeSet<DocumentHash> = active_documents(one).collect();
    active_documents(other)
        .any(|document| held.contains(&document))
        .then_some(UniqueKey::ActiveDocument)
}

impl Tables {
    fn check_order(&self, order: &Order) -> Result<(), StoreError> {
        let documents: Vec<DocumentHash> = active_documents(order).collect();
        let distinct: BTreeSet<&DocumentHash> = documents.iter().collect();
        if distinct.len() < documents.len() {
            return Err(StoreError::Duplicate(UniqueKey::ActiveDocument));
        }
        if (order.kind == OrderKind::AnnualPass) != order.pass.is_some() {
            let text = "a visit without an annual pass, or a pass without a visit";
            return Err(StoreError::Fault(text.to_owned()));
        }
        if order.refunded > order.paid {
            let text = "more is asked back for an order than was paid";
            return Err(StoreError::Fault(text.to_owned()));
        }
        let others = self.orders.values().filter(|other| other.id != order.id);
        let taken = others.filter_map(|other| shared_key(order, other)).next();
        taken.map_or(Ok(()), |key| Err(StoreError::Duplicate(key)))
    }

    pub(super) fn insert_orders(&mut self, orders: &[Order]) -> Result<(), StoreError> {
        for order in orders {
            self.check_order(order)?;
            let row = Arc::new(order.clone());
            let before = Arc::make_mut(&mut self.orders).insert(order.id, row);
            if before.is_some() {
                return Err(StoreError::Duplicate(UniqueKey::Other));
            }
        }
        Ok(())
    }

    fn save_order(&mut self, order: &Order) -> Result<(), StoreError> {
        let stored = self.orders.get(&order.id).ok_or_else(|| {
            StoreError::Fault("an order is saved that was never inserted".to_owned())
        })?;
        let mut row = Order::clone(stored);
        write_changes(&mut row, order);
        self.check_order(&row)?;
        Arc::make_mut(&mut self.orders).insert(order.id, Arc::new(row));
        Ok(())
    }

    pub(super) fn order(&self, id: OrderId) -> Option<Order> {
        self.orders.get(&id).map(|order| Order::clone(order))
    }

    fn orders_where(&self, wanted: impl Fn(&Order) -> bool) -> Vec<Order> {
        let orders = self.orders.values();
        orders
            .filter(|order| wanted(order))
            .map(|order| Order::clone(order))
            .collect()
    }

    fn live_tickets(&self, date: VisitDate) -> impl Iterator<Item = (&Order, &Ticket)> {
        let of_date = self.orders.values().filter(move |order| order.date == date);
        of_date
            .flat_map(|order| order.tickets.iter().map(move |ticket| (&**order, ticket)))
            .filter(|(_, ticket)| ticket.state.is_live())
    }
}

/// Writes to `row` what [`OrderStore::save`] promises to write, and nothing else.
fn write_changes(row: &mut Order, order: &Order) {
    row.state = order.state;
    row.cancelled_because = order.cancelled_because;
    row.paid_at = order.paid_at;
    row.paid = order.paid;
    row.refunded = order.refunded;
    for ticket in &mut row.tickets {
        let Some(changed) = order.ticket(ticket.id) else {
            continue;
        };
        ticket.state = changed.state;
        ticket.admission.clone_from(&changed.admission);
        for add_on in &mut ticket.add_ons {
            let same = changed.add_ons.iter().find(|other| other.id == add_on.id);
            if let Some(changed) = same {
                add_on.state = changed.state;
                add_on.admission.clone_from(&changed.admission);
            }
        }
    }
}

impl OrderStore for Draft {
    fn find(&mut self, id: OrderId) -> Result<Option<Order>, StoreError> {
        Ok(self.tables.order(id))
    }

    fn find_number(&mut self, number: &OrderNumber) -> Result<Option<Order>, StoreError> {
        let found = self.tables.orders_where(|order| order.number == *number);
        Ok(found.into_iter().next())
    }

    fn find_by_request_keys(&mut self, keys: &[RequestKey]) -> Result<Vec<Order>, StoreError> {
        let tables = &self.tables;
        Ok(tables.orders_where(|order| keys.contains(&order.request_key)))
    }

    fn passes_of(&mut self, ids: &[OrderId]) -> Result<Vec<AnnualPassId>, StoreError> {
        let orders = ids.iter().filter_map(|id| self.tables.orders.get(id));
        let passes: BTreeSet<AnnualPassId> = orders.filter_map(|order| order.pass).collect();
        Ok(passes.into_iter().collect())
    }

    fn lock(&mut self, ids: &[OrderId]) -> Result<Vec<Order>, StoreError> {
        let found = self.tables.orders_where(|order| ids.contains(&order.id));
        let ids: Vec<OrderId> = found.iter().map(|order| order.id).collect();
        self.locks.orders(&ids)?;
        Ok(found)
    }

    /// All are free: no other unit runs.
    fn lock_free(&mut self, ids: &[OrderId]) -> Result<Vec<Order>, StoreError> {
        OrderStore::lock(self, ids)
    }

    fn insert(&mut self, orders: &[Order]) -> Result<(), StoreError> {
        self.tables.insert_orders(orders)?;
        orders
            .iter()
            .for_each(|order| self.locks.inserted(order.id));
        Ok(())
    }

    fn save(&mut self, orders: &[Order]) -> Result<(), StoreError> {
        for order in orders {
            self.locks.holds_order(order.id)?;
            self.tables.save_order(order)?;
        }
        Ok(())
    }

    fn unpaid_of(&mut self, accounts: &[AccountId]) -> Result<Vec<UnpaidOrder>, StoreError> {
        let wanted = |order: &Order| is_unpaid(order) && accounts.contains(&order.account);
        let unpaid = self.tables.orders_where(wanted).into_iter();
        Ok(unpaid
            .map(|order| UnpaidOrder {
                account: order.account,
                order: order.id,
                date: order.date,
                pay_by: order.pay_by,
            })
            .collect())
    }

    fn lapsed(
        &mut self,
        date: Option<VisitDate>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<LapsedOrder>, StoreError> {
        let mut lapsed = self.tables.orders_where(|order| {
            order.is_lapsed(now) && date.is_none_or(|date| order.date == date)
        });
        lapsed.sort_by_key(|order| (order.pay_by, order.id));
        let lapsed = lapsed.into_iter().map(|order| LapsedOrder {
            date: order.date,
            order: order.id,
        });
        Ok(limited(lapsed.collect(), limit))
    }

    fn closable(
        &mut self,
        date: VisitDate,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        let states = [OrderState::Unpaid, OrderState::Paid, OrderState::Used];
        let found = self
            .tables
            .orders_where(|order| order.date == date && states.contains(&order.state));
        let ids = found.iter().map(|order| order.id);
        Ok(page_of_orders(ids, after, limit))
    }
}

impl TicketStore for Draft {
    fn unused_dates(&mut self, last: VisitDate) -> Result<Vec<VisitDate>, StoreError> {
        let unused = self
            .tables
            .orders_where(|order| order.date <= last && is_unused(order));
        let dates: BTreeSet<VisitDate> = unused.iter().map(|order| order.date).collect();
        Ok(dates.into_iter().collect())
    }

    fn unused_orders(
        &mut self,
        date: VisitDate,
        after: Option<OrderId>,
        limit: u32,
    ) -> Result<Vec<OrderId>, StoreError> {
        let unused = self
            .tables
            .orders_where(|order| order.date == date && is_unused(order));
        let ids = unused.iter().map(|order| order.id);
        Ok(page_of_orders(ids, after, limit))
    }

    fn held_documents(
        &mut self,
        date: VisitDate,
        documents: &[DocumentHash],
    ) -> Result<Vec<HeldDocument>, StoreError> {
        let live = self.tables.live_tickets(date);
        let held = live.filter_map(|(order, ticket)| {
            let document = active_document(ticket).filter(|held| documents.contains(held))?;
            Some(HeldDocument {
                document,
                order: order.id,
                unpaid_until: unpaid_until(order),
            })
        });
        Ok(held.collect())
    }

    fn live_admissions(
        &mut self,
        date: VisitDate,
        accounts: &[AccountId],
    ) -> Result<Vec<LiveAdmission>, StoreError> {
        let live = self.tables.live_tickets(date);
        let wanted = live.filter(|(order, _)| accounts.contains(&order.account));
        Ok(wanted
            .map(|(order, ticket)| LiveAdmission {
                account: order.account,
                order: order.id,
                ticket: ticket.id,
                session: order.session.clone(),
                age: ticket.age,
                state: ticket.state,
                unpaid_until: unpaid_until(order),
            })
            .collect())
    }

    fn of_documents(
        &mut self,
        documents: &[DocumentHash],
        first: VisitDate,
    ) -> Result<Vec<DocumentTicket>, StoreError> {
        let orders = self.tables.orders.values();
        let orders = orders.filter(|order| order.date >= first);
        let tickets = orders.flat_map(|order| {
            let told = order.tickets.iter().filter_map(|ticket| {
                let document = ticket
                    .document_hash
                    .filter(|hash| documents.contains(hash))?;
                Some(DocumentTicket {
                    document,
                    order: order.id,
                    ticket: ticket.id,
                    date: order.date,
                    state: ticket.state,
                })
            });
            told.collect::<Vec<_>>()
        });
        let mut tickets: Vec<DocumentTicket> = tickets.collect();
        tickets.sort_by_key(|ticket| (ticket.date, ticket.ticket));
        Ok(tickets)
    }

    fn order_of(&mut self, ticket: TicketId) -> Result<Option<OrderId>, StoreError> {
        let mut orders = self.tables.orders.values();
        let found = orders.find(|order| order.ticket(ticket).is_some());
        Ok(found.map(|order| order.id))
    }
}
