//! The stores that a unit of work gives access to: one file for each noun.

mod accounts;
mod annual_passes;
mod bans;
mod catalogue;
mod content;
mod days;
mod document_hashes;
mod erasures;
mod gates;
mod invoices;
mod leases;
mod ledger;
mod mails;
mod orders;
mod outbox;
mod payments;
mod refunds;
mod sealed_rows;

use super::StoreError;

pub use accounts::{AccountStore, RevocationStore, VisitorStore};
pub use annual_passes::AnnualPassStore;
pub use bans::BanStore;
pub use catalogue::CatalogueStore;
pub use content::ContentStore;
pub use days::{DayStore, QuotaStore};
pub use document_hashes::DocumentHashStore;
pub use erasures::ErasureStore;
pub use gates::{CheckInStore, GateStore};
pub use invoices::InvoiceStore;
pub use leases::LeaseStore;
pub use ledger::LedgerStore;
pub use mails::MailStore;
pub use orders::{
    DocumentTicket, HeldDocument, LapsedOrder, LiveAdmission, OrderStore, TicketStore, UnpaidOrder,
};
pub use outbox::{OrderToRemind, OutboxStore};
pub use payments::{HEAD_START, PaymentStore};
pub use refunds::{RefundStore, RefundSubmission, SubmissionState};
pub use sealed_rows::SealedRowStore;

type Stored<T> = Result<T, StoreError>;

/// The stores of one transaction.
///
/// **Lock order, everywhere: days in date order → quotas → annual passes by id → orders by id →
/// tickets → the no-shows of documents.** Every unit that takes or returns places, or opens or
/// closes a day, begins with [`DayStore::take`].
pub trait Stores {
    /// Opening days and holidays.
    fn days(&mut self) -> &mut dyn DayStore;
    /// Quotas.
    fn quotas(&mut self) -> &mut dyn QuotaStore;
    /// Annual passes.
    fn annual_passes(&mut self) -> &mut dyn AnnualPassStore;
    /// Orders, each with its tickets and add-ons.
    fn orders(&mut self) -> &mut dyn OrderStore;
    /// Look-ups across the tickets of many orders.
    fn tickets(&mut self) -> &mut dyn TicketStore;
    /// Sessions, venues and prices.
    fn catalogue(&mut self) -> &mut dyn CatalogueStore;
    /// Accounts.
    fn accounts(&mut self) -> &mut dyn AccountStore;
    /// Saved visitors.
    fn visitors(&mut self) -> &mut dyn VisitorStore;
    /// Payment attempts.
    fn payments(&mut self) -> &mut dyn PaymentStore;
    /// Refunds and their submissions to the provider.
    fn refunds(&mut self) -> &mut dyn RefundStore;
    /// The sales ledger.
    fn ledger(&mut self) -> &mut dyn LedgerStore;
    /// Messages to tourists.
    fn outbox(&mut self) -> &mut dyn OutboxStore;
    /// Banners, notices and exhibitions.
    fn content(&mut self) -> &mut dyn ContentStore;
    /// Invoices.
    fn invoices(&mut self) -> &mut dyn InvoiceStore;
    /// Mail.
    fn mails(&mut self) -> &mut dyn MailStore;
    /// No-shows and bans.
    fn bans(&mut self) -> &mut dyn BanStore;
    /// Revoked tokens.
    fn revocations(&mut self) -> &mut dyn RevocationStore;
    /// The leases of jobs.
    fn leases(&mut self) -> &mut dyn LeaseStore;
    /// Personal data that have served their time.
    fn erasures(&mut self) -> &mut dyn ErasureStore;
    /// All sealed texts, for the rotation of keys.
    fn sealed_rows(&mut self) -> &mut dyn SealedRowStore;
    /// All hashes of documents, for the change of their key.
    fn document_hashes(&mut self) -> &mut dyn DocumentHashStore;
    /// Gates.
    fn gates(&mut self) -> &mut dyn GateStore;
    /// Check-ins that admitted somebody.
    fn check_ins(&mut self) -> &mut dyn CheckInStore;
}
