//! What is stored of a day, as rows. The stores of `persistence` write the same columns; a test
//! reads them back through those.

use domain::calendar::OpeningDay;
use domain::ledger::LedgerEntry;
use domain::no_show::{Ban, NoShow};
use domain::order::{AddOn, Admission, Order, OrderState, Ticket};
use domain::payment::PaymentAttempt;
use domain::ports::RefundSubmission;
use domain::quota::Quota;
use domain::refund::Refund;
use domain::visit_date::VisitDate;

use super::day::DayOfSales;
use super::fates::Booked;
use super::plan::PlannedDay;
use super::sheet::{Row, Sheet, Table};

const DAYS: Table = Table {
    name: "opening_days",
    columns: "visit_date, state, opens, last_entry, closes, version",
};
const QUOTAS: Table = Table {
    name: "quotas",
    columns: "visit_date, session_code, venue_code, capacity, ceiling, taken",
};
const ORDERS: Table = Table {
    name: "orders",
    columns: "id, number, account_id, kind, visit_date, session_code, phone, state, cancel_cause, \
              unpaid_account, request_key, body_digest, created_at, pay_by, paid_at, total_fen, \
              paid_fen, refunded_fen",
};
const TICKETS: Table = Table {
    name: "tickets",
    columns: "id, order_id, position, visit_date, session_code, account_id, venue_code, \
              document_type, document_hash, active_document, sealed_key_id, sealed_identity, age, \
              category, price_fen, state, admitted_at, admitted_gate",
};
const ADD_ONS: Table = Table {
    name: "ticket_add_ons",
    columns: "id, ticket_id, order_id, position, visit_date, session_code, venue_code, price_fen, \
              state, admitted_at, admitted_gate",
};
const ATTEMPTS: Table = Table {
    name: "payment_attempts",
    columns: "number, order_id, amount_fen, payer_open_id, time_expire, state, prepay_id, \
              transaction_id, created_at, next_check_at",
};
const LEDGER: Table = Table {
    name: "sales_ledger",
    columns: "order_id, kind, reference, venue_code, category, visit_date, session_code, quantity, \
              amount_fen, occurred_at",
};
const SUBMISSIONS: Table = Table {
    name: "refund_submissions",
    columns: "number, order_id, order_number, amount_fen, total_fen, state, attempts, created_at, \
              next_attempt_at",
};
const REFUNDS: Table = Table {
    name: "refunds",
    columns: "id, order_id, account_id, cause, amount_fen, state, submission_number, request_key, \
              body_digest, requested_at, finished_at",
};
const REFUND_ITEMS: Table = Table {
    name: "refund_items",
    columns: "refund_id, position, ticket_id, add_on_id, venue_code, category, amount_fen",
};
const NO_SHOWS: Table = Table {
    name: "no_shows",
    columns: "document_hash, visit_date, cause, ticket_id, recorded_at",
};
const BANS: Table = Table {
    name: "bans",
    columns: "document_hash, third_day, last_day",
};
const ERASED: Table = Table {
    name: "erased_days",
    columns: "visit_date, erased_at",
};

/// The tables whose keys are dropped while a year is loaded: the large ones.
pub(super) const LARGE: [&str; 5] = [
    ORDERS.name,
    TICKETS.name,
    ADD_ONS.name,
    ATTEMPTS.name,
    LEDGER.name,
];

/// The rows of orders and of what belongs to them.
pub(super) struct OrderSheets {
    orders: Sheet,
    tickets: Sheet,
    add_ons: Sheet,
    attempts: Sheet,
    ledger: Sheet,
    submissions: Sheet,
    refunds: Sheet,
    refund_items: Sheet,
    no_shows: Sheet,
}

impl OrderSheets {
    /// Sheets without rows.
    pub(super) fn new() -> Self {
        Self {
            orders: Sheet::new(ORDERS),
            tickets: Sheet::new(TICKETS),
            add_ons: Sheet::new(ADD_ONS),
            attempts: Sheet::new(ATTEMPTS),
            ledger: Sheet::new(LEDGER),
            submissions: Sheet::new(SUBMISSIONS),
            refunds: Sheet::new(REFUNDS),
            refund_items: Sheet::new(REFUND_ITEMS),
            no_shows: Sheet::new(NO_SHOWS),
        }
    }

