//! The orders and refunds themselves, and how each change is kept.

use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::Accepted;
use super::journal::{Journal, Kept, Line};
use super::order::{
    CloseRefusal, Late, Order, Payment, PaymentRefusal, PrepareRefusal, Terms, TradeState,
};
use super::refund::{self, Refund, RefundRefusal, RefundState, RefundTerms};
use crate::beijing;
use crate::crypto::fresh_token;

/// The orders and refunds, by the merchant's numbers.
#[derive(Default)]
pub(super) struct Books {
    pub(super) orders: BTreeMap<String, Order>,
    pub(super) refunds: BTreeMap<String, Refund>,
    order_of_prepay_id: HashMap<String, String>,
    refunds_of_order: HashMap<String, Vec<String>>,
    journal: Option<Journal>,
}

impl Books {
    /// Reads what was kept in this directory and goes on keeping there.
    pub(super) fn reopen(directory: &Path) -> io::Result<Self> {
        let mut books = Self::default();
        for kept in Journal::read(directory)? {
            match kept {
                Kept::Order(order) => books.keep_order(order),
                Kept::Refund(refund) => books.keep_refund(refund),
            }
        }
        let orders = books.orders.values().map(Line::Order);
        let refunds = books.refunds.values().map(Line::Refund);
        books.journal = Some(Journal::begin(directory, orders.chain(refunds))?);
        Ok(books)
    }

    pub(super) fn prepare(
        &mut self,
        terms: Terms,
        now: DateTime<Utc>,
    ) -> Result<String, PrepareRefusal> {
        let order = match self.orders.get(&terms.out_trade_no) {
            Some(known) => {
                let mut order = known.clone();
                order.prepare_again(&terms, now)?;
                order
            }
            None => Order::prepare(terms, format!("wx{}", fresh_token()), now),
        };
        let prepay_id = order.prepay_id.clone();
        self.keep_order(order);
        Ok(prepay_id)
    }

    pub(super) fn pay(
        &mut self,
        prepay_id: &str,
        at: DateTime<Utc>,
        late: Late,
    ) -> Result<Order, PaymentRefusal> {
        let number = self.order_of_prepay_id.get(prepay_id);
        let order = number.and_then(|number| self.orders.get(number));
        let mut order = order.ok_or(PaymentRefusal::Unknown)?.clone();
        let payment = Payment {
            transaction_id: number_of_wechat("42", at),
            success_time: at,
        };
        order.pay(payment, late)?;
        self.keep_order(order.clone());
        Ok(order)
    }

    pub(super) fn close(&mut self, out_trade_no: &str) -> Result<(), CloseRefusal> {
        let order = self.orders.get(out_trade_no);
        let mut order = order.ok_or(CloseRefusal::Unknown)?.clone();
        order.close()?;
        self.keep_order(order);
        Ok(())
    }

    pub(super) fn refund(
        &mut self,
        terms: RefundTerms,
        now: DateTime<Utc>,
        destiny: impl FnOnce() -> RefundState,
    ) -> Result<Accepted, RefundRefusal> {
        if let Some(known) = self.refunds.get(&terms.out_refund_no) {
            return if known.same_money(&terms) {
                Ok(Accepted::Before(known.clone()))
            } else {
                Err(RefundRefusal::Different)
            };
        }
        let order = self.orders.get(&terms.out_trade_no);
        let mut order = order.ok_or(RefundRefusal::NoSuchOrder)?.clone();
        refund::check(&order, &self.earlier(&terms.out_trade_no), &terms, now)?;
        let payment = order.payment.as_ref().ok_or(RefundRefusal::NotPaid)?;
        let refund = Refund {
            refund_id: number_of_wechat("50", now),
            transaction_id: payment.transaction_id.clone(),
            terms,
            created_at: now,
            destiny: destiny(),
            state: RefundState::Processing,
            settled_at: None,
        };
        order.state = TradeState::Refund;
        self.keep_order(order);
        self.keep_refund(refund.clone());
        Ok(Accepted::New(refund))
    }

