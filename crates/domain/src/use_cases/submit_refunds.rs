//! Bringing refunds to the payment provider and following them to their end (rules 6.7 and 6.8).

use chrono::{DateTime, TimeDelta, Utc};

use crate::id::{OrderId, RefundId};
use crate::money::Fen;
use crate::outbox::{Message, MessageKind};
use crate::ports::{
    PaymentProvider, ProviderError, ProviderRefund, RefundSubmission, StoreError, Stores,
    SubmissionState, UnitOfWork,
};
use crate::rules::Rules;

/// When a submission whose outcome is unknown is sent again, and an accepted one asked about.
const TRY_AGAIN_AFTER: TimeDelta = TimeDelta::seconds(65);

/// What one round has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SubmittedRefunds {
    /// Submissions formed from waiting refunds.
    pub formed: usize,
    /// Calls to the provider.
    pub called: usize,
    /// Submissions whose money is back.
    pub succeeded: usize,
    /// Submissions that need a person.
    pub failed: usize,
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
    now: DateTime<Utc>,
) -> Result<SubmittedRefunds, StoreError> {
    let limit = rules.refunds_per_second;
    let mut done = SubmittedRefunds::default();
    let formed_before = now - rules.refund_spacing;
    let orders =
        unit_of_work.run(|stores| stores.refunds().orders_to_submit(formed_before, limit))?;
    for order in orders {
        let formed =
            unit_of_work.run(|stores| form_submission(stores, order, formed_before, now))?;
        done.formed = done.formed.saturating_add(usize::from(formed));
    }
    let due = claim(unit_of_work, SubmissionState::Pending, now, limit)?;
    for submission in due {
        let answer = provider.refund(&submission);
        record_answer(unit_of_work, submission, answer, now, &mut done)?;
    }
    Ok(done)
}

/// Asks about submissions that the provider has accepted and not yet decided.
///
/// # Errors
/// [`StoreError`]; what was done before stays done.
pub fn follow_refunds(
    unit_of_work: &dyn UnitOfWork,
    provider: &dyn PaymentProvider,
    rules: &Rules,
    now: DateTime<Utc>,
) -> Result<SubmittedRefunds, StoreError> {
    let mut done = SubmittedRefunds::default();
    let limit = rules.refunds_per_second;
    for submission in claim(unit_of_work, SubmissionState::Accepted, now, limit)? {
        let answer = provider.query_refund(&submission.number);
        record_answer(unit_of_work, submission, answer, now, &mut done)?;
    }
    Ok(done)
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
    let state = state_after(&Ok(outcome));
    settle(unit_of_work, submission, state, now)
}

fn claim(
    unit_of_work: &dyn UnitOfWork,
    state: SubmissionState,
    now: DateTime<Utc>,
    limit: u32,
) -> Result<Vec<RefundSubmission>, StoreError> {
    unit_of_work.run(|stores| {
        stores
            .refunds()
            .claim_due(state, now, TRY_AGAIN_AFTER, limit)
    })
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

fn record_answer(
    unit_of_work: &dyn UnitOfWork,
    mut submission: RefundSubmission,
    answer: Result<ProviderRefund, ProviderError>,
    now: DateTime<Utc>,
    done: &mut SubmittedRefunds,
) -> Result<(), StoreError> {
    done.called = done.called.saturating_add(1);
    submission.attempts = submission.attempts.saturating_add(1);
    let state = state_after(&answer);
    let changed = settle(unit_of_work, submission, state, now)?;
    match state {
        SubmissionState::Succeeded if changed => done.succeeded = done.succeeded.saturating_add(1),
        SubmissionState::Failed if changed => done.failed = done.failed.saturating_add(1),
        _ => {}
    }
    Ok(())
}

/// An answer that is not known leaves the submission to be sent again under the same number; so
/// does a provider that does not know the number.
fn state_after(answer: &Result<ProviderRefund, ProviderError>) -> SubmissionState {
    match answer {
        Ok(ProviderRefund::Processing) => SubmissionState::Accepted,
        Ok(ProviderRefund::Succeeded) => SubmissionState::Succeeded,
        Ok(ProviderRefund::Failed) | Err(ProviderError::Refused { .. }) => SubmissionState::Failed,
        Ok(ProviderRefund::Unknown)
        | Err(ProviderError::Unknown(_) | ProviderError::AlreadyPaid) => SubmissionState::Pending,
    }
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
        .into_iter()
        .map(|refund| Message {
            kind: MessageKind::RefundSucceeded,
            account: refund.account,
            order: refund.order,
            reference: refund.id.to_string(),
            created_at: now,
        })
        .collect();
    stores.outbox().add(&messages)
}
