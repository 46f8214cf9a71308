//! The stores that a unit of work gives access to.

use chrono::{DateTime, TimeDelta, Utc};

use crate::account::{Account, OpenId, SavedVisitor};
use crate::calendar::OpeningDay;
use crate::coded::coded;
use crate::holiday::{HolidayPeriod, Holidays};
use crate::id::{AccountId, OrderId, OrderNumber, RefundId, RequestKey, SavedVisitorId, TicketId};
use crate::ledger::LedgerEntry;
use crate::money::Fen;
use crate::no_show::{Ban, NoShow};
use crate::order::{Order, TicketState};
use crate::outbox::Message;
use crate::payment::{PaymentAttempt, PaymentDifference};
use crate::quota::Quota;
use crate::refund::Refund;
use crate::sealed::DocumentHash;
use crate::session::{Session, SessionCode};
use crate::ticket_type::{PriceKey, PriceList};
use crate::venue::Venue;
use crate::visit_date::VisitDate;

use super::StoreError;

type Stored<T> = Result<T, StoreError>;

/// The stores of one transaction.
///
/// **Lock order, everywhere: days in date order → quotas → orders by id → tickets.** Every unit
/// that takes or returns places, or opens or closes a day, begins with [`DayStore::take`].
pub trait Stores {
    /// Opening days and holidays.
    fn days(&mut self) -> &mut dyn DayStore;
    /// Quotas.
    fn quotas(&mut self) -> &mut dyn QuotaStore;
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
    /// No-shows and bans.
    fn bans(&mut self) -> &mut dyn BanStore;
    /// Revoked tokens.
    fn revocations(&mut self) -> &mut dyn RevocationStore;
    /// The leases of jobs.
    fn leases(&mut self) -> &mut dyn LeaseStore;
}

/// Opening days (rule 1.1) and the holidays they are proposed from (rule 1.6).
pub trait DayStore {
    /// Locks the day until the end of the transaction, by writing to its row; a second unit that
    /// takes it MUST wait. `None` if the day has no row: it is not open, and nothing is locked.
    fn take(&mut self, date: VisitDate) -> Stored<Option<OpeningDay>>;
    /// The days from `first` to `last`, both inclusive, that have a row, in order; no lock.
    fn range(&mut self, first: VisitDate, last: VisitDate) -> Stored<Vec<OpeningDay>>;
    /// Adds a day's row. [`StoreError::Duplicate`] if there is one: a row that somebody else wrote
    /// in the meantime stays as it is.
    fn add(&mut self, day: &OpeningDay) -> Stored<()>;
    /// Writes a day's row anew, whether or not there was one.
    fn put(&mut self, day: &OpeningDay) -> Stored<()>;
    /// The imported holidays.
    fn holidays(&mut self) -> Stored<Holidays>;
    /// Replaces everything known of `year` by these periods, which begin in it.
    fn put_holidays(&mut self, year: i32, periods: &[HolidayPeriod]) -> Stored<()>;
}

/// Quotas (rule 4.6).
pub trait QuotaStore {
    /// Locks and returns all quotas of a day in the order of their keys.
    fn lock_day(&mut self, date: VisitDate) -> Stored<Vec<Quota>>;
    /// Writes capacity, ceiling and taken of quotas that [`lock_day`](Self::lock_day) returned.
    /// The store MUST refuse numbers that break rule 4.6.
    fn save(&mut self, quotas: &[Quota]) -> Stored<()>;
    /// Adds quotas. [`StoreError::Duplicate`] if one exists.
    fn insert(&mut self, quotas: &[Quota]) -> Stored<()>;
}

/// An account's unpaid order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnpaidOrder {
    /// Whose.
    pub account: AccountId,
    /// Which.
    pub order: OrderId,
    /// Its visit date.
    pub date: VisitDate,
    /// Until when it holds its places.
    pub pay_by: DateTime<Utc>,
}

/// An unpaid order whose `pay_by` has passed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LapsedOrder {
    /// Its visit date, first, because days are locked in date order.
    pub date: VisitDate,
    /// Which.
    pub order: OrderId,
}

