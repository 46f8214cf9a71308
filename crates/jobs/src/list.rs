//! The list of jobs. Each translates its context into one use case.

use std::time::Duration;

use chrono::TimeDelta;
use domain::id::OrderId;
use domain::use_cases::erase_personal_data::erase_personal_data as erase_old_data;
use domain::use_cases::expire_unpaid_orders::expire_with_pauses;
use domain::use_cases::follow_payments::follow_payments as follow_due_payments;
use domain::use_cases::send_mails::send_mails as send_due_mails;
use domain::use_cases::submit_refunds::{
    SubmittedRefunds, follow_refunds as follow_accepted_refunds,
    submit_refunds as submit_waiting_refunds,
};

use crate::context::JobContext;
use crate::job::{Job, JobError, Summary};
use crate::messages::{SEND_MESSAGES, remind_visitors, send_messages};
use crate::no_shows::RECORD_NO_SHOWS;

/// How many batches one run of `release-unpaid-orders` releases at the most. With the default
/// batch of 500 that is 10,000 orders every 5 s: the 40,000 that lapse within one minute after a
/// sale starts are released while they lapse.
const BATCHES_PER_RUN: usize = 20;

/// How long `release-unpaid-orders` leaves the day to others after each group of 128 orders, which
/// holds it for some 10 ms: about as long as a group of orders takes to be placed. The 40,000 orders
/// that lapse within a minute are pauses of 6 s in all.
const PAUSE: Duration = Duration::from_millis(20);

/// The name of the job that sends mail.
pub const SEND_MAILS: &str = "send-mails";
/// How many batches one run of `erase-personal-data` erases at the most: with the default batch of
/// 500 a full day's 40,000 tickets and their orders.
const ERASED_BATCHES: u32 = 200;

/// All jobs.
pub const JOBS: &[Job] = &[
    Job {
        name: "release-unpaid-orders",
        summary: "Gives back the places of orders that were not paid in time (rule 5.1).",
        interval: TimeDelta::seconds(5),
        run: release_unpaid_orders,
    },
    RECORD_NO_SHOWS,
    Job {
        name: "submit-refunds",
        summary: "Forms submissions from waiting refunds and sends them to the provider (rule 6.8).",
        interval: TimeDelta::seconds(1),
        run: submit_refunds,
    },
    Job {
        name: "follow-refunds",
        summary: "Asks the provider about refunds it has accepted and not decided (rule 6.7).",
        interval: TimeDelta::seconds(10),
        run: follow_refunds,
    },
    Job {
        name: "follow-payments",
        summary: "Asks about payments of which no news came, and closes what nobody waits for \
                  (rule 5.5).",
        interval: TimeDelta::seconds(5),
        run: follow_payments,
    },
    Job {
        name: SEND_MESSAGES,
        summary: "Sends tourists the messages that wait in the outbox, through WeChat.",
        interval: TimeDelta::seconds(5),
        run: send_messages,
    },
    Job {
        name: "remind-visitors",
        summary: "Writes a reminder for each order of tomorrow's visitors.",
        interval: TimeDelta::minutes(5),
        run: remind_visitors,
    },
    Job {
        name: SEND_MAILS,
        summary: "Sends mail that is due; needs a mail server in the settings.",
        interval: TimeDelta::seconds(10),
        run: send_mails,
    },
    Job {
        name: "erase-personal-data",
        summary: "Erases whom tickets were for, 180 days after the visit (rule 10.3).",
        interval: TimeDelta::hours(1),
        run: erase_personal_data,
    },
    Job {
        name: "forget-expired-tokens",
        summary: "Deletes revoked tokens that have expired anyway.",
        interval: TimeDelta::hours(1),
        run: forget_expired_tokens,
    },
];

/// The job of that name.
#[must_use]
pub fn find(name: &str) -> Option<&'static Job> {
    JOBS.iter().find(|job| job.name == name)
}

