//! A look into the books: what WeChat believes.

use actix_web::web::Json;
use serde_json::{Value, json};

use crate::beijing;
use crate::ledger::order::{Order, Payment};
use crate::ledger::refund::Refund;
use crate::state::Shared;

/// `GET /sandbox/ledger`: the money that moved, for reconciling. Orders that nobody paid are not
/// in it.
pub(crate) async fn ledger(state: Shared) -> Json<Value> {
    let orders = state.ledger.orders();
    let payments: Vec<Value> = orders.iter().filter_map(payment).collect();
    let refunds: Vec<Value> = state.ledger.refunds().iter().map(refund).collect();
    Json(json!({"payments": payments, "refunds": refunds}))
}

fn payment(order: &Order) -> Option<Value> {
    let payment = order.payment.as_ref()?;
    Some(json!({
        "out_trade_no": order.terms.out_trade_no,
        "transaction_id": payment.transaction_id,
        "amount_fen": order.terms.total,
        "state": order.state.code(),
        "success_time": beijing::rfc3339(payment.success_time),
    }))
}

fn refund(refund: &Refund) -> Value {
    json!({
        "out_refund_no": refund.terms.out_refund_no,
        "out_trade_no": refund.terms.out_trade_no,
        "amount_fen": refund.terms.refund,
        "state": refund.state.code(),
    })
}

/// `GET /sandbox/orders`: every order, paid or not, with the prepay id a person would pay by.
pub(crate) async fn orders(state: Shared) -> Json<Value> {
    let orders: Vec<Value> = state.ledger.orders().iter().map(order).collect();
    Json(json!({"orders": orders}))
}

fn order(order: &Order) -> Value {
    let success_time = |payment: &Payment| beijing::rfc3339(payment.success_time);
    json!({
        "out_trade_no": order.terms.out_trade_no,
        "prepay_id": order.prepay_id,
        "description": order.terms.description,
        "amount_fen": order.terms.total,
        "openid": order.terms.openid,
        "time_expire": order.terms.time_expire.map(beijing::rfc3339),
        "state": order.state.code(),
        "success_time": order.payment.as_ref().map(success_time),
    })
}

/// `GET /sandbox/messages`: the subscribe messages that were sent.
pub(crate) async fn messages(state: Shared) -> Json<Value> {
    Json(json!({"messages": state.messages.all()}))
}
