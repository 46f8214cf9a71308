//! Admitting visitors at a gate (section 9 of the rules).

mod look_up;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::check_in::{CheckIn, Doorway, Verdict, judge_party, message, nothing_found, use_in};
use crate::companions::is_child_in_need;
use crate::id::{BodyDigest, OrderId, RequestKey, TicketId};
use crate::order::{Admission, Order, Ticket, TicketState};
use crate::ports::{StoreError, Stores, UnitOfWork};
use crate::rules::Rules;
use crate::session::SessionCode;
use crate::text::LocalText;
use crate::venue::VenueCode;
use crate::visit_date::VisitDate;

pub use look_up::{Shown, documents_shown};

use look_up::{Found, look_up};

use super::pass_entries::PassEntries;

/// What a gate asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckInRequest {
    /// What the visitor shows.
    pub shown: Shown,
    /// The name of the gate, or of the member of staff.
    pub gate: String,
    /// Where.
    pub venue: VenueCode,
    /// Whether the clerk has seen the certificates of those who need one.
    pub certificate_checked: bool,
    /// What the request is found again by (rule 9.2).
    pub request_key: RequestKey,
    /// What it was asked for with.
    pub body_digest: BodyDigest,
    /// When it was received.
    pub received_at: DateTime<Utc>,
}

/// The answer about one ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedTicket {
    /// The ticket; none if the look-up found nothing.
    pub ticket: Option<Ticket>,
    /// The verdict.
    pub verdict: Verdict,
    /// When and where it was used, of one that was used before.
    pub used: Option<Admission>,
    /// What the clerk tells the visitor.
    pub message: LocalText,
}

/// Why a gate gets no answer.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CheckInError {
    /// The request key was used with another body.
    #[error("the request key was used for something else")]
    KeyReused,
    /// The number is that of tickets of several documents: the type of the document must be told.
    #[error("several documents with that number have tickets")]
    Ambiguous,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Judges the tickets that a visitor shows, and admits those that may enter, once over all gates
/// (rule 9.2): of two gates, or of a gate and a refund, at the same instant exactly one wins.
///
/// The same request, repeated, gets its first answer again if that admitted anybody; otherwise it
/// is decided anew. A used ticket stays live, so no day is taken.
///
/// # Errors
/// [`CheckInError`]; nothing was changed.
pub fn check_in(
    unit_of_work: &dyn UnitOfWork,
    rules: &Rules,
    request: &CheckInRequest,
) -> Result<Vec<CheckedTicket>, CheckInError> {
    let admit = |stores: &mut dyn Stores| admit_shown(stores, rules, request);
    match unit_of_work.run(admit) {
        // The same request came twice at once: the other one has admitted meanwhile.
        Err(CheckInError::Store(StoreError::Duplicate(_))) => unit_of_work.run(admit),
        result => result,
    }
}

fn admit_shown(
    stores: &mut dyn Stores,
    rules: &Rules,
    request: &CheckInRequest,
) -> Result<Vec<CheckedTicket>, CheckInError> {
    if let Some(answer) = first_answer(stores, rules, request)? {
        return Ok(answer);
    }
    let Some(found) = look_up(stores, request)? else {
        return Ok(vec![nothing()]);
    };
    let mut passes = PassEntries::lock(stores, [&found.order])?;
    let mut order = lock_order(stores, &found, rules)?;
    // Asked again under the lock: the same request may have come twice at once.
    if let Some(answer) = first_answer(stores, rules, request)? {
        return Ok(answer);
    }
    let doorway = doorway(stores, request, &order.session)?;
    let inside = ages_inside(stores, &order)?;
    let verdicts = judge_party(&order, &found.tickets, &inside, &doorway, rules);
    let answer = tell(&order, &verdicts, &doorway, rules);
    admit(stores, &mut order, &mut passes, verdicts, request)?;
    Ok(answer)
}

/// The answer that this request got before, if it admitted anybody then.
fn first_answer(
    stores: &mut dyn Stores,
    rules: &Rules,
    request: &CheckInRequest,
) -> Result<Option<Vec<CheckedTicket>>, CheckInError> {
    let Some(earlier) = stores.check_ins().find(&request.request_key)? else {
        return Ok(None);
    };
    if earlier.body_digest != request.body_digest {
        return Err(CheckInError::KeyReused);
    }
    let order = stores.orders().find(earlier.order)?.ok_or_else(gone)?;
    let mut doorway = doorway(stores, request, &order.session)?;
    doorway.at = earlier.at;
    Ok(Some(tell(&order, &earlier.verdicts, &doorway, rules)))
}

