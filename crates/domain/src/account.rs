//! A tourist's account and the visitors saved in it.

use std::fmt;

use chrono::{DateTime, NaiveDate, Utc};
use thiserror::Error;

use crate::id::{AccountId, SavedVisitorId};
use crate::identity::{DocumentType, Nationality};
use crate::phone::Phone;
use crate::sealed::{DocumentHash, Sealed};

/// WeChat's name for a person within our mini-program.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct OpenId(String);

/// A text that WeChat would not give as an openid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an openid")]
pub struct OpenIdError;

impl OpenId {
    /// Takes 1–128 visible ASCII characters, as WeChat gives them.
    ///
    /// # Errors
    /// [`OpenIdError`] for anything else.
    pub fn parse(text: &str) -> Result<Self, OpenIdError> {
        let well_formed =
            (1..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic());
        well_formed
            .then(|| Self(text.to_owned()))
            .ok_or(OpenIdError)
    }

    /// The openid as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for OpenId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("OpenId(…)")
    }
}

/// A tourist's account, registered at the first login.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// Whose it is at WeChat; one account each.
    pub open_id: OpenId,
    /// The phone number, once given.
    pub phone: Option<Phone>,
    /// Whether WeChat vouched for the number (rule 8.1 asks for that).
    pub phone_verified: bool,
    /// When the tourist first signed in.
    pub registered_at: DateTime<Utc>,
}

/// A visitor whom an account keeps for its next order (常用观众).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedVisitor {
    /// Its id.
    pub id: SavedVisitorId,
    /// Whose list it stands in.
    pub account: AccountId,
    /// The kind of document.
    pub document_type: DocumentType,
    /// The nationality, for passports.
    pub nationality: Option<Nationality>,
    /// What the document is looked up by; unique within the account.
    pub document_hash: DocumentHash,
    /// Name and number, sealed for this id.
    pub identity: Sealed,
    /// The birth date, stated or from the document.
    pub birth_date: Option<NaiveDate>,
    /// When it was saved.
    pub created_at: DateTime<Utc>,
}
