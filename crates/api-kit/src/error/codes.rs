//! Every code that an answer can carry: data, so that docs/ERRORS.md can be held to it.

/// A code of the error envelope, with the status it comes with and what people are told.
#[derive(Debug, PartialEq, Eq)]
pub struct ErrorCode {
    /// The stable code, such as `order.refused`.
    pub code: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What people read, in Chinese.
    pub zh: &'static str,
    /// What people read, in English.
    pub en: &'static str,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $status:literal $code:literal, $zh:literal, $en:literal;)+) => {
        $(
            $(#[$doc])*
            pub static $name: ErrorCode =
                ErrorCode { code: $code, status: $status, zh: $zh, en: $en };
        )+

        /// All codes of the envelope, in the order in which docs/ERRORS.md lists them.
        pub static ALL: &[&ErrorCode] = &[$(&$name),+];
    };
}

codes! {
    /// No token, or one that is not ours, or revoked.
    AUTH_REQUIRED = 401 "auth.required", "请先登录", "Please sign in";
    /// A token of ours whose time is over.
    AUTH_EXPIRED = 401 "auth.expired", "登录已过期，请重新登录", "Your session has expired; please sign in again";
    /// Known, but not allowed.
    AUTH_FORBIDDEN = 403 "auth.forbidden", "没有权限", "You are not allowed to do this";
    /// The request does not have the shape it should have; the details name each field.
    REQUEST_INVALID = 422 "request.invalid", "请求内容有误", "The request is not valid";
    /// The body did not arrive in time; nothing was done.
    REQUEST_TIMEOUT = 408 "request.timeout", "请求内容未能及时送达，请重试", "The request did not arrive in time; please try again";
    /// The body is larger than allowed.
    REQUEST_TOO_LARGE = 413 "request.too_large", "请求内容过大", "The request is too large";
    /// No such address, or no such thing among what is the caller's own.
    NOT_FOUND = 404 "not_found", "未找到", "Not found";
    /// The address exists, the method does not.
    METHOD_NOT_ALLOWED = 405 "method_not_allowed", "不支持该请求方法", "This method is not allowed here";
    /// The present state does not allow it.
    CONFLICT = 409 "conflict", "与当前状态冲突", "This conflicts with the present state";
    /// The idempotency key was used with another body.
    IDEMPOTENCY_MISMATCH = 409 "idempotency.mismatch", "该 Idempotency-Key 已用于其他请求", "This Idempotency-Key was used for another request";
    /// Too many requests; `Retry-After` says when to come again.
    RATE_LIMITED = 429 "rate_limited", "请求过于频繁，请稍后再试", "Too many requests; please try again later";
    /// Nothing was done; `Retry-After` says when to come again.
    OVERLOADED = 503 "overloaded", "系统繁忙，请求未处理，请稍后再试", "The system is busy and nothing was done; please try again later";
    /// It is not known whether it was done; the same request with the same key finds out.
    OUTCOME_UNKNOWN = 503 "outcome.unknown", "结果尚未确认，请使用相同的 Idempotency-Key 重试", "The outcome is not known yet; please repeat the request with the same Idempotency-Key";
    /// A fault of ours; it is in the log under the request's id.
    INTERNAL = 500 "internal", "系统内部错误", "Something went wrong on our side";

    /// Rules stand in the way of an order; the details name every visitor and rule.
    ORDER_REFUSED = 409 "order.refused", "无法下单", "The order was refused";
    /// The order is not unpaid, or its time has passed.
    ORDER_NOT_PAYABLE = 409 "order.not_payable", "订单当前不可支付", "The order cannot be paid now";
    /// Only unpaid orders can be cancelled.
    ORDER_NOT_CANCELLABLE = 409 "order.not_cancellable", "订单当前不可取消", "The order cannot be cancelled now";
    /// Rules stand in the way of a refund; the details name each ticket and rule.
    REFUND_REFUSED = 409 "refund.refused", "无法退票", "The refund was refused";
    /// Only valid tickets have a code.
    TICKET_NOT_VALID = 409 "ticket.not_valid", "门票当前无效，没有入院码", "The ticket is not valid now and has no code";
    /// The account has as many saved visitors as it may.
    VISITOR_LIMIT = 409 "visitor.limit", "常用观众数量已达上限", "No more visitors can be saved";
    /// Another saved visitor of the account has that document.
    VISITOR_EXISTS = 409 "visitor.exists", "该证件已在常用观众中", "This document is saved already";
    /// The order has a live invoice, with other details.
    INVOICE_EXISTS = 409 "invoice.exists", "该订单已申请发票", "The order has an invoice already";
    /// No money of the order is kept: unpaid, free, of an annual pass, or refunded.
    INVOICE_NOTHING_PAID = 409 "invoice.nothing_paid", "该订单没有可开票金额", "There is no money of this order to invoice";
    /// The account has no phone number, which a visit on an annual pass is registered with.
    PHONE_REQUIRED = 409 "account.phone_required", "请先绑定手机号", "Please add a phone number to your account first";
    /// WeChat does not answer; nothing was done.
    WECHAT_UNAVAILABLE = 503 "wechat.unavailable", "微信服务暂不可用，请稍后再试", "WeChat is not available; please try again later";
}

/// A code that stands in `details`, beside the part of the request it is about.
#[derive(Debug, PartialEq, Eq)]
pub struct DetailCode {
    /// The stable code.
    pub code: &'static str,
    /// The envelope codes it comes with.
    pub within: &'static str,
    /// What it means, for the table.
    pub meaning: &'static str,
}

