//! One order at WeChat: from the prepay request to payment or closing.

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

/// How long a person may use a prepay id.
const PREPAY_LIFETIME: TimeDelta = TimeDelta::hours(2);

/// What the merchant asked for. A repeated request must ask for the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Terms {
    pub(crate) out_trade_no: String,
    pub(crate) description: String,
    pub(crate) notify_url: String,
    pub(crate) time_expire: Option<DateTime<Utc>>,
    pub(crate) attach: Option<String>,
    pub(crate) total: i64,
    pub(crate) openid: String,
}

/// WeChat's trade states, as far as a JSAPI order can take them here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum TradeState {
    NotPay,
    Success,
    /// Paid, and at least one refund was accepted since.
    Refund,
    Closed,
}

impl TradeState {
    /// The state's name on the wire.
    pub(crate) fn code(self) -> &'static str {
        match self {
            Self::NotPay => "NOTPAY",
            Self::Success => "SUCCESS",
            Self::Refund => "REFUND",
            Self::Closed => "CLOSED",
        }
    }

    /// The words WeChat shows beside it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::NotPay => "订单未支付",
            Self::Success => "支付成功",
            Self::Refund => "订单发生过退款，退款详情请查询退款单",
            Self::Closed => "订单已关闭",
        }
    }
}

/// The money that came in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Payment {
    pub(crate) transaction_id: String,
    pub(crate) success_time: DateTime<Utc>,
}

/// One order at WeChat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) terms: Terms,
    pub(crate) prepay_id: String,
    pub(crate) prepared_at: DateTime<Utc>,
    pub(crate) state: TradeState,
    pub(crate) payment: Option<Payment>,
}

/// Whether the person may still pay when the merchant no longer expects it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Late {
    /// As WeChat has it.
    Refused,
    /// The race in which the payment was underway when the order ran out or was closed.
    Accepted,
}

/// Why an order cannot be prepared again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PrepareRefusal {
    #[error("该订单已支付")]
    Paid,
    #[error("该订单已关闭，请更换商户订单号后重新下单")]
    Closed,
    #[error("商户订单号重复：下单参数与之前的请求不一致")]
    Different,
}

/// Why a person cannot pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum PaymentRefusal {
    #[error("预支付单不存在 (no such prepay id)")]
    Unknown,
    #[error("订单已支付 (already paid)")]
    Paid,
    #[error("订单已关闭 (the order is closed)")]
    Closed,
    #[error("订单已过期 (the time to pay has passed)")]
    Expired,
}

/// Why an order cannot be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum CloseRefusal {
    #[error("订单不存在")]
    Unknown,
    #[error("该订单已支付")]
    Paid,
}

impl Order {
    pub(crate) fn prepare(terms: Terms, prepay_id: String, now: DateTime<Utc>) -> Self {
        Self {
            terms,
            prepay_id,
            prepared_at: now,
            state: TradeState::NotPay,
            payment: None,
        }
    }

    /// The same request again gives the prepay id a new lease.
    pub(crate) fn prepare_again(
        &mut self,
        terms: &Terms,
        now: DateTime<Utc>,
    ) -> Result<(), PrepareRefusal> {
        match self.state {
            TradeState::Success | TradeState::Refund => Err(PrepareRefusal::Paid),
            TradeState::Closed => Err(PrepareRefusal::Closed),
            TradeState::NotPay if self.terms != *terms => Err(PrepareRefusal::Different),
            TradeState::NotPay => {
                self.prepared_at = now;
                Ok(())
            }
        }
    }

    /// The person pays.
    pub(crate) fn pay(&mut self, payment: Payment, late: Late) -> Result<(), PaymentRefusal> {
        if self.payment.is_some() {
            return Err(PaymentRefusal::Paid);
        }
        if late == Late::Refused {
            if self.state == TradeState::Closed {
                return Err(PaymentRefusal::Closed);
            }
            if self.has_run_out(payment.success_time) {
                return Err(PaymentRefusal::Expired);
            }
        }
        self.payment = Some(payment);
        self.state = TradeState::Success;
        Ok(())
    }

    /// Closing a closed order again changes nothing and is no error.
    pub(crate) fn close(&mut self) -> Result<(), CloseRefusal> {
        if self.payment.is_some() {
            return Err(CloseRefusal::Paid);
        }
        self.state = TradeState::Closed;
        Ok(())
    }

    fn has_run_out(&self, at: DateTime<Utc>) -> bool {
        let expired = self.terms.time_expire.is_some_and(|expiry| at >= expiry);
        expired || at.signed_duration_since(self.prepared_at) >= PREPAY_LIFETIME
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{at, order, payment};

    #[test]
    fn an_order_is_paid_once_and_in_time() {
        let mut paid = order("ORDER-1", 6000);
        assert_eq!(paid.pay(payment("12:29:59"), Late::Refused), Ok(()));
        let again = paid.pay(payment("12:29:59"), Late::Accepted);
        assert_eq!(again, Err(PaymentRefusal::Paid));
        assert_eq!(paid.close(), Err(CloseRefusal::Paid));
        assert_eq!(paid.state, TradeState::Success);
    }

    #[test]
    fn after_expiry_or_closing_only_a_race_gets_through() {
        let mut expired = order("ORDER-1", 6000);
        let late = expired.pay(payment("12:30:00"), Late::Refused);
        assert_eq!(late, Err(PaymentRefusal::Expired));
        let mut closed = order("ORDER-2", 6000);
        assert_eq!(closed.close(), Ok(()));
        assert_eq!(closed.close(), Ok(()));
        let refused = closed.pay(payment("12:10:00"), Late::Refused);
        assert_eq!(refused, Err(PaymentRefusal::Closed));
        assert_eq!(closed.pay(payment("12:31:00"), Late::Accepted), Ok(()));
        assert_eq!(closed.state, TradeState::Success);
    }

    #[test]
    fn a_prepay_id_lives_two_hours_and_is_renewed_by_the_same_request() {
        let mut open_end = order("ORDER-1", 6000);
        open_end.terms.time_expire = None;
        let terms = open_end.terms.clone();
        assert!(open_end.has_run_out(at("14:00:00")));
        assert_eq!(open_end.prepare_again(&terms, at("13:59:00")), Ok(()));
        assert!(!open_end.has_run_out(at("15:58:59")));
        let other = Terms { total: 1, ..terms };
        let different = open_end.prepare_again(&other, at("14:00:00"));
        assert_eq!(different, Err(PrepareRefusal::Different));
    }
}
