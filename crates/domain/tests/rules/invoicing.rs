//! Invoices and what refunds make of them (V18).

use domain::id::{InvoiceId, MailId, RefundId};
use domain::invoice::{
    Invoice, InvoiceDetails, InvoiceNumber, InvoiceState, Rejection, RejectionReason,
};
use domain::mail::{Attachment, MailState};
use domain::money::Fen;
use domain::order::Order;
use domain::ports::{InvoiceQueries, MailQueries};
use domain::testing::Fault;
use domain::use_cases::close_order::{CloseRequest, close_order};
use domain::use_cases::invoices::{
    InvoiceError, InvoiceRequest, IssuedInvoice, Requested, issue_invoice, open_details,
    reject_invoice, request_invoice, reverse_invoice,
};

use super::office::{Office, created};

fn details(title: &str) -> InvoiceDetails {
    InvoiceDetails::parse(title, Some("91110108MA01ABCD2X"), "li.lei@example.com").unwrap()
}

/// A paid order of two adults.
fn paid(office: &Office) -> Order {
    let people = [office.museum.adult(), office.museum.adult()];
    office.paid(&office.museum.account(), &[&people[0], &people[1]])
}

pub(crate) fn request_of(office: &Office, order: &Order, title: &str) -> InvoiceRequest {
    InvoiceRequest {
        invoice: InvoiceId::next(&office.museum.ids),
        order: order.id,
        account: order.account,
        details: details(title),
        received_at: office.museum.now(),
    }
}

fn request(office: &Office, request: &InvoiceRequest) -> Result<Requested, InvoiceError> {
    let museum = &office.museum;
    request_invoice(museum.unit_of_work(), &museum.cipher, request)
}

pub(crate) fn requested(office: &Office, order: &Order) -> Invoice {
    match request(office, &request_of(office, order, "李雷")) {
        Ok(Requested::Created(invoice)) => invoice,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn issued(office: &Office, invoice: &Invoice, number: &str) -> IssuedInvoice {
    IssuedInvoice {
        invoice: invoice.clone(),
        amount: invoice.amount,
        number: InvoiceNumber::parse(number).unwrap(),
        file: Attachment::pdf("invoice.pdf", b"%PDF-1.7".to_vec()).unwrap(),
        mail: MailId::next(&office.museum.ids),
    }
}

pub(crate) fn record(
    office: &Office,
    order: &Order,
    issued: &IssuedInvoice,
) -> Result<Invoice, InvoiceError> {
    let museum = &office.museum;
    let (unit_of_work, now) = (museum.unit_of_work(), museum.now());
    issue_invoice(unit_of_work, &museum.cipher, &order.number, issued, now)
}

pub(crate) fn issue(office: &Office, order: &Order, invoice: &Invoice) -> Invoice {
    record(
        office,
        order,
        &issued(office, invoice, "24952000000123456789"),
    )
    .unwrap()
}

fn reject(office: &Office, order: &Order) -> Result<Invoice, InvoiceError> {
    let reason = RejectionReason::parse("税号有误").unwrap();
    let museum = &office.museum;
    reject_invoice(museum.unit_of_work(), order.id, &reason, museum.now())
}

fn reverse(office: &Office, order: &Order) -> Result<Invoice, InvoiceError> {
    let museum = &office.museum;
    reverse_invoice(museum.unit_of_work(), order.id, museum.now())
}

fn latest(office: &Office, order: &Order) -> Option<Invoice> {
    office.store.invoice_of(order.id).unwrap()
}

fn refund_one(office: &Office, order: &Order, ticket: usize) {
    office.refund(order, &[order.tickets[ticket].id]).unwrap();
}

#[test]
fn a_paid_order_has_an_invoice_over_what_was_paid() {
    let office = Office::with_capacity(10);
    let order = paid(&office);
    let invoice = requested(&office, &order);
    assert_eq!(
        (invoice.state, invoice.amount),
        (InvoiceState::Requested, order.paid)
    );
    assert_eq!(latest(&office, &order), Some(invoice.clone()));
    let opened = open_details(&office.museum.cipher, &invoice).unwrap();
    assert_eq!(opened, details("李雷"));
    office.sweep();
}

#[test]
fn only_money_that_is_kept_is_invoiced() {
    let office = Office::with_capacity(10);
    let account = office.museum.account();
    let unpaid = created(&office.order(&account, &[&office.museum.adult()]));
    let nothing = |order: &Order| {
        let asked = request(&office, &request_of(&office, order, "李雷"));
        assert!(
            matches!(asked, Err(InvoiceError::NothingKept(_))),
            "{asked:?}"
        );
    };
    nothing(&unpaid);
    let (parent, child) = (office.museum.adult(), office.museum.person("2015-01-01"));
    let order = office.paid(&office.museum.account(), &[&parent, &child]);
    office
        .refund(&order, &[order.tickets[0].id, order.tickets[1].id])
        .unwrap();
    nothing(&order);
    let stranger = InvoiceRequest {
        account: account.id,
        ..request_of(&office, &paid(&office), "李雷")
    };
    assert_eq!(request(&office, &stranger), Err(InvoiceError::NotFound));
}

#[test]
fn the_same_request_finds_its_invoice_and_another_is_refused() {
    let office = Office::with_capacity(10);
    let order = paid(&office);
    let invoice = requested(&office, &order);
    let again = request(&office, &request_of(&office, &order, "李雷"));
    assert_eq!(again, Ok(Requested::Existing(invoice)));
    let other = request(&office, &request_of(&office, &order, "韩梅梅"));
    assert_eq!(other, Err(InvoiceError::Exists));
}

#[test]
fn a_request_whose_answer_was_lost_is_recorded_once() {
    let office = Office::with_capacity(10);
    let order = paid(&office);
    let asked = request_of(&office, &order, "李雷");
    office.store.inject(Fault::RunTwice, 1);
    assert!(matches!(
        request(&office, &asked),
        Ok(Requested::Created(_))
    ));
    office.store.inject(Fault::LoseAnswer, 1);
    assert!(request(&office, &asked).is_err());
    assert!(matches!(
        request(&office, &asked),
        Ok(Requested::Created(_))
    ));
}

#[test]
fn an_issued_invoice_goes_by_mail_once() {
    let office = Office::with_capacity(10);
    let order = paid(&office);
    let invoice = requested(&office, &order);
    office.store.inject(Fault::RunTwice, 1);
    let issued = issue(&office, &order, &invoice);
    assert_eq!(issued.state, InvoiceState::Issued);
    assert_eq!(issue(&office, &order, &invoice), issued, "repeated");
    let mails = office.store.mails(Some(MailState::Queued), 10).unwrap();
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].reference, invoice.id.to_string());
    assert!(matches!(
        reject(&office, &order),
        Err(InvoiceError::WrongState(_))
    ));
    office.sweep();
}