fn release_unpaid_orders(context: &JobContext) -> Result<Summary, JobError> {
    let batch = usize::try_from(context.batch_size).unwrap_or(usize::MAX);
    let (mut released, mut faulty) = (0_usize, 0_usize);
    for _ in 0..BATCHES_PER_RUN {
        let now = context.clock.now();
        let of_batch =
            expire_with_pauses(&*context.unit_of_work, now, context.batch_size, &mut || {
                context.waiter.wait(PAUSE)
            })?;
        report_faulty(&of_batch.faulty);
        released = released.saturating_add(of_batch.released);
        faulty = faulty.saturating_add(of_batch.faulty.len());
        // What others have locked is skipped, so that a full batch may release little; one that
        // releases nothing at all would come again unchanged.
        let last = of_batch.found < batch || of_batch.released == 0;
        if last || context.waiter.wait(PAUSE).is_break() {
            break;
        }
    }
    Ok(Summary::of([("released", released), ("faulty", faulty)]))
}

fn submit_refunds(context: &JobContext) -> Result<Summary, JobError> {
    let done = submit_waiting_refunds(
        &*context.unit_of_work,
        &*context.provider,
        &context.rules,
        &*context.clock,
    )?;
    Ok(summary_of_refunds(&done))
}

fn follow_refunds(context: &JobContext) -> Result<Summary, JobError> {
    let done = follow_accepted_refunds(
        &*context.unit_of_work,
        &*context.provider,
        &context.rules,
        &*context.clock,
    )?;
    Ok(summary_of_refunds(&done))
}

/// Somebody has to look at these; nothing of them is personal.
pub(crate) fn report_faulty(orders: &[OrderId]) {
    for order in orders {
        log::error!(
            "what is stored of order {order} contradicts itself; `manage verify` tells more"
        );
    }
}

fn summary_of_refunds(done: &SubmittedRefunds) -> Summary {
    report_faulty(&done.faulty);
    Summary::of([
        ("formed", done.formed),
        ("called", done.called),
        ("succeeded", done.succeeded),
        ("failed", done.failed),
        ("faulty", done.faulty.len()),
    ])
}

fn follow_payments(context: &JobContext) -> Result<Summary, JobError> {
    let done = follow_due_payments(
        &*context.unit_of_work,
        &*context.provider,
        &context.rules,
        &*context.ids,
        &*context.clock,
        context.batch_size,
    )?;
    for (number, error) in &done.failed {
        log::warn!("payment {number} could not be followed and comes again: {error}");
    }
    Ok(Summary::of([
        ("asked", done.asked),
        ("booked", done.booked),
        ("closed", done.closed),
        ("failed", done.failed.len()),
    ]))
}

/// Without a mail server nothing is claimed, so that mail waits as it is.
fn send_mails(context: &JobContext) -> Result<Summary, JobError> {
    let Some(mailer) = &context.mailer else {
        let dead = context.unit_of_work.run(|stores| stores.mails().dead())?;
        let dead = usize::try_from(dead).unwrap_or(usize::MAX);
        return Ok(Summary::of([("dead", dead)]));
    };
    let done = send_due_mails(
        &*context.unit_of_work,
        &*context.text_cipher,
        &**mailer,
        &*context.clock,
        context.batch_size,
    )?;
    Ok(Summary::of([
        ("sent", done.sent),
        ("failed", done.failed),
        ("died", done.died),
        ("dead", done.dead),
    ]))
}

fn erase_personal_data(context: &JobContext) -> Result<Summary, JobError> {
    let (unit_of_work, rules) = (&*context.unit_of_work, &context.rules);
    let now = context.clock.now();
    let erased = erase_old_data(unit_of_work, rules, now, context.batch_size, ERASED_BATCHES)?;
    let count = |rows: u64| usize::try_from(rows).unwrap_or(usize::MAX);
    Ok(Summary::of([
        ("dates", count(erased.dates)),
        ("tickets", count(erased.tickets)),
        ("orders", count(erased.orders)),
        ("invoices", count(erased.invoices)),
        ("passes", count(erased.passes)),
        ("no-shows", count(erased.no_shows)),
        ("bans", count(erased.bans)),
    ]))
}

