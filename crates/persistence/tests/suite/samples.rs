//! Orders, refunds and money as the rules leave them, for the tests of stores and sweep.

use chrono::{DateTime, NaiveDate, TimeDelta, TimeZone, Utc};
use domain::account::{Account, OpenId, SavedVisitor};
use domain::category::Category;
use domain::id::{
    AccountId, AddOnId, BodyDigest, OrderId, OrderNumber, RefundId, RequestKey, SavedVisitorId,
    TicketId,
};
use domain::identity::DocumentType;
use domain::money::Fen;
use domain::order::{AddOn, Order, OrderKind, OrderState, Ticket, TicketState};
use domain::payment::{AttemptState, PaymentAttempt};
use domain::phone::Phone;
use domain::ports::{RefundSubmission, StoreError, Stores, SubmissionState, UnitOfWork};
use domain::refund::{Refund, RefundCause, RefundItem, RefundPlan, RefundState};
use domain::sealed::{DocumentHash, Sealed};
use domain::session::SessionCode;
use domain::venue::VenueCode;
use domain::visit_date::VisitDate;
use persistence::test_support::TestDatabase;
use uuid::Uuid;

/// Runs `work` in one unit that must succeed.
pub(crate) fn run<T>(
    database: &TestDatabase,
    work: impl FnMut(&mut dyn Stores) -> Result<T, StoreError>,
) -> T {
    try_run(database, work).expect("the unit succeeds")
}

/// Runs `work` in one unit.
pub(crate) fn try_run<T>(
    database: &TestDatabase,
    work: impl FnMut(&mut dyn Stores) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let unit_of_work = database.unit_of_work();
    let unit_of_work: &dyn UnitOfWork = &unit_of_work;
    unit_of_work.run(work)
}

pub(crate) fn now() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 11, 25, 4, 0, 0).unwrap() + TimeDelta::microseconds(123_456)
}

pub(crate) fn visit_date() -> VisitDate {
    VisitDate::new(NaiveDate::from_ymd_opt(2026, 12, 1).unwrap())
}

pub(crate) fn morning() -> SessionCode {
    SessionCode::parse("morning").unwrap()
}

pub(crate) fn palace() -> VenueCode {
    VenueCode::parse("palace").unwrap()
}

pub(crate) fn gallery() -> VenueCode {
    VenueCode::parse("treasure_gallery").unwrap()
}

pub(crate) fn fen(amount: i64) -> Fen {
    Fen::new(amount).unwrap()
}

pub(crate) fn account_id(number: u8) -> AccountId {
    AccountId::new(Uuid::from_u128(u128::from(number) << 64))
}

pub(crate) fn order_id(number: u8) -> OrderId {
    OrderId::new(Uuid::from_u128(u128::from(number)))
}

pub(crate) fn ticket_id(order: u8, position: u8) -> TicketId {
    TicketId::new(Uuid::from_u128(
        u128::from(order) << 16 | u128::from(position),
    ))
}

pub(crate) fn document(order: u8, position: u8) -> DocumentHash {
    let mut hash = [0; 16];
    hash[0] = order;
    hash[1] = position;
    DocumentHash(hash)
}

pub(crate) fn account(number: u8) -> Account {
    Account {
        id: account_id(number),
        open_id: OpenId::parse(&format!("openid-{number}")).unwrap(),
        phone: None,
        phone_verified: false,
        registered_at: now(),
    }
}

pub(crate) fn visitor(account: u8, number: u8) -> SavedVisitor {
    SavedVisitor {
        id: SavedVisitorId::new(Uuid::from_u128(
            u128::from(account) << 32 | u128::from(number),
        )),
        account: account_id(account),
        document_type: DocumentType::IdCard,
        nationality: None,
        document_hash: document(account, number),
        identity: sealed(),
        birth_date: NaiveDate::from_ymd_opt(1990, 2, 28),
        created_at: now() + TimeDelta::seconds(i64::from(number)),
    }
}

fn sealed() -> Sealed {
    Sealed {
        key_id: "k1".to_owned(),
        bytes: vec![0, 159, 146, 150, 255],
    }
}

