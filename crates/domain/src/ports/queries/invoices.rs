//! Invoices and mail, as tourists and staff look for them.

use super::Read;
use crate::id::{OrderId, OrderNumber};
use crate::invoice::{Invoice, InvoiceState};
use crate::mail::{Mail, MailState};

/// An invoice and the number of its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedInvoice {
    /// The order's number.
    pub order_number: OrderNumber,
    /// The invoice.
    pub invoice: Invoice,
}

/// Invoices.
pub trait InvoiceQueries: Send + Sync {
    /// The latest invoice of an order, whatever has become of it.
    fn invoice_of(&self, order: OrderId) -> Read<Option<Invoice>>;
    /// At most `limit` invoices, the longest waiting first; with `state`, only those in it.
    fn invoices(&self, state: Option<InvoiceState>, limit: u32) -> Read<Vec<ListedInvoice>>;
}

/// Mail.
pub trait MailQueries: Send + Sync {
    /// At most `limit` mails, the newest first, without their attachments; with `state`, only
    /// those in it.
    fn mails(&self, state: Option<MailState>, limit: u32) -> Read<Vec<Mail>>;
}
