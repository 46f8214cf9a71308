//! What the rules need from outside: a transaction with its stores, read models, WeChat.
//!
//! Each trait's doc comment is its contract. The contract suite of the module `testing` has a
//! case for each sentence of it, and runs against the in-memory stores and against MySQL.

mod annual_pass_queries;
mod mail;
mod messenger;
mod queries;
mod stores;
mod unit_of_work;
mod wechat;

pub use annual_pass_queries::AnnualPassQueries;
pub use mail::{MailError, Mailer, OutgoingMail};
pub use messenger::{SendError, TouristMessenger};
pub use queries::{
    AccountQueries, CalendarQueries, ContentQueries, Finding, GateQueries, InvoiceQueries,
    ListedInvoice, ListedNoShow, MailQueries, OrderCursor, OrderQueries, OrderTab, OutboxBacklog,
    OutboxQueries, Queries, ReconcileQueries, SaleQueries, Sweep,
};
pub use stores::{
    AccountStore, AnnualPassStore, BanStore, CatalogueStore, CheckInStore, ContentStore, DayStore,
    DocumentHashStore, DocumentTicket, ErasureStore, GateStore, HEAD_START, HeldDocument,
    InvoiceStore, LapsedOrder, LeaseStore, LedgerStore, LiveAdmission, MailStore, OrderStore,
    OrderToRemind, OutboxStore, PaymentStore, QuotaStore, RefundStore, RefundSubmission,
    RevocationStore, SealedRowStore, Stores, SubmissionState, TicketStore, UnpaidOrder,
    VisitorStore,
};
pub use unit_of_work::{Rollback, StoreError, UniqueKey, UnitOfWork};
pub use wechat::{
    ClientPayment, LoginError, NotificationError, PaymentProvider, PrepayRequest, ProviderError,
    ProviderPayment, ProviderRefund, RefundNews, SignedNotification, WechatLogin,
};
