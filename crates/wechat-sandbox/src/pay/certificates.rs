//! `GET /v3/certificates`: there are none.
//!
//! A merchant that registered after 2024 verifies with the platform's public key, whose id begins
//! `PUB_KEY_ID_`, and WeChat answers such a merchant 404 here. The sandbox stands in for this mode.

use actix_web::HttpResponse;

use super::error::PayError;
use super::signed_call::SignedCall;

pub(crate) async fn list(_call: SignedCall) -> Result<HttpResponse, PayError> {
    let message = "无可用的平台证书，请在商户平台-API安全申请使用微信支付公钥";
    Err(PayError::no_such_resource(message))
}
