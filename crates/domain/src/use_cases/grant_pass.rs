//! Granting annual passes (rule 8.1).

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::account::Account;
use crate::annual_pass::AnnualPass;
use crate::id::AnnualPassId;
use crate::identity::BirthDateError;
use crate::person_name::PersonName;
use crate::phone::Phone;
use crate::ports::{StoreError, UnitOfWork};
use crate::refusal::Reason;
use crate::rules::Rules;
use crate::sealed::{CipherError, IdentityCipher};
use crate::visit_date::VisitDate;

use super::order_request::{StatedPerson, identify, reveal};

/// A pass as staff grant it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The id that the pass will have.
    pub pass: AnnualPassId,
    /// The calendar year of its visits: this one or the next.
    pub year: i32,
    /// When it is granted.
    pub now: DateTime<Utc>,
}

/// What has become of a grant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Granted {
    /// The pass is new.
    Created(AnnualPass),
    /// The document has this pass for that year; nothing was changed.
    Existing(AnnualPass),
}

/// Why no pass was granted.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum GrantError {
    /// Passes are granted for this year and the next.
    #[error("passes are granted for {this_year} and the year after")]
    Year {
        /// The year it is.
        this_year: i32,
    },
    /// The person is not acceptable, or the birth date not known.
    #[error("the holder is not acceptable")]
    Invalid(Vec<Reason>),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Sealing failed.
    #[error(transparent)]
    Cipher(#[from] CipherError),
}

/// Why a phone number names no holder.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum HolderError {
    /// WeChat has verified the number for no account.
    #[error("no account has that number verified by WeChat")]
    NoAccount,
    /// WeChat has verified the number for several accounts: it does not say who is meant.
    #[error("{0} accounts have that number verified by WeChat")]
    SeveralAccounts(usize),
    /// The account has no saved visitor, or none of that name.
    #[error("the account has no such saved visitor")]
    NoVisitor,
    /// The account has several saved visitors, or several of that name.
    #[error("{0} saved visitors of the account could be meant")]
    SeveralVisitors(usize),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A saved visitor's identity stays closed.
    #[error(transparent)]
    Cipher(#[from] CipherError),
}

/// Grants a pass to a person, whose age must be known: that of the visits depends on it.
///
/// # Errors
/// [`GrantError`]; nothing was changed.
pub fn grant_pass(
    unit_of_work: &dyn UnitOfWork,
    cipher: &dyn IdentityCipher,
    rules: &Rules,
    grant: &Grant,
    holder: &StatedPerson,
) -> Result<Granted, GrantError> {
    let this_year = VisitDate::containing(grant.now).year();
    if !(this_year..=this_year.saturating_add(1)).contains(&grant.year) {
        return Err(GrantError::Year { this_year });
    }
    let pass = new_pass(cipher, rules, grant, holder)?;
    let store = || {
        unit_of_work.run(|stores| {
            let document = pass.document_hash;
            let passes = stores.annual_passes();
            let earlier = match document {
                Some(document) => passes.of_document(document, pass.year)?,
                None => None,
            };
            Ok::<_, StoreError>(match earlier {
                // A commit whose answer was lost: the unit ran again and found its own pass.
                Some(own) if own.id == pass.id => Granted::Created(own),
                Some(earlier) => Granted::Existing(earlier),
                None => {
                    passes.insert(&pass)?;
                    Granted::Created(pass.clone())
                }
            })
        })
    };
    match store() {
        // Granted twice at once: the other one is there now.
        Err(StoreError::Duplicate(_)) => Ok(store()?),
        result => Ok(result?),
    }
}

fn new_pass(
    cipher: &dyn IdentityCipher,
    rules: &Rules,
    grant: &Grant,
    holder: &StatedPerson,
) -> Result<AnnualPass, GrantError> {
    let identified = identify(cipher, grant.pass.uuid(), holder, grant.now)?;
    let person = identified.person.map_err(GrantError::Invalid)?;
    if person.birth_date.is_none() {
        let required = Reason::BirthDate(BirthDateError::Required);
        return Err(GrantError::Invalid(vec![required]));
    }
    Ok(AnnualPass {
        id: grant.pass,
        document_type: person.document_type,
        nationality: person.nationality,
        document_hash: Some(person.document_hash),
        identity: Some(person.identity),
        birth_date: person.birth_date,
        year: grant.year,
        entries: rules.annual_pass_entries,
        reserved: 0,
        used: 0,
        granted_at: grant.now,
        voided_at: None,
    })
}

/// The holder whom a phone number names (rule 8.1): the one saved visitor, or the one of that
/// name, of the one account for which WeChat has verified the number.
///
/// # Errors
/// [`HolderError`] wherever that leaves any doubt.
pub fn holder_by_phone(
    unit_of_work: &dyn UnitOfWork,
    cipher: &dyn IdentityCipher,
    phone: &Phone,
    name: Option<&PersonName>,
) -> Result<StatedPerson, HolderError> {
    let visitors = unit_of_work.run(|stores| {
        let account = only_account(stores.accounts().verified_with(phone)?)?;
        Ok::<_, HolderError>(stores.visitors().of_account(account.id)?)
    })?;
    let mut meant = Vec::new();
    for visitor in &visitors {
        let person = reveal(cipher, visitor)?;
        if name.is_none_or(|name| name.as_str() == person.name) {
            meant.push(person);
        }
    }
    match (meant.pop(), meant.len()) {
        (Some(holder), 0) => Ok(holder),
        (None, _) => Err(HolderError::NoVisitor),
        (Some(_), others) => Err(HolderError::SeveralVisitors(others.saturating_add(1))),
    }
}

fn only_account(mut accounts: Vec<Account>) -> Result<Account, HolderError> {
    match (accounts.pop(), accounts.len()) {
        (Some(account), 0) => Ok(account),
        (None, _) => Err(HolderError::NoAccount),
        (Some(_), others) => Err(HolderError::SeveralAccounts(others.saturating_add(1))),
    }
}
