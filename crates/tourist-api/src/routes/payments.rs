//! Paying an order.

use actix_web::post;
use actix_web::web::{Json, Path};
use api_kit::error::ApiError;
use domain::ports::ClientPayment;
use domain::use_cases::start_payment::start_payment;
use serde::Serialize;
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::parse::order_id;
use crate::signed_in::SignedIn;
use crate::state::{State, on_payments};

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service.service(create_payment);
}

/// A payment to be made in the WeChat app.
#[derive(Serialize, ToSchema)]
struct Payment {
    #[schema(example = "wechat")]
    provider: &'static str,
    prepay: Prepay,
}

/// The parameters of `wx.requestPayment`, under WeChat's names.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Prepay {
    time_stamp: String,
    nonce_str: String,
    package: String,
    sign_type: &'static str,
    pay_sign: String,
}

impl From<ClientPayment> for Prepay {
    fn from(payment: ClientPayment) -> Self {
        Self {
            time_stamp: payment.time_stamp,
            nonce_str: payment.nonce,
            package: payment.package,
            sign_type: payment.sign_type,
            pay_sign: payment.pay_sign,
        }
    }
}

/// Begins to pay an unpaid order; called again it signs the same payment anew.
#[utoipa::path(
    tag = "payments", params(("id" = String, Path)),
    responses((status = 200, body = Payment)), security(("token" = []))
)]
#[post("/orders/{id}/payments")]
async fn create_payment(
    state: State,
    tourist: SignedIn,
    id: Path<String>,
) -> Result<Json<Payment>, ApiError> {
    let id = order_id(&id)?;
    let payment = on_payments(&state, move |service| {
        let (stores, provider) = (&*service.unit_of_work, &*service.payments);
        Ok(start_payment(
            stores,
            provider,
            &*service.clock,
            tourist.account,
            id,
        )?)
    })
    .await?;
    Ok(Json(Payment {
        provider: "wechat",
        prepay: payment.into(),
    }))
}
