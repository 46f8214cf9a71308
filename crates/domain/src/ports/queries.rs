//! Read models: what pages show, read without locks.

mod content;
mod invoices;
mod sale;

use chrono::{DateTime, Utc};

use crate::account::{Account, SavedVisitor};
use crate::calendar::OpeningDay;
use crate::coded::coded;
use crate::delivery::{Delivery, DeliveryState};
use crate::gate::Gate;
use crate::id::{AccountId, GateId, OrderId, OrderNumber, RefundId};
use crate::no_show::{NoShow, NoShowHistory};
use crate::order::Order;
use crate::payment::{PaymentAttempt, PaymentDifference};
use crate::quota::Quota;
use crate::refund::Refund;
use crate::sealed::{DocumentHash, Sealed};
use crate::session::Session;
use crate::ticket_type::PriceList;
use crate::venue::Venue;
use crate::visit_date::VisitDate;

use super::{AnnualPassQueries, RefundSubmission, StoreError};

pub use content::ContentQueries;
pub use invoices::{InvoiceQueries, ListedInvoice, MailQueries};
pub use sale::SaleQueries;

type Read<T> = Result<T, StoreError>;

/// Everything that is read for pages.
pub trait Queries:
    CalendarQueries
    + AccountQueries
    + OrderQueries
    + OutboxQueries
    + ContentQueries
    + InvoiceQueries
    + MailQueries
    + GateQueries
    + AnnualPassQueries
    + SaleQueries
{
}
impl<
    T: CalendarQueries
        + AccountQueries
        + OrderQueries
        + OutboxQueries
        + ContentQueries
        + InvoiceQueries
        + MailQueries
        + GateQueries
        + AnnualPassQueries
        + SaleQueries,
> Queries for T
{
}

/// Days, quotas, sessions, venues and prices.
pub trait CalendarQueries: Send + Sync {
    /// The days from `first` to `last`, both inclusive, that have a row, in order.
    fn days(&self, first: VisitDate, last: VisitDate) -> Read<Vec<OpeningDay>>;
    /// The quotas of those days, in the order of their keys.
    fn quotas(&self, first: VisitDate, last: VisitDate) -> Read<Vec<Quota>>;
    /// The sessions, by position.
    fn sessions(&self) -> Read<Vec<Session>>;
    /// The venues, by position.
    fn venues(&self) -> Read<Vec<Venue>>;
    /// All prices.
    fn prices(&self) -> Read<PriceList>;
}

/// Accounts, their visitors, and what is known of documents.
pub trait AccountQueries: Send + Sync {
    /// The account.
    fn account(&self, id: AccountId) -> Read<Option<Account>>;
    /// Its saved visitors, the oldest first.
    fn visitors(&self, account: AccountId) -> Read<Vec<SavedVisitor>>;
    /// What counts of a document: as [`BanStore::histories`](super::BanStore::histories) tells it.
    fn no_show_history(&self, document: DocumentHash) -> Read<NoShowHistory>;
    /// At most `limit` no-shows of the day `date`, waived or not, by the order's number and the
    /// ticket.
    fn no_shows_on(&self, date: VisitDate, limit: u32) -> Read<Vec<ListedNoShow>>;
    /// The ids of all tokens that are revoked and whose `expires_at` is at `now` or later.
    fn revoked_tokens(&self, now: DateTime<Utc>) -> Read<Vec<String>>;
}

/// A no-show as staff look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedNoShow {
    /// The no-show.
    pub no_show: NoShow,
    /// The number of the ticket's order.
    pub order: OrderNumber,
    /// The visitor's name and number, sealed for the ticket; `None` once erased.
    pub identity: Option<Sealed>,
}

/// The tabs of the order list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OrderTab {
    /// 全部.
    All,
    /// 待支付.
    Unpaid,
    /// 未使用.
    Unused,
    /// 退款·售后: with any refund, cancelled or closed.
    AfterSales,
}

coded!(OrderTab, "order tab", {
    All = "all", Unpaid = "unpaid", Unused = "unused", AfterSales = "after_sales",
});

/// Where the next page begins: after this order. Ids grow with time, so the newest come first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderCursor(pub OrderId);

