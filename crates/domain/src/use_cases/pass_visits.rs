//! Visits on an annual pass: asked for, and cancelled (rules 8.2 and 8.3).
//!
//! A visit is an order without a price. It is placed by
//! [`place_orders`](super::place_orders::place_orders) and given back by
//! [`refund_tickets`], so that what holds for orders holds
//! for it.

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::category::Category;
use crate::id::{
    AccountId, AnnualPassId, BodyDigest, IdSource, OrderId, RefundId, RequestKey, TicketId,
};
use crate::order::{Order, OrderState};
use crate::ports::{Queries, StoreError, UnitOfWork};
use crate::refund::Selection;
use crate::rules::Rules;
use crate::sealed::{CipherError, IdentityCipher};
use crate::session::SessionCode;
use crate::visit_date::VisitDate;

use super::order_request::{Applicant, OrderRequest, StatedPerson, identify, reveal, with_age};
use super::refund_tickets::{NoShowConsent, RefundError, RefundRequest, refund_tickets};

/// A visit as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisitDraft {
    /// Who asks.
    pub account: AccountId,
    /// On which pass.
    pub pass: AnnualPassId,
    /// The visit date.
    pub date: VisitDate,
    /// The session.
    pub session: SessionCode,
    /// What the visit is found again by (rule 4.8).
    pub request_key: RequestKey,
    /// What it was asked for with.
    pub body_digest: BodyDigest,
    /// When the server received the request.
    pub received_at: DateTime<Utc>,
}

/// Why a visit could not be prepared.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum PrepareVisitError {
    /// No such pass, or its holder is not among the account's saved visitors.
    #[error("no such annual pass")]
    NotFound,
    /// The account has no phone number, which every order needs.
    #[error("the account has no phone number")]
    NoPhone,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The holder's identity stays closed.
    #[error(transparent)]
    Cipher(#[from] CipherError),
}

/// Makes a request of a visit: its one visitor is the pass's holder, as the account saved it, and
/// its phone number the account's.
///
/// # Errors
/// [`PrepareVisitError`].
pub fn prepare_visit(
    queries: &dyn Queries,
    cipher: &dyn IdentityCipher,
    ids: &dyn IdSource,
    draft: VisitDraft,
) -> Result<OrderRequest, PrepareVisitError> {
    let missing = PrepareVisitError::NotFound;
    let pass = queries.annual_pass(draft.pass)?.ok_or(missing.clone())?;
    let document = pass.document_hash.ok_or(missing.clone())?;
    let saved = queries.visitors(draft.account)?.into_iter();
    let mut holder = saved.filter(|saved| saved.document_hash == document);
    let holder = holder.next().ok_or(missing.clone())?;
    let account = queries.account(draft.account)?.ok_or(missing)?;
    let phone = account.phone.ok_or(PrepareVisitError::NoPhone)?;
    let stated = StatedPerson {
        // Staff looked at the document when they granted the pass.
        birth_date: pass.birth_date,
        ..reveal(cipher, &holder)?
    };
    let ticket = TicketId::next(ids);
    let identified = identify(cipher, ticket.uuid(), &stated, draft.received_at)?;
    let applicant = Applicant {
        ticket,
        document: identified.document,
        person: with_age(identified.person, draft.date),
        category: Category::AnnualPass,
        add_ons: Vec::new(),
    };
    Ok(OrderRequest {
        order: OrderId::next(ids),
        account: draft.account,
        pass: Some(pass.id),
        date: draft.date,
        session: draft.session,
        phone,
        applicants: vec![applicant],
        request_key: draft.request_key,
        body_digest: draft.body_digest,
        received_at: draft.received_at,
    })
}

/// A visit that is to be cancelled.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cancellation {
    /// Who asks.
    pub account: AccountId,
    /// On which pass the visit is.
    pub pass: AnnualPassId,
    /// The visit.
    pub visit: OrderId,
    /// The id that its refund, of nothing, will have.
    pub refund: RefundId,
    /// When the request was received.
    pub received_at: DateTime<Utc>,
}

/// Cancels a visit until 20:00 of its day: entry and place come back, without a no-show
/// (rule 8.3). A visit that is cancelled already is answered as it is.
///
/// # Errors
/// [`RefundError`]; nothing was changed.
pub fn cancel_visit(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    cancellation: &Cancellation,
) -> Result<Order, RefundError> {
    let find = || {
        unit_of_work.run(|stores| {
            let visit = stores.orders().find(cancellation.visit)?;
            let own = visit.filter(|visit| {
                visit.account == cancellation.account && visit.pass == Some(cancellation.pass)
            });
            own.ok_or(RefundError::NotFound)
        })
    };
    let visit = find()?;
    if visit.state == OrderState::Refunded {
        return Ok(visit);
    }
    let request = RefundRequest {
        refund: cancellation.refund,
        order: visit.id,
        account: Some(cancellation.account),
        selection: Selection::Of {
            tickets: visit.tickets.iter().map(|ticket| ticket.id).collect(),
            add_ons: BTreeSet::new(),
        },
        no_show: NoShowConsent::Withheld,
        // A visit is cancelled once: named by it, a repeated call finds the first.
        request_key: RequestKey::of_id(visit.id.uuid()),
        body_digest: BodyDigest([0; 32]),
        received_at: cancellation.received_at,
    };
    refund_tickets(unit_of_work, rules, &request)?;
    find()
}
