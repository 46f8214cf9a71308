//! Comparing our payments and refunds with what the provider says of them.

use std::collections::{BTreeMap, BTreeSet};

use crate::payment::{AttemptState, PaymentAttempt, PaymentDifference};
use crate::ports::{Finding, ProviderRefund, RefundSubmission, SubmissionState};

/// A payment in the provider's books: money that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedPayment {
    /// `out_trade_no`.
    pub number: String,
    /// The provider's number of the payment.
    pub transaction_id: String,
    /// How much, in fen.
    pub amount_fen: i64,
}

/// A refund in the provider's books.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookedRefund {
    /// `out_refund_no`.
    pub number: String,
    /// `out_trade_no`.
    pub order_number: String,
    /// How much, in fen.
    pub amount_fen: i64,
    /// What became of it.
    pub outcome: ProviderRefund,
}

/// Every payment on one side only, or with another amount or state on the other.
///
/// Money on the difference list is known to staff and no finding (rule 5.5).
#[must_use]
pub fn compare_payments(
    ours: &[PaymentAttempt],
    differences: &[PaymentDifference],
    theirs: &[BookedPayment],
) -> Vec<Finding> {
    let attempts: BTreeMap<&str, &PaymentAttempt> = ours
        .iter()
        .map(|attempt| (attempt.number.as_str(), attempt))
        .collect();
    let listed: BTreeSet<&str> = differences
        .iter()
        .map(|difference| difference.news.transaction_id.as_str())
        .collect();
    let booked: BTreeSet<&str> = theirs.iter().map(|payment| &*payment.number).collect();

    let disputed = theirs
        .iter()
        .filter(|payment| !listed.contains(&*payment.transaction_id))
        .filter_map(|payment| dispute_payment(attempts.get(&*payment.number).copied(), payment));
    let invented = ours
        .iter()
        .filter(|attempt| attempt.state == AttemptState::Paid)
        .filter(|attempt| !booked.contains(attempt.number.as_str()))
        .map(|attempt| format!("payment {} is paid here only", attempt.number));
    disputed
        .chain(invented)
        .map(|text| Finding { rule: "5.5", text })
        .collect()
}

fn dispute_payment(ours: Option<&PaymentAttempt>, theirs: &BookedPayment) -> Option<String> {
    let (number, fen) = (&theirs.number, theirs.amount_fen);
    let Some(ours) = ours else {
        return Some(format!(
            "payment {number} of {fen} fen is in the provider's books only"
        ));
    };
    if ours.state != AttemptState::Paid {
        let state = ours.state.code();
        return Some(format!("payment {number} is paid, here it is {state}"));
    }
    if ours.amount.amount() != fen {
        let here = ours.amount.amount();
        return Some(format!("payment {number} is of {fen} fen, here of {here}"));
    }
    let same = ours.transaction_id.as_deref() == Some(&*theirs.transaction_id);
    (!same).then(|| format!("payment {number} has another transaction id here"))
}

/// Every refund on one side only, or with another amount or end on the other. One that is still
/// under way on both sides is no finding.
#[must_use]
pub fn compare_refunds(ours: &[RefundSubmission], theirs: &[BookedRefund]) -> Vec<Finding> {
    let submissions: BTreeMap<&str, &RefundSubmission> = ours
        .iter()
        .map(|submission| (&*submission.number, submission))
        .collect();
    let booked: BTreeSet<&str> = theirs.iter().map(|refund| &*refund.number).collect();

    let disputed = theirs
        .iter()
        .filter_map(|refund| dispute_refund(submissions.get(&*refund.number).copied(), refund));
    // The provider need not know what was never accepted.
    let accepted = [SubmissionState::Accepted, SubmissionState::Succeeded];
    let invented = ours
        .iter()
        .filter(|submission| accepted.contains(&submission.state))
        .filter(|submission| !booked.contains(&*submission.number))
        .map(|submission| {
            let state = submission.state.code();
            format!("refund {} is {state} here only", submission.number)
        });
    disputed
        .chain(invented)
        .map(|text| Finding { rule: "6.7", text })
        .collect()
}

