//! What WeChat remembers: orders and refunds, behind one lock.

mod books;
mod journal;
pub(crate) mod order;
pub(crate) mod refund;

use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};

use books::Books;
use order::{CloseRefusal, Late, Order, PaymentRefusal, PrepareRefusal, Terms};
use refund::{Refund, RefundRefusal, RefundState, RefundTerms};

/// What WeChat remembers.
pub(crate) struct Ledger(Mutex<Books>);

/// What became of a request for a refund.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Accepted {
    /// It was accepted now.
    New(Refund),
    /// It had been accepted before; this is how it stands.
    Before(Refund),
}

impl Ledger {
    /// Opens the ledger of this directory, or one that only lives in memory.
    pub(crate) fn open(directory: Option<&Path>) -> io::Result<Self> {
        let books = match directory {
            Some(directory) => Books::reopen(directory)?,
            None => Books::default(),
        };
        Ok(Self(Mutex::new(books)))
    }

    /// Takes an order, or finds it again, and gives its prepay id.
    pub(crate) fn prepare(
        &self,
        terms: Terms,
        now: DateTime<Utc>,
    ) -> Result<String, PrepareRefusal> {
        self.lock().prepare(terms, now)
    }

    /// The person pays at this instant.
    pub(crate) fn pay(
        &self,
        prepay_id: &str,
        at: DateTime<Utc>,
        late: Late,
    ) -> Result<Order, PaymentRefusal> {
        self.lock().pay(prepay_id, at, late)
    }

    /// Closes an order that was not paid.
    pub(crate) fn close(&self, out_trade_no: &str) -> Result<(), CloseRefusal> {
        self.lock().close(out_trade_no)
    }

    /// Accepts a refund, whose end `destiny` decides only if it is a new one.
    pub(crate) fn refund(
        &self,
        terms: RefundTerms,
        now: DateTime<Utc>,
        destiny: impl FnOnce() -> RefundState,
    ) -> Result<Accepted, RefundRefusal> {
        self.lock().refund(terms, now, destiny)
    }

    /// Brings a refund to its end; `None` if it had come to it before.
    pub(crate) fn settle(&self, out_refund_no: &str, now: DateTime<Utc>) -> Option<Refund> {
        self.lock().settle(out_refund_no, now)
    }

    pub(crate) fn order(&self, out_trade_no: &str) -> Option<Order> {
        self.lock().orders.get(out_trade_no).cloned()
    }

    pub(crate) fn refund_by_number(&self, out_refund_no: &str) -> Option<Refund> {
        self.lock().refunds.get(out_refund_no).cloned()
    }

    pub(crate) fn orders(&self) -> Vec<Order> {
        self.lock().orders.values().cloned().collect()
    }

    pub(crate) fn refunds(&self) -> Vec<Refund> {
        self.lock().refunds.values().cloned().collect()
    }

    fn lock(&self) -> MutexGuard<'_, Books> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
