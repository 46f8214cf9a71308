//! From what a tourist typed to a request that can be decided.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use thiserror::Error;
use uuid::Uuid;

use crate::account::SavedVisitor;
use crate::category::{Category, age_on};
use crate::id::{
    AccountId, AddOnId, AnnualPassId, BodyDigest, IdSource, OrderId, RequestKey, SavedVisitorId,
    TicketId,
};
use crate::identity::{BirthDateError, Document, DocumentType, Nationality, resolve_birth_date};
use crate::order::OrderKind;
use crate::person_name::PersonName;
use crate::phone::Phone;
use crate::ports::{AccountQueries, StoreError};
use crate::refusal::Reason;
use crate::sealed::{CipherError, DocumentHash, IdentityCipher, Sealed};
use crate::session::SessionCode;
use crate::venue::VenueCode;
use crate::visit_date::VisitDate;

/// A person as typed: nothing is checked yet.
#[derive(Clone, PartialEq, Eq)]
pub struct StatedPerson {
    /// The name.
    pub name: String,
    /// The kind of document.
    pub document_type: DocumentType,
    /// Its number.
    pub document_number: String,
    /// The nationality, which passports need.
    pub nationality: Option<String>,
    /// The birth date, which documents without one need.
    pub birth_date: Option<NaiveDate>,
}

/// Who a visitor is said to be.
#[derive(Clone, PartialEq, Eq)]
pub enum Who {
    /// One of the account's saved visitors.
    Saved(SavedVisitorId),
    /// Typed for this order.
    Stated(StatedPerson),
}

/// One visitor of an order as asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct VisitorDraft {
    /// Who it is.
    pub who: Who,
    /// The price category asked for.
    pub category: Category,
    /// The add-on venues.
    pub add_ons: BTreeSet<VenueCode>,
}

/// An order as asked for.
#[derive(Clone, PartialEq, Eq)]
pub struct OrderDraft {
    /// Who asks.
    pub account: AccountId,
    /// The visit date.
    pub date: VisitDate,
    /// The session.
    pub session: SessionCode,
    /// The phone number to reach the party.
    pub phone: Phone,
    /// The visitors, 1 to [`Rules::visitors_per_order`](crate::rules::Rules).
    pub visitors: Vec<VisitorDraft>,
    /// What the order is found again by (rule 4.8).
    pub request_key: RequestKey,
    /// What it was asked for with.
    pub body_digest: BodyDigest,
    /// When the server received the request.
    pub received_at: DateTime<Utc>,
}

impl OrderDraft {
    /// Whether preparing it has to read the account's saved visitors.
    #[must_use]
    pub fn names_saved_visitors(&self) -> bool {
        let mut visitors = self.visitors.iter();
        visitors.any(|visitor| matches!(visitor.who, Who::Saved(_)))
    }
}

/// A person whose document, name and birth date were accepted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// The kind of document.
    pub document_type: DocumentType,
    /// The nationality, for passports.
    pub nationality: Option<Nationality>,
    /// What the document is looked up by.
    pub document_hash: DocumentHash,
    /// Name and number, sealed for the row that will hold them.
    pub identity: Sealed,
    /// The birth date, if known.
    pub birth_date: Option<NaiveDate>,
}

/// A document that was accepted, whatever else is wrong with its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KnownDocument {
    /// The kind of document.
    pub kind: DocumentType,
    /// What it is looked up by.
    pub hash: DocumentHash,
}

impl OrderRequest {
    /// How many tickets and add-ons it asks for: the rows that it would write.
    #[must_use]
    pub fn places(&self) -> usize {
        let places = self.applicants.iter();
        places
            .map(|applicant| applicant.add_ons.len().saturating_add(1))
            .sum()
    }
}

/// What was found out about a person: everything that is wrong, and what is known all the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identified {
    /// The document, if it was accepted.
    pub document: Option<KnownDocument>,
    /// The person, or everything that is wrong with it.
    pub person: Result<Person, Vec<Reason>>,
}

/// One visitor of a request, with everything that later decisions need.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Applicant {
    /// The id that the ticket will have.
    pub ticket: TicketId,
    /// The document, if it was accepted: so that a refusal for a wrong name also names a ban.
    pub document: Option<KnownDocument>,
    /// The person and the age on the visit date, or everything that is wrong with the person.
    pub person: Result<(Person, u8), Vec<Reason>>,
    /// The price category asked for.
    pub category: Category,
    /// The add-on venues, with the ids they will have.
    pub add_ons: Vec<(AddOnId, VenueCode)>,
}

/// An order ready to be decided: ids made, documents sealed and hashed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderRequest {
    /// The id that the order will have.
    pub order: OrderId,
    /// Who asks.
    pub account: AccountId,
    /// The annual pass that a visit is to be registered on; `None` for what is bought.
    pub pass: Option<AnnualPassId>,
    /// The visit date.
    pub date: VisitDate,
    /// The session.
    pub session: SessionCode,
    /// The phone number to reach the party.
    pub phone: Phone,
    /// The visitors.
    pub applicants: Vec<Applicant>,
    /// What the order is found again by (rule 4.8).
    pub request_key: RequestKey,
    /// What it was asked for with.
    pub body_digest: BodyDigest,
    /// When the server received the request.
    pub received_at: DateTime<Utc>,
}

