//! What WeChat Pay tells us. It sends again until it is answered with 2xx.

use actix_web::http::header::HeaderMap;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, ResponseError, post};
use api_kit::body::RawBody;
use api_kit::error::ApiError;
use domain::id::RefundId;
use domain::ports::{NotificationError, SignedNotification};
use domain::use_cases::confirm_payment::PaymentNotice;
use domain::use_cases::submit_refunds::settle_refund;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use crate::state::{Service, State, on_database};

/// The paths of both routes. WeChat Pay calls from few addresses, in bursts as large as the sales,
/// and is told by its signature: these are not limited by address.
pub(crate) const PATHS: [&str; 2] = [
    "/api/v1/wechat/payment-notifications",
    "/api/v1/wechat/refund-notifications",
];

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service
        .service(receive_payment_notification)
        .service(receive_refund_notification);
}

/// What WeChat Pay expects instead of our envelope; the status outranks it.
#[derive(Serialize, ToSchema)]
struct SendAgain {
    #[schema(example = "FAIL")]
    code: &'static str,
    message: &'static str,
}

/// News of a payment, signed by WeChat Pay.
#[utoipa::path(
    tag = "notifications", request_body(content = Vec<u8>, content_type = "application/json"),
    responses((status = 204), (status = "4XX", body = SendAgain), (status = "5XX", body = SendAgain))
)]
#[post("/wechat/payment-notifications")]
async fn receive_payment_notification(
    state: State,
    request: HttpRequest,
    body: RawBody,
) -> HttpResponse {
    let signed = signed_notification(request.headers(), &body.0);
    answer(take_payment(&state, &signed).await)
}

/// News of a refund, signed by WeChat Pay.
#[utoipa::path(
    tag = "notifications", request_body(content = Vec<u8>, content_type = "application/json"),
    responses((status = 204), (status = "4XX", body = SendAgain), (status = "5XX", body = SendAgain))
)]
#[post("/wechat/refund-notifications")]
async fn receive_refund_notification(
    state: State,
    request: HttpRequest,
    body: RawBody,
) -> HttpResponse {
    let signed = signed_notification(request.headers(), &body.0);
    answer(on_database(&state, move |service| take_refund(service, &signed)).await)
}

/// Verifies here and now, which takes less than to hand it to another thread; answers after the
/// commit.
async fn take_payment(service: &Service, signed: &SignedNotification) -> Result<(), ApiError> {
    let news = match service.payments.read_payment_notification(signed) {
        Err(NotificationError::Irrelevant) => return Ok(()),
        news => news?,
    };
    let number = news.number.clone();
    let notice = PaymentNotice {
        news,
        refund: RefundId::next(&*service.ids),
        received_at: service.clock.now(),
    };
    let confirmation = service.payment_desk.book(notice).await?;
    log::info!(order = number.as_str(), confirmation:?; "payment notification");
    Ok(())
}

fn take_refund(service: &Service, signed: &SignedNotification) -> Result<(), ApiError> {
    let news = match service.payments.read_refund_notification(signed) {
        Err(NotificationError::Irrelevant) => return Ok(()),
        news => news?,
    };
    let now = service.clock.now();
    settle_refund(&*service.unit_of_work, &news.number, news.outcome, now)?;
    Ok(())
}

fn answer(taken: Result<(), ApiError>) -> HttpResponse {
    match taken {
        Ok(()) => HttpResponse::NoContent().finish(),
        Err(error) => {
            log::warn!(code = error.code().code; "a notification was not taken: {error}");
            HttpResponse::build(error.status_code()).json(SendAgain {
                code: "FAIL",
                message: error.code().en,
            })
        }
    }
}

fn signed_notification(headers: &HeaderMap, body: &Bytes) -> SignedNotification {
    let text = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default().to_owned()
    };
    SignedNotification {
        serial: text("wechatpay-serial"),
        timestamp: text("wechatpay-timestamp"),
        nonce: text("wechatpay-nonce"),
        signature: text("wechatpay-signature"),
        body: body.to_vec(),
    }
}
