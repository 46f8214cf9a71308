//! The rows of orders, tickets and add-ons, and how one becomes the other.

use chrono::{NaiveDate, NaiveDateTime};
use diesel::mysql::Mysql;
use diesel::prelude::*;
use domain::category::Category;
use domain::id::{AddOnId, AnnualPassId, OrderNumber};
use domain::identity::{DocumentType, Nationality};
use domain::order::{
    AddOn, Admission, CancelCause, Order, OrderKind, OrderState, Ticket, TicketState,
};
use domain::phone::Phone;
use domain::ports::StoreError;
use domain::sealed::{DocumentHash, Sealed};
use domain::session::SessionCode;
use domain::venue::VenueCode;
use domain::visit_date::VisitDate;

use crate::ids::{DbDigest, DbHash, DbId};
use crate::mapping::{corrupt, fen, instant};
use crate::schema::{orders, ticket_add_ons, tickets};

/// An order without its tickets.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = orders, check_for_backend(Mysql))]
pub(crate) struct OrderRow {
    pub(super) id: DbId,
    number: String,
    account_id: DbId,
    kind: String,
    visit_date: NaiveDate,
    session_code: String,
    phone: Option<String>,
    state: String,
    cancel_cause: Option<String>,
    unpaid_account: Option<DbId>,
    request_key: DbDigest,
    body_digest: DbDigest,
    created_at: NaiveDateTime,
    pay_by: NaiveDateTime,
    paid_at: Option<NaiveDateTime>,
    total_fen: i64,
    paid_fen: i64,
    refunded_fen: i64,
    annual_pass_id: Option<DbId>,
}

/// A ticket without its add-ons.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = tickets, check_for_backend(Mysql))]
pub(crate) struct TicketRow {
    pub(super) id: DbId,
    order_id: DbId,
    position: u8,
    visit_date: NaiveDate,
    session_code: String,
    account_id: DbId,
    venue_code: String,
    document_type: String,
    nationality: Option<String>,
    document_hash: Option<DbHash>,
    active_document: Option<DbHash>,
    sealed_key_id: Option<String>,
    sealed_identity: Option<Vec<u8>>,
    age: u8,
    category: String,
    price_fen: i64,
    state: String,
    admitted_at: Option<NaiveDateTime>,
    admitted_gate: Option<String>,
}

/// An add-on of a ticket.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = ticket_add_ons, check_for_backend(Mysql))]
pub(crate) struct AddOnRow {
    id: DbId,
    ticket_id: DbId,
    order_id: DbId,
    position: u8,
    visit_date: NaiveDate,
    session_code: String,
    venue_code: String,
    price_fen: i64,
    state: String,
    admitted_at: Option<NaiveDateTime>,
    admitted_gate: Option<String>,
}

impl From<&Order> for OrderRow {
    fn from(order: &Order) -> Self {
        let unpaid = order.state == OrderState::Unpaid;
        Self {
            id: order.id.into(),
            number: order.number.as_str().to_owned(),
            account_id: order.account.into(),
            kind: order.kind.code().to_owned(),
            visit_date: order.date.date(),
            session_code: order.session.as_str().to_owned(),
            phone: order.phone.as_ref().map(|phone| phone.as_str().to_owned()),
            state: order.state.code().to_owned(),
            cancel_cause: order.cancelled_because.map(|cause| cause.code().to_owned()),
            unpaid_account: unpaid.then(|| order.account.into()),
            request_key: order.request_key.into(),
            body_digest: order.body_digest.into(),
            created_at: order.created_at.naive_utc(),
            pay_by: order.pay_by.naive_utc(),
            paid_at: order.paid_at.map(|at| at.naive_utc()),
            total_fen: order.total.amount(),
            paid_fen: order.paid.amount(),
            refunded_fen: order.refunded.amount(),
            annual_pass_id: order.pass.map(DbId::from),
        }
    }
}

/// The rows of an order's tickets.
pub(super) fn ticket_rows(order: &Order) -> impl Iterator<Item = TicketRow> {
    let tickets = order.tickets.iter().enumerate();
    tickets.map(|(at, ticket)| {
        let document_hash = ticket.document_hash.map(DbHash::from);
        let identity = ticket.identity.as_ref();
        let (admitted_at, admitted_gate) = admission_columns(ticket.admission.as_ref());
        TicketRow {
            id: ticket.id.into(),
            order_id: order.id.into(),
            position: position(at),
            visit_date: order.date.date(),
            session_code: order.session.as_str().to_owned(),
            account_id: order.account.into(),
            venue_code: ticket.venue.as_str().to_owned(),
            document_type: ticket.document_type.code().to_owned(),
            nationality: ticket
                .nationality
                .as_ref()
                .map(|code| code.as_str().to_owned()),
            document_hash,
            active_document: document_hash.filter(|_| ticket.state.is_live()),
            sealed_key_id: identity.map(|sealed| sealed.key_id.clone()),
            sealed_identity: identity.map(|sealed| sealed.bytes.clone()),
            age: ticket.age,
            category: ticket.category.code().to_owned(),
            price_fen: ticket.price.amount(),
            state: ticket.state.code().to_owned(),
            admitted_at,
            admitted_gate,
        }
    })
}

