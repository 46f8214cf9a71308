//! Invoices, and what of them contradicts their orders.

use std::sync::Arc;

use crate::id::OrderId;
use crate::invoice::{Invoice, InvoiceState, kept_of};
use crate::mail::MailKind;
use crate::order::Order;
use crate::ports::{Finding, InvoiceQueries, InvoiceStore, ListedInvoice, StoreError, UniqueKey};

use super::MemoryStore;
use super::draft::Draft;
use super::tables::{Tables, limited};

const DUPLICATE: StoreError = StoreError::Duplicate(UniqueKey::Other);

impl InvoiceStore for Draft {
    fn live_of(&mut self, order: OrderId) -> Result<Option<Invoice>, StoreError> {
        let mut invoices = self.tables.invoices.values();
        let live = invoices.find(|invoice| invoice.order == order && invoice.state.is_live());
        Ok(live.cloned())
    }

    fn insert(&mut self, invoice: &Invoice) -> Result<(), StoreError> {
        // One without an order is what the sweep must find.
        if self.tables.orders.contains_key(&invoice.order) {
            self.locks.holds_order(invoice.order)?;
        }
        let has_live = self.live_of(invoice.order)?.is_some() && invoice.state.is_live();
        if has_live || self.tables.invoices.contains_key(&invoice.id) {
            return Err(DUPLICATE);
        }
        Arc::make_mut(&mut self.tables.invoices).insert(invoice.id, invoice.clone());
        Ok(())
    }

    fn save(&mut self, invoice: &Invoice) -> Result<(), StoreError> {
        self.locks.holds_order(invoice.order)?;
        let mut others = self.tables.invoices.values();
        let is_taken = |other: &Invoice| other.id != invoice.id && other.number == invoice.number;
        if invoice.number.is_some() && others.any(is_taken) {
            return Err(DUPLICATE);
        }
        let stored = Arc::make_mut(&mut self.tables.invoices).get_mut(&invoice.id);
        let stored = stored.ok_or_else(|| {
            StoreError::Fault("an invoice is saved that was never inserted".to_owned())
        })?;
        stored.state = invoice.state;
        stored.amount = invoice.amount;
        stored.number.clone_from(&invoice.number);
        stored.rejection.clone_from(&invoice.rejection);
        stored.decided_at = invoice.decided_at;
        stored.reversed_at = invoice.reversed_at;
        Ok(())
    }
}

impl InvoiceQueries for MemoryStore {
    fn invoice_of(&self, order: OrderId) -> Result<Option<Invoice>, StoreError> {
        let tables = self.snapshot();
        let of_order = tables.invoices.values();
        let latest = of_order
            .filter(|invoice| invoice.order == order)
            .max_by_key(|invoice| (invoice.requested_at, invoice.id));
        Ok(latest.cloned())
    }

    fn invoices(
        &self,
        state: Option<InvoiceState>,
        limit: u32,
    ) -> Result<Vec<ListedInvoice>, StoreError> {
        let tables = self.snapshot();
        let invoices = tables.invoices.values();
        let wanted = |invoice: &&Invoice| state.is_none_or(|state| invoice.state == state);
        let mut invoices: Vec<&Invoice> = invoices.filter(wanted).collect();
        invoices.sort_by_key(|invoice| (invoice.requested_at, invoice.id));
        let listed = invoices.into_iter().filter_map(|invoice| {
            Some(ListedInvoice {
                order_number: tables.orders.get(&invoice.order)?.number.clone(),
                invoice: invoice.clone(),
            })
        });
        Ok(limited(listed.collect(), limit))
    }
}

impl Tables {
    /// A live invoice over another sum than is kept, unless it waits to be reversed.
    pub(super) fn wrong_invoice(&self, order: &Order) -> Option<Finding> {
        let mut invoices = self.invoices.values();
        let kept = kept_of(order);
        let is_wrong = |invoice: &&Invoice| match invoice.state {
            InvoiceState::Requested | InvoiceState::Issued => invoice.amount != kept,
            InvoiceState::ReversalNeeded => invoice.amount <= kept,
            InvoiceState::Reversed | InvoiceState::Rejected => false,
        };
        let wrong = invoices.find(|invoice| invoice.order == order.id && is_wrong(invoice))?;
        Some(Finding {
            rule: "V18",
            text: format!(
                "order {}: its invoice is {} over {}, {kept} are kept",
                order.number,
                wrong.state.code(),
                wrong.amount
            ),
        })
    }

    /// Whether the details of an invoice of `order` are erased, but not the mail about it.
    pub(super) fn has_mail_about_erased_invoice(&self, order: &Order) -> bool {
        let of_order = self.invoices.values();
        let mut erased =
            of_order.filter(|invoice| invoice.order == order.id && invoice.details.is_none());
        erased.any(|invoice| {
            let reference = invoice.id.to_string();
            self.mails.values().any(|mail| {
                let is_personal = mail.letter.is_some() || mail.attachment.is_some();
                let is_about = mail.kind == MailKind::InvoiceIssued && mail.reference == reference;
                is_about && is_personal
            })
        })
    }

    pub(super) fn invoices_without_order(&self) -> impl Iterator<Item = Finding> {
        let invoices = self.invoices.values();
        let stray = invoices.filter(|invoice| !self.orders.contains_key(&invoice.order));
        stray.map(|invoice| Finding {
            rule: "V18",
            text: format!(
                "invoice {} is of order {}, which does not exist",
                invoice.id, invoice.order
            ),
        })
    }
}
