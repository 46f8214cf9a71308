//! One run of a unit of work: the only door for its statements.

use diesel::QueryResult;
use diesel::mysql::MysqlConnection;
use domain::ports::{
    AccountStore, AnnualPassStore, BanStore, CatalogueStore, CheckInStore, ContentStore, DayStore,
    DocumentHashStore, ErasureStore, GateStore, InvoiceStore, LeaseStore, LedgerStore, MailStore,
    OrderStore, OutboxStore, PaymentStore, QuotaStore, RefundStore, RevocationStore,
    SealedRowStore, StoreError, Stores, TicketStore, VisitorStore,
};

use crate::errors::classify;

/// A transaction that has been started on a connection, and what spoilt it.
///
/// After a deadlock the server has rolled everything back, and a statement that came next would
/// be committed on its own; after a lost connection there is nothing to go on with; and after a
/// fault nobody knows what the rest would mean. So the first such error is remembered, answers
/// every later statement, and keeps the unit from being committed, whatever the closure made of
/// it.
pub(crate) struct Transaction<'c> {
    connection: &'c mut MysqlConnection,
    spoilt: Option<StoreError>,
}

impl<'c> Transaction<'c> {
    /// The stores of the transaction that `connection` is in.
    pub(crate) fn new(connection: &'c mut MysqlConnection) -> Self {
        Self {
            connection,
            spoilt: None,
        }
    }

    /// Runs one statement, unless the transaction is spoilt. A duplicate does not spoil it: the
    /// server has undone that one statement alone.
    pub(crate) fn run<T>(
        &mut self,
        statement: impl FnOnce(&mut MysqlConnection) -> QueryResult<T>,
    ) -> Result<T, StoreError> {
        if let Some(error) = &self.spoilt {
            return Err(error.clone());
        }
        statement(self.connection).map_err(|error| {
            let error = classify(&error);
            if !matches!(error, StoreError::Duplicate(_)) {
                self.spoilt = Some(error.clone());
            }
            error
        })
    }

    /// What keeps the transaction from being committed.
    pub(crate) fn spoilt(self) -> Option<StoreError> {
        self.spoilt
    }
}

macro_rules! stores {
    ($($method:ident: $store:ident),+ $(,)?) => {
        impl Stores for Transaction<'_> {
            $(fn $method(&mut self) -> &mut dyn $store {
                self
            })+
        }
    };
}

stores! {
    days: DayStore,
    quotas: QuotaStore,
    annual_passes: AnnualPassStore,
    orders: OrderStore,
    tickets: TicketStore,
    catalogue: CatalogueStore,
    accounts: AccountStore,
    visitors: VisitorStore,
    payments: PaymentStore,
    refunds: RefundStore,
    ledger: LedgerStore,
    outbox: OutboxStore,
    content: ContentStore,
    invoices: InvoiceStore,
    mails: MailStore,
    bans: BanStore,
    revocations: RevocationStore,
    leases: LeaseStore,
    erasures: ErasureStore,
    sealed_rows: SealedRowStore,
    document_hashes: DocumentHashStore,
    gates: GateStore,
    check_ins: CheckInStore,
}
