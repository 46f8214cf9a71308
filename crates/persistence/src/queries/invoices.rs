//! Invoices and mail.

use domain::id::OrderId;
use domain::invoice::{Invoice, InvoiceState};
use domain::mail::{Mail, MailState};
use domain::ports::{InvoiceQueries, ListedInvoice, MailQueries, StoreError};

use super::MysqlQueries;
use crate::stores::{invoices, mails};

impl InvoiceQueries for MysqlQueries {
    fn invoice_of(&self, order: OrderId) -> Result<Option<Invoice>, StoreError> {
        let row = self.run(|connection| invoices::latest(connection, order))?;
        row.map(Invoice::try_from).transpose()
    }

    fn invoices(
        &self,
        state: Option<InvoiceState>,
        limit: u32,
    ) -> Result<Vec<ListedInvoice>, StoreError> {
        let rows = self.run(|connection| invoices::list(connection, state, limit))?;
        rows.into_iter().map(invoices::listed_invoice).collect()
    }
}

impl MailQueries for MysqlQueries {
    fn mails(&self, state: Option<MailState>, limit: u32) -> Result<Vec<Mail>, StoreError> {
        let rows = self.run(|connection| mails::list(connection, state, limit))?;
        rows.into_iter().map(Mail::try_from).collect()
    }
}
