//! The append-only sales ledger: what was sold and what was given back.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::category::Category;
use crate::coded::coded;
use crate::id::{OrderId, RefundId};
use crate::money::Fen;
use crate::order::Order;
use crate::refund::RefundItem;
use crate::session::SessionCode;
use crate::venue::VenueCode;
use crate::visit_date::VisitDate;

/// Whether a line adds to the turnover or takes from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LedgerKind {
    /// Money received.
    Payment,
    /// Money asked back.
    Refund,
}

coded!(LedgerKind, "ledger kind", { Payment = "payment", Refund = "refund" });

/// One line: so many places of one venue and category, and their money.
///
/// Unique by order, kind, reference, venue and category, so that a unit that is run again cannot
/// book twice. Amounts are positive for both kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerEntry {
    /// The order.
    pub order: OrderId,
    /// Received or asked back.
    pub kind: LedgerKind,
    /// The order's number for a payment, the refund's id for a refund.
    pub reference: String,
    /// The visit date.
    pub date: VisitDate,
    /// The session.
    pub session: SessionCode,
    /// The venue.
    pub venue: VenueCode,
    /// The category.
    pub category: Category,
    /// How many places.
    pub quantity: u32,
    /// Their money together.
    pub amount: Fen,
    /// When the money moved.
    pub occurred_at: DateTime<Utc>,
}

/// The lines of a payment for the whole order.
#[must_use]
pub fn payment_entries(order: &Order, at: DateTime<Utc>) -> Vec<LedgerEntry> {
    let items = order.tickets.iter().flat_map(|ticket| {
        let own = (&ticket.venue, ticket.category, ticket.price);
        let add_ons = ticket.add_ons.iter();
        std::iter::once(own)
            .chain(add_ons.map(|add_on| (&add_on.venue, ticket.category, add_on.price)))
    });
    entries(
        order,
        LedgerKind::Payment,
        order.number.to_string(),
        items,
        at,
    )
}

/// The lines of a refund of `items`.
#[must_use]
pub fn refund_entries(
    order: &Order,
    refund: RefundId,
    items: &[RefundItem],
    at: DateTime<Utc>,
) -> Vec<LedgerEntry> {
    let items = items
        .iter()
        .map(|item| (&item.venue, item.category, item.amount));
    entries(order, LedgerKind::Refund, refund.to_string(), items, at)
}

fn entries<'a>(
    order: &Order,
    kind: LedgerKind,
    reference: String,
    items: impl Iterator<Item = (&'a VenueCode, Category, Fen)>,
    at: DateTime<Utc>,
) -> Vec<LedgerEntry> {
    let mut lines: BTreeMap<(&VenueCode, &'static str), LedgerEntry> = BTreeMap::new();
    for (venue, category, price) in items {
        let line = lines
            .entry((venue, category.code()))
            .or_insert_with(|| LedgerEntry {
                order: order.id,
                kind,
                reference: reference.clone(),
                date: order.date,
                session: order.session.clone(),
                venue: venue.clone(),
                category,
                quantity: 0,
                amount: Fen::ZERO,
                occurred_at: at,
            });
        line.quantity = line.quantity.saturating_add(1);
        line.amount = line.amount.checked_add(price).unwrap_or(line.amount);
    }
    lines.into_values().collect()
}