fn dispute_refund(ours: Option<&RefundSubmission>, theirs: &BookedRefund) -> Option<String> {
    let (number, fen) = (&theirs.number, theirs.amount_fen);
    let Some(ours) = ours else {
        return Some(format!(
            "refund {number} of {fen} fen is in the provider's books only"
        ));
    };
    if ours.order_number.as_str() != theirs.order_number {
        return Some(format!("refund {number} is of another order here"));
    }
    if ours.amount.amount() != fen {
        let here = ours.amount.amount();
        return Some(format!("refund {number} is of {fen} fen, here of {here}"));
    }
    let agreed = match theirs.outcome {
        ProviderRefund::Processing | ProviderRefund::Unknown => matches!(
            ours.state,
            SubmissionState::Pending | SubmissionState::Accepted
        ),
        ProviderRefund::Succeeded => ours.state == SubmissionState::Succeeded,
        ProviderRefund::Failed => ours.state == SubmissionState::Failed,
    };
    let (state, outcome) = (ours.state.code(), theirs.outcome);
    (!agreed).then(|| format!("refund {number} is {outcome:?}, here it is {state}"))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use uuid::Uuid;

    use super::*;
    use crate::account::OpenId;
    use crate::id::{OrderId, OrderNumber};
    use crate::money::Fen;
    use crate::payment::{DifferenceCause, PaymentNews};

    const NUMBER: &str = "261124000000000011";

    fn number() -> OrderNumber {
        OrderNumber::parse(NUMBER).unwrap()
    }

    fn attempt(state: AttemptState) -> PaymentAttempt {
        PaymentAttempt {
            number: number(),
            order: OrderId::new(Uuid::from_u128(33)),
            amount: Fen::from_yuan(60),
            payer: OpenId::parse("visitor-1").unwrap(),
            time_expire: DateTime::UNIX_EPOCH,
            state,
            prepay_id: None,
            transaction_id: Some("4200001".to_owned()),
            created_at: DateTime::UNIX_EPOCH,
            next_check_at: DateTime::UNIX_EPOCH,
        }
    }

    fn payment() -> BookedPayment {
        BookedPayment {
            number: NUMBER.to_owned(),
            transaction_id: "4200001".to_owned(),
            amount_fen: 6000,
        }
    }

    fn submission(state: SubmissionState) -> RefundSubmission {
        RefundSubmission {
            number: "r1".to_owned(),
            order: OrderId::new(Uuid::from_u128(33)),
            order_number: number(),
            amount: Fen::from_yuan(60),
            total: Fen::from_yuan(60),
            state,
            attempts: 1,
            created_at: DateTime::UNIX_EPOCH,
            next_attempt_at: DateTime::UNIX_EPOCH,
        }
    }

    fn refund(outcome: ProviderRefund) -> BookedRefund {
        BookedRefund {
            number: "r1".to_owned(),
            order_number: NUMBER.to_owned(),
            amount_fen: 6000,
            outcome,
        }
    }

    #[test]
    fn payments_agree_only_when_paid_on_both_sides_alike() {
        let compare = |ours: &[_], theirs: &[_]| compare_payments(ours, &[], theirs).len();
        let paid = attempt(AttemptState::Paid);
        assert_eq!(compare(std::slice::from_ref(&paid), &[payment()]), 0);
        assert_eq!(compare(&[attempt(AttemptState::Open)], &[]), 0);
        assert_eq!(compare(std::slice::from_ref(&paid), &[]), 1);
        assert_eq!(compare(&[], &[payment()]), 1);
        for state in [
            AttemptState::Open,
            AttemptState::Closed,
            AttemptState::Difference,
        ] {
            assert_eq!(compare(&[attempt(state)], &[payment()]), 1, "{state:?}");
        }
        let (mut less, mut other) = (payment(), payment());
        less.amount_fen = 5999;
        other.transaction_id = "4200002".to_owned();
        assert_eq!(compare(std::slice::from_ref(&paid), &[less]), 1);
        assert_eq!(compare(&[paid], &[other]), 1);
    }

    #[test]
    fn money_on_the_difference_list_is_known() {
        let difference = PaymentDifference {
            news: PaymentNews {
                number: number(),
                transaction_id: "4200001".to_owned(),
                amount: Fen::from_yuan(1),
                payer: OpenId::parse("visitor-1").unwrap(),
                success_time: DateTime::UNIX_EPOCH,
            },
            expected: None,
            cause: DifferenceCause::Amount,
            noticed_at: DateTime::UNIX_EPOCH,
        };
        let ours = [attempt(AttemptState::Difference)];
        assert_eq!(compare_payments(&ours, &[difference], &[payment()]), []);
    }

    #[test]
    fn refunds_agree_by_state_amount_and_order() {
        use ProviderRefund as Theirs;
        use SubmissionState as Ours;
        for (ours, theirs, findings) in [
            (Ours::Pending, Theirs::Processing, 0),
            (Ours::Accepted, Theirs::Processing, 0),
            (Ours::Succeeded, Theirs::Succeeded, 0),
            (Ours::Failed, Theirs::Failed, 0),
            (Ours::Accepted, Theirs::Succeeded, 1),
            (Ours::Succeeded, Theirs::Processing, 1),
            (Ours::Failed, Theirs::Succeeded, 1),
        ] {
            let found = compare_refunds(&[submission(ours)], &[refund(theirs)]);
            assert_eq!(found.len(), findings, "{ours:?} {theirs:?}");
        }
        let ours = [submission(Ours::Succeeded)];
        let (mut less, mut other) = (refund(Theirs::Succeeded), refund(Theirs::Succeeded));
        less.amount_fen = 1;
        other.order_number = "261124000000000012".to_owned();
        assert_eq!(compare_refunds(&ours, &[less]).len(), 1);
        assert_eq!(compare_refunds(&ours, &[other]).len(), 1);
        assert_eq!(compare_refunds(&ours, &[]).len(), 1);
        assert_eq!(compare_refunds(&[submission(Ours::Pending)], &[]), []);
        assert_eq!(compare_refunds(&[], &[refund(Theirs::Failed)]).len(), 1);
    }
}
