//! Recording and waiving no-shows inside a unit, with the bans that follow (section 7 of the
//! rules; docs/decisions/0011). Orders, where they change too, were locked before.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};

use crate::id::TicketId;
use crate::no_show::{NoShow, NoShowCause, NoShowHistory, Standing, Waiver};
use crate::order::Order;
use crate::outbox::Message;
use crate::ports::{StoreError, Stores};
use crate::rules::Rules;
use crate::sealed::DocumentHash;

/// Tickets of one order that were not used.
pub(super) struct Missed<'a> {
    pub(super) order: &'a Order,
    pub(super) tickets: Vec<TicketId>,
    pub(super) cause: NoShowCause,
}

/// What recording has added.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Added {
    pub(super) no_shows: usize,
    pub(super) bans: usize,
}

impl Missed<'_> {
    /// The tickets with their documents; an erased document can be held against nobody.
    fn documents(&self) -> impl Iterator<Item = (TicketId, DocumentHash)> {
        let tickets = self.tickets.iter().filter_map(|id| self.order.ticket(*id));
        tickets.filter_map(|ticket| Some((ticket.id, ticket.document_hash?)))
    }

    /// The no-shows that this makes, each beside its order.
    fn no_shows(&self, now: DateTime<Utc>) -> impl Iterator<Item = (&Order, NoShow)> {
        self.documents().map(move |(ticket, document)| {
            let no_show = NoShow {
                document,
                date: self.order.date,
                cause: self.cause,
                ticket,
                recorded_at: now,
                waiver: None,
            };
            (self.order, no_show)
        })
    }
}

/// Records a no-show for each document, at most one a day (rule 7.1), and the bans that this
/// brings (rule 7.2), each with the message to the account that booked.
///
/// Two units that record for one document at once, for different days, cannot both miss its ban:
/// each inserts first and counts under the lock of all rows of the document, so that one of them
/// waits and sees the other's; should they wait for each other, one is rolled back and run again.
pub(super) fn record(
    stores: &mut dyn Stores,
    missed: &[Missed<'_>],
    now: DateTime<Utc>,
    rules: &Rules,
) -> Result<Added, StoreError> {
    let of_orders = missed.iter();
    let of_orders = of_orders.flat_map(|of_order| of_order.no_shows(now));
    let (orders, no_shows): (Vec<&Order>, Vec<NoShow>) = of_orders.unzip();
    let new = stores.bans().record_all(&no_shows)?;
    let recorded: BTreeMap<DocumentHash, (&Order, TicketId)> =
        (orders.iter().zip(&no_shows).zip(new))
            .filter(|(_, new)| *new)
            .map(|((order, no_show), _)| (no_show.document, (*order, no_show.ticket)))
            .collect();
    let mut added = Added {
        no_shows: recorded.len(),
        bans: 0,
    };
    let documents: Vec<DocumentHash> = recorded.keys().copied().collect();
    for history in stores.bans().lock(&documents)? {
        let Some((order, ticket)) = recorded.get(&history.document) else {
            continue;
        };
        if let Some(ban) = history.due_ban(order.date, rules) {
            stores.bans().ban(&ban)?;
            tell(stores, Message::banned(order, *ticket, now))?;
            added.bans = added.bans.saturating_add(1);
        }
    }
    Ok(added)
}

/// A ban that was lifted and runs again has been told before.
fn tell(stores: &mut dyn Stores, message: Message) -> Result<(), StoreError> {
    match stores.outbox().add(&[message]) {
        Err(StoreError::Duplicate(_)) => Ok(()),
        told => told,
    }
}

/// Waives those of `no_shows` that still count, and lifts the bans that rested on them and have
/// too few left; how many no-shows and bans that were. A waiver never brings a ban.
pub(super) fn waive(
    stores: &mut dyn Stores,
    no_shows: &[NoShow],
    waiver: Waiver,
    rules: &Rules,
) -> Result<Added, StoreError> {
    let documents: BTreeSet<DocumentHash> =
        no_shows.iter().map(|no_show| no_show.document).collect();
    let documents: Vec<DocumentHash> = documents.into_iter().collect();
    stores.bans().lock(&documents)?;
    let mut waived = Vec::new();
    for no_show in no_shows {
        if stores.bans().waive(no_show.ticket, waiver)? {
            waived.push(no_show);
        }
    }
    let mut bans = 0_usize;
    let histories = by_document(stores.bans().histories(&documents)?);
    for no_show in &waived {
        let Some(history) = histories.get(&no_show.document) else {
            continue;
        };
        for ban in history.baseless_bans(no_show.date, waiver.at, rules) {
            stores.bans().lift(&ban, waiver.at)?;
            bans = bans.saturating_add(1);
        }
    }
    let no_shows = waived.len();
    Ok(Added { no_shows, bans })
}

/// The standing that the document of each ticket would have after this no-show (rule 7.3); nothing
/// is locked.
pub(super) fn standings_after(
    stores: &mut dyn Stores,
    missed: &Missed<'_>,
    rules: &Rules,
) -> Result<Vec<(TicketId, Standing)>, StoreError> {
    let documents: Vec<DocumentHash> = missed.documents().map(|(_, document)| document).collect();
    let histories = by_document(stores.bans().histories(&documents)?);
    let standing = |document| {
        let clean = NoShowHistory::clean(document);
        let history = histories.get(&document).unwrap_or(&clean);
        history.standing_after(missed.order.date, rules)
    };
    let documents = missed.documents();
    Ok(documents
        .map(|(ticket, document)| (ticket, standing(document)))
        .collect())
}

fn by_document(histories: Vec<NoShowHistory>) -> BTreeMap<DocumentHash, NoShowHistory> {
    let histories = histories.into_iter();
    histories
        .map(|history| (history.document, history))
        .collect()
}