impl OrderRequest {
    /// How its places are got.
    #[must_use]
    pub fn kind(&self) -> OrderKind {
        match self.pass {
            Some(_) => OrderKind::AnnualPass,
            None => OrderKind::Ordinary,
        }
    }
}

/// Why a request could not be prepared; never a fault of the tourist.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PrepareError {
    /// The saved visitors could not be read.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A saved visitor's identity stays closed.
    #[error(transparent)]
    Cipher(#[from] CipherError),
}

/// Prepares a draft: makes the ids, looks up saved visitors, checks, seals and hashes documents.
///
/// What is wrong with a visitor is kept in the request, so that the refusal can name every
/// visitor and every rule at once (rule 4.5).
///
/// # Errors
/// [`PrepareError`] if the store or the cipher fails.
pub fn prepare_order(
    queries: &dyn AccountQueries,
    cipher: &dyn IdentityCipher,
    ids: &dyn IdSource,
    draft: OrderDraft,
) -> Result<OrderRequest, PrepareError> {
    let saved = if draft.names_saved_visitors() {
        queries.visitors(draft.account)?
    } else {
        Vec::new()
    };
    let mut applicants = Vec::with_capacity(draft.visitors.len());
    for visitor in draft.visitors {
        let ticket = TicketId::next(ids);
        let stated = match visitor.who {
            Who::Stated(person) => Some(person),
            Who::Saved(id) => match saved.iter().find(|saved| saved.id == id) {
                Some(saved) => Some(reveal(cipher, saved)?),
                None => None,
            },
        };
        let identified = match stated {
            Some(stated) => identify(cipher, ticket.uuid(), &stated, draft.received_at)?,
            None => Identified {
                document: None,
                person: Err(vec![Reason::VisitorNotFound]),
            },
        };
        let add_ons = visitor.add_ons.into_iter();
        applicants.push(Applicant {
            ticket,
            document: identified.document,
            person: with_age(identified.person, draft.date),
            category: visitor.category,
            add_ons: add_ons.map(|venue| (AddOnId::next(ids), venue)).collect(),
        });
    }
    Ok(OrderRequest {
        order: OrderId::next(ids),
        account: draft.account,
        pass: None,
        date: draft.date,
        session: draft.session,
        phone: draft.phone,
        applicants,
        request_key: draft.request_key,
        body_digest: draft.body_digest,
        received_at: draft.received_at,
    })
}

/// Checks a person and seals it for the row `owner`; every reason against it, not only the first
/// (rule 4.5).
///
/// # Errors
/// [`CipherError`] if sealing fails.
pub fn identify(
    cipher: &dyn IdentityCipher,
    owner: Uuid,
    stated: &StatedPerson,
    now: DateTime<Utc>,
) -> Result<Identified, CipherError> {
    let today = VisitDate::containing(now).date();
    let mut reasons = Vec::new();
    let name = note(PersonName::parse(&stated.name), Reason::Name, &mut reasons);
    let document = Document::parse(
        stated.document_type,
        &stated.document_number,
        stated.nationality.as_deref(),
        today,
    );
    let document = note(document, Reason::Document, &mut reasons);
    let birth_date = document.as_ref().and_then(|document| {
        let known = document.birth_date().or(stated.birth_date)?;
        let resolved = resolve_birth_date(document, stated.birth_date, today);
        note(resolved, Reason::BirthDate, &mut reasons).or(Some(known))
    });
    let known = document.as_ref().map(|document| KnownDocument {
        kind: document.kind(),
        hash: cipher.hash(document),
    });
    let person = match (name, document, known) {
        (Some(name), Some(document), Some(known)) if reasons.is_empty() => Ok(Person {
            document_type: document.kind(),
            nationality: document.nationality().cloned(),
            document_hash: known.hash,
            identity: cipher.seal(owner, &name, &document)?,
            birth_date,
        }),
        _ => Err(reasons),
    };
    Ok(Identified {
        document: known,
        person,
    })
}

/// The value, or its error noted as a reason.
fn note<T, E>(
    result: Result<T, E>,
    as_reason: impl FnOnce(E) -> Reason,
    reasons: &mut Vec<Reason>,
) -> Option<T> {
    match result {
        Ok(value) => Some(value),
        Err(error) => {
            reasons.push(as_reason(error));
            None
        }
    }
}

/// The person with its age on the visit date, for which a birth date must be known (rule 3.5).
pub(super) fn with_age(
    person: Result<Person, Vec<Reason>>,
    date: VisitDate,
) -> Result<(Person, u8), Vec<Reason>> {
    let person = person?;
    let Some(birth_date) = person.birth_date else {
        return Err(vec![Reason::BirthDate(BirthDateError::Required)]);
    };
    match age_on(birth_date, date) {
        Some(age) => Ok((person, age)),
        None => Err(vec![Reason::BirthDate(BirthDateError::InFuture)]),
    }
}

/// A saved visitor, opened: it goes through the same door as what is typed.
pub(crate) fn reveal(
    cipher: &dyn IdentityCipher,
    saved: &SavedVisitor,
) -> Result<StatedPerson, CipherError> {
    let revealed = cipher.open(saved.id.uuid(), &saved.identity)?;
    Ok(StatedPerson {
        name: revealed.name,
        document_type: saved.document_type,
        document_number: revealed.number,
        nationality: saved
            .nationality
            .as_ref()
            .map(|nationality| nationality.as_str().to_owned()),
        birth_date: saved.birth_date,
    })
}
