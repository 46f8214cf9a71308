//! Bringing refunds to the payment provider and following them to their end (rules 6.7 and 6.8).

use chrono::{DateTime, TimeDelta, Utc};

use crate::clock::Clock;
use crate::id::{OrderId, RefundId};
use crate::money::Fen;
use crate::outbox::Message;
use crate::ports::{
    PaymentProvider, ProviderError, ProviderRefund, RefundSubmission, StoreError, Stores,
    SubmissionState, UnitOfWork,
};
use crate::rules::Rules;

use super::refund_tickets::refunded_message;

/// When a submission whose outcome is unknown is sent again, and an accepted one asked about.
const TRY_AGAIN_AFTER: TimeDelta = TimeDelta::seconds(65);

/// How often a submission that the provider refuses is sent before it counts as failed: what
/// refuses today, such as a merchant's balance or a key, is often mended within the hour.
const REFUSED_ATTEMPTS: u32 = 60;

/// What one round has done.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubmittedRefunds {
    /// Submissions formed from waiting refunds.
    pub formed: usize,
    /// Calls to the provider.
    pub called: usize,
    /// Submissions whose money is back.
    pub succeeded: usize,
    /// Submissions that need a person.
    pub failed: usize,
    /// Orders whose refunds cannot be submitted because what is stored contradicts itself.
    pub faulty: Vec<OrderId>,
}

/// Forms submissions from waiting refunds and sends what is due.
///
/// One submission per order at a time, [`Rules::refund_spacing`] apart; refunds that wait
/// meanwhile are merged into the next one. At most [`Rules::refunds_per_second`] calls in one
/// round, which its caller starts at most once a second. A submission keeps its number for good,
/// so that a call whose answer was lost can be repeated.
///
/// # Errors
/// [`StoreError`]; what was done before stays done.
pub fn submit_refunds(
    unit_of_work: &dyn UnitOfWork,
    provider: &dyn PaymentProvider,
    rules: &Rules,
    clock: &dyn Clock,
) -> Result<SubmittedRefunds, StoreError> {
    let now = clock.now();
    let mut done = SubmittedRefunds::default();
    form_submissions(unit_of_work, rules, now, &mut done)?;
    for submission in claim(unit_of_work, SubmissionState::Pending, rules, now)? {
        let state = match provider.refund(&submission) {
            Ok(answer) => state_of(answer),
            Err(ProviderError::Refused { .. }) => after_refusal(provider, &submission),
            Err(ProviderError::Unknown(_) | ProviderError::AlreadyPaid) => SubmissionState::Pending,
        };
        record(unit_of_work, submission, state, clock.now(), &mut done)?;
    }
    Ok(done)
}

/// Asks about submissions that the provider has accepted and not yet decided. An answer that does
/// not come, or a question that is refused, says nothing about the money and changes nothing.
///
/// # Errors
/// [`StoreError`]; what was done before stays done.
pub fn follow_refunds(
    unit_of_work: &dyn UnitOfWork,
    provider: &dyn PaymentProvider,
    rules: &Rules,
    clock: &dyn Clock,
) -> Result<SubmittedRefunds, StoreError> {
    let mut done = SubmittedRefunds::default();
    for submission in claim(unit_of_work, SubmissionState::Accepted, rules, clock.now())? {
        done.called = done.called.saturating_add(1);
        if let Ok(answer) = provider.query_refund(&submission.number) {
            let state = state_of(answer);
            record(unit_of_work, submission, state, clock.now(), &mut done)?;
        }
    }
    Ok(done)
}

/// Sends a failed submission again, under its old number, once a person has mended what made it
/// fail. `false` if no submission of that number has failed.
///
/// # Errors
/// [`StoreError`].
pub fn retry_refund(
    unit_of_work: &dyn UnitOfWork,
    number: &str,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    unit_of_work.run(|stores| stores.refunds().reopen(number, now))
}

/// Books what a verified notification says of a refund; whether it changed anything. Repeating
/// it changes nothing.
///
/// # Errors
/// [`StoreError`]; the news must come again then.
pub fn settle_refund(
    unit_of_work: &dyn UnitOfWork,
    number: &str,
    outcome: ProviderRefund,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let found = unit_of_work.run(|stores| stores.refunds().find_submission(number))?;
    let Some(submission) = found else {
        return Ok(false);
    };
    settle(unit_of_work, submission, state_of(outcome), now)
}