/// The rows of the add-ons of all of an order's tickets.
pub(super) fn add_on_rows(order: &Order) -> impl Iterator<Item = AddOnRow> {
    let of_ticket = |ticket: &'_ Ticket| {
        let ticket_id = DbId::from(ticket.id);
        let add_ons = ticket.add_ons.iter().enumerate();
        add_ons
            .map(|(at, add_on)| add_on_row(order, ticket_id, at, add_on))
            .collect::<Vec<_>>()
    };
    order.tickets.iter().flat_map(of_ticket)
}

fn add_on_row(order: &Order, ticket_id: DbId, at: usize, add_on: &AddOn) -> AddOnRow {
    let (admitted_at, admitted_gate) = admission_columns(add_on.admission.as_ref());
    AddOnRow {
        id: add_on.id.into(),
        ticket_id,
        order_id: order.id.into(),
        position: position(at),
        visit_date: order.date.date(),
        session_code: order.session.as_str().to_owned(),
        venue_code: add_on.venue.as_str().to_owned(),
        price_fen: add_on.price.amount(),
        state: add_on.state.code().to_owned(),
        admitted_at,
        admitted_gate,
    }
}

/// When and where, as the two columns that are filled together.
pub(super) fn admission_columns(
    admission: Option<&Admission>,
) -> (Option<NaiveDateTime>, Option<String>) {
    admission.map_or((None, None), |admission| {
        (Some(admission.at.naive_utc()), Some(admission.gate.clone()))
    })
}

/// An order has 5 tickets at most (rule 4.2); a 257th would run into the key of positions.
fn position(at: usize) -> u8 {
    u8::try_from(at).unwrap_or(u8::MAX)
}

impl OrderRow {
    /// The order, still without tickets.
    pub(super) fn into_order(self) -> Result<Order, StoreError> {
        let cause = self
            .cancel_cause
            .as_deref()
            .map(CancelCause::parse)
            .transpose();
        let phone = self.phone.as_deref().map(Phone::parse).transpose();
        Ok(Order {
            id: self.id.into(),
            number: OrderNumber::parse(&self.number).map_err(|_| corrupt("orders.number"))?,
            account: self.account_id.into(),
            kind: OrderKind::parse(&self.kind).map_err(|_| corrupt("orders.kind"))?,
            pass: self.annual_pass_id.map(AnnualPassId::from),
            date: VisitDate::new(self.visit_date),
            session: session(&self.session_code, "orders.session_code")?,
            phone: phone.map_err(|_| corrupt("orders.phone"))?,
            state: OrderState::parse(&self.state).map_err(|_| corrupt("orders.state"))?,
            cancelled_because: cause.map_err(|_| corrupt("orders.cancel_cause"))?,
            request_key: self.request_key.into(),
            body_digest: self.body_digest.into(),
            created_at: self.created_at.and_utc(),
            pay_by: self.pay_by.and_utc(),
            paid_at: instant(self.paid_at),
            total: fen(self.total_fen)?,
            paid: fen(self.paid_fen)?,
            refunded: fen(self.refunded_fen)?,
            tickets: Vec::new(),
        })
    }
}

impl TicketRow {
    /// The ticket, still without add-ons.
    pub(super) fn into_ticket(self) -> Result<Ticket, StoreError> {
        let nationality = self
            .nationality
            .as_deref()
            .map(Nationality::parse)
            .transpose();
        Ok(Ticket {
            id: self.id.into(),
            document_type: DocumentType::parse(&self.document_type)
                .map_err(|_| corrupt("tickets.document_type"))?,
            nationality: nationality.map_err(|_| corrupt("tickets.nationality"))?,
            document_hash: self.document_hash.map(DocumentHash::from),
            identity: sealed(self.sealed_key_id, self.sealed_identity),
            age: self.age,
            category: Category::parse(&self.category).map_err(|_| corrupt("tickets.category"))?,
            venue: venue(&self.venue_code, "tickets.venue_code")?,
            price: fen(self.price_fen)?,
            state: ticket_state(&self.state, "tickets.state")?,
            admission: admission(self.admitted_at, self.admitted_gate),
            add_ons: Vec::new(),
        })
    }
}

impl TryFrom<AddOnRow> for AddOn {
    type Error = StoreError;

    fn try_from(row: AddOnRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: AddOnId::from(row.id),
            venue: venue(&row.venue_code, "ticket_add_ons.venue_code")?,
            price: fen(row.price_fen)?,
            state: ticket_state(&row.state, "ticket_add_ons.state")?,
            admission: admission(row.admitted_at, row.admitted_gate),
        })
    }
}

/// A session's code as it was stored in `column`.
pub(super) fn session(code: &str, column: &str) -> Result<SessionCode, StoreError> {
    SessionCode::parse(code).map_err(|_| corrupt(column))
}

/// A ticket's or an add-on's state as it was stored in `column`.
pub(super) fn ticket_state(code: &str, column: &str) -> Result<TicketState, StoreError> {
    TicketState::parse(code).map_err(|_| corrupt(column))
}

/// A venue's code as it was stored in `column`.
pub(super) fn venue(code: &str, column: &str) -> Result<VenueCode, StoreError> {
    VenueCode::parse(code).map_err(|_| corrupt(column))
}

fn sealed(key_id: Option<String>, bytes: Option<Vec<u8>>) -> Option<Sealed> {
    Some(Sealed {
        key_id: key_id?,
        bytes: bytes?,
    })
}

fn admission(at: Option<NaiveDateTime>, gate: Option<String>) -> Option<Admission> {
    Some(Admission {
        at: at?.and_utc(),
        gate: gate?,
    })
}