    pub(super) fn settle(&mut self, out_refund_no: &str, now: DateTime<Utc>) -> Option<Refund> {
        let mut refund = self.refunds.get(out_refund_no)?.clone();
        if !refund.settle(now) {
            return None;
        }
        self.keep_refund(refund.clone());
        Some(refund)
    }

    fn earlier(&self, out_trade_no: &str) -> Vec<&Refund> {
        let numbers = self.refunds_of_order.get(out_trade_no);
        let numbers = numbers.into_iter().flatten();
        numbers
            .filter_map(|number| self.refunds.get(number))
            .collect()
    }

    fn keep_order(&mut self, order: Order) {
        if let Some(journal) = &mut self.journal {
            journal.append(&Line::Order(&order));
        }
        let number = order.terms.out_trade_no.clone();
        if self.orders.insert(number.clone(), order.clone()).is_none() {
            self.order_of_prepay_id.insert(order.prepay_id, number);
        }
    }

    fn keep_refund(&mut self, refund: Refund) {
        if let Some(journal) = &mut self.journal {
            journal.append(&Line::Refund(&refund));
        }
        let order = refund.terms.out_trade_no.clone();
        let number = refund.terms.out_refund_no.clone();
        if self.refunds.insert(number.clone(), refund).is_none() {
            self.refunds_of_order.entry(order).or_default().push(number);
        }
    }
}

/// 28 digits with the day in them, as WeChat numbers payments and refunds.
///
/// The tail is random, so that a sandbox that forgot does not give a number twice.
fn number_of_wechat(kind: &str, at: DateTime<Utc>) -> String {
    let tail = Uuid::new_v4().as_u128() % 1_000_000_000_000_000_000;
    format!("{kind}{}{tail:018}", beijing::compact_day(at))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::samples::{at, refund_terms, terms};

    fn paid(books: &mut Books) -> Order {
        let prepay_id = books
            .prepare(terms("ORDER-1", 6000), at("12:00:00"))
            .unwrap();
        books
            .pay(&prepay_id, at("12:10:00"), Late::Refused)
            .unwrap()
    }

    #[test]
    fn what_was_kept_is_there_after_a_restart() {
        let directory = tempfile::tempdir().unwrap();
        let mut books = Books::reopen(directory.path()).unwrap();
        let order = paid(&mut books);
        let terms = refund_terms("R-1", 100);
        let refund = books.refund(terms, at("12:20:00"), || RefundState::Success);
        assert!(refund.is_ok());
        drop(books);
        // A process that was killed in the middle of a line.
        let file = directory.path().join("ledger.jsonl");
        let mut text = std::fs::read_to_string(&file).unwrap();
        text.push_str("{\"order\":{\"ter");
        std::fs::write(&file, text).unwrap();

        let mut books = Books::reopen(directory.path()).unwrap();
        assert_eq!(books.orders["ORDER-1"].payment, order.payment);
        assert_eq!(books.orders["ORDER-1"].state, TradeState::Refund);
        let again = books.pay(&order.prepay_id, at("12:30:00"), Late::Accepted);
        assert_eq!(again, Err(PaymentRefusal::Paid));
        let soon = books.refund(refund_terms("R-2", 1), at("12:20:30"), || {
            RefundState::Success
        });
        assert_eq!(soon, Err(RefundRefusal::TooSoon));
        assert!(books.settle("R-1", at("12:21:00")).is_some());
        assert_eq!(std::fs::read_to_string(&file).unwrap().lines().count(), 3);
    }

    #[test]
    fn a_refund_number_is_good_for_one_refund() {
        let mut books = Books::default();
        paid(&mut books);
        let mut ask = |fen| {
            let terms = refund_terms("R-1", fen);
            books.refund(terms, at("12:20:00"), || RefundState::Success)
        };
        assert!(matches!(ask(100), Ok(Accepted::New(_))));
        assert!(matches!(ask(100), Ok(Accepted::Before(_))));
        assert_eq!(ask(101), Err(RefundRefusal::Different));
    }

    #[test]
    fn numbers_have_wechats_length() {
        let number = number_of_wechat("42", at("12:00:00"));
        assert_eq!(number.len(), 28);
        assert!(number.starts_with("4220261201"));
    }
}
