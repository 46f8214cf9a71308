//! An order whose money goes back while its invoice is asked for, or issued.

use domain::id::{InvoiceId, MailId};
use domain::invoice::{Invoice, InvoiceDetails, InvoiceNumber, InvoiceState};
use domain::mail::Attachment;
use domain::order::Order;
use domain::ports::{InvoiceQueries, MailQueries, StoreError, UnitOfWork};
use domain::use_cases::invoices::{
    InvoiceError, InvoiceRequest, IssuedInvoice, Requested, issue_invoice, request_invoice,
};

use super::COMMIT;
use super::office::Office;
use super::overlap::overlap;

fn request_of(office: &Office, order: &Order) -> InvoiceRequest {
    InvoiceRequest {
        invoice: InvoiceId::next(&office.museum.ids),
        order: order.id,
        account: order.account,
        details: InvoiceDetails::parse("李雷", None, "li.lei@example.com").unwrap(),
        received_at: office.museum.now(),
    }
}

fn request(
    office: &Office,
    unit_of_work: &dyn UnitOfWork,
    request: &InvoiceRequest,
) -> Result<Requested, InvoiceError> {
    request_invoice(unit_of_work, &office.museum.cipher, request)
}

fn requested(office: &Office, order: &Order) -> Invoice {
    let museum = &office.museum;
    match request(office, museum.unit_of_work(), &request_of(office, order)) {
        Ok(Requested::Created(invoice)) => Some(invoice),
        _ => None,
    }
    .expect("a new invoice")
}

fn issue(
    office: &Office,
    unit_of_work: &dyn UnitOfWork,
    order: &Order,
    invoice: &Invoice,
) -> Result<Invoice, InvoiceError> {
    let museum = &office.museum;
    let issued = IssuedInvoice {
        invoice: invoice.clone(),
        amount: invoice.amount,
        number: InvoiceNumber::parse("24952000000123456789").unwrap(),
        file: Attachment::pdf("invoice.pdf", b"%PDF-1.7".to_vec()).unwrap(),
        mail: MailId::next(&museum.ids),
    };
    issue_invoice(
        unit_of_work,
        &museum.cipher,
        &order.number,
        &issued,
        museum.now(),
    )
}

fn latest(office: &Office, order: &Order) -> Option<Invoice> {
    office.database.queries().invoice_of(order.id).unwrap()
}

#[test]
fn money_that_is_going_back_is_not_invoiced() {
    let office = Office::with_capacity(10);
    let order = office.paid();
    let (refund, invoice) = (office.refund_request(&order), request_of(&office, &order));
    let (refunded, asked) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.refund(unit_of_work, &refund),
        |unit_of_work| request(&office, unit_of_work, &invoice),
    );
    assert!(refunded.is_ok(), "{refunded:?}");
    assert!(
        matches!(asked, Err(InvoiceError::NothingKept(_))),
        "{asked:?}"
    );
    office.sweep();
}

#[test]
fn an_invoice_that_is_being_asked_for_is_seen_by_the_refund() {
    let office = Office::with_capacity(10);
    let order = office.paid();
    let (refund, invoice) = (office.refund_request(&order), request_of(&office, &order));
    let (asked, refunded) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| request(&office, unit_of_work, &invoice),
        |unit_of_work| office.refund(unit_of_work, &refund),
    );
    assert!(matches!(asked, Ok(Requested::Created(_))), "{asked:?}");
    assert!(refunded.is_ok(), "{refunded:?}");
    let state = latest(&office, &order).map(|invoice| invoice.state);
    assert_eq!(state, Some(InvoiceState::Rejected));
    office.sweep();
}

#[test]
fn an_invoice_that_is_being_issued_is_spoilt_by_the_refund() {
    let office = Office::with_capacity(10);
    let order = office.paid();
    let invoice = requested(&office, &order);
    let refund = office.refund_request(&order);
    let (issued, refunded) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| issue(&office, unit_of_work, &order, &invoice),
        |unit_of_work| office.refund(unit_of_work, &refund),
    );
    assert!(issued.is_ok(), "{issued:?}");
    assert!(refunded.is_ok(), "{refunded:?}");
    let state = latest(&office, &order).map(|invoice| invoice.state);
    assert_eq!(state, Some(InvoiceState::ReversalNeeded));
    office.sweep();
}

#[test]
fn an_invoice_whose_money_is_going_back_is_not_issued() {
    let office = Office::with_capacity(10);
    let order = office.paid();
    let invoice = requested(&office, &order);
    let refund = office.refund_request(&order);
    let (refunded, issued) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| office.refund(unit_of_work, &refund),
        |unit_of_work| issue(&office, unit_of_work, &order, &invoice),
    );
    assert!(refunded.is_ok(), "{refunded:?}");
    assert_eq!(issued, Err(InvoiceError::NoInvoice));
    assert_eq!(office.database.queries().mails(None, 10), Ok(vec![]));
    office.sweep();
}

#[test]
fn an_invoice_asked_for_twice_at_once_is_one() {
    let office = Office::with_capacity(10);
    let order = office.paid();
    let requests = [request_of(&office, &order), request_of(&office, &order)];
    let (first, second) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| request(&office, unit_of_work, &requests[0]),
        |unit_of_work| request(&office, unit_of_work, &requests[1]),
    );
    let Ok(Requested::Created(invoice)) = first else {
        panic!("{first:?}");
    };
    assert_eq!(second, Ok(Requested::Existing(invoice)));
}

#[test]
fn an_invoice_that_is_being_erased_is_not_issued() {
    let office = Office::with_capacity(10);
    let order = office.paid();
    let invoice = requested(&office, &order);
    let (erased, issued) = overlap(
        &office.database,
        COMMIT,
        |unit_of_work| {
            unit_of_work.run::<_, StoreError>(|stores| {
                let date = order.date;
                stores.erasures().erase_invoices(date, 10)
            })
        },
        |unit_of_work| issue(&office, unit_of_work, &order, &invoice),
    );
    assert_eq!(erased, Ok(1));
    assert_eq!(issued, Err(InvoiceError::Erased));
    assert_eq!(office.database.queries().mails(None, 10), Ok(vec![]));
    office.sweep();
}
