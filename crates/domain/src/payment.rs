//! Payment attempts and the news that the provider sends about them.

use chrono::{DateTime, Utc};

use crate::account::OpenId;
use crate::coded::coded;
use crate::id::{OrderId, OrderNumber};
use crate::money::Fen;

/// What has become of a payment attempt at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum AttemptState {
    /// The provider may still be paid, whatever has become of the order.
    Open,
    /// Paid, and booked.
    Paid,
    /// The provider will take no money for it any more.
    Closed,
    /// Money came that does not fit; staff settle it from the difference list (rule 5.5).
    Difference,
}

coded!(AttemptState, "payment attempt state", {
    Open = "open", Paid = "paid", Closed = "closed", Difference = "difference",
});

/// The one attempt to have an order paid (rule 5.6), stored before the provider is called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentAttempt {
    /// `out_trade_no`: the order's number, for good.
    pub number: OrderNumber,
    /// The order.
    pub order: OrderId,
    /// What is to be paid.
    pub amount: Fen,
    /// Who is to pay.
    pub payer: OpenId,
    /// Until when the provider takes the money: the order's `pay_by`.
    pub time_expire: DateTime<Utc>,
    /// Its state.
    pub state: AttemptState,
    /// What the provider called the prepared payment, once it answered.
    pub prepay_id: Option<String>,
    /// The provider's number of the payment, once paid.
    pub transaction_id: Option<String>,
    /// When the attempt was stored.
    pub created_at: DateTime<Utc>,
    /// When the provider is to be asked about it next.
    pub next_check_at: DateTime<Utc>,
}

/// News of a payment, from a verified notification or from a query (rule 5.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentNews {
    /// `out_trade_no`.
    pub number: OrderNumber,
    /// The provider's number of the payment.
    pub transaction_id: String,
    /// What was paid.
    pub amount: Fen,
    /// Who paid.
    pub payer: OpenId,
    /// When, by the provider's clock.
    pub success_time: DateTime<Utc>,
}

/// Money that came and fits no open attempt (rule 5.5).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaymentDifference {
    /// The news as it came.
    pub news: PaymentNews,
    /// What was expected, where an attempt of that number exists.
    pub expected: Option<Fen>,
    /// Why it does not fit.
    pub cause: DifferenceCause,
    /// When it was noticed.
    pub noticed_at: DateTime<Utc>,
}

/// Why money does not fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DifferenceCause {
    /// No attempt has that number.
    UnknownNumber,
    /// Another amount than asked for.
    Amount,
    /// Another payer than asked.
    Payer,
    /// A second payment for what was paid already.
    PaidTwice,
}

coded!(DifferenceCause, "payment difference cause", {
    UnknownNumber = "unknown_number", Amount = "amount", Payer = "payer", PaidTwice = "paid_twice",
});

/// Whether news fits an attempt; everything else is a difference.
///
/// # Errors
/// The cause, when the money does not fit.
pub fn fits(attempt: &PaymentAttempt, news: &PaymentNews) -> Result<(), DifferenceCause> {
    let other_payment = attempt
        .transaction_id
        .as_ref()
        .is_some_and(|known| *known != news.transaction_id);
    if other_payment {
        Err(DifferenceCause::PaidTwice)
    } else if attempt.amount != news.amount {
        Err(DifferenceCause::Amount)
    } else if attempt.payer != news.payer {
        Err(DifferenceCause::Payer)
    } else {
        Ok(())
    }
}
