//! `POST /cgi-bin/message/subscribe/send`: messages are recorded instead of shown.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};

use actix_web::web::{Bytes, Json, Query};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::error::MiniError;
use super::openid::{REFUSES_MESSAGES, is_openid, openid_of};
use super::tokens::{TokenQuery, check_token};
use crate::beijing;
use crate::state::{Shared, State};

/// Older messages are forgotten, so that a long benchmark does not fill the memory.
const KEPT: usize = 10_000;
/// WeChat's limit for values whose name begins with `thing`.
const LONGEST_THING: usize = 20;

/// The messages that were sent, the oldest first.
#[derive(Default)]
pub(crate) struct Messages(Mutex<VecDeque<Value>>);

impl Messages {
    pub(crate) fn all(&self) -> Vec<Value> {
        self.lock().iter().cloned().collect()
    }

    fn record(&self, message: Value) {
        let mut messages = self.lock();
        if messages.len() >= KEPT {
            messages.pop_front();
        }
        messages.push_back(message);
    }

    fn lock(&self) -> MutexGuard<'_, VecDeque<Value>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    touser: String,
    #[serde(default)]
    template_id: String,
    page: Option<String>,
    #[serde(default)]
    data: BTreeMap<String, Field>,
}

#[derive(Deserialize, Serialize)]
struct Field {
    value: String,
}

/// Takes a message. How many a person agreed to is between the person and WeChat's app, so the
/// sandbox does not count.
pub(crate) async fn send(
    state: Shared,
    query: Query<TokenQuery>,
    body: Bytes,
) -> Result<Json<Value>, MiniError> {
    check_token(&state, &query.access_token)?;
    let message: Message = serde_json::from_slice(&body).map_err(|_| MiniError::NOT_JSON)?;
    check(&state, &message)?;
    state.messages.record(json!({
        "touser": message.touser,
        "template_id": message.template_id,
        "page": message.page,
        "data": message.data,
        "sent_at": beijing::rfc3339(state.now()),
    }));
    Ok(Json(json!({"errcode": 0, "errmsg": "ok"})))
}

fn check(state: &State, message: &Message) -> Result<(), MiniError> {
    let app_id = &state.settings.app_id;
    if !is_openid(app_id, &message.touser) {
        return Err(MiniError::INVALID_OPENID);
    }
    if message.touser == openid_of(app_id, REFUSES_MESSAGES) {
        return Err(MiniError::REFUSED);
    }
    if message.template_id.is_empty() {
        return Err(MiniError::INVALID_TEMPLATE);
    }
    let sound = |(name, field): (&String, &Field)| {
        let too_long = name.starts_with("thing") && field.value.chars().count() > LONGEST_THING;
        !field.value.is_empty() && !too_long
    };
    if message.data.is_empty() || !message.data.iter().all(sound) {
        return Err(MiniError::INVALID_ARGUMENT);
    }
    Ok(())
}
