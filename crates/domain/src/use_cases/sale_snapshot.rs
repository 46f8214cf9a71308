//! The days on sale as they were a moment ago, kept in memory: what is read by everybody, and what
//! refuses an order that cannot succeed, needs no database then.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::calendar::OpeningDay;
use crate::id::AccountId;
use crate::order::Places;
use crate::ports::{CalendarQueries, SaleQueries, StoreError};
use crate::refusal::{Objection, Reason, Refusal};
use crate::rules::Rules;
use crate::session::{Session, SessionCode};
use crate::ticket_type::PriceList;
use crate::venue::Venue;
use crate::visit_date::{SalesState, VisitDate};

use super::locked_quotas::LockedQuotas;
use super::order_request::OrderDraft;
use super::pass_visits::VisitDraft;
use super::show_calendar::{CalendarDay, DAYS_AHEAD, SessionPlaces, Shown};

/// How long the customers of a day are used before they are read anew, although its orders go on
/// changing: there are tens of thousands of them.
const CUSTOMERS_REST: TimeDelta = TimeDelta::seconds(1);

/// The days from today to today + 14 as they were when it was taken.
pub struct SaleSnapshot {
    shown: Shown,
    prices: PriceList,
    quotas: LockedQuotas,
    scarce: BTreeMap<VisitDate, Scarce>,
}

/// What more has to be known of a day on which a session or a venue is nearly or wholly sold out,
/// before anybody is refused for it.
#[derive(Clone)]
struct Scarce {
    /// Whether the customers are those of the snapshot's quotas; nobody is refused otherwise.
    is_current: bool,
    /// The day's version, read after the quotas and before the customers.
    version: u64,
    /// Those who have an order, read after that.
    customers: Arc<HashSet<AccountId>>,
    /// When they were read.
    read_at: DateTime<Utc>,
    /// When places that unpaid orders hold first come free by themselves.
    first_lapse: Option<DateTime<Utc>>,
}

/// Who asks for places, when and where.
struct Asked<'a> {
    account: AccountId,
    date: VisitDate,
    session: &'a SessionCode,
    received_at: DateTime<Utc>,
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
        // The order of the questions matters. Whoever took places that the quotas show as taken
        // did so before the versions were read: so they are among the customers who were read at
        // an equal version, and among those who are read from now on.
        let shown = Shown::read(queries, today, last)?;
        let versions: BTreeMap<VisitDate, u64> =
            queries.day_versions(today, last)?.into_iter().collect();
        let mut snapshot = Self {
            quotas: LockedQuotas::seen(shown.quotas().cloned()),
            shown,
            prices: queries.prices()?,
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

    /// The days that it reaches over, with what staff have decided of each, if anything.
    pub fn days(&self) -> impl Iterator<Item = (VisitDate, Option<&OpeningDay>)> {
        self.shown.days()
    }

    /// The sessions, by position.
    #[must_use]
    pub fn sessions(&self) -> &[Session] {
        self.shown.sessions()
    }

    /// The venues, by position.
    #[must_use]
    pub fn venues(&self) -> &[Venue] {
        self.shown.venues()
    }

    /// All prices.
    #[must_use]
    pub fn prices(&self) -> &PriceList {
        &self.prices
    }

    /// Why an order would surely be refused, if the snapshot still holds: it asks for a day whose
    /// sales have not opened (rule 4.1), or for more places than are left (rule 4.4).
    ///
    /// Whether sales are open is told by the clock alone. An account that has an order for that
    /// date is never refused for want of places: it may be asking for an order again whose answer
    /// was lost (rule 4.8). Nobody is while unpaid orders hold places past their `pay_by`, which
    /// placing an order takes from them.
    ///
    /// What came free after the snapshot was begun is not seen: who uses a snapshot for refusals
    /// for no longer than a moment refuses nobody wrongly for longer than that.
    #[must_use]
    pub fn refusal(&self, draft: &OrderDraft, rules: &Rules) -> Option<Refusal> {
        let asked = Asked {
            account: draft.account,
            date: draft.date,
            session: &draft.session,
            received_at: draft.received_at,
        };
        self.refuse(&asked, rules, || self.wanted(draft))
    }

    /// The same for a visit on an annual pass, which takes one place.
    #[must_use]
    pub fn refusal_of_visit(&self, draft: &VisitDraft, rules: &Rules) -> Option<Refusal> {
        let asked = Asked {
            account: draft.account,
            date: draft.date,
            session: &draft.session,
            received_at: draft.received_at,
        };
        self.refuse(&asked, rules, || {
            Some(Places::from([(self.shown.admission_venue()?.clone(), 1)]))
        })
    }

    fn refuse(
        &self,
        asked: &Asked<'_>,
        rules: &Rules,
        wanted: impl FnOnce() -> Option<Places>,
    ) -> Option<Refusal> {
        if !self.shown.is_offered(asked.date, asked.session) {
            return None;
        }
        match asked.date.sales_state(asked.received_at, rules) {
            SalesState::NotYetOpen { opens_at } => {
                Some(Refusal::whole(Reason::SalesNotOpen { opens_at }))
            }
            SalesState::Open => self.shortage(asked, wanted),
            // Whoever ordered in the last second asks again in the first one after it.
            SalesState::Closed => None,
        }
    }

    fn shortage(
        &self,
        asked: &Asked<'_>,
        wanted: impl FnOnce() -> Option<Places>,
    ) -> Option<Refusal> {
        let scarce = self.scarce.get(&asked.date)?;
        let lapsed = scarce
            .first_lapse
            .is_some_and(|pay_by| asked.received_at > pay_by);
        if !scarce.is_current || lapsed || scarce.customers.contains(&asked.account) {
            return None;
        }
        let shortages = self.quotas.shortages(asked.date, asked.session, &wanted()?);
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
