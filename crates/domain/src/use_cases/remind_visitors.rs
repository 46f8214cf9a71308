//! Reminding tourists of tomorrow's visit.

use chrono::{DateTime, Utc};

use crate::outbox::{Message, MessageKind};
use crate::ports::{StoreError, Stores, UnitOfWork};
use crate::rules::Rules;
use crate::visit_date::VisitDate;

/// Writes at most `limit` reminders for the visits of tomorrow, one for each order with a valid
/// ticket; how many, fewer than `limit` when there are no more.
///
/// Nothing before [`Rules::remind_visitors_at`]. Orders that were paid later than that are left
/// out: the word that they are paid names the day and the times, and came today.
///
/// # Errors
/// [`StoreError`].
pub fn remind_visitors(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<usize, StoreError> {
    let today = VisitDate::containing(now);
    let remind_at = today.at(rules.remind_visitors_at);
    if now < remind_at {
        return Ok(0);
    }
    let tomorrow = today.plus_days(1);
    let written =
        unit_of_work.run(|stores| write_reminders(stores, tomorrow, remind_at, limit, now));
    match written {
        // Another instance has just written some of these; the next call sees them.
        Err(StoreError::Duplicate(_)) => Ok(0),
        written => written,
    }
}

fn write_reminders(
    stores: &mut dyn Stores,
    date: VisitDate,
    paid_before: DateTime<Utc>,
    limit: u32,
    now: DateTime<Utc>,
) -> Result<usize, StoreError> {
    let orders = stores.outbox().to_remind(date, paid_before, limit)?;
    let reminders: Vec<Message> = orders
        .into_iter()
        .map(|order| Message {
            kind: MessageKind::VisitReminder,
            account: order.account,
            order: order.order,
            reference: order.number.to_string(),
            created_at: now,
        })
        .collect();
    stores.outbox().add(&reminders)?;
    Ok(reminders.len())
}
