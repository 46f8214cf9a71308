//! `GET /sns/jscode2session`: from a login code to the person.

use actix_web::web::{Json, Query};
use base64::prelude::{BASE64_STANDARD, Engine as _};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::MiniError;
use super::openid::openid_of;
use super::sandbox_code;
use crate::crypto::fresh_token;
use crate::state::{Shared, State};

/// This person is refused as a high risk.
const BLOCKED: &str = "blocked";

#[derive(Deserialize)]
pub(crate) struct LoginQuery {
    #[serde(default)]
    appid: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    js_code: String,
    #[serde(default)]
    grant_type: String,
}

/// A code of the sandbox may be used again and never ages: there is no telephone to give a new one.
pub(crate) async fn log_in(
    state: Shared,
    query: Query<LoginQuery>,
) -> Result<Json<Value>, MiniError> {
    check_credentials(&state, &query.appid, &query.secret)?;
    if query.grant_type != "authorization_code" {
        return Err(MiniError::INVALID_GRANT_TYPE);
    }
    match sandbox_code(&query.js_code) {
        None => Err(MiniError::INVALID_CODE),
        Some(BLOCKED) => Err(MiniError::BLOCKED),
        Some(name) => Ok(Json(json!({
            "openid": openid_of(&state.settings.app_id, name),
            "session_key": BASE64_STANDARD.encode(fresh_token().get(..16).unwrap_or_default()),
        }))),
    }
}

/// The mini-program must be ours and know its secret.
pub(crate) fn check_credentials(
    state: &State,
    app_id: &str,
    secret: &str,
) -> Result<(), MiniError> {
    if app_id != state.settings.app_id {
        return Err(MiniError::INVALID_APP_ID);
    }
    if secret != state.settings.app_secret {
        return Err(MiniError::INVALID_SECRET);
    }
    Ok(())
}