/// Orders and refunds.
pub trait OrderQueries: Send + Sync {
    /// At most `limit` orders of an account, the newest first, after `cursor`.
    fn orders(
        &self,
        account: AccountId,
        tab: OrderTab,
        cursor: Option<OrderCursor>,
        limit: u32,
    ) -> Read<Vec<Order>>;
    /// The order, whosever it is.
    fn order(&self, id: OrderId) -> Read<Option<Order>>;
    /// The refund, whosever it is.
    fn refund(&self, id: RefundId) -> Read<Option<Refund>>;
    /// How much of the refunds of these orders has succeeded, in fen, by order; orders without
    /// any are left out.
    fn refunded(&self, orders: &[OrderId]) -> Read<Vec<(OrderId, i64)>>;
}

/// How the outbox stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OutboxBacklog {
    /// How many messages are queued.
    pub queued: u64,
    /// Since when the longest waiting of them is.
    pub queued_since: Option<DateTime<Utc>>,
    /// How many are dead and wait for a person.
    pub dead: u64,
}

/// Messages to tourists, as operators look for them.
pub trait OutboxQueries: Send + Sync {
    /// At most `limit` messages in `state`, the oldest first.
    fn messages(&self, state: DeliveryState, limit: u32) -> Read<Vec<Delivery>>;
    /// How many wait, and since when.
    fn outbox_backlog(&self) -> Read<OutboxBacklog>;
}

/// Gates.
pub trait GateQueries: Send + Sync {
    /// The gate, revoked or not.
    fn gate(&self, id: GateId) -> Read<Option<Gate>>;
    /// All gates, revoked ones included, by name.
    fn gates(&self) -> Read<Vec<Gate>>;
}

/// Something that contradicts the rules, found by the sweep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule, such as `4.6`.
    pub rule: &'static str,
    /// What was found, without personal data.
    pub text: String,
}

/// The sweep behind `manage verify`: reads everything and reports each contradiction.
///
/// It compares: documents with their live admissions (rule 4.3); what each quota says is taken
/// with the live places (rule 4.6); an order's state with those of its tickets (section 5);
/// no-shows with their tickets, days and bans (section 7); check-ins with the tickets they admitted
/// (rule 9.2); an order's money with its frozen prices, its refunds, its payment attempt, the
/// ledger (rule 6.6) and its invoice; and an annual pass with its visits (rule 8.1).
///
/// A date is read in one consistent snapshot, so that a running sale brings no false finding. The
/// numbers of the rules are those of [`Rules::default`](crate::rules::Rules).
pub trait Sweep: Send + Sync {
    /// All visit dates that an opening day, a quota, an order or a ticket has, in order.
    fn dates(&self) -> Read<Vec<VisitDate>>;
    /// What is wrong on one visit date: rules 2.1, 4.3, 4.6, 4.9, 7.1, 7.2 and 8.1, states, money,
    /// invoices.
    fn check_date(&self, date: VisitDate) -> Read<Vec<Finding>>;
    /// What is wrong and belongs to no visit date, or to none alone: payment attempts, refunds,
    /// submissions, ledger lines, messages and invoices whose order does not exist; annual passes
    /// whose entries are not those of their visits; payment attempts that are still open more than
    /// a day after their `time_expire`; and open days whose unused tickets have not expired a day
    /// after they were to (rule 7.4), counted at `now`.
    fn check_undated(&self, now: DateTime<Utc>) -> Read<Vec<Finding>>;
}

/// Money as staff look for it. What returns all that there is serves the comparison with the
/// sandbox's books (`manage verify --sandbox`), in development and tests, where that is little.
pub trait ReconcileQueries: Send + Sync {
    /// All payment attempts, by number.
    fn payment_attempts(&self) -> Read<Vec<PaymentAttempt>>;
    /// All money that fits no attempt, by the provider's number.
    fn payment_differences(&self) -> Read<Vec<PaymentDifference>>;
    /// All refunds at the provider, by number.
    fn refund_submissions(&self) -> Read<Vec<RefundSubmission>>;
    /// The refunds at the provider that failed and wait for staff (rule 6.7), the oldest first.
    fn failed_submissions(&self) -> Read<Vec<RefundSubmission>>;
}
