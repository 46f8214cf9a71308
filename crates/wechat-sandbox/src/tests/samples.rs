//! An order prepared at noon of 1 December 2026 that can be paid until half past, and the like.

use chrono::{DateTime, Utc};

use crate::beijing;
use crate::ledger::order::{Late, Order, Payment, Terms};
use crate::ledger::refund::{Refund, RefundState, RefundTerms};

/// A time of that day in Beijing.
pub(crate) fn at(time: &str) -> DateTime<Utc> {
    beijing::parse(&format!("2026-12-01T{time}+08:00")).unwrap()
}

pub(crate) fn terms(number: &str, total: i64) -> Terms {
    Terms {
        out_trade_no: number.to_owned(),
        description: "门票".to_owned(),
        notify_url: "http://127.0.0.1:9/notify".to_owned(),
        time_expire: Some(at("12:30:00")),
        attach: None,
        total,
        openid: "o-lilei".to_owned(),
    }
}

pub(crate) fn order(number: &str, total: i64) -> Order {
    Order::prepare(terms(number, total), format!("wx-{number}"), at("12:00:00"))
}

pub(crate) fn payment(time: &str) -> Payment {
    Payment {
        transaction_id: "4200000000000000000000000001".to_owned(),
        success_time: at(time),
    }
}

/// Paid at ten past twelve.
pub(crate) fn paid_order(number: &str, total: i64) -> Order {
    let mut order = order(number, total);
    order.pay(payment("12:10:00"), Late::Refused).unwrap();
    order
}

pub(crate) fn refund_terms(number: &str, fen: i64) -> RefundTerms {
    RefundTerms {
        out_refund_no: number.to_owned(),
        out_trade_no: "ORDER-1".to_owned(),
        notify_url: None,
        refund: fen,
        total: 6000,
    }
}

/// Accepted at this time and still underway.
pub(crate) fn refund(number: &str, fen: i64, time: &str) -> Refund {
    Refund {
        terms: refund_terms(number, fen),
        refund_id: format!("50-{number}"),
        transaction_id: "4200000000000000000000000001".to_owned(),
        created_at: at(time),
        destiny: RefundState::Success,
        state: RefundState::Processing,
        settled_at: None,
    }
}
