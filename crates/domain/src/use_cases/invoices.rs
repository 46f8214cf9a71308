//! Invoices: asked for by tourists, issued, rejected and reversed by staff (V18).

use chrono::{DateTime, Utc};
use thiserror::Error;

use crate::email::EmailAddress;
use crate::id::{AccountId, InvoiceId, MailId, OrderId, OrderNumber};
use crate::invoice::{
    Invoice, InvoiceDetails, InvoiceNumber, InvoiceState, NothingKept, Rejection, RejectionReason,
    WrongInvoiceState, kept_of,
};
use crate::mail::{Attachment, Letter, Mail, MailKind};
use crate::money::Fen;
use crate::order::Order;
use crate::ports::{StoreError, Stores, UnitOfWork};
use crate::sealed::{CipherError, Sealed, TextCipher};

/// Why nothing was done.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum InvoiceError {
    /// No such order, or not of this account.
    #[error("no such order")]
    NotFound,
    /// No money of the order is kept.
    #[error(transparent)]
    NothingKept(#[from] NothingKept),
    /// The order has a live invoice with other details.
    #[error("the order has an invoice already")]
    Exists,
    /// The order has no live invoice.
    #[error("the order has no invoice that waits or was issued")]
    NoInvoice,
    /// The invoice's state does not allow the step.
    #[error(transparent)]
    WrongState(#[from] WrongInvoiceState),
    /// It changed since it was looked at: another amount is kept, or another invoice is live.
    #[error("the invoice has changed: look at it again")]
    Changed,
    /// Its details were erased (rule 10.3).
    #[error("the details of the invoice were erased")]
    Erased,
    /// Another invoice has that number.
    #[error("another invoice has that number")]
    NumberTaken,
    /// Sealing or opening failed.
    #[error(transparent)]
    Cipher(#[from] CipherError),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A request for an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceRequest {
    /// The id that the invoice will have.
    pub invoice: InvoiceId,
    /// Of which order.
    pub order: OrderId,
    /// Who asks.
    pub account: AccountId,
    /// To whom it is made out.
    pub details: InvoiceDetails,
    /// When the request was received.
    pub received_at: DateTime<Utc>,
}

/// What has become of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requested {
    /// Recorded now.
    Created(Invoice),
    /// The live invoice that the same request recorded before.
    Existing(Invoice),
}

/// Records a request for an invoice over what is kept of the order. The same request again finds
/// the invoice that it made.
///
/// # Errors
/// [`InvoiceError`]; nothing was changed.
pub fn request_invoice(
    unit_of_work: &dyn UnitOfWork,
    cipher: &dyn TextCipher,
    request: &InvoiceRequest,
) -> Result<Requested, InvoiceError> {
    let owner = request.invoice.uuid();
    let sealed = cipher.seal_text(owner, &request.details.to_text())?;
    let requested = unit_of_work.run(|stores| record_request(stores, request, &sealed))?;
    if let Requested::Existing(earlier) = &requested
        && open_details(cipher, earlier)? != request.details
    {
        return Err(InvoiceError::Exists);
    }
    Ok(requested)
}

fn record_request(
    stores: &mut dyn Stores,
    request: &InvoiceRequest,
    sealed: &Sealed,
) -> Result<Requested, InvoiceError> {
    // The order's lock: a refund that comes at the same time finds the invoice, or is seen by it.
    let order = stores.orders().lock(&[request.order])?.pop();
    let order = order
        .filter(|order| order.account == request.account)
        .ok_or(InvoiceError::NotFound)?;
    if let Some(live) = stores.invoices().live_of(order.id)? {
        return Ok(if live.id == request.invoice {
            // A commit whose answer was lost: the unit ran again and found its own invoice.
            Requested::Created(live)
        } else {
            Requested::Existing(live)
        });
    }
    let sealed = sealed.clone();
    let invoice = Invoice::request(request.invoice, &order, sealed, request.received_at)?;
    stores.invoices().insert(&invoice)?;
    Ok(Requested::Created(invoice))
}

/// Opens the details of an invoice.
///
/// # Errors
/// [`InvoiceError::Erased`], or the cipher's error.
pub fn open_details(
    cipher: &dyn TextCipher,
    invoice: &Invoice,
) -> Result<InvoiceDetails, InvoiceError> {
    let sealed = invoice.details.as_ref().ok_or(InvoiceError::Erased)?;
    let text = cipher.open_text(invoice.id.uuid(), sealed)?;
    // What does not read as details was sealed as something else.
    InvoiceDetails::from_text(&text).ok_or(InvoiceError::Cipher(CipherError::Forged))
}

/// What a refund of `order`, which is locked and has just been changed by it, makes of its
/// invoice: every unit that gives money back calls it, in the same transaction.
///
/// # Errors
/// [`StoreError`].
pub(super) fn follow_refund(
    stores: &mut dyn Stores,
    order: &Order,
    now: DateTime<Utc>,
) -> Result<(), StoreError> {
    let Some(live) = stores.invoices().live_of(order.id)? else {
        return Ok(());
    };
    let mut followed = live.clone();
    followed.follow_refund(kept_of(order), now);
    if followed == live {
        return Ok(());
    }
    stores.invoices().save(&followed)
}

/// An invoice that staff have issued in the tax system.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IssuedInvoice {
    /// The invoice as staff looked at it.
    pub invoice: Invoice,
    /// What staff issued it over; refused unless that is what is kept.
    pub amount: Fen,
    /// Its number in the tax system.
    pub number: InvoiceNumber,
    /// The file from there.
    pub file: Attachment,
    /// The id that the mail with it will have.
    pub mail: MailId,
}

