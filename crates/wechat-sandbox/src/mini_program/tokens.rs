//! Access tokens, by the stable way and by the older one.

use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::web::{Bytes, Json, Query};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::MiniError;
use super::login::check_credentials;
use crate::crypto::fresh_token;
use crate::state::{Shared, State};

const LIFETIME: TimeDelta = TimeDelta::seconds(7200);

/// The tokens that were given out. A restart forgets them, as a good client must survive.
#[derive(Default)]
pub(crate) struct Tokens(Mutex<Issued>);

#[derive(Default)]
struct Issued {
    stable: Option<Token>,
    plain: Option<Token>,
}

#[derive(Clone)]
struct Token {
    value: String,
    expires_at: DateTime<Utc>,
}

impl Token {
    fn fresh(now: DateTime<Utc>) -> Self {
        Self {
            value: format!("{}{}", fresh_token(), fresh_token()),
            expires_at: now + LIFETIME,
        }
    }

    fn view(&self, now: DateTime<Utc>) -> Json<Value> {
        let left = self.expires_at.signed_duration_since(now).num_seconds();
        Json(json!({"access_token": self.value, "expires_in": left}))
    }
}

impl Tokens {
    fn lock(&self) -> MutexGuard<'_, Issued> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a call may be made with this token.
pub(crate) fn check_token(state: &State, value: &str) -> Result<(), MiniError> {
    let issued = state.tokens.lock();
    let known = [&issued.stable, &issued.plain];
    let token = known
        .into_iter()
        .flatten()
        .find(|token| token.value == value);
    match token {
        None => Err(MiniError::INVALID_CREDENTIAL),
        Some(token) if token.expires_at <= state.now() => Err(MiniError::EXPIRED_TOKEN),
        Some(_) => Ok(()),
    }
}

/// What a caller shows to get a token.
#[derive(Deserialize)]
pub(crate) struct TokenRequest {
    #[serde(default)]
    grant_type: String,
    #[serde(default)]
    appid: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    force_refresh: bool,
}

impl TokenRequest {
    fn check(&self, state: &State) -> Result<(), MiniError> {
        if self.grant_type != "client_credential" {
            return Err(MiniError::INVALID_GRANT_TYPE);
        }
        check_credentials(state, &self.appid, &self.secret)
    }
}

/// `POST /cgi-bin/stable_token`: the same token until it ends, unless a new one is forced.
pub(crate) async fn stable(state: Shared, body: Bytes) -> Result<Json<Value>, MiniError> {
    let request: TokenRequest = serde_json::from_slice(&body).map_err(|_| MiniError::NOT_JSON)?;
    request.check(&state)?;
    let now = state.now();
    let mut issued = state.tokens.lock();
    let kept = issued.stable.take();
    let token = kept
        .filter(|token| token.expires_at > now && !request.force_refresh)
        .unwrap_or_else(|| Token::fresh(now));
    Ok(issued.stable.insert(token).view(now))
}

/// `GET /cgi-bin/token`: a new token each time, which ends the one before.
pub(crate) async fn plain(
    state: Shared,
    request: Query<TokenRequest>,
) -> Result<Json<Value>, MiniError> {
    request.check(&state)?;
    let now = state.now();
    let mut issued = state.tokens.lock();
    Ok(issued.plain.insert(Token::fresh(now)).view(now))
}

/// The query of every call that needs a token.
#[derive(Deserialize)]
pub(crate) struct TokenQuery {
    #[serde(default)]
    pub(crate) access_token: String,
}
