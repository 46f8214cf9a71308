//! Orders and refunds as Pay v3 shows them.

use serde_json::{Map, Value, json};

use crate::beijing;
use crate::ledger::order::Order;
use crate::ledger::refund::{Refund, RefundState};
use crate::settings::Settings;

/// Where refunds go here: WeChat names the account in words.
const ACCOUNT: &str = "支付用户零钱";

/// An order in answers and notifications; `total` is what is reported, be it true or not.
///
/// An order that was not paid has no payer, transaction id or success time.
pub(super) fn transaction(settings: &Settings, order: &Order, total: i64) -> Value {
    let mut view = Map::new();
    let mut set = |name: &str, value: Value| view.insert(name.to_owned(), value);
    set("appid", json!(settings.app_id));
    set("mchid", json!(settings.mch_id));
    set("out_trade_no", json!(order.terms.out_trade_no));
    set("trade_state", json!(order.state.code()));
    set("trade_state_desc", json!(order.state.words()));
    if let Some(attach) = &order.terms.attach {
        set("attach", json!(attach));
    }
    let Some(payment) = &order.payment else {
        set("amount", json!({"total": total, "currency": "CNY"}));
        return Value::Object(view);
    };
    set("trade_type", json!("JSAPI"));
    set("bank_type", json!("OTHERS"));
    set("transaction_id", json!(payment.transaction_id));
    set(
        "success_time",
        json!(beijing::rfc3339(payment.success_time)),
    );
    set("payer", json!({"openid": order.terms.openid}));
    let amount = json!({
        "total": total,
        "payer_total": total,
        "currency": "CNY",
        "payer_currency": "CNY",
    });
    set("amount", amount);
    set("promotion_detail", json!([]));
    Value::Object(view)
}

/// A refund in answers.
pub(super) fn refund(refund: &Refund, fen: i64) -> Value {
    let terms = &refund.terms;
    let mut view = json!({
        "refund_id": refund.refund_id,
        "out_refund_no": terms.out_refund_no,
        "transaction_id": refund.transaction_id,
        "out_trade_no": terms.out_trade_no,
        "channel": "ORIGINAL",
        "user_received_account": ACCOUNT,
        "create_time": beijing::rfc3339(refund.created_at),
        "status": refund.state.code(),
        "funds_account": "UNSETTLED",
        "amount": {
            "total": terms.total,
            "refund": fen,
            "payer_total": terms.total,
            "payer_refund": fen,
            "settlement_total": terms.total,
            "settlement_refund": fen,
            "discount_refund": 0,
            "currency": "CNY",
        },
        "promotion_detail": [],
    });
    add_success_time(&mut view, refund);
    view
}

/// A refund in notifications, which name its state and some amounts differently.
pub(super) fn refund_news(settings: &Settings, refund: &Refund, fen: i64) -> Value {
    let terms = &refund.terms;
    let mut view = json!({
        "mchid": settings.mch_id,
        "out_trade_no": terms.out_trade_no,
        "transaction_id": refund.transaction_id,
        "out_refund_no": terms.out_refund_no,
        "refund_id": refund.refund_id,
        "refund_status": refund.state.code(),
        "user_received_account": ACCOUNT,
        "amount": {
            "total": terms.total,
            "refund": fen,
            "payer_total": terms.total,
            "payer_refund": fen,
        },
    });
    add_success_time(&mut view, refund);
    view
}

fn add_success_time(view: &mut Value, refund: &Refund) {
    if let (RefundState::Success, Some(at), Some(view)) =
        (refund.state, refund.settled_at, view.as_object_mut())
    {
        view.insert("success_time".to_owned(), json!(beijing::rfc3339(at)));
    }
}
