//! From what a visitor shows to the tickets it is about.

use std::collections::BTreeSet;
use std::fmt;

use chrono::{DateTime, Utc};

use crate::id::{OrderNumber, TicketId};
use crate::identity::{Document, DocumentError, DocumentType, documents_with_number};
use crate::order::Order;
use crate::ports::{DocumentTicket, StoreError, Stores};
use crate::sealed::{DocumentHash, IdentityCipher};
use crate::visit_date::VisitDate;

use super::{CheckInError, CheckInRequest, gone};

/// For how many days back a document's tickets are looked for, to say that one was for another
/// day. Older ones are no news to anybody at the gate.
const DAYS_BACK: i64 = 30;

/// What a visitor shows at the gate.
#[derive(Clone, PartialEq, Eq)]
pub enum Shown {
    /// A document; several, if its number fits several types and the clerk did not say which.
    Documents(Vec<DocumentHash>),
    /// The code of one ticket, which was verified.
    Ticket(TicketId),
    /// The number of an order: all of its tickets.
    Order(OrderNumber),
}

/// The kind alone: numbers and hashes stay out of logs.
impl fmt::Debug for Shown {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Documents(_) => "Documents(…)",
            Self::Ticket(_) => "Ticket(…)",
            Self::Order(_) => "Order(…)",
        })
    }
}

/// What a document's number says: the document of `kind`, or each that the number fits if no type
/// is told. `nationality` is needed for passports.
///
/// # Errors
/// What is wrong with the number, if it fits nothing.
pub fn documents_shown(
    cipher: &dyn IdentityCipher,
    kind: Option<DocumentType>,
    number: &str,
    nationality: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Shown, DocumentError> {
    let today = VisitDate::containing(now).date();
    let documents = match kind {
        Some(kind) => vec![Document::parse(kind, number, nationality, today)?],
        None => documents_with_number(number, nationality, today)?,
    };
    let hashes = documents.iter().map(|document| cipher.hash(document));
    Ok(Shown::Documents(hashes.collect()))
}

/// An order, read without a lock, and those of its tickets that are asked about.
pub(super) struct Found {
    pub(super) order: Order,
    pub(super) tickets: Vec<TicketId>,
}

/// Finds the tickets that a request is about, without locks.
pub(super) fn look_up(
    stores: &mut dyn Stores,
    request: &CheckInRequest,
) -> Result<Option<Found>, CheckInError> {
    match &request.shown {
        Shown::Order(number) => {
            let order = stores.orders().find_number(number)?;
            Ok(order.map(|order| Found {
                tickets: order.tickets.iter().map(|ticket| ticket.id).collect(),
                order,
            }))
        }
        Shown::Ticket(ticket) => Ok(of_ticket(stores, *ticket)?),
        Shown::Documents(documents) => {
            let today = VisitDate::containing(request.received_at);
            let first = today.plus_days(-DAYS_BACK);
            let known = stores.tickets().of_documents(documents, first)?;
            match most_telling(&known, today)? {
                Some(ticket) => Ok(of_ticket(stores, ticket)?),
                None => Ok(None),
            }
        }
    }
}

fn of_ticket(stores: &mut dyn Stores, ticket: TicketId) -> Result<Option<Found>, StoreError> {
    let Some(order) = stores.tickets().order_of(ticket)? else {
        return Ok(None);
    };
    let order = stores.orders().find(order)?.ok_or_else(gone)?;
    Ok(Some(Found {
        order,
        tickets: vec![ticket],
    }))
}

/// The ticket that a document is answered with: its live one of today, or else what has become of
/// today's, or else a live one of another day, the coming ones first.
fn most_telling(
    tickets: &[DocumentTicket],
    today: VisitDate,
) -> Result<Option<TicketId>, CheckInError> {
    let of_today = |ticket: &&DocumentTicket| ticket.date == today;
    let is_live = |ticket: &&DocumentTicket| ticket.state.is_live();
    let live_today = tickets.iter().filter(of_today).filter(is_live).collect();
    let gone_today = tickets.iter().filter(of_today).collect();
    let (coming, past): (Vec<&DocumentTicket>, Vec<&DocumentTicket>) = tickets
        .iter()
        .filter(is_live)
        .partition(|ticket| ticket.date > today);
    // Of those that are over the last one tells most, of those to come the first.
    let coming = coming.into_iter().rev().collect();
    let groups: [Vec<&DocumentTicket>; 4] = [live_today, gone_today, coming, past];
    for group in groups {
        let documents: BTreeSet<DocumentHash> =
            group.iter().map(|ticket| ticket.document).collect();
        if documents.len() > 1 {
            return Err(CheckInError::Ambiguous);
        }
        if let Some(ticket) = group.last() {
            return Ok(Some(ticket.ticket));
        }
    }
    Ok(None)
}
