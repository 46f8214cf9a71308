//! Messages to tourists.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::{exists, not};
use diesel::prelude::*;
use domain::delivery::{Delivery, DeliveryState, MessageKey};
use domain::id::OrderNumber;
use domain::order::{OrderState, TicketState};
use domain::outbox::{Message, MessageKind};
use domain::ports::{OrderToRemind, OutboxStore, StoreError};
use domain::visit_date::VisitDate;

use super::outbox_rows::DeliveryRow;
use crate::ids::DbId;
use crate::mapping::{LONGEST_IN_LIST, LONGEST_INSERT, corrupt};
use crate::schema::{orders, outbox_messages, tickets};
use crate::transaction::Transaction;

impl Transaction<'_> {
    /// Moves the next attempt of messages of one kind.
    fn put_off(
        &mut self,
        kind: MessageKind,
        references: &[&str],
        until: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        for chunk in references.chunks(LONGEST_IN_LIST) {
            self.run(|connection| {
                diesel::update(outbox_messages::table)
                    .filter(outbox_messages::kind.eq(kind.code()))
                    .filter(outbox_messages::reference.eq_any(chunk.iter().copied()))
                    .set(outbox_messages::next_attempt_at.eq(until.naive_utc()))
                    .execute(connection)
            })?;
        }
        Ok(())
    }
}

impl OutboxStore for Transaction<'_> {
    fn add(&mut self, messages: &[Message]) -> Result<(), StoreError> {
        for chunk in messages.chunks(LONGEST_INSERT) {
            let rows = chunk.iter().cloned().map(Delivery::of);
            let rows: Vec<DeliveryRow> =
                rows.map(|delivery| DeliveryRow::from(&delivery)).collect();
            self.run(|connection| {
                diesel::insert_into(outbox_messages::table)
                    .values(&rows)
                    .execute(connection)
            })?;
        }
        Ok(())
    }

    fn find(&mut self, key: &MessageKey) -> Result<Option<Delivery>, StoreError> {
        let row: Option<DeliveryRow> = self.run(|connection| {
            outbox_messages::table
                .find((key.kind.code(), &key.reference))
                .select(DeliveryRow::as_select())
                .first(connection)
                .optional()
        })?;
        row.map(Delivery::try_from).transpose()
    }

    /// What another unit has locked is left for the next round rather than waited for.
    fn claim_due(
        &mut self,
        now: DateTime<Utc>,
        pause: TimeDelta,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let rows: Vec<DeliveryRow> = self.run(|connection| {
            outbox_messages::table
                .filter(outbox_messages::state.eq(DeliveryState::Queued.code()))
                .filter(outbox_messages::next_attempt_at.le(now.naive_utc()))
                .order((
                    outbox_messages::next_attempt_at,
                    outbox_messages::kind,
                    outbox_messages::reference,
                ))
                .limit(i64::from(limit))
                .select(DeliveryRow::as_select())
                .for_update()
                .skip_locked()
                .load(connection)
        })?;
        let claimed: Result<Vec<Delivery>, StoreError> =
            rows.into_iter().map(Delivery::try_from).collect();
        let mut claimed = claimed?;
        for kind in MessageKind::ALL {
            let messages = claimed.iter().map(|delivery| &delivery.message);
            let of_kind = messages.filter(|message| message.kind == *kind);
            let references: Vec<&str> = of_kind.map(|message| &*message.reference).collect();
            self.put_off(*kind, &references, now + pause)?;
        }
        for delivery in &mut claimed {
            delivery.next_attempt_at = now + pause;
        }
        Ok(claimed)
    }

    /// The guard on the state makes an outcome that comes late harmless.
    fn settle(&mut self, delivery: &Delivery) -> Result<bool, StoreError> {
        let row = DeliveryRow::from(delivery);
        let settled = self.run(|connection| {
            diesel::update(outbox_messages::table.find((&row.kind, &row.reference)))
                .filter(outbox_messages::state.eq(DeliveryState::Queued.code()))
                .set((
                    outbox_messages::state.eq(&row.state),
                    outbox_messages::attempts.eq(row.attempts),
                    outbox_messages::next_attempt_at.eq(row.next_attempt_at),
                    outbox_messages::failure.eq(&row.failure),
                    outbox_messages::sent_at.eq(row.sent_at),
                ))
                .execute(connection)
        })?;
        Ok(settled > 0)
    }

    fn requeue(&mut self, key: &MessageKey, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let now = now.naive_utc();
        let queued = self.run(|connection| {
            diesel::update(outbox_messages::table.find((key.kind.code(), &key.reference)))
                .filter(outbox_messages::state.eq(DeliveryState::Dead.code()))
                .set((
                    outbox_messages::state.eq(DeliveryState::Queued.code()),
                    outbox_messages::attempts.eq(0),
                    outbox_messages::queued_at.eq(now),
                    outbox_messages::next_attempt_at.eq(now),
                ))
                .execute(connection)
        })?;
        Ok(queued > 0)
    }

    fn to_remind(
        &mut self,
        date: VisitDate,
        paid_before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<OrderToRemind>, StoreError> {
        let expected = tickets::table
            .filter(tickets::order_id.eq(orders::id))
            .filter(tickets::state.eq(TicketState::Valid.code()));
        let reminder = outbox_messages::table
            .filter(outbox_messages::kind.eq(MessageKind::VisitReminder.code()))
            .filter(outbox_messages::reference.eq(orders::number));
        let rows: Vec<(DbId, DbId, String)> = self.run(|connection| {
            orders::table
                .filter(orders::visit_date.eq(date.date()))
                .filter(orders::state.eq(OrderState::Paid.code()))
                .filter(orders::paid_at.lt(paid_before.naive_utc()))
                .filter(exists(expected))
                .filter(not(exists(reminder)))
                .order(orders::id)
                .limit(i64::from(limit))
                .select((orders::id, orders::account_id, orders::number))
                .load(connection)
        })?;
        rows.into_iter().map(order_to_remind).collect()
    }
}

fn order_to_remind(
    (order, account, number): (DbId, DbId, String),
) -> Result<OrderToRemind, StoreError> {
    Ok(OrderToRemind {
        order: order.into(),
        account: account.into(),
        number: OrderNumber::parse(&number).map_err(|_| corrupt("orders.number"))?,
    })
}
