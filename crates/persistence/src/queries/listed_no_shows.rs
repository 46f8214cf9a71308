//! No-shows as staff look at them.

use diesel::dsl::AsSelect;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::id::OrderNumber;
use domain::no_show::NoShow;
use domain::ports::{ListedNoShow, StoreError};
use domain::sealed::Sealed;
use domain::visit_date::VisitDate;

use crate::mapping::corrupt;
use crate::schema::{no_shows, orders, tickets};
use crate::stores::bans::NoShowRow;

/// A no-show, its order's number, and the ticket's sealed identity.
#[derive(Queryable)]
pub(super) struct ListedRow {
    no_show: NoShowRow,
    number: String,
    sealed_key_id: Option<String>,
    sealed_identity: Option<Vec<u8>>,
}

impl TryFrom<ListedRow> for ListedNoShow {
    type Error = StoreError;

    fn try_from(row: ListedRow) -> Result<Self, StoreError> {
        let sealed = row.sealed_key_id.zip(row.sealed_identity);
        Ok(Self {
            no_show: NoShow::try_from(row.no_show)?,
            order: OrderNumber::parse(&row.number).map_err(|_| corrupt("orders.number"))?,
            identity: sealed.map(|(key_id, bytes)| Sealed { key_id, bytes }),
        })
    }
}

/// At most `limit` no-shows of a day, by order and ticket.
pub(super) fn on(
    connection: &mut MysqlConnection,
    date: VisitDate,
    limit: u32,
) -> QueryResult<Vec<ListedRow>> {
    let no_show: AsSelect<NoShowRow, Mysql> = NoShowRow::as_select();
    no_shows::table
        .inner_join(tickets::table.on(tickets::id.eq(no_shows::ticket_id)))
        .inner_join(orders::table.on(orders::id.eq(tickets::order_id)))
        .filter(no_shows::visit_date.eq(date.date()))
        .order((orders::number, no_shows::ticket_id))
        .limit(limit.into())
        .select((
            no_show,
            orders::number,
            tickets::sealed_key_id,
            tickets::sealed_identity,
        ))
        .load(connection)
}
