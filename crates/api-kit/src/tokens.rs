//! Tokens: JWTs of two hours, checked by our own clock, revocable at once.

mod revocations;
#[cfg(test)]
mod tests;
mod verified;

use std::sync::Arc;

use actix_web::HttpRequest;
use actix_web::http::header::AUTHORIZATION;
use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::Clock;
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::error::{ApiError, codes};

pub use revocations::{RefreshError, Refresher, Revocations};
use verified::VerifiedTokens;

/// How long a token is good for.
pub const LIFETIME: TimeDelta = TimeDelta::hours(2);

/// Whom a token is for; one for tourists opens nothing at the back office.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Audience {
    /// The tourist API.
    Tourist,
    /// The admin API.
    Staff,
}

impl Audience {
    fn name(self) -> &'static str {
        match self {
            Self::Tourist => "tourist",
            Self::Staff => "staff",
        }
    }
}

/// Issues and checks the tokens of one audience.
pub struct Tokens {
    audience: Audience,
    signing: EncodingKey,
    checking: DecodingKey,
    validation: Validation,
    clock: Arc<dyn Clock>,
    revocations: Arc<Revocations>,
    verified: VerifiedTokens,
}

/// A new token.
pub struct IssuedToken {
    /// What the caller sends as `Authorization: Bearer …`.
    pub token: String,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// What a good token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bearer {
    /// Whose it is.
    pub subject: Uuid,
    /// Its own id, for revoking it.
    pub token_id: String,
    /// Until when it is good.
    pub expires_at: DateTime<Utc>,
}

/// Why a token is not good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthError {
    /// None, not ours, for another audience, or revoked.
    Required,
    /// Ours, and past its time.
    Expired,
}

impl From<AuthError> for ApiError {
    fn from(error: AuthError) -> Self {
        Self::new(match error {
            AuthError::Required => &codes::AUTH_REQUIRED,
            AuthError::Expired => &codes::AUTH_EXPIRED,
        })
    }
}

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: String,
    aud: String,
    jti: String,
    iat: i64,
    exp: i64,
}

impl Tokens {
    /// Tokens signed with `key`.
    pub fn new(
        audience: Audience,
        key: &SecretString,
        clock: Arc<dyn Clock>,
        revocations: Arc<Revocations>,
    ) -> Self {
        let key = key.expose_secret().as_bytes();
        let mut validation = Validation::new(Algorithm::HS256);
        // Times are checked by `check`, by our clock: jsonwebtoken knows only the system's.
        validation.validate_exp = false;
        validation.set_required_spec_claims(&["aud"]);
        validation.set_audience(&[audience.name()]);
        Self {
            audience,
            signing: EncodingKey::from_secret(key),
            checking: DecodingKey::from_secret(key),
            validation,
            clock,
            revocations,
            verified: VerifiedTokens::default(),
        }
    }

    /// A token for `subject`.
    ///
    /// # Errors
    /// `internal` if signing fails.
    pub fn issue(&self, subject: Uuid) -> Result<IssuedToken, ApiError> {
        let now = self.clock.now();
        let expires = (now + LIFETIME).timestamp();
        let claims = Claims {
            sub: subject.to_string(),
            aud: self.audience.name().to_owned(),
            jti: Uuid::new_v4().simple().to_string(),
            iat: now.timestamp(),
            exp: expires,
        };
        let token = encode(&Header::new(Algorithm::HS256), &claims, &self.signing)
            .map_err(ApiError::internal)?;
        Ok(IssuedToken {
            token,
            expires_at: DateTime::from_timestamp(expires, 0).unwrap_or(now),
        })
    }

    /// Checks the token of a request.
    ///
    /// # Errors
    /// [`AuthError`].
    pub fn authenticate(&self, request: &HttpRequest) -> Result<Bearer, AuthError> {
        let header = request.headers().get(AUTHORIZATION);
        let text = header.and_then(|value| value.to_str().ok());
        let (scheme, token) = text
            .and_then(|text| text.split_once(' '))
            .ok_or(AuthError::Required)?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(AuthError::Required);
        }
        self.check(token.trim())
    }

    /// Checks a token.
    ///
    /// # Errors
    /// [`AuthError`].
    pub fn check(&self, token: &str) -> Result<Bearer, AuthError> {
        let known = self.verified.get(token);
        let is_known = known.is_some();
        let bearer = known.map_or_else(|| self.verify(token), Ok)?;
        if bearer.expires_at <= self.clock.now() {
            return Err(AuthError::Expired);
        }
        if self.revocations.contains(&bearer.token_id) {
            return Err(AuthError::Required);
        }
        if !is_known {
            self.verified.remember(token, &bearer);
        }
        Ok(bearer)
    }

    /// What a token says that is ours, whatever the time.
    fn verify(&self, token: &str) -> Result<Bearer, AuthError> {
        let claims = decode::<Claims>(token, &self.checking, &self.validation)
            .map_err(|_| AuthError::Required)?
            .claims;
        Ok(Bearer {
            subject: Uuid::try_parse(&claims.sub).map_err(|_| AuthError::Required)?,
            token_id: claims.jti,
            expires_at: DateTime::from_timestamp(claims.exp, 0).ok_or(AuthError::Required)?,
        })
    }

    /// Refuses a token in this process from now on; the others learn of it from the store.
    pub fn forget(&self, bearer: &Bearer) {
        self.revocations.add(&bearer.token_id);
    }
}
