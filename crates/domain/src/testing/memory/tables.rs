//! What is stored.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::account::{Account, SavedVisitor};
use crate::annual_pass::AnnualPass;
use crate::calendar::OpeningDay;
use crate::check_in::CheckIn;
use crate::content::{Banner, ContentCode, Exhibition, Notice};
use crate::delivery::Delivery;
use crate::gate::Gate;
use crate::holiday::HolidayPeriod;
use crate::id::{
    AccountId, AnnualPassId, GateId, InvoiceId, MailId, OrderId, OrderNumber, RefundId, RequestKey,
    SavedVisitorId,
};
use crate::invoice::Invoice;
use crate::key_rotation::Rotation;
use crate::ledger::LedgerEntry;
use crate::mail::Mail;
use crate::money::Fen;
use crate::no_show::{Ban, NoShow};
use crate::order::Order;
use crate::payment::{PaymentAttempt, PaymentDifference};
use crate::ports::RefundSubmission;
use crate::quota::{Quota, QuotaKey};
use crate::refund::Refund;
use crate::rehashing::HashKeys;
use crate::sealed::DocumentHash;
use crate::session::{Session, SessionCode};
use crate::ticket_type::PriceKey;
use crate::venue::{Venue, VenueCode};
use crate::visit_date::VisitDate;

/// A table that copies of the tables share until one of them is written (`Arc::make_mut`).
type Table<K, V> = Arc<BTreeMap<K, V>>;

/// A refund, and the number of the submission that carries it.
#[derive(Debug, Clone)]
pub(super) struct RefundRow {
    pub(super) refund: Refund,
    pub(super) submission: Option<String>,
}

/// A ban, kept also when it was lifted.
#[derive(Debug, Clone)]
pub(super) struct BanRow {
    pub(super) ban: Ban,
    pub(super) lifted_at: Option<DateTime<Utc>>,
}

/// Who runs a job, and until when.
#[derive(Debug, Clone)]
pub(super) struct Lease {
    pub(super) holder: String,
    pub(super) until: DateTime<Utc>,
}

/// All tables, each by its primary key.
#[derive(Debug, Clone, Default)]
pub(super) struct Tables {
    pub(super) days: Table<VisitDate, OpeningDay>,
    /// How often a day was taken.
    pub(super) day_versions: Table<VisitDate, u64>,
    pub(super) holiday_years: Arc<BTreeSet<i32>>,
    pub(super) holidays: Table<VisitDate, HolidayPeriod>,
    pub(super) quotas: Table<QuotaKey, Quota>,
    pub(super) sessions: Table<SessionCode, Session>,
    pub(super) venues: Table<VenueCode, Venue>,
    pub(super) prices: Table<PriceKey, Fen>,
    pub(super) annual_passes: Table<AnnualPassId, AnnualPass>,
    pub(super) orders: Table<OrderId, Arc<Order>>,
    pub(super) accounts: Table<AccountId, Account>,
    pub(super) visitors: Table<SavedVisitorId, SavedVisitor>,
    pub(super) attempts: Table<OrderNumber, PaymentAttempt>,
    /// By the provider's number and the code of the cause.
    pub(super) differences: Table<(String, &'static str), PaymentDifference>,
    pub(super) refunds: Table<RefundId, RefundRow>,
    pub(super) submissions: Table<String, RefundSubmission>,
    pub(super) ledger: Arc<Vec<LedgerEntry>>,
    /// By the code of the kind and the reference.
    pub(super) outbox: Table<(&'static str, String), Delivery>,
    pub(super) banners: Table<ContentCode, Banner>,
    pub(super) notices: Table<ContentCode, Notice>,
    pub(super) exhibitions: Table<ContentCode, Exhibition>,
    pub(super) invoices: Table<InvoiceId, Invoice>,
    pub(super) mails: Table<MailId, Mail>,
    pub(super) no_shows: Table<(DocumentHash, VisitDate), NoShow>,
    pub(super) bans: Table<(DocumentHash, VisitDate), BanRow>,
    /// Tokens with the instant at which they expire.
    pub(super) revoked: Table<String, DateTime<Utc>>,
    pub(super) leases: Table<String, Lease>,
    /// By the name of the table and the key's id.
    pub(super) rotations: Table<(&'static str, String), Rotation>,
    pub(super) hash_keys: Option<HashKeys>,
    /// Visit dates of which nothing personal is left.
    pub(super) erased_days: Arc<BTreeSet<VisitDate>>,
    pub(super) gates: Table<GateId, Gate>,
    pub(super) check_ins: Table<RequestKey, CheckIn>,
}

/// At most `limit` of `items`.
pub(super) fn limited<T>(items: Vec<T>, limit: u32) -> Vec<T> {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    items.into_iter().take(limit).collect()
}
