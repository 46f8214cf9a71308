//! One refund, and WeChat's rules on when another may be asked for.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use super::order::Order;

/// WeChat takes at most so many partial refunds of one order.
const MOST_PER_ORDER: usize = 50;
/// Between two refunds of one order.
const APART: TimeDelta = TimeDelta::minutes(1);
/// After a payment.
const REFUNDABLE_FOR: TimeDelta = TimeDelta::days(365);

/// What the merchant asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RefundTerms {
    pub(crate) out_refund_no: String,
    pub(crate) out_trade_no: String,
    pub(crate) notify_url: Option<String>,
    pub(crate) refund: i64,
    pub(crate) total: i64,
}

/// WeChat's refund states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum RefundState {
    Processing,
    Success,
    Closed,
    Abnormal,
}

impl RefundState {
    /// The state's name on the wire.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::Processing => "PROCESSING",
            Self::Success => "SUCCESS",
            Self::Closed => "CLOSED",
            Self::Abnormal => "ABNORMAL",
        }
    }
}

/// One refund.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refund {
    pub(crate) terms: RefundTerms,
    pub(crate) refund_id: String,
    pub(crate) transaction_id: String,
    pub(crate) created_at: DateTime<Utc>,
    /// How it will end; decided when it is accepted, so that a fault hits the refund it was for.
    pub(crate) destiny: RefundState,
    pub(crate) state: RefundState,
    pub(crate) settled_at: Option<DateTime<Utc>>,
}

/// Why a refund is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RefundRefusal {
    #[error("订单不存在")]
    NoSuchOrder,
    #[error("订单未支付，不支持退款")]
    NotPaid,
    #[error("订单金额或退款金额与之前请求不一致，请核实后再试")]
    Different,
    #[error("订单总金额与支付时不一致，请核实后再试")]
    WrongTotal,
    #[error("退款金额大于订单可退金额")]
    TooMuch,
    #[error("单个订单的退款次数超过限制")]
    TooMany,
    #[error("订单已超过退款期限")]
    TooOld,
    #[error("同一订单退款间隔过短，请一分钟后再试")]
    TooSoon,
}

/// Whether a new refund on these terms may be accepted beside the earlier ones of the order.
pub(crate) fn check(
    order: &Order,
    earlier: &[&Refund],
    terms: &RefundTerms,
    now: DateTime<Utc>,
) -> Result<(), RefundRefusal> {
    let payment = order.payment.as_ref().ok_or(RefundRefusal::NotPaid)?;
    if terms.total != order.terms.total {
        return Err(RefundRefusal::WrongTotal);
    }
    if now.signed_duration_since(payment.success_time) > REFUNDABLE_FOR {
        return Err(RefundRefusal::TooOld);
    }
    if earlier.len() >= MOST_PER_ORDER {
        return Err(RefundRefusal::TooMany);
    }
    // A closed refund gave the money back to the order; an abnormal one is stuck on its way out.
    let gone: i64 = earlier
        .iter()
        .filter(|refund| refund.state != RefundState::Closed)
        .map(|refund| refund.terms.refund)
        .sum();
    if terms.refund > order.terms.total.saturating_sub(gone) {
        return Err(RefundRefusal::TooMuch);
    }
    let latest = earlier.iter().map(|refund| refund.created_at).max();
    if latest.is_some_and(|latest| now.signed_duration_since(latest) < APART) {
        return Err(RefundRefusal::TooSoon);
    }
    Ok(())
}

impl Refund {
    /// The same number again must ask for the same money of the same order.
    pub(crate) fn same_money(&self, terms: &RefundTerms) -> bool {
        self.terms.out_trade_no == terms.out_trade_no
            && self.terms.refund == terms.refund
            && self.terms.total == terms.total
    }

    /// The refund comes to its end; a second time changes nothing.
    pub(crate) fn settle(&mut self, now: DateTime<Utc>) -> bool {
        if self.state != RefundState::Processing {
            return false;
        }
        self.state = self.destiny;
        self.settled_at = Some(now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{at, order, paid_order, refund, refund_terms};

    fn verdict(earlier: &[Refund], fen: i64, time: &str) -> Result<(), RefundRefusal> {
        let earlier: Vec<&Refund> = earlier.iter().collect();
        let terms = refund_terms("R-NEW", fen);
        check(&paid_order("ORDER-1", 6000), &earlier, &terms, at(time))
    }

    #[test]
    fn only_paid_money_is_refunded_and_only_once() {
        let unpaid = order("ORDER-1", 6000);
        let terms = refund_terms("R-1", 1);
        let refused = check(&unpaid, &[], &terms, at("13:00:00"));
        assert_eq!(refused, Err(RefundRefusal::NotPaid));
        assert_eq!(verdict(&[], 6000, "13:00:00"), Ok(()));
        assert_eq!(verdict(&[], 6001, "13:00:00"), Err(RefundRefusal::TooMuch));
        let half = [refund("R-1", 3001, "12:20:00")];
        assert_eq!(verdict(&half, 2999, "13:00:00"), Ok(()));
        assert_eq!(
            verdict(&half, 3000, "13:00:00"),
            Err(RefundRefusal::TooMuch)
        );
    }

    #[test]
    fn a_closed_refund_frees_its_money_and_an_abnormal_one_does_not() {
        let mut whole = refund("R-1", 6000, "12:20:00");
        whole.state = RefundState::Abnormal;
        let stuck = verdict(std::slice::from_ref(&whole), 6000, "13:00:00");
        assert_eq!(stuck, Err(RefundRefusal::TooMuch));
        whole.state = RefundState::Closed;
        assert_eq!(verdict(&[whole], 6000, "13:00:00"), Ok(()));
    }

    #[test]
    fn refunds_of_one_order_lie_a_minute_apart() {
        let first = [refund("R-1", 1, "12:20:00")];
        assert_eq!(verdict(&first, 1, "12:20:59"), Err(RefundRefusal::TooSoon));
        assert_eq!(verdict(&first, 1, "12:21:00"), Ok(()));
    }

    #[test]
    fn the_fifty_first_refund_is_one_too_many() {
        let fifty: Vec<Refund> = (0..50)
            .map(|number| refund(&format!("R-{number}"), 1, "12:20:00"))
            .collect();
        assert_eq!(verdict(&fifty, 1, "13:00:00"), Err(RefundRefusal::TooMany));
        assert_eq!(verdict(&fifty[..49], 1, "13:00:00"), Ok(()));
    }

    #[test]
    fn a_year_later_it_is_too_late() {
        let now = at("13:00:00") + TimeDelta::days(366);
        let terms = refund_terms("R-1", 1);
        let refused = check(&paid_order("ORDER-1", 6000), &[], &terms, now);
        assert_eq!(refused, Err(RefundRefusal::TooOld));
    }
}
