//! Orders, and look-ups across their tickets.

use chrono::{DateTime, Utc};

use crate::id::{AccountId, AnnualPassId, OrderId, OrderNumber, RequestKey, TicketId};
use crate::order::{Order, TicketState};
use crate::sealed::DocumentHash;
use crate::session::SessionCode;
use crate::visit_date::VisitDate;

use super::Stored;

/// An account's unpaid order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpaidOrder {
    /// Whose.
    pub account: AccountId,
    /// Which.
    pub order: OrderId,
    /// Its visit date.
    pub date: VisitDate,
    /// Until when it holds its places.
    pub pay_by: DateTime<Utc>,
}

/// An unpaid order whose `pay_by` has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LapsedOrder {
    /// Its visit date, first, because days are locked in date order.
    pub date: VisitDate,
    /// Which.
    pub order: OrderId,
}

/// Orders. Every order comes and goes whole: with its tickets and their add-ons.
pub trait OrderStore {
    /// The order, without a lock.
    fn find(&mut self, id: OrderId) -> Stored<Option<Order>>;
    /// The order of that number, without a lock.
    fn find_number(&mut self, number: &OrderNumber) -> Stored<Option<Order>>;
    /// The orders with these request keys, without a lock, in no order.
    fn find_by_request_keys(&mut self, keys: &[RequestKey]) -> Stored<Vec<Order>>;
    /// The annual passes of those of `ids` that are visits on one, without a lock, each once, by
    /// id; the pass of an order never changes.
    fn passes_of(&mut self, ids: &[OrderId]) -> Stored<Vec<AnnualPassId>>;
    /// Locks and returns those of `ids` that exist, by id.
    fn lock(&mut self, ids: &[OrderId]) -> Stored<Vec<Order>>;
    /// Locks and returns those of `ids` that exist and that nobody else has locked, by id.
    fn lock_free(&mut self, ids: &[OrderId]) -> Stored<Vec<Order>>;
    /// Adds orders with all their tickets.
    /// [`StoreError::Duplicate`](crate::ports::StoreError::Duplicate) with
    /// [`UniqueKey::ActiveDocument`](crate::ports::UniqueKey) if a document has a live ticket that
    /// date, with `UnpaidAccount` if an account would have two unpaid orders, with `RequestKey` if
    /// a request key is taken. The unit is then rolled back: part of the rows may be written.
    fn insert(&mut self, orders: &[Order]) -> Stored<()>;
    /// Writes state, cancel cause, money and admissions of orders, tickets and add-ons that were
    /// locked, and nothing else of them; a ticket that becomes live again may run into
    /// `ActiveDocument`. [`StoreError::Fault`](crate::ports::StoreError::Fault) if more would be
    /// asked back than was paid (rule 6.6).
    fn save(&mut self, orders: &[Order]) -> Stored<()>;
    /// The unpaid orders of these accounts, lapsed ones included, without a lock.
    fn unpaid_of(&mut self, accounts: &[AccountId]) -> Stored<Vec<UnpaidOrder>>;
    /// At most `limit` unpaid orders with `pay_by` before `now`, the longest lapsed first,
    /// without a lock; with `date`, only those for that visit date.
    fn lapsed(
        &mut self,
        date: Option<VisitDate>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Stored<Vec<LapsedOrder>>;
    /// At most `limit` orders of the visit date that are unpaid, paid or used, by id, after the
    /// order `after`; without a lock.
    fn closable(
        &mut self,
        date: VisitDate,
        after: Option<OrderId>,
        limit: u32,
    ) -> Stored<Vec<OrderId>>;
}

/// A document's live admission of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldDocument {
    /// The document.
    pub document: DocumentHash,
    /// The order that holds it.
    pub order: OrderId,
    /// The order's `pay_by` while it is unpaid.
    pub unpaid_until: Option<DateTime<Utc>>,
}

/// A live admission of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveAdmission {
    /// Whose.
    pub account: AccountId,
    /// In which order.
    pub order: OrderId,
    /// Which ticket.
    pub ticket: TicketId,
    /// For which session.
    pub session: SessionCode,
    /// The visitor's age on the visit date.
    pub age: u8,
    /// The ticket's state.
    pub state: TicketState,
    /// The order's `pay_by` while it is unpaid.
    pub unpaid_until: Option<DateTime<Utc>>,
}

/// A ticket of a document, whatever has become of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentTicket {
    /// The document.
    pub document: DocumentHash,
    /// Its order.
    pub order: OrderId,
    /// Which ticket.
    pub ticket: TicketId,
    /// For which day.
    pub date: VisitDate,
    /// The ticket's state.
    pub state: TicketState,
}

/// Look-ups across tickets, without locks; the day's lock makes them exact.
pub trait TicketStore {
    /// Which of these documents have a live admission on `date`.
    fn held_documents(
        &mut self,
        date: VisitDate,
        documents: &[DocumentHash],
    ) -> Stored<Vec<HeldDocument>>;
    /// The live admissions of these accounts on `date`, over all sessions.
    fn live_admissions(
        &mut self,
        date: VisitDate,
        accounts: &[AccountId],
    ) -> Stored<Vec<LiveAdmission>>;
    /// All tickets of these documents for `first` and later, in any state, by date and id.
    fn of_documents(
        &mut self,
        documents: &[DocumentHash],
        first: VisitDate,
    ) -> Stored<Vec<DocumentTicket>>;
    /// The order that a ticket is part of.
    fn order_of(&mut self, ticket: TicketId) -> Stored<Option<OrderId>>;
    /// The dates up to `last`, included, on which a ticket or an add-on is still valid, in order.
    fn unused_dates(&mut self, last: VisitDate) -> Stored<Vec<VisitDate>>;
    /// At most `limit` orders of the date in which a ticket or an add-on is still valid, by id,
    /// after the order `after`.
    fn unused_orders(
        &mut self,
        date: VisitDate,
        after: Option<OrderId>,
        limit: u32,
    ) -> Stored<Vec<OrderId>>;
}
