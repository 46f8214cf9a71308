//! `POST /wxa/business/getuserphonenumber`: from a phone code to the number.

use actix_web::web::{Bytes, Json, Query};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::MiniError;
use super::sandbox_code;
use super::tokens::{TokenQuery, check_token};
use crate::state::Shared;

#[derive(Deserialize)]
struct PhoneRequest {
    #[serde(default)]
    code: String,
}

/// The code `sandbox:<phone>` is that number, with a watermark as WeChat puts it.
pub(crate) async fn phone_number(
    state: Shared,
    query: Query<TokenQuery>,
    body: Bytes,
) -> Result<Json<Value>, MiniError> {
    check_token(&state, &query.access_token)?;
    let request: PhoneRequest = serde_json::from_slice(&body).map_err(|_| MiniError::NOT_JSON)?;
    let phone = sandbox_code(&request.code)
        .filter(|phone| phone.chars().all(|sign| sign.is_ascii_digit()))
        .ok_or(MiniError::INVALID_CODE)?;
    Ok(Json(json!({
        "errcode": 0,
        "errmsg": "ok",
        "phone_info": {
            "phoneNumber": phone,
            "purePhoneNumber": phone,
            "countryCode": "86",
            "watermark": {
                "timestamp": state.now().timestamp(),
                "appid": state.settings.app_id,
            },
        },
    })))
}
