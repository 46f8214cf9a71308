//! Invoices (发票): asked for by the tourist, issued by hand, reversed after a refund.

mod details;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::coded::coded;
use crate::id::{AccountId, InvoiceId, OrderId};
use crate::money::Fen;
use crate::order::Order;
use crate::sealed::Sealed;
use crate::text::LocalText;

pub use details::{DetailFault, InvoiceDetails};

/// What has become of an invoice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum InvoiceState {
    /// 待开票: waits for staff.
    Requested,
    /// 已开票: issued, over the amount that it says.
    Issued,
    /// 待红冲: money went back after it was issued; staff must reverse it.
    ReversalNeeded,
    /// 已红冲: reversed; another may be asked for over what is left.
    Reversed,
    /// 已驳回: not issued; another may be asked for.
    Rejected,
}

coded!(InvoiceState, "invoice state", {
    Requested = "requested", Issued = "issued", ReversalNeeded = "reversal_needed",
    Reversed = "reversed", Rejected = "rejected",
});

impl InvoiceState {
    /// Whether it is the one invoice that its order may have.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Requested | Self::Issued | Self::ReversalNeeded)
    }
}

/// Why an invoice was not issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// All the money went back before it was issued.
    AllRefunded,
    /// Staff say why.
    Staff(RejectionReason),
}

impl Rejection {
    /// What the tourist is told.
    #[must_use]
    pub fn message(&self) -> LocalText {
        match self {
            Self::AllRefunded => LocalText::new(
                "订单已全额退款，无需开票",
                "The order was refunded in full, so there is nothing to invoice",
            ),
            Self::Staff(RejectionReason(text)) => LocalText::new(text.clone(), text.clone()),
        }
    }
}

/// What staff say when they reject: one line of at most 200 characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RejectionReason(String);

/// The number of an issued invoice (发票号码): 8 to 20 digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceNumber(String);

/// A text that staff typed and that cannot be right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum InvoiceTextError {
    /// No number of an invoice.
    #[error("an invoice's number has 8 to 20 digits")]
    Number,
    /// No reason, or too long a one.
    #[error("a reason is one line of 1 to 200 characters")]
    Reason,
}

impl RejectionReason {
    /// Reads a reason; surrounding space is dropped.
    ///
    /// # Errors
    /// [`InvoiceTextError::Reason`].
    pub fn parse(typed: &str) -> Result<Self, InvoiceTextError> {
        let text = typed.trim();
        let is_line = !text.chars().any(char::is_control);
        (is_line && (1..=200).contains(&text.chars().count()))
            .then(|| Self(text.to_owned()))
            .ok_or(InvoiceTextError::Reason)
    }

    /// The reason.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl InvoiceNumber {
    /// Reads a number as it was typed; spaces are dropped.
    ///
    /// # Errors
    /// [`InvoiceTextError::Number`].
    pub fn parse(typed: &str) -> Result<Self, InvoiceTextError> {
        let number: String = typed.split_whitespace().collect();
        let is_number = number.bytes().all(|byte| byte.is_ascii_digit());
        (is_number && (8..=20).contains(&number.len()))
            .then_some(Self(number))
            .ok_or(InvoiceTextError::Number)
    }

    /// The number.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// An invoice of an order, of which an order has one live one at most.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invoice {
    /// Its id.
    pub id: InvoiceId,
    /// Of which order.
    pub order: OrderId,
    /// Whose order.
    pub account: AccountId,
    /// Its state.
    pub state: InvoiceState,
    /// What is kept of the order's money: followed while it is requested, fixed once it is issued.
    pub amount: Fen,
    /// The [`InvoiceDetails`], sealed for the id; `None` once erased (rule 10.3).
    pub details: Option<Sealed>,
    /// Its number, once issued.
    pub number: Option<InvoiceNumber>,
    /// Why it was rejected, if it was.
    pub rejection: Option<Rejection>,
    /// When it was asked for.
    pub requested_at: DateTime<Utc>,
    /// When it was issued or rejected.
    pub decided_at: Option<DateTime<Utc>>,
    /// When it was reversed.
    pub reversed_at: Option<DateTime<Utc>>,
}

/// A step that the invoice's state does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an invoice that is {} cannot be {step}", state.code())]
pub struct WrongInvoiceState {
    /// The state it is in.
    pub state: InvoiceState,
    /// What was tried.
    pub step: &'static str,
}

/// No money of the order is kept: it is unpaid, free, of an annual pass, or refunded in full.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("no money of the order is kept")]
pub struct NothingKept;

/// What is kept of the money that an order brought: what an invoice is over.
#[must_use]
pub fn kept_of(order: &Order) -> Fen {
    order.paid.checked_sub(order.refunded).unwrap_or(Fen::ZERO)
}

impl Invoice {
    /// Asks for an invoice over what is kept of `order`.
    ///
    /// # Errors
    /// [`NothingKept`].
    pub fn request(
        id: InvoiceId,
        order: &Order,
        details: Sealed,
        now: DateTime<Utc>,
    ) -> Result<Self, NothingKept> {
        let amount = kept_of(order);
        if amount.is_zero() {
            return Err(NothingKept);
        }
        Ok(Self {
            id,
            order: order.id,
            account: order.account,
            state: InvoiceState::Requested,
            amount,
            details: Some(details),
            number: None,
            rejection: None,
            requested_at: now,
            decided_at: None,
            reversed_at: None,
        })
    }

    /// `requested` → `issued`.
    ///
    /// # Errors
    /// [`WrongInvoiceState`] unless it is requested.
    pub fn issue(
        &mut self,
        number: InvoiceNumber,
        now: DateTime<Utc>,
    ) -> Result<(), WrongInvoiceState> {
        self.step(InvoiceState::Requested, InvoiceState::Issued, "issued")?;
        self.number = Some(number);
        self.decided_at = Some(now);
        Ok(())
    }

