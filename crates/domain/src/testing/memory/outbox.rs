//! Messages to tourists, and what has become of them.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::delivery::{Delivery, DeliveryState, MessageKey};
use crate::order::{Order, OrderState, TicketState};
use crate::outbox::{Message, MessageKind};
use crate::ports::{OrderToRemind, OutboxBacklog, OutboxQueries, OutboxStore, StoreError};
use crate::visit_date::VisitDate;

use super::MemoryStore;
use super::calendar::insert_all;
use super::draft::Draft;
use super::tables::{Tables, limited};

type Key = (&'static str, String);

fn key_of(key: &MessageKey) -> Key {
    (key.kind.code(), key.reference.clone())
}

impl Tables {
    fn is_to_be_reminded(&self, order: &Order, paid_before: DateTime<Utc>) -> bool {
        let key = (
            MessageKind::VisitReminder.code(),
            order.number.as_str().to_owned(),
        );
        order.state == OrderState::Paid
            && order.paid_at.is_some_and(|paid_at| paid_at < paid_before)
            && order
                .tickets
                .iter()
                .any(|ticket| ticket.state == TicketState::Valid)
            && !self.outbox.contains_key(&key)
    }
}

impl OutboxStore for Draft {
    fn add(&mut self, messages: &[Message]) -> Result<(), StoreError> {
        let rows = messages.iter().map(|message| {
            let delivery = Delivery::of(message.clone());
            (key_of(&delivery.key()), delivery)
        });
        insert_all(&mut self.tables.outbox, rows)
    }

    fn find(&mut self, key: &MessageKey) -> Result<Option<Delivery>, StoreError> {
        Ok(self.tables.outbox.get(&key_of(key)).cloned())
    }

    fn claim_due(
        &mut self,
        now: DateTime<Utc>,
        pause: TimeDelta,
        limit: u32,
    ) -> Result<Vec<Delivery>, StoreError> {
        let outbox = Arc::make_mut(&mut self.tables.outbox).values_mut();
        let mut due: Vec<_> = outbox
            .filter(|delivery| delivery.state == DeliveryState::Queued)
            .filter(|delivery| delivery.next_attempt_at <= now)
            .collect();
        due.sort_by_key(|delivery| delivery.next_attempt_at);
        let claimed = limited(due, limit).into_iter().map(|delivery| {
            delivery.next_attempt_at = now + pause;
            delivery.clone()
        });
        Ok(claimed.collect())
    }

    fn settle(&mut self, delivery: &Delivery) -> Result<bool, StoreError> {
        let outbox = Arc::make_mut(&mut self.tables.outbox);
        let stored = outbox.get_mut(&key_of(&delivery.key()));
        let Some(stored) = stored.filter(|stored| stored.state == DeliveryState::Queued) else {
            return Ok(false);
        };
        stored.state = delivery.state;
        stored.attempts = delivery.attempts;
        stored.next_attempt_at = delivery.next_attempt_at;
        stored.failure = delivery.failure;
        stored.sent_at = delivery.sent_at;
        Ok(true)
    }

    fn requeue(&mut self, key: &MessageKey, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let stored = Arc::make_mut(&mut self.tables.outbox).get_mut(&key_of(key));
        let Some(stored) = stored.filter(|stored| stored.state == DeliveryState::Dead) else {
            return Ok(false);
        };
        stored.state = DeliveryState::Queued;
        stored.attempts = 0;
        stored.queued_at = now;
        stored.next_attempt_at = now;
        Ok(true)
    }

    fn to_remind(
        &mut self,
        date: VisitDate,
        paid_before: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<OrderToRemind>, StoreError> {
        let tables = &self.tables;
        let orders = tables.orders.values().filter(|order| order.date == date);
        let orders = orders
            .filter(|order| tables.is_to_be_reminded(order, paid_before))
            .map(|order| OrderToRemind {
                order: order.id,
                account: order.account,
                number: order.number.clone(),
            });
        Ok(limited(orders.collect(), limit))
    }
}

impl OutboxQueries for MemoryStore {
    fn messages(&self, state: DeliveryState, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let tables = self.snapshot();
        let outbox = tables.outbox.values();
        let mut messages: Vec<Delivery> = outbox
            .filter(|delivery| delivery.state == state)
            .cloned()
            .collect();
        messages.sort_by_key(|delivery| delivery.message.created_at);
        Ok(limited(messages, limit))
    }

    fn outbox_backlog(&self) -> Result<OutboxBacklog, StoreError> {
        let tables = self.snapshot();
        let mut backlog = OutboxBacklog::default();
        for delivery in tables.outbox.values() {
            match delivery.state {
                DeliveryState::Queued => {
                    let since = backlog.queued_since.unwrap_or(delivery.queued_at);
                    backlog.queued_since = Some(since.min(delivery.queued_at));
                    backlog.queued += 1;
                }
                DeliveryState::Dead => backlog.dead += 1,
                DeliveryState::Sent | DeliveryState::Refused | DeliveryState::Dropped => {}
            }
        }
        Ok(backlog)
    }
}