#[test]
fn what_changed_since_staff_looked_is_not_issued() {
    let office = Office::with_capacity(10);
    let order = paid(&office);
    let invoice = requested(&office, &order);
    let seen = issued(&office, &invoice, "24952000000123456789");
    refund_one(&office, &order, 0);
    assert_eq!(record(&office, &order, &seen), Err(InvoiceError::Changed));
    assert_eq!(office.store.mails(None, 10), Ok(vec![]));
    reject(&office, &order).unwrap();
    assert_eq!(record(&office, &order, &seen), Err(InvoiceError::NoInvoice));
}

#[test]
fn a_number_belongs_to_one_invoice() {
    let office = Office::with_capacity(10);
    let orders = [paid(&office), paid(&office)];
    let invoices = [0, 1].map(|at: usize| requested(&office, &orders[at]));
    issue(&office, &orders[0], &invoices[0]);
    let second = issued(&office, &invoices[1], "24952000000123456789");
    let refused = record(&office, &orders[1], &second);
    assert_eq!(refused, Err(InvoiceError::NumberTaken));
    assert_eq!(latest(&office, &orders[1]), Some(invoices[1].clone()));
}

#[test]
fn a_refund_lowers_a_request_and_the_last_one_ends_it() {
    let office = Office::with_capacity(10);
    let order = paid(&office);
    requested(&office, &order);
    refund_one(&office, &order, 0);
    let lowered = latest(&office, &order).unwrap();
    assert_eq!(lowered.state, InvoiceState::Requested);
    assert_eq!(lowered.amount, Fen::from_yuan(40));
    office.sweep();
    refund_one(&office, &order, 1);
    let ended = latest(&office, &order).unwrap();
    assert_eq!(ended.state, InvoiceState::Rejected);
    assert_eq!(ended.rejection, Some(Rejection::AllRefunded));
    office.sweep();
}

#[test]
fn a_refund_after_issuing_needs_a_reversal_and_then_another_may_be_asked_for() {
    let office = Office::with_capacity(10);
    let order = paid(&office);
    let invoice = requested(&office, &order);
    issue(&office, &order, &invoice);
    assert!(matches!(
        reverse(&office, &order),
        Err(InvoiceError::WrongState(_))
    ));
    refund_one(&office, &order, 0);
    let spoilt = latest(&office, &order).unwrap();
    assert_eq!(spoilt.state, InvoiceState::ReversalNeeded);
    assert_eq!(spoilt.amount, order.paid, "as it was issued");
    office.sweep();
    let other = request(&office, &request_of(&office, &order, "韩梅梅"));
    assert_eq!(other, Err(InvoiceError::Exists));
    assert_eq!(
        reverse(&office, &order).unwrap().state,
        InvoiceState::Reversed
    );
    let second = requested(&office, &order);
    assert_eq!(second.amount, Fen::from_yuan(40));
    office.sweep();
}

#[test]
fn an_order_that_staff_close_spoils_its_invoice() {
    let office = Office::with_capacity(10);
    let order = paid(&office);
    let invoice = requested(&office, &order);
    issue(&office, &order, &invoice);
    let museum = &office.museum;
    let request = CloseRequest {
        order: order.id,
        refund: RefundId::next(&museum.ids),
        now: museum.now(),
    };
    close_order(museum.unit_of_work(), &museum.rules, request).unwrap();
    let spoilt = latest(&office, &order).unwrap();
    assert_eq!(spoilt.state, InvoiceState::ReversalNeeded);
    office.sweep();
}

#[test]
fn a_rejected_request_may_be_made_again() {
    let office = Office::with_capacity(10);
    let order = paid(&office);
    requested(&office, &order);
    let rejected = reject(&office, &order).unwrap();
    let reason = RejectionReason::parse("税号有误").unwrap();
    assert_eq!(rejected.rejection, Some(Rejection::Staff(reason)));
    assert_eq!(reject(&office, &order), Err(InvoiceError::NoInvoice));
    requested(&office, &order);
}