    /// Adds an order and all that was stored on its way.
    pub(super) fn add(&mut self, booked: &Booked) {
        let order = &booked.order;
        order_row(&mut self.orders, order);
        for (position, ticket) in (0_u8..).zip(&order.tickets) {
            ticket_row(&mut self.tickets, order, position, ticket);
            for (position, add_on) in (0_u8..).zip(&ticket.add_ons) {
                add_on_row(&mut self.add_ons, order, ticket, position, add_on);
            }
        }
        if let Some(attempt) = &booked.attempt {
            attempt_row(&mut self.attempts, attempt);
        }
        for entry in &booked.ledger {
            ledger_row(&mut self.ledger, entry);
        }
        if let Some(submission) = &booked.submission {
            submission_row(&mut self.submissions, submission);
        }
        if let Some(refund) = &booked.refund {
            let submission = booked.submission.as_ref();
            refund_row(&mut self.refunds, refund, submission);
            item_rows(&mut self.refund_items, refund);
        }
        for no_show in &booked.no_shows {
            no_show_row(&mut self.no_shows, no_show);
        }
    }

    /// All of them, each after those that it refers to.
    pub(super) fn into_sheets(self) -> Vec<Sheet> {
        vec![
            self.orders,
            self.tickets,
            self.add_ons,
            self.attempts,
            self.ledger,
            self.submissions,
            self.refunds,
            self.refund_items,
            self.no_shows,
        ]
    }
}

/// All rows of a day.
pub(super) fn of_day(planned: &PlannedDay, sales: &DayOfSales) -> Vec<Sheet> {
    let mut sheets = OrderSheets::new();
    for booked in &sales.orders {
        sheets.add(booked);
    }
    let mut sheets = sheets.into_sheets();
    let mut days = Sheet::new(DAYS);
    day_row(&mut days, &sales.day, sales.orders.len());
    let mut quotas = Sheet::new(QUOTAS);
    for quota in &sales.quotas {
        quota_row(&mut quotas, quota);
    }
    let mut bans = Sheet::new(BANS);
    for ban in &sales.bans {
        ban_row(&mut bans, ban);
    }
    let mut erased = Sheet::new(ERASED);
    if planned.erased {
        erased_row(&mut erased, planned.date);
    }
    sheets.extend([days, quotas, bans, erased]);
    sheets
}

fn day_row(sheet: &mut Sheet, day: &OpeningDay, version: usize) {
    let hours = day.hours();
    sheet
        .row()
        .plain(day.date())
        .text(day.state().code())
        .plain(hours.opens())
        .plain(hours.last_entry())
        .plain(hours.closes())
        .plain(version);
}

fn quota_row(sheet: &mut Sheet, quota: &Quota) {
    let key = quota.key();
    sheet
        .row()
        .plain(key.date)
        .text(key.session.as_str())
        .text(key.venue.as_str())
        .plain(quota.capacity())
        .plain(quota.ceiling())
        .plain(quota.taken());
}

fn order_row(sheet: &mut Sheet, order: &Order) {
    let unpaid = (order.state == OrderState::Unpaid).then_some(order.account);
    sheet
        .row()
        .raw(order.id.uuid().as_bytes())
        .text(order.number.as_str())
        .raw(order.account.uuid().as_bytes())
        .text(order.kind.code())
        .plain(order.date)
        .text(order.session.as_str())
        .optional(order.phone.as_ref(), |row, phone| row.text(phone.as_str()))
        .text(order.state.code())
        .optional(order.cancelled_because, |row, cause| row.text(cause.code()))
        .optional(unpaid, |row, account| row.raw(account.uuid().as_bytes()))
        .raw(&order.request_key.0)
        .raw(&order.body_digest.0)
        .instant(order.created_at)
        .instant(order.pay_by)
        .optional(order.paid_at, |row, at| row.instant(at))
        .plain(order.total.amount())
        .plain(order.paid.amount())
        .plain(order.refunded.amount());
}

fn ticket_row(sheet: &mut Sheet, order: &Order, position: u8, ticket: &Ticket) {
    let hash = ticket.document_hash;
    let active = hash.filter(|_| ticket.state.is_live());
    let identity = ticket.identity.as_ref();
    let mut row = sheet.row();
    row.raw(ticket.id.uuid().as_bytes())
        .raw(order.id.uuid().as_bytes())
        .plain(position)
        .plain(order.date)
        .text(order.session.as_str())
        .raw(order.account.uuid().as_bytes())
        .text(ticket.venue.as_str())
        .text(ticket.document_type.code())
        .optional(hash, |row, hash| row.raw(&hash.0))
        .optional(active, |row, hash| row.raw(&hash.0))
        .optional(identity, |row, sealed| row.text(&sealed.key_id))
        .optional(identity, |row, sealed| row.raw(&sealed.bytes))
        .plain(ticket.age)
        .text(ticket.category.code())
        .plain(ticket.price.amount())
        .text(ticket.state.code());
    admission_columns(&mut row, ticket.admission.as_ref());
}

