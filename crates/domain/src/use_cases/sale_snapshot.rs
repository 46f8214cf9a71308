//! The days on sale as they were a moment ago, kept in memory: what is read by everybody, and what
//! refuses an order that cannot succeed, needs no database then.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::id::AccountId;
use crate::order::Places;
use crate::ports::{CalendarQueries, SaleQueries, StoreError};
use crate::refusal::{Objection, Reason, Refusal};
use crate::rules::Rules;
use crate::visit_date::{SalesState, VisitDate};

use super::locked_quotas::LockedQuotas;
use super::order_request::OrderDraft;
use super::show_calendar::{CalendarDay, DAYS_AHEAD, SessionPlaces, Shown};

/// How long the customers of a day are used before they are read anew, although its orders go on
/// changing: there are tens of thousands of them.
const CUSTOMERS_REST: TimeDelta = TimeDelta::seconds(1);

/// The days from today to today + 14 as they were when it was taken.
pub struct SaleSnapshot {
    shown: Shown,
    quotas: LockedQuotas,
    scarce: BTreeMap<VisitDate, Scarce>,
}

/// What more has to be known of a day on which a session or a venue is nearly or wholly sold out,
/// before anybody is refused for it.
#[derive(Clone)]
struct Scarce {
    /// Whether the customers are those of the snapshot's quotas; nobody is refused otherwise.
    is_current: bool,
    /// The day's version before the customers were read.
    version: u64,
    /// Those who have an order, read after that.
    customers: Arc<HashSet<AccountId>>,
    /// When they were read.
    read_at: DateTime<Utc>,
    /// When places that unpaid orders hold first come free by themselves.
    first_lapse: Option<DateTime<Utc>>,
}

impl SaleSnapshot {
    /// Takes a snapshot; what `before` knows and is still so is not read again.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn take<Q: CalendarQueries + SaleQueries + ?Sized>(
        queries: &Q,
        before: Option<&Self>,
        rules: &Rules,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let today = VisitDate::containing(now);
        let last = today.plus_days(DAYS_AHEAD);
        // First the versions, last the customers: who made a version so is among them.
        let versions: BTreeMap<VisitDate, u64> =
            queries.day_versions(today, last)?.into_iter().collect();
        let shown = Shown::read(queries, today, last)?;
        let mut snapshot = Self {
            quotas: LockedQuotas::seen(shown.quotas().cloned()),
            shown,
            scarce: BTreeMap::new(),
        };
        for date in snapshot.scarce_days(rules, now) {
            let known = before.and_then(|before| before.scarce.get(&date));
            let Some(version) = versions.get(&date) else {
                continue;
            };
            let scarce = Scarce::read(queries, date, *version, known, now)?;
            snapshot.scarce.insert(date, scarce);
        }
        Ok(snapshot)
    }

    /// The days on sale on which an order may be too large for what is left.
    fn scarce_days(&self, rules: &Rules, now: DateTime<Utc>) -> BTreeSet<VisitDate> {
        let largest = u32::try_from(rules.visitors_per_order).unwrap_or(u32::MAX);
        let scarce = self.shown.quotas().filter(|quota| {
            quota.remaining() < largest
                && quota.key().date.sales_state(now, rules) == SalesState::Open
        });
        scarce.map(|quota| quota.key().date).collect()
    }

    /// The calendar, by the clock of `now` and the places of the snapshot.
    #[must_use]
    pub fn calendar(&self, rules: &Rules, now: DateTime<Utc>) -> Vec<CalendarDay> {
        self.shown.calendar(rules, now)
    }

    /// What is left on `date`; `None` if the snapshot does not reach so far.
    #[must_use]
    pub fn places(
        &self,
        date: VisitDate,
        rules: &Rules,
        now: DateTime<Utc>,
    ) -> Option<Vec<SessionPlaces>> {
        self.shown
            .covers(date)
            .then(|| self.shown.places(date, rules, now))
    }

    /// Why an order would surely be refused, if the snapshot still holds: it asks for a day whose
    /// sales have not opened (rule 4.1), or for more places than are left (rule 4.4).
    ///
    /// Whether sales are open is told by the clock alone. An account that has an order for that
    /// date is never refused for want of places: it may be asking for an order again whose answer
    /// was lost (rule 4.8). Nobody is while unpaid orders hold places past their `pay_by`, which
    /// placing an order takes from them.
    #[must_use]
    pub fn refusal(&self, draft: &OrderDraft, rules: &Rules) -> Option<Refusal> {
        let now = draft.received_at;
        if !self.shown.is_offered(draft.date, &draft.session) {
            return None;
        }
        match draft.date.sales_state(now, rules) {
            SalesState::NotYetOpen { opens_at } => {
                Some(Refusal::whole(Reason::SalesNotOpen { opens_at }))
            }
            SalesState::Open => self.shortage(draft),
            // Whoever ordered in the last second asks again in the first one after it.
            SalesState::Closed => None,
        }
    }

    fn shortage(&self, draft: &OrderDraft) -> Option<Refusal> {
        let scarce = self.scarce.get(&draft.date)?;
        let lapsed = scarce
            .first_lapse
            .is_some_and(|pay_by| draft.received_at > pay_by);
        if !scarce.is_current || lapsed || scarce.customers.contains(&draft.account) {
            return None;
        }
        let wanted = self.wanted(draft)?;
        let shortages = self.quotas.shortages(draft.date, &draft.session, &wanted);
        (!shortages.is_empty()).then(|| Refusal {
            objections: shortages
                .into_iter()
                .map(|reason| Objection {
                    visitor: None,
                    reason,
                })
                .collect(),
        })
    }

    /// The places that a draft asks for; `None` if it names a venue that is no add-on, which is
    /// for others to refuse.
    fn wanted(&self, draft: &OrderDraft) -> Option<Places> {
        let mut wanted = Places::new();
        for visitor in &draft.visitors {
            let admission = self.shown.admission_venue()?;
            for venue in std::iter::once(admission).chain(&visitor.add_ons) {
                self.quotas.get(draft.date, &draft.session, venue)?;
                let count = wanted.entry(venue.clone()).or_insert(0_u32);
                *count = count.saturating_add(1);
            }
        }
        Some(wanted)
    }
}

impl Scarce {
    /// Learns what is needed of a day. Its customers may have to rest before they are read anew.
    fn read<Q: SaleQueries + ?Sized>(
        queries: &Q,
        date: VisitDate,
        version: u64,
        known: Option<&Self>,
        now: DateTime<Utc>,
    ) -> Result<Self, StoreError> {
        let first_lapse = queries.first_lapse(date)?;
        match known {
            Some(known) if known.version == version || now - known.read_at < CUSTOMERS_REST => {
                Ok(Self {
                    is_current: known.version == version,
                    first_lapse,
                    ..known.clone()
                })
            }
            _ => Ok(Self {
                is_current: true,
                version,
                customers: Arc::new(queries.customers(date)?),
                read_at: now,
                first_lapse,
            }),
        }
    }
}