const fn detail(code: &'static str, within: &'static str, meaning: &'static str) -> DetailCode {
    DetailCode {
        code,
        within,
        meaning,
    }
}

const INVALID: &str = "request.invalid";
const PERSON: &str = "order.refused, request.invalid";
const ORDER: &str = "order.refused";
const REFUND: &str = "refund.refused";

/// All codes of details, in the order in which docs/ERRORS.md lists them.
pub static DETAILS: &[DetailCode] = &[
    detail("field.missing", INVALID, "the field is required"),
    detail("field.unknown", INVALID, "there is no such field"),
    detail("field.invalid", INVALID, "wrong type, form or value"),
    detail(
        "body.malformed",
        INVALID,
        "the body is not the JSON asked for, or not sent as `application/json`",
    ),
    detail(
        "wechat.code_invalid",
        INVALID,
        "WeChat does not accept the code: wrong, used or expired",
    ),
    detail(
        "quota.sold_out",
        ORDER,
        "no place is left; `other_session` has room, if given",
    ),
    detail(
        "quota.not_enough",
        ORDER,
        "fewer places are left than wanted: `remaining`",
    ),
    detail("sales.not_open", ORDER, "sales open at `opens_at`"),
    detail("sales.closed", ORDER, "sales for that day have closed"),
    detail("day.closed", ORDER, "closed on that day or in that session"),
    detail(
        "document.already_booked",
        ORDER,
        "the document has a ticket for that day",
    ),
    detail(
        "document.duplicate_in_order",
        ORDER,
        "the document stands twice in the order",
    ),
    detail(
        "document.banned",
        ORDER,
        "after no-shows the document cannot book until the end of `until`",
    ),
    detail(
        "document.invalid",
        PERSON,
        "the document is not acceptable; the message says why",
    ),
    detail(
        "name.invalid",
        PERSON,
        "the name is not acceptable; the message says why",
    ),
    detail("visitor.not_found", ORDER, "no such saved visitor"),
    detail(
        "birth_date.required",
        PERSON,
        "the document's number does not tell the birth date",
    ),
    detail(
        "birth_date.mismatch",
        PERSON,
        "the birth date contradicts the document, or is no possible one",
    ),
    detail(
        "category.age_mismatch",
        ORDER,
        "the category does not fit the age on the visit date",
    ),
    detail(
        "category.not_sold",
        ORDER,
        "the category is not sold in orders",
    ),
    detail(
        "add_on.not_sold",
        ORDER,
        "`venue` cannot be added to an admission",
    ),
    detail(
        "minor.needs_adult",
        "order.refused, refund.refused",
        "a child of 14 or under would be without an adult; `also_refund` names those who could go too",
    ),
    detail(
        "pass.exhausted",
        ORDER,
        "every entry of the annual pass is reserved or used",
    ),
    detail("pass.void", ORDER, "the annual pass is void"),
    detail(
        "pass.wrong_year",
        ORDER,
        "the annual pass is not of the year of the visit",
    ),
    detail(
        "order.unpaid_exists",
        ORDER,
        "the account has an unpaid order",
    ),
    detail(
        "order.too_many_admissions",
        ORDER,
        "the account has as many admissions that day as it may",
    ),
    detail(
        "refund.nothing_chosen",
        REFUND,
        "nothing was chosen, or nothing is left",
    ),
    detail(
        "ticket.not_found",
        REFUND,
        "the order has no such ticket or add-on",
    ),
    detail(
        "ticket.not_valid",
        REFUND,
        "not refundable in its present state",
    ),
    detail("ticket.used", REFUND, "it was used"),
    detail(
        "add_on.main_gate_passed",
        REFUND,
        "an add-on after entering the palace",
    ),
    detail("refund.too_late", REFUND, "after 20:00 of the visit day"),
    detail(
        "refund.no_show_not_accepted",
        REFUND,
        "on the visit day it would be no-show number `count_after`, and ban until the end of \
         `ban_until`, if given: to be sent again with `accepts_no_show`",
    ),
    detail(
        "document.ambiguous",
        INVALID,
        "at a gate: several documents with this number have tickets; tell the type",
    ),
    detail(
        "code.malformed",
        INVALID,
        "what was scanned is no ticket code",
    ),
    detail("code.forged", INVALID, "a ticket code that we did not sign"),
    detail(
        "code.expired",
        INVALID,
        "a ticket code whose five minutes are over; the mini-program shows a new one",
    ),
];

/// docs/ERRORS.md, made from the tables above.
#[must_use]
pub fn table() -> String {
    let mut text = String::from(concat!(
        "# Errors\n\n",
        "Made from `crates/api-kit/src/error/codes.rs` by `tourist-api errors`; a test compares it.\n\n",
        "Every error of both APIs has one shape: `{\"code\", \"message\", \"details\"?, ",
        "\"request_id\"}`. The message is in the caller's language (`Accept-Language`, Chinese ",
        "unless English is asked for), the request id also stands in the log and in the header ",
        "`X-Request-Id`. Clients go by the code, never by the message.\n\n",
        "| code | status | 中文 | English |\n|---|---|---|---|\n",
    ));
    for entry in ALL {
        let row = format!(
            "| `{}` | {} | {} | {} |\n",
            entry.code, entry.status, entry.zh, entry.en
        );
        text.push_str(&row);
    }
    text.push_str("\n## Codes in details\n\n| code | within | meaning |\n|---|---|---|\n");
    for entry in DETAILS {
        let row = format!(
            "| `{}` | {} | {} |\n",
            entry.code, entry.within, entry.meaning
        );
        text.push_str(&row);
    }
    text
}