/// Orders. Every order comes and goes whole: with its tickets and their add-ons.
pub trait OrderStore {
    /// The order, without a lock.
    fn find(&mut self, id: OrderId) -> Stored<Option<Order>>;
    /// The order of that number, without a lock.
    fn find_number(&mut self, number: &OrderNumber) -> Stored<Option<Order>>;
    /// The orders with these request keys, without a lock, in no order.
    fn find_by_request_keys(&mut self, keys: &[RequestKey]) -> Stored<Vec<Order>>;
    /// Locks and returns those of `ids` that exist, by id.
    fn lock(&mut self, ids: &[OrderId]) -> Stored<Vec<Order>>;
    /// Locks and returns those of `ids` that exist and that nobody else has locked, by id.
    fn lock_free(&mut self, ids: &[OrderId]) -> Stored<Vec<Order>>;
    /// Adds orders with all their tickets. [`StoreError::Duplicate`] with
    /// [`UniqueKey::ActiveDocument`](super::UniqueKey) if a document has a live ticket that date,
    /// with `UnpaidAccount` if an account would have two unpaid orders, with `RequestKey` if a
    /// request key is taken. The unit is then rolled back: part of the rows may be written.
    fn insert(&mut self, orders: &[Order]) -> Stored<()>;
    /// Writes state, cancel cause, money and admissions of orders, tickets and add-ons that were
    /// locked, and nothing else of them; a ticket that becomes live again may run into
    /// `ActiveDocument`. [`StoreError::Fault`] if more would be asked back than was paid
    /// (rule 6.6).
    fn save(&mut self, orders: &[Order]) -> Stored<()>;
    /// The unpaid orders of these accounts, lapsed ones included, without a lock.
    fn unpaid_of(&mut self, accounts: &[AccountId]) -> Stored<Vec<UnpaidOrder>>;
    /// At most `limit` unpaid orders with `pay_by` before `now`, the longest lapsed first,
    /// without a lock; with `date`, only those for that visit date.
    fn lapsed(
        &mut self,
        date: Option<VisitDate>,
        now: DateTime<Utc>,
        limit: u32,
    ) -> Stored<Vec<LapsedOrder>>;
}

/// A document's live admission of a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeldDocument {
    /// The document.
    pub document: DocumentHash,
    /// The order that holds it.
    pub order: OrderId,
    /// The order's `pay_by` while it is unpaid.
    pub unpaid_until: Option<DateTime<Utc>>,
}

/// A live admission of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveAdmission {
    /// Whose.
    pub account: AccountId,
    /// In which order.
    pub order: OrderId,
    /// Which ticket.
    pub ticket: TicketId,
    /// For which session.
    pub session: SessionCode,
    /// The visitor's age on the visit date.
    pub age: u8,
    /// The ticket's state.
    pub state: TicketState,
    /// The order's `pay_by` while it is unpaid.
    pub unpaid_until: Option<DateTime<Utc>>,
}

/// Look-ups across tickets, without locks; the day's lock makes them exact.
pub trait TicketStore {
    /// Which of these documents have a live admission on `date`.
    fn held_documents(
        &mut self,
        date: VisitDate,
        documents: &[DocumentHash],
    ) -> Stored<Vec<HeldDocument>>;
    /// The live admissions of these accounts on `date`, over all sessions.
    fn live_admissions(
        &mut self,
        date: VisitDate,
        accounts: &[AccountId],
    ) -> Stored<Vec<LiveAdmission>>;
}

/// Sessions, venues and prices, which are rows (rules 1.5 and 2.2).
pub trait CatalogueStore {
    /// The sessions, by position.
    fn sessions(&mut self) -> Stored<Vec<Session>>;
    /// The venues, by position.
    fn venues(&mut self) -> Stored<Vec<Venue>>;
    /// All prices.
    fn prices(&mut self) -> Stored<PriceList>;
    /// Writes sessions, those that exist anew.
    fn put_sessions(&mut self, sessions: &[Session]) -> Stored<()>;
    /// Writes venues, those that exist anew.
    fn put_venues(&mut self, venues: &[Venue]) -> Stored<()>;
    /// Writes prices, those that exist anew.
    fn put_prices(&mut self, prices: &[(PriceKey, Fen)]) -> Stored<()>;
}

/// Accounts.
pub trait AccountStore {
    /// The account.
    fn find(&mut self, id: AccountId) -> Stored<Option<Account>>;
    /// The account of that person at WeChat.
    fn find_open_id(&mut self, open_id: &OpenId) -> Stored<Option<Account>>;
    /// Adds an account. [`StoreError::Duplicate`] if the person has one.
    fn insert(&mut self, account: &Account) -> Stored<()>;
    /// Writes the phone number and whether it is verified.
    fn save_phone(&mut self, account: &Account) -> Stored<()>;
    /// Locks the account, so that what counts its rows is exact.
    fn lock(&mut self, id: AccountId) -> Stored<Option<Account>>;
}