/// Locks the order; with a child among those shown, all orders of its party, so that two gates do
/// not give one adult more children than one may lead.
fn lock_order(stores: &mut dyn Stores, found: &Found, rules: &Rules) -> Result<Order, StoreError> {
    let order = &found.order;
    let mut shown = order.tickets.iter();
    let mut ids = BTreeSet::from([order.id]);
    if shown.any(|ticket| found.tickets.contains(&ticket.id) && is_child_in_need(ticket.age, rules))
    {
        let party = stores
            .tickets()
            .live_admissions(order.date, &[order.account])?;
        ids.extend(party.iter().map(|admission| admission.order));
    }
    let ids: Vec<OrderId> = ids.into_iter().collect();
    let mut locked = stores.orders().lock(&ids)?.into_iter();
    locked.find(|locked| locked.id == order.id).ok_or_else(gone)
}

/// The ages of those of the order's account who are inside, for its date and session.
fn ages_inside(stores: &mut dyn Stores, order: &Order) -> Result<Vec<u8>, StoreError> {
    let party = stores
        .tickets()
        .live_admissions(order.date, &[order.account])?
        .into_iter();
    let inside = party.filter(|admission| {
        admission.session == order.session && admission.state == TicketState::Used
    });
    Ok(inside.map(|admission| admission.age).collect())
}

fn doorway(
    stores: &mut dyn Stores,
    request: &CheckInRequest,
    session: &SessionCode,
) -> Result<Doorway, StoreError> {
    let today = VisitDate::containing(request.received_at);
    let mut sessions = stores.catalogue().sessions()?.into_iter();
    let session = sessions
        .find(|known| known.code() == session)
        .ok_or_else(|| StoreError::Fault("an order is for a session that is none".to_owned()))?;
    Ok(Doorway {
        venue: request.venue.clone(),
        at: request.received_at,
        day: stores.days().range(today, today)?.pop(),
        session,
        certificate_checked: request.certificate_checked,
    })
}

/// Admits those who may enter, the main gate using their entries of annual passes (rule 8.3), and
/// remembers the request if there are any.
fn admit(
    stores: &mut dyn Stores,
    order: &mut Order,
    passes: &mut PassEntries,
    verdicts: Vec<(TicketId, Verdict)>,
    request: &CheckInRequest,
) -> Result<(), StoreError> {
    let admission = Admission {
        at: request.received_at,
        gate: request.gate.clone(),
    };
    let entering = |(_, verdict): &&(TicketId, Verdict)| *verdict == Verdict::Admitted;
    if !verdicts.iter().any(|judged| entering(&judged)) {
        return Ok(());
    }
    for (ticket, _) in verdicts.iter().filter(entering) {
        let admitted = order.admit(*ticket, &request.venue, admission.clone());
        admitted.map_err(|error| StoreError::Fault(error.to_string()))?;
        let at_main_gate = |ticket: &Ticket| ticket.venue == request.venue;
        if order.ticket(*ticket).is_some_and(at_main_gate) {
            passes.use_one(order)?;
        }
    }
    passes.save(stores)?;
    stores.orders().save(std::slice::from_ref(order))?;
    stores.check_ins().insert(&CheckIn {
        request_key: request.request_key,
        body_digest: request.body_digest,
        order: order.id,
        gate: request.gate.clone(),
        venue: request.venue.clone(),
        at: request.received_at,
        verdicts,
    })
}

fn tell(
    order: &Order,
    verdicts: &[(TicketId, Verdict)],
    doorway: &Doorway,
    rules: &Rules,
) -> Vec<CheckedTicket> {
    let judged = verdicts.iter();
    let judged = judged.filter_map(|(id, verdict)| Some((order.ticket(*id)?, *verdict)));
    judged
        .map(|(ticket, verdict)| CheckedTicket {
            ticket: Some(ticket.clone()),
            verdict,
            used: use_in(ticket, &doorway.venue)
                .filter(|_| verdict == Verdict::AlreadyUsed)
                .cloned(),
            message: message(verdict, order, ticket, doorway, rules),
        })
        .collect()
}

fn nothing() -> CheckedTicket {
    CheckedTicket {
        ticket: None,
        verdict: Verdict::NoTicket,
        used: None,
        message: nothing_found(),
    }
}

fn gone() -> StoreError {
    StoreError::Fault("an order that was found is gone".to_owned())
}
