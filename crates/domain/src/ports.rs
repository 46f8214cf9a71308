//! What the rules need from outside: a transaction with its stores, read models, WeChat.
//!
//! Each trait's doc comment is its contract. The contract suite of the module `testing` has a
//! case for each sentence of it, and runs against the in-memory stores and against MySQL.

mod messenger;
mod queries;
mod stores;
mod unit_of_work;
mod wechat;

pub use messenger::{SendError, TouristMessenger};
pub use queries::{
    AccountQueries, CalendarQueries, Finding, OrderCursor, OrderQueries, OrderTab, OutboxBacklog,
    OutboxQueries, Queries, ReconcileQueries, Sweep,
};
pub use stores::{
    AccountStore, BanStore, CatalogueStore, DayStore, HEAD_START, HeldDocument, LapsedOrder,
    LeaseStore, LedgerStore, LiveAdmission, OrderStore, OrderToRemind, OutboxStore, PaymentStore,
    QuotaStore, RefundStore, RefundSubmission, RevocationStore, Stores, SubmissionState,
    TicketStore, UnpaidOrder, VisitorStore,
};
pub use unit_of_work::{Rollback, StoreError, UniqueKey, UnitOfWork};
pub use wechat::{
    ClientPayment, LoginError, NotificationError, PaymentProvider, PrepayRequest, ProviderError,
    ProviderPayment, ProviderRefund, RefundNews, SignedNotification, WechatLogin,
};
