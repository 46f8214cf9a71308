//! Messages to tourists as rows.

use chrono::NaiveDateTime;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::delivery::{Delivery, DeliveryState, Failure};
use domain::outbox::{Message, MessageKind};
use domain::ports::StoreError;

use crate::ids::DbId;
use crate::mapping::{corrupt, instant};
use crate::schema::outbox_messages;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = outbox_messages, check_for_backend(Mysql))]
pub(crate) struct DeliveryRow {
    pub(super) kind: String,
    pub(super) reference: String,
    account_id: DbId,
    order_id: DbId,
    created_at: NaiveDateTime,
    pub(super) state: String,
    pub(super) attempts: u32,
    /// Missing where the row is older than the column: such a message was queued when it was
    /// written.
    queued_at: Option<NaiveDateTime>,
    pub(super) next_attempt_at: NaiveDateTime,
    pub(super) failure: Option<String>,
    pub(super) sent_at: Option<NaiveDateTime>,
}

impl From<&Delivery> for DeliveryRow {
    fn from(delivery: &Delivery) -> Self {
        let message = &delivery.message;
        Self {
            kind: message.kind.code().to_owned(),
            reference: message.reference.clone(),
            account_id: message.account.into(),
            order_id: message.order.into(),
            created_at: message.created_at.naive_utc(),
            state: delivery.state.code().to_owned(),
            attempts: delivery.attempts,
            queued_at: Some(delivery.queued_at.naive_utc()),
            next_attempt_at: delivery.next_attempt_at.naive_utc(),
            failure: delivery.failure.map(|failure| failure.to_string()),
            sent_at: delivery.sent_at.map(|at| at.naive_utc()),
        }
    }
}

impl TryFrom<DeliveryRow> for Delivery {
    type Error = StoreError;

    fn try_from(row: DeliveryRow) -> Result<Self, StoreError> {
        let failure = row.failure.as_deref().map(Failure::parse).transpose();
        let message = Message {
            kind: MessageKind::parse(&row.kind).map_err(|_| corrupt("outbox_messages.kind"))?,
            account: row.account_id.into(),
            order: row.order_id.into(),
            reference: row.reference,
            created_at: row.created_at.and_utc(),
        };
        Ok(Self {
            state: DeliveryState::parse(&row.state)
                .map_err(|_| corrupt("outbox_messages.state"))?,
            attempts: row.attempts,
            queued_at: instant(row.queued_at).unwrap_or(message.created_at),
            next_attempt_at: row.next_attempt_at.and_utc(),
            failure: failure.map_err(|_| corrupt("outbox_messages.failure"))?,
            sent_at: instant(row.sent_at),
            message,
        })
    }
}

/// At most `limit` messages in `state`, the oldest first.
pub(crate) fn deliveries(
    connection: &mut MysqlConnection,
    state: DeliveryState,
    limit: u32,
) -> QueryResult<Vec<DeliveryRow>> {
    outbox_messages::table
        .filter(outbox_messages::state.eq(state.code()))
        .order((
            outbox_messages::created_at,
            outbox_messages::kind,
            outbox_messages::reference,
        ))
        .limit(i64::from(limit))
        .select(DeliveryRow::as_select())
        .load(connection)
}

/// How many messages are in `state`, and when the longest waiting of them was queued.
pub(crate) fn waiting(
    connection: &mut MysqlConnection,
    state: DeliveryState,
) -> QueryResult<(i64, Option<NaiveDateTime>)> {
    let queued_at = diesel::dsl::case_when(
        outbox_messages::queued_at.is_not_null(),
        outbox_messages::queued_at,
    )
    .otherwise(outbox_messages::created_at.nullable());
    outbox_messages::table
        .filter(outbox_messages::state.eq(state.code()))
        .select((diesel::dsl::count_star(), diesel::dsl::min(queued_at)))
        .first(connection)
}
