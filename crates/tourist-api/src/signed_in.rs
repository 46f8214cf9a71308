//! Authorisation: a handler that asks for [`SignedIn`] is not reached without a good token.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest};
use api_kit::error::ApiError;
use api_kit::tokens::{AuthError, Bearer};
use domain::id::AccountId;

use crate::state::State;

/// The tourist whose token came with the request.
pub(crate) struct SignedIn {
    /// The tourist's account.
    pub(crate) account: AccountId,
    /// The token, for signing out.
    pub(crate) bearer: Bearer,
}

impl FromRequest for SignedIn {
    type Error = ApiError;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let state = request.app_data::<State>().ok_or(AuthError::Required);
        let bearer = state.and_then(|state| state.tokens.authenticate(request));
        ready(bearer.map_err(ApiError::from).map(|bearer| Self {
            account: AccountId::new(bearer.subject),
            bearer,
        }))
    }
}
