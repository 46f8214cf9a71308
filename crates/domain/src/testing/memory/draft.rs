//! The stores of one unit.

use crate::ports::{
    AccountStore, AnnualPassStore, BanStore, CatalogueStore, CheckInStore, ContentStore, DayStore,
    DocumentHashStore, ErasureStore, GateStore, InvoiceStore, LeaseStore, LedgerStore, MailStore,
    OrderStore, OutboxStore, PaymentStore, QuotaStore, RefundStore, RevocationStore,
    SealedRowStore, Stores, TicketStore, VisitorStore,
};

use super::locks::Locks;
use super::tables::Tables;

/// Everything as the unit sees it: what was committed before it, and its own writes.
pub(super) struct Draft {
    pub(super) tables: Tables,
    pub(super) locks: Locks,
}

impl Draft {
    pub(super) fn of(tables: Tables) -> Self {
        Self {
            tables,
            locks: Locks::default(),
        }
    }

    pub(super) fn into_tables(self) -> Tables {
        self.tables
    }
}

impl Stores for Draft {
    fn days(&mut self) -> &mut dyn DayStore {
        self
    }

    fn quotas(&mut self) -> &mut dyn QuotaStore {
        self
    }

    fn annual_passes(&mut self) -> &mut dyn AnnualPassStore {
        self
    }

    fn orders(&mut self) -> &mut dyn OrderStore {
        self
    }

    fn tickets(&mut self) -> &mut dyn TicketStore {
        self
    }

    fn catalogue(&mut self) -> &mut dyn CatalogueStore {
        self
    }

    fn accounts(&mut self) -> &mut dyn AccountStore {
        self
    }

    fn visitors(&mut self) -> &mut dyn VisitorStore {
        self
    }

    fn payments(&mut self) -> &mut dyn PaymentStore {
        self
    }

    fn refunds(&mut self) -> &mut dyn RefundStore {
        self
    }

    fn ledger(&mut self) -> &mut dyn LedgerStore {
        self
    }

    fn outbox(&mut self) -> &mut dyn OutboxStore {
        self
    }

    fn content(&mut self) -> &mut dyn ContentStore {
        self
    }

    fn invoices(&mut self) -> &mut dyn InvoiceStore {
        self
    }

    fn mails(&mut self) -> &mut dyn MailStore {
        self
    }

    fn bans(&mut self) -> &mut dyn BanStore {
        self
    }

    fn revocations(&mut self) -> &mut dyn RevocationStore {
        self
    }

    fn leases(&mut self) -> &mut dyn LeaseStore {
        self
    }

    fn erasures(&mut self) -> &mut dyn ErasureStore {
        self
    }

    fn sealed_rows(&mut self) -> &mut dyn SealedRowStore {
        self
    }

    fn document_hashes(&mut self) -> &mut dyn DocumentHashStore {
        self
    }

    fn gates(&mut self) -> &mut dyn GateStore {
        self
    }

    fn check_ins(&mut self) -> &mut dyn CheckInStore {
        self
    }
}
