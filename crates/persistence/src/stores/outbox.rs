//! Messages to tourists.

use chrono::NaiveDateTime;
use diesel::prelude::*;
use domain::outbox::Message;
use domain::ports::{OutboxStore, StoreError};

use crate::ids::DbId;
use crate::mapping::LONGEST_INSERT;
use crate::schema::outbox_messages;
use crate::transaction::Transaction;

#[derive(Insertable)]
#[diesel(table_name = outbox_messages)]
struct MessageRow<'a> {
    kind: &'static str,
    reference: &'a str,
    account_id: DbId,
    order_id: DbId,
    created_at: NaiveDateTime,
}

impl<'a> From<&'a Message> for MessageRow<'a> {
    fn from(message: &'a Message) -> Self {
        Self {
            kind: message.kind.code(),
            reference: &message.reference,
            account_id: message.account.into(),
            order_id: message.order.into(),
            created_at: message.created_at.naive_utc(),
        }
    }
}

impl OutboxStore for Transaction<'_> {
    fn add(&mut self, messages: &[Message]) -> Result<(), StoreError> {
        for chunk in messages.chunks(LONGEST_INSERT) {
            let rows: Vec<MessageRow<'_>> = chunk.iter().map(MessageRow::from).collect();
            self.run(|connection| {
                diesel::insert_into(outbox_messages::table)
                    .values(&rows)
                    .execute(connection)
            })?;
        }
        Ok(())
    }
}