    /// `requested` → `rejected`.
    ///
    /// # Errors
    /// [`WrongInvoiceState`] unless it is requested.
    pub fn reject(
        &mut self,
        rejection: Rejection,
        now: DateTime<Utc>,
    ) -> Result<(), WrongInvoiceState> {
        self.step(InvoiceState::Requested, InvoiceState::Rejected, "rejected")?;
        self.rejection = Some(rejection);
        self.decided_at = Some(now);
        Ok(())
    }

    /// `reversal_needed` → `reversed`.
    ///
    /// # Errors
    /// [`WrongInvoiceState`] unless its reversal is needed.
    pub fn reverse(&mut self, now: DateTime<Utc>) -> Result<(), WrongInvoiceState> {
        let (from, to) = (InvoiceState::ReversalNeeded, InvoiceState::Reversed);
        self.step(from, to, "reversed")?;
        self.reversed_at = Some(now);
        Ok(())
    }

    /// What a refund that leaves `kept` makes of it: one that is requested follows the amount, or
    /// is rejected when nothing is left; one that is issued over more must be reversed.
    pub fn follow_refund(&mut self, kept: Fen, now: DateTime<Utc>) {
        match self.state {
            InvoiceState::Requested if kept.is_zero() => {
                self.state = InvoiceState::Rejected;
                self.rejection = Some(Rejection::AllRefunded);
                self.decided_at = Some(now);
            }
            InvoiceState::Requested => self.amount = kept,
            InvoiceState::Issued if kept < self.amount => {
                self.state = InvoiceState::ReversalNeeded;
            }
            InvoiceState::Issued
            | InvoiceState::ReversalNeeded
            | InvoiceState::Reversed
            | InvoiceState::Rejected => {}
        }
    }

    fn step(
        &mut self,
        from: InvoiceState,
        to: InvoiceState,
        step: &'static str,
    ) -> Result<(), WrongInvoiceState> {
        if self.state != from {
            let state = self.state;
            return Err(WrongInvoiceState { state, step });
        }
        self.state = to;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn invoice(state: InvoiceState) -> Invoice {
        Invoice {
            id: InvoiceId::new(uuid::Uuid::from_u128(1)),
            order: OrderId::new(uuid::Uuid::from_u128(2)),
            account: AccountId::new(uuid::Uuid::from_u128(3)),
            state,
            amount: Fen::from_yuan(100),
            details: None,
            number: None,
            rejection: None,
            requested_at: DateTime::UNIX_EPOCH,
            decided_at: None,
            reversed_at: None,
        }
    }

    fn number() -> InvoiceNumber {
        InvoiceNumber::parse("24952000 000123456789").unwrap()
    }

    fn reason() -> Rejection {
        Rejection::Staff(RejectionReason::parse(" 税号有误 ").unwrap())
    }

    #[test]
    fn each_step_has_the_one_state_that_it_starts_from() {
        let now = DateTime::UNIX_EPOCH;
        for state in InvoiceState::ALL.iter().copied() {
            let requested = state == InvoiceState::Requested;
            assert_eq!(invoice(state).issue(number(), now).is_ok(), requested);
            assert_eq!(invoice(state).reject(reason(), now).is_ok(), requested);
            let needed = state == InvoiceState::ReversalNeeded;
            assert_eq!(invoice(state).reverse(now).is_ok(), needed);
        }
        let error = invoice(InvoiceState::Issued).reject(reason(), now);
        assert_eq!(
            error.unwrap_err().to_string(),
            "an invoice that is issued cannot be rejected"
        );
    }

    #[test]
    fn a_refund_lowers_what_is_requested_and_spoils_what_is_issued() {
        let after = |state, yuan| {
            let mut invoice = invoice(state);
            invoice.follow_refund(Fen::from_yuan(yuan), DateTime::UNIX_EPOCH);
            (invoice.state, invoice.amount, invoice.rejection)
        };
        let whole = Fen::from_yuan(100);
        let part = Fen::from_yuan(60);
        assert_eq!(
            after(InvoiceState::Requested, 60),
            (InvoiceState::Requested, part, None)
        );
        assert_eq!(
            after(InvoiceState::Requested, 0),
            (InvoiceState::Rejected, whole, Some(Rejection::AllRefunded))
        );
        assert_eq!(
            after(InvoiceState::Issued, 100),
            (InvoiceState::Issued, whole, None),
            "free tickets leave the money"
        );
        for kept in [60, 0] {
            assert_eq!(
                after(InvoiceState::Issued, kept),
                (InvoiceState::ReversalNeeded, whole, None)
            );
        }
        for state in [
            InvoiceState::ReversalNeeded,
            InvoiceState::Reversed,
            InvoiceState::Rejected,
        ] {
            assert_eq!(after(state, 0), (state, whole, None));
        }
    }

    #[test]
    fn numbers_and_reasons_are_what_staff_may_type() {
        assert_eq!(number().as_str(), "24952000000123456789");
        for typed in [
            "",
            "1234567",
            "123456789012345678901",
            "1234567X",
            "１２３４５６７８",
        ] {
            assert_eq!(InvoiceNumber::parse(typed), Err(InvoiceTextError::Number));
        }
        let too_long = "因".repeat(201);
        for typed in ["", "  ", "a\nb", too_long.as_str()] {
            assert_eq!(RejectionReason::parse(typed), Err(InvoiceTextError::Reason));
        }
        assert_eq!(reason().message().zh(), "税号有误");
        assert!(!Rejection::AllRefunded.message().en().is_empty());
    }
}
