//! Signing in and out.

use actix_web::{HttpResponse, delete, post};
use api_kit::body::Body;
use api_kit::error::ApiError;
use api_kit::wire::instant;
use domain::id::AccountId;
use domain::use_cases::accounts::sign_in;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa_actix_web::service_config::ServiceConfig;

use super::me::Tourist;
use crate::signed_in::SignedIn;
use crate::state::{State, on_database, on_login};

pub(super) fn configure(service: &mut ServiceConfig<'_>) {
    service
        .service(create_session)
        .service(delete_current_session);
}

/// A code of `wx.login`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SignIn {
    code: String,
}

/// A token and whom it is for.
#[derive(Serialize, ToSchema)]
struct NewSession {
    /// To be sent as `Authorization: Bearer …`.
    token: String,
    #[schema(format = DateTime)]
    expires_at: String,
    tourist: Tourist,
}

/// Signs in through WeChat; the account is registered at the first time.
#[utoipa::path(tag = "sessions", request_body = SignIn, responses((status = 201, body = NewSession)))]
#[post("/sessions")]
async fn create_session(state: State, body: Body<SignIn>) -> Result<HttpResponse, ApiError> {
    let open_id = on_login(&state, move |service| {
        Ok(service.login.sign_in(&body.0.code)?)
    })
    .await?;
    let account = on_database(&state, move |service| {
        let (id, now) = (AccountId::next(&*service.ids), service.clock.now());
        Ok(sign_in(&*service.unit_of_work, &open_id, id, now)?)
    })
    .await?;
    let issued = state.tokens.issue(account.id.uuid())?;
    Ok(HttpResponse::Created().json(NewSession {
        token: issued.token,
        expires_at: instant(issued.expires_at),
        tourist: Tourist::from(&account),
    }))
}

/// Signs out: the token is refused from now on, within a second by every process.
#[utoipa::path(tag = "sessions", responses((status = 204)), security(("token" = [])))]
#[delete("/sessions/current")]
async fn delete_current_session(state: State, tourist: SignedIn) -> Result<HttpResponse, ApiError> {
    let bearer = tourist.bearer.clone();
    on_database(&state, move |service| {
        let revoke = || {
            service.unit_of_work.run(|stores| {
                let revocations = stores.revocations();
                revocations.revoke(&bearer.token_id, bearer.expires_at)
            })
        };
        Ok(revoke()?)
    })
    .await?;
    state.tokens.forget(&tourist.bearer);
    Ok(HttpResponse::NoContent().finish())
}