/// Records that a requested invoice was issued, and queues the mail that brings it. Repeated with
/// the same number it changes nothing more.
///
/// # Errors
/// [`InvoiceError`]; nothing was changed.
pub fn issue_invoice(
    unit_of_work: &dyn UnitOfWork,
    cipher: &dyn TextCipher,
    order_number: &OrderNumber,
    issued: &IssuedInvoice,
    now: DateTime<Utc>,
) -> Result<Invoice, InvoiceError> {
    let details = open_details(cipher, &issued.invoice)?;
    let letter = issued_letter(details.email().clone(), order_number, &issued.number);
    let sealed = cipher.seal_text(issued.mail.uuid(), &letter.to_sealable())?;
    let record = |stores: &mut dyn Stores| {
        let mut invoice = locked_live(stores, issued.invoice.order)?;
        if invoice.state == InvoiceState::Issued && invoice.number.as_ref() == Some(&issued.number)
        {
            return Ok(invoice);
        }
        // Erased since it was looked at: a mail written now would not be erased with it.
        if invoice.details.is_none() {
            return Err(InvoiceError::Erased);
        }
        let is_the_same = invoice.id == issued.invoice.id;
        invoice.issue(issued.number.clone(), now)?;
        if !is_the_same || invoice.amount != issued.amount {
            return Err(InvoiceError::Changed);
        }
        stores.invoices().save(&invoice).map_err(taken)?;
        stores.mails().add(&Mail::queued(
            issued.mail,
            MailKind::InvoiceIssued,
            invoice.id.to_string(),
            sealed.clone(),
            Some(issued.file.clone()),
            now,
        ))?;
        Ok(invoice)
    };
    unit_of_work.run(record)
}

/// Records that a requested invoice is not issued, and why.
///
/// # Errors
/// [`InvoiceError`]; nothing was changed.
pub fn reject_invoice(
    unit_of_work: &dyn UnitOfWork,
    order: OrderId,
    reason: &RejectionReason,
    now: DateTime<Utc>,
) -> Result<Invoice, InvoiceError> {
    change(unit_of_work, order, |invoice| {
        invoice.reject(Rejection::Staff(reason.clone()), now)
    })
}

/// Records that an invoice that had to be reversed was.
///
/// # Errors
/// [`InvoiceError`]; nothing was changed.
pub fn reverse_invoice(
    unit_of_work: &dyn UnitOfWork,
    order: OrderId,
    now: DateTime<Utc>,
) -> Result<Invoice, InvoiceError> {
    change(unit_of_work, order, |invoice| invoice.reverse(now))
}

fn change(
    unit_of_work: &dyn UnitOfWork,
    order: OrderId,
    step: impl Fn(&mut Invoice) -> Result<(), WrongInvoiceState>,
) -> Result<Invoice, InvoiceError> {
    unit_of_work.run(|stores| {
        let mut invoice = locked_live(stores, order)?;
        step(&mut invoice)?;
        stores.invoices().save(&invoice)?;
        Ok(invoice)
    })
}

/// The live invoice of an order, under the order's lock.
fn locked_live(stores: &mut dyn Stores, order: OrderId) -> Result<Invoice, InvoiceError> {
    stores.orders().lock(&[order])?;
    let live = stores.invoices().live_of(order)?;
    live.ok_or(InvoiceError::NoInvoice)
}

fn taken(error: StoreError) -> InvoiceError {
    match error {
        StoreError::Duplicate(_) => InvoiceError::NumberTaken,
        error => error.into(),
    }
}

/// Both languages: nobody knows which the tourist reads.
fn issued_letter(to: EmailAddress, order: &OrderNumber, number: &InvoiceNumber) -> Letter {
    let subject = format!("故宫博物院门票发票 Invoice for order {order}");
    let text = format!(
        "您好：\n\n\
         订单 {order} 的电子发票（号码 {number}）已开具，请见附件。\n\
         如开票后发生退票，原发票将被冲红，您可就剩余金额重新申请。\n\
         本邮件由系统发出，请勿直接回复。\n\n\
         Hello,\n\n\
         the invoice {number} for your order {order} is attached.\n\
         If tickets are refunded later, it is reversed, and you may ask for another over what is left.\n\
         This mail was sent by a machine; please do not reply.\n\n\
         故宫博物院 The Palace Museum\n",
        number = number.as_str(),
    );
    Letter::new(to, &subject, text)
}