fn add_on_row(sheet: &mut Sheet, order: &Order, ticket: &Ticket, position: u8, add_on: &AddOn) {
    let mut row = sheet.row();
    row.raw(add_on.id.uuid().as_bytes())
        .raw(ticket.id.uuid().as_bytes())
        .raw(order.id.uuid().as_bytes())
        .plain(position)
        .plain(order.date)
        .text(order.session.as_str())
        .text(add_on.venue.as_str())
        .plain(add_on.price.amount())
        .text(add_on.state.code());
    admission_columns(&mut row, add_on.admission.as_ref());
}

fn admission_columns(row: &mut Row<'_>, admission: Option<&Admission>) {
    row.optional(admission, |row, admission| row.instant(admission.at))
        .optional(admission, |row, admission| row.text(&admission.gate));
}

fn attempt_row(sheet: &mut Sheet, attempt: &PaymentAttempt) {
    sheet
        .row()
        .text(attempt.number.as_str())
        .raw(attempt.order.uuid().as_bytes())
        .plain(attempt.amount.amount())
        .text(attempt.payer.as_str())
        .instant(attempt.time_expire)
        .text(attempt.state.code())
        .optional(attempt.prepay_id.as_ref(), |row, id| row.text(id))
        .optional(attempt.transaction_id.as_ref(), |row, id| row.text(id))
        .instant(attempt.created_at)
        .instant(attempt.next_check_at);
}

fn ledger_row(sheet: &mut Sheet, entry: &LedgerEntry) {
    sheet
        .row()
        .raw(entry.order.uuid().as_bytes())
        .text(entry.kind.code())
        .text(&entry.reference)
        .text(entry.venue.as_str())
        .text(entry.category.code())
        .plain(entry.date)
        .text(entry.session.as_str())
        .plain(entry.quantity)
        .plain(entry.amount.amount())
        .instant(entry.occurred_at);
}

fn submission_row(sheet: &mut Sheet, submission: &RefundSubmission) {
    sheet
        .row()
        .text(&submission.number)
        .raw(submission.order.uuid().as_bytes())
        .text(submission.order_number.as_str())
        .plain(submission.amount.amount())
        .plain(submission.total.amount())
        .text(submission.state.code())
        .plain(submission.attempts)
        .instant(submission.created_at)
        .instant(submission.next_attempt_at);
}

fn refund_row(sheet: &mut Sheet, refund: &Refund, submission: Option<&RefundSubmission>) {
    sheet
        .row()
        .raw(refund.id.uuid().as_bytes())
        .raw(refund.order.uuid().as_bytes())
        .raw(refund.account.uuid().as_bytes())
        .text(refund.cause.code())
        .plain(refund.amount.amount())
        .text(refund.state.code())
        .optional(submission, |row, submission| row.text(&submission.number))
        .raw(&refund.request_key.0)
        .raw(&refund.body_digest.0)
        .instant(refund.requested_at)
        .optional(refund.finished_at, |row, at| row.instant(at));
}

fn item_rows(sheet: &mut Sheet, refund: &Refund) {
    for (position, item) in (0_u16..).zip(&refund.items) {
        sheet
            .row()
            .raw(refund.id.uuid().as_bytes())
            .plain(position)
            .raw(item.ticket.uuid().as_bytes())
            .optional(item.add_on, |row, id| row.raw(id.uuid().as_bytes()))
            .text(item.venue.as_str())
            .text(item.category.code())
            .plain(item.amount.amount());
    }
}

fn no_show_row(sheet: &mut Sheet, no_show: &NoShow) {
    sheet
        .row()
        .raw(&no_show.document.0)
        .plain(no_show.date)
        .text(no_show.cause.code())
        .raw(no_show.ticket.uuid().as_bytes())
        .instant(no_show.recorded_at);
}

fn ban_row(sheet: &mut Sheet, ban: &Ban) {
    sheet
        .row()
        .raw(&ban.document.0)
        .plain(ban.third)
        .plain(ban.last_day);
}

/// The job runs in the night after.
fn erased_row(sheet: &mut Sheet, date: VisitDate) {
    let erased_at = date.plus_days(181).start();
    sheet.row().plain(date).instant(erased_at);
}