fn forget_expired_tokens(context: &JobContext) -> Result<Summary, JobError> {
    let now = context.clock.now();
    let forgotten = context
        .unit_of_work
        .run(|stores| stores.revocations().forget_expired(now))?;
    let forgotten = usize::try_from(forgotten).unwrap_or(usize::MAX);
    Ok(Summary::of([("forgotten", forgotten)]))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::sync::Arc;

    use domain::email::EmailAddress;
    use domain::id::{BodyDigest, MailId, RefundId, RequestKey};
    use domain::mail::{Letter, Mail, MailKind};
    use domain::order::{Order, OrderState};
    use domain::payment::PaymentNews;
    use domain::ports::{AccountQueries, CalendarQueries, ProviderPayment, ProviderRefund};
    use domain::refund::Selection;
    use domain::sealed::TextCipher;
    use domain::testing::{ProviderCall, ScriptedMailer};
    use domain::use_cases::refund_tickets::{NoShowConsent, RefundRequest, refund_tickets};
    use domain::use_cases::start_payment::start_payment;

    use super::*;
    use crate::run::run_leased;
    use crate::test_kit::{Kit, MovingWaiter, terms, unstopped};
    use crate::waiter::Waiter;

    fn run(kit: &Kit, name: &str) -> Summary {
        let job = find(name).unwrap();
        let outcome = run_leased(job, &kit.context, &terms("test"), &unstopped()).outcome;
        outcome.unwrap()
    }

    fn taken(kit: &Kit) -> u32 {
        let (day, store) = (kit.museum.day(), &kit.store);
        let quotas = store.quotas(day, day).unwrap();
        quotas.iter().map(|quota| quota.taken()).sum()
    }

    #[test]
    fn releasing_leaves_the_day_to_others_between_groups_and_ends_when_stopped() {
        let kit = Kit::new();
        let orders: Vec<Order> = (0..5).map(|_| kit.stored_order(|_| {})).collect();
        kit.clock().set(orders[4].pay_by + TimeDelta::seconds(1));
        let job = find("release-unpaid-orders").unwrap();
        let waiter = Arc::new(MovingWaiter::stopping_at(kit.clock(), 2));
        let leased: Arc<dyn Waiter> = waiter.clone();
        let run = run_leased(job, &kit.context, &terms("test"), &leased);
        // Two batches of two, a pause after each; the second is broken off.
        assert_eq!(run.outcome.unwrap().count("released"), 4);
        assert_eq!(waiter.waits(), 2);
        assert_eq!(taken(&kit), 1);
    }

    #[test]
    fn every_job_is_found_by_its_own_name() {
        let names: BTreeSet<&str> = JOBS.iter().map(|job| job.name).collect();
        assert_eq!(names.len(), JOBS.len());
        for job in JOBS {
            assert_eq!(find(job.name).map(|found| found.name), Some(job.name));
            assert!(job.name.len() <= 64, "a lease's key has 64 characters");
            assert!(job.interval > TimeDelta::zero());
        }
        assert!(find("release").is_none());
    }

    #[test]
    fn lapsed_orders_are_released_in_batches_and_once() {
        let kit = Kit::new();
        let orders: Vec<Order> = (0..5).map(|_| kit.stored_order(|_| {})).collect();
        kit.clock().set(orders[4].pay_by);
        assert_eq!(run(&kit, "release-unpaid-orders").count("released"), 0);
        kit.clock().advance(TimeDelta::seconds(5));
        assert_eq!((taken(&kit), kit.context.batch_size), (5, 2));
        assert_eq!(run(&kit, "release-unpaid-orders").count("released"), 5);
        let cancelled = |order| kit.state_of(order) == OrderState::Cancelled;
        assert!(orders.iter().all(cancelled));
        assert_eq!(taken(&kit), 0);
        assert!(run(&kit, "release-unpaid-orders").is_idle());
    }

    fn ask_refund(kit: &Kit, order: &Order) {
        let refund = RefundId::next(&kit.museum.ids);
        let request = RefundRequest {
            refund,
            order: order.id,
            account: Some(order.account),
            selection: Selection::All,
            no_show: NoShowConsent::Withheld,
            request_key: RequestKey::of_id(refund.uuid()),
            body_digest: BodyDigest([1; 32]),
            received_at: kit.museum.now(),
        };
        let unit_of_work = kit.museum.unit_of_work();
        refund_tickets(unit_of_work, &kit.museum.rules, &request).unwrap();
    }

    fn paid_order(kit: &Kit) -> Order {
        let paid_at = kit.museum.now();
        kit.stored_order(|order| order.confirm(order.total, paid_at).unwrap())
    }

    #[test]
    fn a_refund_is_sent_once_and_followed_to_its_end() {
        let kit = Kit::new();
        ask_refund(&kit, &paid_order(&kit));
        let sent = run(&kit, "submit-refunds");
        assert_eq!((sent.count("formed"), sent.count("called")), (1, 1));
        assert!(run(&kit, "submit-refunds").is_idle());
        assert!(run(&kit, "follow-refunds").is_idle());
        kit.clock().advance(TimeDelta::minutes(2));
        kit.provider
            .answer_refund_query(Ok(ProviderRefund::Succeeded));
        assert!(run(&kit, "submit-refunds").is_idle());
        assert_eq!(run(&kit, "follow-refunds").count("succeeded"), 1);
        kit.clock().advance(TimeDelta::minutes(2));
        assert!(run(&kit, "follow-refunds").is_idle());
        let [ProviderCall::Refund(sent), ProviderCall::QueryRefund(asked)] =
            &kit.provider.calls()[..]
        else {
            panic!("{:?}", kit.provider.calls());
        };
        assert_eq!(sent.number, *asked);
    }

    /// An unpaid order whose payment was prepared at the provider.
    fn order_being_paid(kit: &Kit) -> Order {
        let order = kit.stored_order(|_| {});
        let (unit_of_work, clock) = (kit.museum.unit_of_work(), kit.clock());
        start_payment(unit_of_work, &*kit.provider, clock, order.account, order.id).unwrap();
        order
    }

    #[test]
    fn a_payment_without_news_is_asked_about_and_booked_once() {
        let kit = Kit::new();
        let order = order_being_paid(&kit);
        assert!(run(&kit, "follow-payments").is_idle());
        kit.clock().advance(TimeDelta::minutes(2));
        let account = kit.store.account(order.account).unwrap().unwrap();
        kit.provider
            .answer_query(Ok(ProviderPayment::Paid(PaymentNews {
                number: order.number.clone(),
                transaction_id: "4200001".to_owned(),
                amount: order.total,
                payer: account.open_id,
                success_time: kit.museum.now(),
            })));
        assert_eq!(run(&kit, "follow-payments").count("booked"), 1);
        assert_eq!(kit.state_of(&order), OrderState::Paid);
        kit.clock().advance(TimeDelta::hours(1));
        assert!(run(&kit, "follow-payments").is_idle());
    }

    #[test]
    fn what_is_released_is_closed_at_the_provider_once() {
        let kit = Kit::new();
        let order = order_being_paid(&kit);
        kit.clock().set(order.pay_by + TimeDelta::seconds(1));
        assert_eq!(run(&kit, "release-unpaid-orders").count("released"), 1);
        assert_eq!(run(&kit, "follow-payments").count("closed"), 1);
        assert!(
            kit.provider
                .calls()
                .contains(&ProviderCall::Close(order.number))
        );
        kit.clock().advance(TimeDelta::hours(1));
        assert!(run(&kit, "follow-payments").is_idle());
    }

    #[test]
    fn mail_waits_until_there_is_a_server() {
        let mut kit = Kit::new();
        let id = MailId::new(kit.museum.next_id());
        let to = EmailAddress::parse("li.lei@example.com").unwrap();
        let letter = Letter::new(to, "subject", "text".to_owned()).to_sealable();
        let letter = kit.museum.cipher.seal_text(id.uuid(), &letter).unwrap();
        let (kind, now) = (MailKind::InvoiceIssued, kit.museum.now());
        let mail = Mail::queued(id, kind, "1".to_owned(), letter, None, now);
        kit.museum.run(|stores| stores.mails().add(&mail));
        assert!(run(&kit, "send-mails").is_idle());
        let mailer = Arc::new(ScriptedMailer::new());
        kit.context.mailer = Some(mailer.clone());
        assert_eq!(run(&kit, "send-mails").count("sent"), 1);
        assert!(run(&kit, "send-mails").is_idle());
        assert_eq!(mailer.received().len(), 1);
    }

    #[test]
    fn expired_tokens_are_forgotten_once() {
        let kit = Kit::new();
        let expires_at = kit.museum.now() + TimeDelta::hours(2);
        kit.museum
            .run(|stores| stores.revocations().revoke("token", expires_at));
        assert!(run(&kit, "forget-expired-tokens").is_idle());
        kit.clock().set(expires_at + TimeDelta::microseconds(1));
        assert_eq!(run(&kit, "forget-expired-tokens").count("forgotten"), 1);
        assert!(run(&kit, "forget-expired-tokens").is_idle());
    }
}