/// An unpaid order of two visitors, the first with a gallery; `price` is each admission's, and the
/// gallery costs a quarter of it.
pub(crate) fn order(number: u8, price: i64) -> Order {
    let id = order_id(number);
    let add_on = AddOn {
        id: AddOnId::new(Uuid::from_u128(u128::from(number) << 24)),
        venue: gallery(),
        price: fen(price / 4),
        state: TicketState::Held,
        admission: None,
    };
    Order {
        id,
        number: OrderNumber::of(id, now()),
        account: account_id(number),
        kind: OrderKind::Ordinary,
        pass: None,
        date: visit_date(),
        session: morning(),
        phone: Some(Phone::parse("13800138000").unwrap()),
        state: OrderState::Unpaid,
        cancelled_because: None,
        request_key: RequestKey([number; 32]),
        body_digest: BodyDigest([7; 32]),
        created_at: now(),
        pay_by: now() + TimeDelta::minutes(30),
        paid_at: None,
        total: fen(price * 2 + price / 4),
        paid: Fen::ZERO,
        refunded: Fen::ZERO,
        tickets: vec![
            ticket(number, 1, price, vec![add_on]),
            ticket(number, 2, price, Vec::new()),
        ],
    }
}

fn ticket(order: u8, position: u8, price: i64, add_ons: Vec<AddOn>) -> Ticket {
    Ticket {
        id: ticket_id(order, position),
        document_type: DocumentType::IdCard,
        nationality: None,
        document_hash: Some(document(order, position)),
        identity: Some(sealed()),
        age: 36,
        category: Category::Standard,
        venue: palace(),
        price: fen(price),
        state: TicketState::Held,
        admission: None,
        add_ons,
    }
}

pub(crate) fn attempt(order: &Order, state: AttemptState) -> PaymentAttempt {
    let paid = state == AttemptState::Paid;
    PaymentAttempt {
        number: order.number.clone(),
        order: order.id,
        amount: order.total,
        payer: OpenId::parse("openid-1").unwrap(),
        time_expire: order.pay_by,
        state,
        prepay_id: Some("prepay-1".to_owned()),
        transaction_id: paid.then(|| format!("transaction-{}", order.number)),
        created_at: order.created_at,
        next_check_at: order.pay_by,
    }
}

/// A refund in state `requested`.
pub(crate) fn refund(
    number: u8,
    order: &Order,
    items: Vec<RefundItem>,
    cause: RefundCause,
) -> Refund {
    Refund {
        id: RefundId::new(Uuid::from_u128(u128::from(number))),
        order: order.id,
        account: order.account,
        cause,
        amount: Fen::total(items.iter().map(|item| item.amount)).unwrap(),
        state: RefundState::Requested,
        request_key: RequestKey([number; 32]),
        body_digest: BodyDigest([8; 32]),
        items,
        requested_at: now() + TimeDelta::seconds(i64::from(number)),
        finished_at: None,
    }
}

/// The admission of a ticket as a refund's item.
pub(crate) fn admission_item(ticket: &Ticket) -> RefundItem {
    RefundItem {
        ticket: ticket.id,
        add_on: None,
        venue: ticket.venue.clone(),
        category: ticket.category,
        amount: ticket.price,
    }
}

pub(crate) fn plan(items: Vec<RefundItem>) -> RefundPlan {
    RefundPlan {
        amount: Fen::total(items.iter().map(|item| item.amount)).unwrap(),
        items,
        no_shows: Vec::new(),
    }
}

/// A pending submission of one refund, due at once.
pub(crate) fn submission(order: &Order, refund: &Refund) -> RefundSubmission {
    RefundSubmission {
        number: refund.id.uuid().as_simple().to_string(),
        order: order.id,
        order_number: order.number.clone(),
        amount: refund.amount,
        total: order.total,
        state: SubmissionState::Pending,
        attempts: 0,
        created_at: refund.requested_at,
        next_attempt_at: refund.requested_at,
    }
}