fn claim(
    unit_of_work: &dyn UnitOfWork,
    state: SubmissionState,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Result<Vec<RefundSubmission>, StoreError> {
    let limit = rules.refunds_per_second;
    unit_of_work.run(|stores| {
        stores
            .refunds()
            .claim_due(state, now, TRY_AGAIN_AFTER, limit)
    })
}

fn form_submissions(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    now: DateTime<Utc>,
    done: &mut SubmittedRefunds,
) -> Result<(), StoreError> {
    let limit = rules.refunds_per_second;
    let formed_before = now - rules.refund_spacing;
    let orders =
        unit_of_work.run(|stores| stores.refunds().orders_to_submit(formed_before, limit))?;
    for order in orders {
        match unit_of_work.run(|stores| form_submission(stores, order, formed_before, now)) {
            Ok(formed) => done.formed = done.formed.saturating_add(usize::from(formed)),
            Err(StoreError::Fault(_)) => done.faulty.push(order),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Puts all refunds that wait for one order into one submission, unless one is under way.
fn form_submission(
    stores: &mut dyn Stores,
    order: OrderId,
    formed_before: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    let Some(order) = stores.orders().lock(&[order])?.pop() else {
        return Ok(false);
    };
    let blocked = stores
        .refunds()
        .submissions_of(order.id)?
        .iter()
        .any(|earlier| {
            matches!(
                earlier.state,
                SubmissionState::Pending | SubmissionState::Accepted
            ) || earlier.created_at > formed_before
        });
    let waiting = stores.refunds().waiting(order.id)?;
    let Some(first) = waiting.first().filter(|_| !blocked) else {
        return Ok(false);
    };
    let submission = RefundSubmission {
        number: first.id.uuid().simple().to_string(),
        order: order.id,
        order_number: order.number.clone(),
        amount: Fen::total(waiting.iter().map(|refund| refund.amount))?,
        total: order.paid,
        state: SubmissionState::Pending,
        attempts: 0,
        created_at: now,
        next_attempt_at: now,
    };
    let ids: Vec<RefundId> = waiting.iter().map(|refund| refund.id).collect();
    stores.refunds().submit(&submission, &ids)?;
    Ok(true)
}

/// A refusal may answer a repetition of what was accepted before: so the provider is asked. If it
/// does not know the number, nothing has happened, and it is sent again for a while.
fn after_refusal(provider: &dyn PaymentProvider, submission: &RefundSubmission) -> SubmissionState {
    match provider.query_refund(&submission.number) {
        Ok(ProviderRefund::Unknown) if submission.attempts >= REFUSED_ATTEMPTS => {
            SubmissionState::Failed
        }
        Ok(answer) => state_of(answer),
        Err(_) => SubmissionState::Pending,
    }
}

/// What an answer makes of a submission; a number that the provider does not know is to be sent.
fn state_of(answer: ProviderRefund) -> SubmissionState {
    match answer {
        ProviderRefund::Processing => SubmissionState::Accepted,
        ProviderRefund::Succeeded => SubmissionState::Succeeded,
        ProviderRefund::Failed => SubmissionState::Failed,
        ProviderRefund::Unknown => SubmissionState::Pending,
    }
}

fn record(
    unit_of_work: &dyn UnitOfWork,
    mut submission: RefundSubmission,
    state: SubmissionState,
    now: DateTime<Utc>,
    done: &mut SubmittedRefunds,
) -> Result<(), StoreError> {
    if submission.state == SubmissionState::Pending {
        done.called = done.called.saturating_add(1);
        submission.attempts = submission.attempts.saturating_add(1);
    }
    let changed = settle(unit_of_work, submission, state, now)?;
    match state {
        SubmissionState::Succeeded if changed => done.succeeded = done.succeeded.saturating_add(1),
        SubmissionState::Failed if changed => done.failed = done.failed.saturating_add(1),
        _ => {}
    }
    Ok(())
}

fn settle(
    unit_of_work: &dyn UnitOfWork,
    mut submission: RefundSubmission,
    state: SubmissionState,
    now: DateTime<Utc>,
) -> Result<bool, StoreError> {
    submission.state = state;
    submission.next_attempt_at = now + TRY_AGAIN_AFTER;
    unit_of_work.run(|stores| {
        let changed = stores.refunds().settle(&submission, now)?;
        if changed && state == SubmissionState::Succeeded {
            tell(stores, &submission.number, now)?;
        }
        Ok(changed)
    })
}

/// A word to the tourist for each refund whose money is back.
fn tell(stores: &mut dyn Stores, number: &str, now: DateTime<Utc>) -> Result<(), StoreError> {
    let refunds = stores.refunds().carried_by(number)?;
    let messages: Vec<Message> = refunds
        .iter()
        .map(|refund| refunded_message(refund, now))
        .collect();
    stores.outbox().add(&messages)
}