/// Saved visitors (rule 4.9), unique by document within an account.
pub trait VisitorStore {
    /// Those of an account, the oldest first.
    fn of_account(&mut self, account: AccountId) -> Stored<Vec<SavedVisitor>>;
    /// Adds one. [`StoreError::Duplicate`] if the account has that document.
    fn insert(&mut self, visitor: &SavedVisitor) -> Stored<()>;
    /// Writes one anew. [`StoreError::Duplicate`] if another of the account has that document.
    fn save(&mut self, visitor: &SavedVisitor) -> Stored<()>;
    /// Deletes one of the account's; whether there was one.
    fn delete(&mut self, account: AccountId, id: SavedVisitorId) -> Stored<bool>;
}

/// How far before the present a hastened attempt is due: routine checks let it pass unless they
/// have waited for longer themselves, so that they are not put off for good.
pub const HEAD_START: TimeDelta = TimeDelta::hours(1);

/// Payment attempts, one for each order at most (rule 5.6).
///
/// An attempt is guarded by the lock on its order.
pub trait PaymentStore {
    /// The attempt of that number.
    fn find(&mut self, number: &OrderNumber) -> Stored<Option<PaymentAttempt>>;
    /// Adds one. [`StoreError::Duplicate`] if the order has one.
    fn insert(&mut self, attempt: &PaymentAttempt) -> Stored<()>;
    /// Writes state, prepay id, transaction id and the time of the next check.
    fn save(&mut self, attempt: &PaymentAttempt) -> Stored<()>;
    /// Claims at most `limit` open attempts whose next check is at `now` or earlier, the longest
    /// due first: each is returned to one caller only, with its next check moved to `now` plus
    /// `pause`.
    fn claim_due(
        &mut self,
        now: DateTime<Utc>,
        pause: TimeDelta,
        limit: u32,
    ) -> Stored<Vec<PaymentAttempt>>;
    /// Makes the open attempts of these orders due since [`HEAD_START`] before `now`, so that the
    /// provider's orders are closed soon (rule 5.1): [`claim_due`](Self::claim_due) returns them
    /// before those that wait for a routine check, however many these are.
    fn hasten(&mut self, orders: &[OrderId], now: DateTime<Utc>) -> Stored<()>;
    /// Notes money that does not fit; noting the same payment for the same cause again does
    /// nothing.
    fn record_difference(&mut self, difference: &PaymentDifference) -> Stored<()>;
}

/// What has become of a submission at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SubmissionState {
    /// To be sent, or sent with an unknown outcome: to be sent again under the same number.
    Pending,
    /// Accepted, not yet decided.
    Accepted,
    /// The money is back.
    Succeeded,
    /// The provider gave up.
    Failed,
}

coded!(SubmissionState, "refund submission state", {
    Pending = "pending", Accepted = "accepted", Succeeded = "succeeded", Failed = "failed",
});

/// One refund at the provider, for one or several refunds of one order (rule 6.8).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefundSubmission {
    /// `out_refund_no`: the id of the first refund it carries, without hyphens.
    pub number: String,
    /// Of which order.
    pub order: OrderId,
    /// `out_trade_no`.
    pub order_number: OrderNumber,
    /// What goes back.
    pub amount: Fen,
    /// What was paid for the order in all.
    pub total: Fen,
    /// Its state.
    pub state: SubmissionState,
    /// How often it was sent.
    pub attempts: u32,
    /// When it was formed; two of one order are [`Rules::refund_spacing`](crate::rules::Rules)
    /// apart.
    pub created_at: DateTime<Utc>,
    /// When it is to be sent or asked about next.
    pub next_attempt_at: DateTime<Utc>,
}

