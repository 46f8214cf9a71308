//! Rows as a new order of two visitors makes them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, TimeDelta, Utc};
use diesel::prelude::*;
use domain::visit_date::VisitDate;
use uuid::Uuid;

use super::tables::{orders, tickets};

pub(super) const SESSION: &str = "morning";
pub(super) const VENUE: &str = "palace";

/// Visitors of each order.
const VISITORS: u8 = 2;
/// What a ticket costs, in fen.
const PRICE: i64 = 4000;
/// As long as a sealed name and number.
const SEALED: usize = 64;

#[derive(Insertable)]
#[diesel(table_name = orders)]
pub(super) struct OrderRow {
    id: Vec<u8>,
    number: String,
    account_id: Vec<u8>,
    kind: &'static str,
    visit_date: NaiveDate,
    session_code: &'static str,
    phone: Option<&'static str>,
    state: &'static str,
    unpaid_account: Option<Vec<u8>>,
    request_key: Vec<u8>,
    body_digest: Vec<u8>,
    created_at: NaiveDateTime,
    pay_by: NaiveDateTime,
    total_fen: i64,
    paid_fen: i64,
    refunded_fen: i64,
}

#[derive(Insertable)]
#[diesel(table_name = tickets)]
pub(super) struct TicketRow {
    id: Vec<u8>,
    order_id: Vec<u8>,
    position: u8,
    visit_date: NaiveDate,
    session_code: &'static str,
    account_id: Vec<u8>,
    venue_code: &'static str,
    document_type: &'static str,
    document_hash: Option<Vec<u8>>,
    active_document: Option<Vec<u8>>,
    sealed_key_id: Option<&'static str>,
    sealed_identity: Option<Vec<u8>>,
    age: u8,
    category: &'static str,
    price_fen: i64,
    state: &'static str,
}

/// The rows of one transaction.
pub(super) struct Group {
    pub(super) order_rows: Vec<OrderRow>,
    pub(super) ticket_rows: Vec<TicketRow>,
}

impl Group {
    /// Orders that nobody has placed before.
    pub(super) fn of(date: VisitDate, orders: usize, now: DateTime<Utc>) -> Self {
        let mut group = Self {
            order_rows: Vec::with_capacity(orders),
            ticket_rows: Vec::with_capacity(orders * usize::from(VISITORS)),
        };
        for _ in 0..orders {
            let order = order_row(date, now);
            let tickets = (1..=VISITORS).map(|position| ticket_row(&order, position, now));
            group.ticket_rows.extend(tickets);
            group.order_rows.push(order);
        }
        group
    }

    pub(super) fn orders(&self) -> u64 {
        u64::try_from(self.order_rows.len()).unwrap_or_default()
    }

    pub(super) fn places(&self) -> u32 {
        u32::try_from(self.ticket_rows.len()).unwrap_or_default()
    }
}

fn order_row(date: VisitDate, now: DateTime<Utc>) -> OrderRow {
    let account = random();
    OrderRow {
        id: ordered(now),
        number: format!(
            "B{:017}",
            Uuid::new_v4().as_u128() % 100_000_000_000_000_000
        ),
        unpaid_account: Some(account.clone()),
        account_id: account,
        kind: "ordinary",
        visit_date: date.date(),
        session_code: SESSION,
        phone: Some("13800138000"),
        state: "unpaid",
        request_key: [random(), random()].concat(),
        body_digest: [random(), random()].concat(),
        created_at: now.naive_utc(),
        pay_by: (now + TimeDelta::minutes(30)).naive_utc(),
        total_fen: PRICE * i64::from(VISITORS),
        paid_fen: 0,
        refunded_fen: 0,
    }
}

fn ticket_row(order: &OrderRow, position: u8, now: DateTime<Utc>) -> TicketRow {
    let document = random();
    TicketRow {
        id: ordered(now),
        order_id: order.id.clone(),
        position,
        visit_date: order.visit_date,
        session_code: SESSION,
        account_id: order.account_id.clone(),
        venue_code: VENUE,
        document_type: "id_card",
        document_hash: Some(document.clone()),
        active_document: Some(document),
        sealed_key_id: Some("test"),
        sealed_identity: Some(vec![7; SEALED]),
        age: 36,
        category: "standard",
        price_fen: PRICE,
        state: "held",
    }
}

/// Like the hash of a document or the id of an account: anywhere in its index.
fn random() -> Vec<u8> {
    Uuid::new_v4().as_bytes().to_vec()
}

/// Like an id of ours: later ones come behind.
fn ordered(now: DateTime<Utc>) -> Vec<u8> {
    let milliseconds = u128::try_from(now.timestamp_millis()).unwrap_or_default();
    let random = Uuid::new_v4().as_u128() & ((1 << 80) - 1);
    ((milliseconds << 80) | random).to_be_bytes().to_vec()
}
