//! The jobs that tell tourists things.

use domain::delivery::{Delivery, DeliveryState};
use domain::use_cases::remind_visitors::remind_visitors as write_reminders;
use domain::use_cases::send_messages::{claim_messages, deliver};

use crate::context::JobContext;
use crate::fan_out::fan_out;
use crate::job::{JobError, Summary};

/// The name of the job that sends messages.
pub const SEND_MESSAGES: &str = "send-messages";

/// How many calls to WeChat one instance has under way: a call takes some 50 ms, and a sale brings
/// a hundred orders a second.
const SENDERS: usize = 8;

/// How many messages one run sends at the most: with eight senders and 5 s for a call that is not
/// answered, a run ends within two minutes even when WeChat is silent.
const MESSAGES_PER_RUN: u32 = 200;

/// How many batches of reminders one run writes at the most.
const BATCHES_PER_RUN: usize = 40;

pub(crate) fn send_messages(context: &JobContext) -> Result<Summary, JobError> {
    let limit = context.batch_size.min(MESSAGES_PER_RUN);
    let claimed = claim_messages(&*context.unit_of_work, context.clock.now(), limit)?;
    let delivered = fan_out(claimed, SENDERS, |claimed| {
        let attempts = claimed.attempts;
        let delivery = deliver(
            &*context.unit_of_work,
            &*context.messenger,
            &*context.clock,
            claimed,
        )?;
        Ok::<_, JobError>((delivery.attempts > attempts, delivery))
    })?;
    report_dead(delivered.iter().map(|(_, delivery)| delivery));
    let called = delivered.iter().filter(|(called, _)| *called).count();
    let ended = |state| {
        let deliveries = delivered.iter().map(|(_, delivery)| delivery.state);
        deliveries.filter(|ended| *ended == state).count()
    };
    Ok(Summary::of([
        ("called", called),
        ("sent", ended(DeliveryState::Sent)),
        ("refused", ended(DeliveryState::Refused)),
        ("dropped", ended(DeliveryState::Dropped)),
        ("postponed", ended(DeliveryState::Queued)),
        ("dead", ended(DeliveryState::Dead)),
    ]))
}

/// Somebody has to look at these: once each, with the reason's code and nothing personal.
fn report_dead<'a>(deliveries: impl Iterator<Item = &'a Delivery>) {
    for delivery in deliveries.filter(|it| it.state == DeliveryState::Dead) {
        let failure = delivery.failure.map(|failure| failure.to_string());
        log::error!(
            "message {} is dead: {}; see `manage outbox list --dead`",
            delivery.key(),
            failure.unwrap_or_default()
        );
    }
}

pub(crate) fn remind_visitors(context: &JobContext) -> Result<Summary, JobError> {
    let batch = usize::try_from(context.batch_size).unwrap_or(usize::MAX);
    let mut reminded = 0_usize;
    for _ in 0..BATCHES_PER_RUN {
        let written = write_reminders(
            &*context.unit_of_work,
            &context.rules,
            context.clock.now(),
            context.batch_size,
        )?;
        reminded = reminded.saturating_add(written);
        if written < batch {
            break;
        }
    }
    Ok(Summary::of([("reminded", reminded)]))
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use domain::delivery::Failure;
    use domain::order::Order;
    use domain::outbox::{Message, MessageKind};
    use domain::ports::{OutboxQueries, SendError};

    use crate::job::Summary;
    use crate::list::find;
    use crate::run::run_leased;
    use crate::test_kit::{Kit, terms, unstopped};

    fn run(kit: &Kit, name: &str) -> Summary {
        let job = find(name).unwrap();
        let outcome = run_leased(job, &kit.context, &terms("test"), &unstopped()).outcome;
        outcome.unwrap()
    }

    /// A paid order whose account waits to be told so.
    fn paid(kit: &Kit) -> Order {
        let paid_at = kit.museum.now();
        let order = kit.stored_order(|order| order.confirm(order.total, paid_at).unwrap());
        let message = Message {
            kind: MessageKind::OrderPaid,
            account: order.account,
            order: order.id,
            reference: order.number.to_string(),
            created_at: paid_at,
        };
        kit.museum
            .run(|stores| stores.outbox().add(std::slice::from_ref(&message)));
        order
    }

    #[test]
    fn messages_are_sent_once_in_batches() {
        let kit = Kit::new();
        for _ in 0..3 {
            paid(&kit);
        }
        assert_eq!(run(&kit, "send-messages").count("sent"), 2);
        assert_eq!(run(&kit, "send-messages").count("sent"), 1);
        assert!(run(&kit, "send-messages").is_idle());
        assert_eq!(kit.messenger.asked().len(), 3);
    }

    #[test]
    fn what_became_of_messages_is_counted() {
        let kit = Kit::new();
        let answers = [
            (Err(SendError::Refused(Failure::Errcode(43101))), "refused"),
            (Err(SendError::Wrong(Failure::Errcode(40037))), "dead"),
            (Err(SendError::NotConfigured), "dropped"),
            (Err(SendError::Later(Failure::NoAnswer)), "postponed"),
            (Ok(()), "sent"),
        ];
        for (answer, counted) in answers {
            paid(&kit);
            kit.messenger.answer(answer);
            let summary = run(&kit, "send-messages");
            assert_eq!(summary.count(counted), 1, "{summary}");
            let asked = usize::from(counted != "dropped");
            assert_eq!(summary.count("called"), asked, "{summary}");
        }
        let backlog = kit.store.outbox_backlog().unwrap();
        assert_eq!((backlog.queued, backlog.dead), (1, 1));
    }

    #[test]
    fn all_visitors_of_tomorrow_are_reminded_once() {
        let kit = Kit::new();
        let orders: Vec<Order> = (0..5).map(|_| paid(&kit)).collect();
        assert!(run(&kit, "remind-visitors").is_idle());
        let eve = orders[0].date.plus_days(-1).start();
        kit.clock().set(eve + TimeDelta::hours(10));
        assert_eq!(run(&kit, "remind-visitors").count("reminded"), 5);
        kit.clock().advance(TimeDelta::minutes(10));
        assert!(run(&kit, "remind-visitors").is_idle());
    }
}
