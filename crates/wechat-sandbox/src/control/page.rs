//! What a browser sees.

use actix_web::HttpResponse;

const PAGE: &str = "\
微信沙箱：在开发和测试中代替微信服务器，签名与加密均为真实算法，不涉及真实资金。
POST /sandbox/pay/{prepay_id}   以用户身份支付
POST /sandbox/faults            安排故障（GET 查看，DELETE 清除）
GET  /sandbox/ledger            已发生的收款与退款
GET  /sandbox/orders            全部订单
GET  /sandbox/messages          已发送的订阅消息

This stands in for WeChat's servers in development and tests. Signatures and encryption are real,
money is not. Log in with the code sandbox:<name>, give a phone number with sandbox:<phone>.
";

/// `GET /`
pub(crate) async fn about() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/plain; charset=utf-8")
        .body(PAGE)
}

/// `GET /healthz`
pub(crate) async fn healthz() -> &'static str {
    "ok"
}

/// The browser asks before it pays for the mini-program's page on another port.
pub(crate) async fn preflight() -> HttpResponse {
    HttpResponse::NoContent()
        .insert_header(("Access-Control-Allow-Methods", "GET, POST, DELETE"))
        .insert_header(("Access-Control-Allow-Headers", "Content-Type"))
        .finish()
}