/// Refunds and their submissions.
pub trait RefundStore {
    /// The refund.
    fn find(&mut self, id: RefundId) -> Stored<Option<Refund>>;
    /// The refund with that request key.
    fn find_by_request_key(&mut self, key: &RequestKey) -> Stored<Option<Refund>>;
    /// Adds one with its items. [`StoreError::Duplicate`] with
    /// [`UniqueKey::RequestKey`](super::UniqueKey) if the request key is taken.
    fn insert(&mut self, refund: &Refund) -> Stored<()>;
    /// At most `limit` orders that have refunds in state `requested` without a submission, no
    /// submission that is pending or accepted, and none formed after `formed_before`; the
    /// longest waiting first.
    fn orders_to_submit(
        &mut self,
        formed_before: DateTime<Utc>,
        limit: u32,
    ) -> Stored<Vec<OrderId>>;
    /// The refunds of an order in state `requested` without a submission, the oldest first. The
    /// caller has locked the order.
    fn waiting(&mut self, order: OrderId) -> Stored<Vec<Refund>>;
    /// The submissions of an order, the oldest first.
    fn submissions_of(&mut self, order: OrderId) -> Stored<Vec<RefundSubmission>>;
    /// Adds a submission that carries these refunds, whose states stay as they are.
    /// [`StoreError::Duplicate`] if one has that number.
    fn submit(&mut self, submission: &RefundSubmission, refunds: &[RefundId]) -> Stored<()>;
    /// The submission of that number.
    fn find_submission(&mut self, number: &str) -> Stored<Option<RefundSubmission>>;
    /// Claims at most `limit` submissions in `state` whose next attempt is at `now` or earlier,
    /// the longest due first: each is returned to one caller only, with its next attempt moved to
    /// `now` plus `pause`.
    fn claim_due(
        &mut self,
        state: SubmissionState,
        now: DateTime<Utc>,
        pause: TimeDelta,
        limit: u32,
    ) -> Stored<Vec<RefundSubmission>>;
    /// Moves a submission to its `state`, and writes attempts and the time of the next one. The
    /// refunds it carries follow: pending leaves them `requested`, accepted makes them
    /// `submitted`, and success and failure make them so, finished at `at`. Does nothing, and says
    /// so by `false`, if it has succeeded already, or has failed and does not succeed now: money
    /// that arrived after all is believed.
    fn settle(&mut self, submission: &RefundSubmission, at: DateTime<Utc>) -> Stored<bool>;
    /// Makes a failed submission pending again, due at `now` under its old number, and the refunds
    /// it carries `requested` and unfinished. Does nothing, and says so by `false`, unless it has
    /// failed.
    fn reopen(&mut self, number: &str, now: DateTime<Utc>) -> Stored<bool>;
    /// The refunds that a submission carries, the oldest first.
    fn carried_by(&mut self, number: &str) -> Stored<Vec<Refund>>;
}

/// The append-only sales ledger.
pub trait LedgerStore {
    /// Appends lines. [`StoreError::Duplicate`] if one is there already.
    fn append(&mut self, entries: &[LedgerEntry]) -> Stored<()>;
}

/// Messages to tourists.
pub trait OutboxStore {
    /// Adds messages. [`StoreError::Duplicate`] if one of that kind and reference is there.
    fn add(&mut self, messages: &[Message]) -> Stored<()>;
}

/// No-shows and bans, by document.
pub trait BanStore {
    /// The bans of these documents whose last day is `day` or later.
    fn bans(&mut self, documents: &[DocumentHash], day: VisitDate) -> Stored<Vec<Ban>>;
    /// The days of the no-shows of these documents since `first`, that count and are not
    /// consumed by a ban, each with its document; in date order. A ban consumes those of its
    /// document up to and including its third day.
    fn no_shows(
        &mut self,
        documents: &[DocumentHash],
        first: VisitDate,
    ) -> Stored<Vec<(DocumentHash, VisitDate)>>;
    /// Records a no-show; one that the document already has that day stays as it is (rule 7.1).
    fn record(&mut self, no_show: &NoShow) -> Stored<()>;
    /// Adds a ban; one with the same third day stays as it is.
    fn ban(&mut self, ban: &Ban) -> Stored<()>;
}

/// Tokens that are refused though they have not expired.
pub trait RevocationStore {
    /// Revokes a token until it expires anyway; revoking it again does nothing.
    fn revoke(&mut self, token: &str, expires_at: DateTime<Utc>) -> Stored<()>;
    /// Forgets those whose `expires_at` is before `now`; how many.
    fn forget_expired(&mut self, now: DateTime<Utc>) -> Stored<u64>;
}

/// Leases, by which one of several instances runs a job.
pub trait LeaseStore {
    /// Takes or renews the lease of `job` for `holder` until `until`, which is no longer part of
    /// it. `false` if another holds it at `now`; of two that ask at once only one gets it.
    fn take(
        &mut self,
        job: &str,
        holder: &str,
        now: DateTime<Utc>,
        until: DateTime<Utc>,
    ) -> Stored<bool>;
    /// Gives the lease back, if `holder` has it; otherwise does nothing.
    fn release(&mut self, job: &str, holder: &str) -> Stored<()>;
}
