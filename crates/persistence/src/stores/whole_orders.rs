//! Reading orders whole: with their tickets and add-ons.
//!
//! One statement reads all three tables, so that what it sees belongs together even without a
//! lock: under READ COMMITTED each statement has its own snapshot.

use diesel::dsl::{AsSelect, auto_type};
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::order::{AddOn, Order, Ticket};
use domain::ports::StoreError;

use super::order_rows::{AddOnRow, OrderRow, TicketRow};
use crate::ids::{DbDigest, DbId};
use crate::schema::{orders, ticket_add_ons, tickets};

/// An add-on beside its ticket and its order, or as much of that as there is.
pub(crate) type Line = (OrderRow, Option<TicketRow>, Option<AddOnRow>);

#[auto_type(no_type_alias)]
fn lines() -> _ {
    let order: AsSelect<OrderRow, Mysql> = OrderRow::as_select();
    let ticket: AsSelect<Option<TicketRow>, Mysql> = Option::<TicketRow>::as_select();
    let add_on: AsSelect<Option<AddOnRow>, Mysql> = Option::<AddOnRow>::as_select();
    orders::table
        .left_join(tickets::table.left_join(ticket_add_ons::table))
        .order((orders::id, tickets::position, ticket_add_ons::position))
        .select((order, ticket, add_on))
}

/// The orders with these ids, by id.
pub(crate) fn by_ids(connection: &mut MysqlConnection, ids: &[DbId]) -> QueryResult<Vec<Line>> {
    lines().filter(orders::id.eq_any(ids)).load(connection)
}

/// The order of that number.
pub(crate) fn by_number(connection: &mut MysqlConnection, number: &str) -> QueryResult<Vec<Line>> {
    lines().filter(orders::number.eq(number)).load(connection)
}

/// The orders with these request keys.
pub(crate) fn by_request_keys(
    connection: &mut MysqlConnection,
    keys: &[DbDigest],
) -> QueryResult<Vec<Line>> {
    lines()
        .filter(orders::request_key.eq_any(keys))
        .load(connection)
}

/// Puts the orders together again, in the order of the lines.
pub(crate) fn assemble(lines: Vec<Line>) -> Result<Vec<Order>, StoreError> {
    let mut orders: Vec<Order> = Vec::new();
    for (order, ticket, add_on) in lines {
        if orders
            .last()
            .is_none_or(|last| DbId::from(last.id) != order.id)
        {
            orders.push(order.into_order()?);
        }
        let (Some(order), Some(ticket)) = (orders.last_mut(), ticket) else {
            continue;
        };
        add_line(&mut order.tickets, ticket, add_on)?;
    }
    Ok(orders)
}

fn add_line(
    tickets: &mut Vec<Ticket>,
    ticket: TicketRow,
    add_on: Option<AddOnRow>,
) -> Result<(), StoreError> {
    if tickets
        .last()
        .is_none_or(|last| DbId::from(last.id) != ticket.id)
    {
        tickets.push(ticket.into_ticket()?);
    }
    if let (Some(ticket), Some(add_on)) = (tickets.last_mut(), add_on) {
        ticket.add_ons.push(AddOn::try_from(add_on)?);
    }
    Ok(())
}
