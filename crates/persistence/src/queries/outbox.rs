//! Messages to tourists, for operators.

use domain::delivery::{Delivery, DeliveryState};
use domain::ports::{OutboxBacklog, OutboxQueries, StoreError};

use super::MysqlQueries;
use crate::mapping::{corrupt, instant};
use crate::stores::outbox_rows::{deliveries, waiting};

impl OutboxQueries for MysqlQueries {
    fn messages(&self, state: DeliveryState, limit: u32) -> Result<Vec<Delivery>, StoreError> {
        let rows = self.run(|connection| deliveries(connection, state, limit))?;
        rows.into_iter().map(Delivery::try_from).collect()
    }

    fn outbox_backlog(&self) -> Result<OutboxBacklog, StoreError> {
        let (queued, since) = self.run(|it| waiting(it, DeliveryState::Queued))?;
        let (dead, _) = self.run(|it| waiting(it, DeliveryState::Dead))?;
        let count = |rows| u64::try_from(rows).map_err(|_| corrupt("a count of outbox_messages"));
        Ok(OutboxBacklog {
            queued: count(queued)?,
            queued_since: instant(since),
            dead: count(dead)?,
        })
    }
}
