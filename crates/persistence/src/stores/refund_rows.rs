//! The rows of refunds and their items, and how they are read together.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::category::Category;
use domain::ports::StoreError;
use domain::refund::{Refund, RefundCause, RefundItem, RefundState};
use domain::venue::VenueCode;

use crate::ids::{DbDigest, DbId};
use crate::mapping::{LONGEST_IN_LIST, corrupt, fen, instant};
use crate::schema::{refund_items, refunds};

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = refunds, check_for_backend(Mysql))]
pub(super) struct RefundRow {
    id: DbId,
    order_id: DbId,
    account_id: DbId,
    cause: String,
    amount_fen: i64,
    state: String,
    request_key: DbDigest,
    body_digest: DbDigest,
    requested_at: NaiveDateTime,
    finished_at: Option<NaiveDateTime>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = refund_items, check_for_backend(Mysql))]
pub(super) struct ItemRow {
    refund_id: DbId,
    position: u16,
    ticket_id: DbId,
    add_on_id: Option<DbId>,
    venue_code: String,
    category: String,
    amount_fen: i64,
}

/// A refund as it is stored: its row and its items, in their order.
pub(crate) struct StoredRefund {
    row: RefundRow,
    items: Vec<ItemRow>,
}

impl From<&Refund> for RefundRow {
    fn from(refund: &Refund) -> Self {
        Self {
            id: refund.id.into(),
            order_id: refund.order.into(),
            account_id: refund.account.into(),
            cause: refund.cause.code().to_owned(),
            amount_fen: refund.amount.amount(),
            state: refund.state.code().to_owned(),
            request_key: refund.request_key.into(),
            body_digest: refund.body_digest.into(),
            requested_at: refund.requested_at.naive_utc(),
            finished_at: refund.finished_at.map(|at| at.naive_utc()),
        }
    }
}

/// The rows of a refund's items, numbered in their order.
pub(super) fn item_rows(refund: &Refund) -> Vec<ItemRow> {
    (0_u16..)
        .zip(&refund.items)
        .map(|(position, item)| ItemRow {
            refund_id: refund.id.into(),
            position,
            ticket_id: item.ticket.into(),
            add_on_id: item.add_on.map(DbId::from),
            venue_code: item.venue.as_str().to_owned(),
            category: item.category.code().to_owned(),
            amount_fen: item.amount.amount(),
        })
        .collect()
}

impl TryFrom<ItemRow> for RefundItem {
    type Error = StoreError;

    fn try_from(row: ItemRow) -> Result<Self, StoreError> {
        Ok(Self {
            ticket: row.ticket_id.into(),
            add_on: row.add_on_id.map(DbId::into),
            venue: VenueCode::parse(&row.venue_code)
                .map_err(|_| corrupt("refund_items.venue_code"))?,
            category: Category::parse(&row.category)
                .map_err(|_| corrupt("refund_items.category"))?,
            amount: fen(row.amount_fen)?,
        })
    }
}

impl TryFrom<StoredRefund> for Refund {
    type Error = StoreError;

    fn try_from(stored: StoredRefund) -> Result<Self, StoreError> {
        let StoredRefund { row, items } = stored;
        let items: Result<_, _> = items.into_iter().map(RefundItem::try_from).collect();
        Ok(Self {
            id: row.id.into(),
            order: row.order_id.into(),
            account: row.account_id.into(),
            cause: RefundCause::parse(&row.cause).map_err(|_| corrupt("refunds.cause"))?,
            amount: fen(row.amount_fen)?,
            state: RefundState::parse(&row.state).map_err(|_| corrupt("refunds.state"))?,
            request_key: row.request_key.into(),
            body_digest: row.body_digest.into(),
            items: items?,
            requested_at: row.requested_at.and_utc(),
            finished_at: instant(row.finished_at),
        })
    }
}

/// Reads the refunds that `query` selects, the oldest first, each with its items.
pub(super) fn load(
    connection: &mut MysqlConnection,
    query: refunds::BoxedQuery<'_, Mysql>,
) -> QueryResult<Vec<StoredRefund>> {
    let rows: Vec<RefundRow> = query
        .order((refunds::requested_at, refunds::id))
        .select(RefundRow::as_select())
        .load(connection)?;
    let ids: Vec<DbId> = rows.iter().map(|row| row.id).collect();
    let mut items: HashMap<DbId, Vec<ItemRow>> = HashMap::new();
    for chunk in ids.chunks(LONGEST_IN_LIST) {
        let chunk_items: Vec<ItemRow> = refund_items::table
            .filter(refund_items::refund_id.eq_any(chunk))
            .order((refund_items::refund_id, refund_items::position))
            .select(ItemRow::as_select())
            .load(connection)?;
        for item in chunk_items {
            items.entry(item.refund_id).or_default().push(item);
        }
    }
    Ok(rows
        .into_iter()
        .map(|row| StoredRefund {
            items: items.remove(&row.id).unwrap_or_default(),
            row,
        })
        .collect())
}
