//! Quotas that a unit has locked, the changes to them, and the writing of exactly those.

use std::collections::{BTreeMap, BTreeSet};

use crate::order::{Order, Places};
use crate::ports::{StoreError, Stores};
use crate::quota::{Quota, QuotaError, QuotaKey};
use crate::refusal::Reason;
use crate::session::SessionCode;
use crate::venue::VenueCode;
use crate::visit_date::VisitDate;

/// The locked quotas of one or more days.
#[derive(Default)]
pub(super) struct LockedQuotas {
    quotas: BTreeMap<QuotaKey, Quota>,
    changed: BTreeSet<QuotaKey>,
}

impl LockedQuotas {
    /// Locks the quotas of one day, which the caller has taken.
    pub(super) fn lock(stores: &mut dyn Stores, date: VisitDate) -> Result<Self, StoreError> {
        let mut locked = Self::default();
        locked.add_day(stores, date)?;
        Ok(locked)
    }

    /// Locks the quotas of one more day; days come in date order.
    pub(super) fn add_day(
        &mut self,
        stores: &mut dyn Stores,
        date: VisitDate,
    ) -> Result<(), StoreError> {
        let quotas = stores.quotas().lock_day(date)?;
        self.quotas
            .extend(quotas.into_iter().map(|quota| (quota.key().clone(), quota)));
        Ok(())
    }

    /// Quotas that were read without a lock: to look at, not to save.
    pub(super) fn seen(quotas: impl IntoIterator<Item = Quota>) -> Self {
        let quotas = quotas.into_iter();
        Self {
            quotas: quotas.map(|quota| (quota.key().clone(), quota)).collect(),
            changed: BTreeSet::new(),
        }
    }

    /// The quota of a venue in a session, if it has a row.
    pub(super) fn get(
        &self,
        date: VisitDate,
        session: &SessionCode,
        venue: &VenueCode,
    ) -> Option<&Quota> {
        self.quotas.get(&QuotaKey {
            date,
            session: session.clone(),
            venue: venue.clone(),
        })
    }

    /// The first session of `date` other than `session` with room for all of `wanted`.
    pub(super) fn other_session(
        &self,
        date: VisitDate,
        session: &SessionCode,
        wanted: &Places,
    ) -> Option<SessionCode> {
        let of_date = self.quotas.keys().filter(|key| key.date == date);
        let sessions: BTreeSet<&SessionCode> = of_date.map(|key| &key.session).collect();
        let has_room = |candidate: &&SessionCode| {
            *candidate != session
                && wanted.iter().all(|(venue, places)| {
                    self.get(date, candidate, venue)
                        .is_some_and(|quota| quota.remaining() >= *places)
                })
        };
        sessions.into_iter().find(has_room).cloned()
    }

    /// Why there is no room for `wanted`: a reason for each venue with too few places (rules 4.4
    /// and 4.6).
    pub(super) fn shortages(
        &self,
        date: VisitDate,
        session: &SessionCode,
        wanted: &Places,
    ) -> Vec<Reason> {
        let remaining =
            |venue: &VenueCode| self.get(date, session, venue).map_or(0, Quota::remaining);
        let short = wanted
            .iter()
            .filter(|(venue, places)| remaining(venue) < **places);
        let reasons = short.map(|(venue, _)| {
            let other_session = self.other_session(date, session, wanted);
            let venue = venue.clone();
            match remaining(&venue) {
                0 => Reason::SoldOut {
                    venue,
                    other_session,
                },
                remaining => Reason::NotEnough {
                    venue,
                    remaining,
                    other_session,
                },
            }
        });
        reasons.collect()
    }

    /// Takes places for an order, which has found them free.
    pub(super) fn take(&mut self, order: &Order, places: &Places) -> Result<(), StoreError> {
        self.change(order, places, Quota::take)
    }

    /// Gives places of an order back.
    pub(super) fn release(&mut self, order: &Order, places: &Places) -> Result<(), StoreError> {
        self.change(order, places, Quota::release)
    }

    /// Writes the quotas that were changed, in the order of their keys.
    pub(super) fn save(&self, stores: &mut dyn Stores) -> Result<(), StoreError> {
        let changed = self.changed.iter();
        let changed: Vec<Quota> = changed
            .filter_map(|key| self.quotas.get(key).cloned())
            .collect();
        stores.quotas().save(&changed)
    }

    fn change(
        &mut self,
        order: &Order,
        places: &Places,
        step: impl Fn(&mut Quota, u32) -> Result<(), QuotaError>,
    ) -> Result<(), StoreError> {
        for (venue, number) in places {
            let key = QuotaKey {
                date: order.date,
                session: order.session.clone(),
                venue: venue.clone(),
            };
            let quota = self.quotas.get_mut(&key).ok_or_else(|| {
                StoreError::Fault(format!("places of {venue}, which has no quota that day"))
            })?;
            step(quota, *number)?;
            self.changed.insert(key);
        }
        Ok(())
    }
}
