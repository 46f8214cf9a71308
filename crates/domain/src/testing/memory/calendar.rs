//! Days, quotas, sessions, venues and prices.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::sync::Arc;

use crate::calendar::OpeningDay;
use crate::holiday::{HolidayPeriod, Holidays};
use crate::money::Fen;
use crate::ports::{CatalogueStore, DayStore, QuotaStore, StoreError, UniqueKey};
use crate::quota::Quota;
use crate::session::Session;
use crate::ticket_type::{PriceKey, PriceList};
use crate::venue::Venue;
use crate::visit_date::VisitDate;

use super::draft::Draft;
use super::tables::Tables;

impl Tables {
    pub(super) fn days_in(&self, dates: &RangeInclusive<VisitDate>) -> Vec<OpeningDay> {
        let days = self.days.values();
        days.filter(|day| dates.contains(&day.date()))
            .cloned()
            .collect()
    }

    pub(super) fn quotas_in(&self, dates: &RangeInclusive<VisitDate>) -> Vec<Quota> {
        let quotas = self.quotas.values();
        quotas
            .filter(|quota| dates.contains(&quota.key().date))
            .cloned()
            .collect()
    }

    pub(super) fn sessions_by_position(&self) -> Vec<Session> {
        let mut sessions: Vec<Session> = self.sessions.values().cloned().collect();
        sessions.sort_by_key(Session::position);
        sessions
    }

    pub(super) fn venues_by_position(&self) -> Vec<Venue> {
        let mut venues: Vec<Venue> = self.venues.values().cloned().collect();
        venues.sort_by_key(Venue::position);
        venues
    }

    pub(super) fn price_list(&self) -> PriceList {
        let rows = self.prices.iter();
        PriceList::new(rows.map(|(key, price)| (key.clone(), *price)))
    }
}

impl DayStore for Draft {
    fn take(&mut self, date: VisitDate) -> Result<Option<OpeningDay>, StoreError> {
        self.locks.day(date)?;
        if self.tables.days.contains_key(&date) {
            let versions = Arc::make_mut(&mut self.tables.day_versions);
            let version = versions.entry(date).or_insert(0);
            *version = version.saturating_add(1);
        }
        Ok(self.tables.days.get(&date).cloned())
    }

    fn range(&mut self, first: VisitDate, last: VisitDate) -> Result<Vec<OpeningDay>, StoreError> {
        Ok(self.tables.days_in(&(first..=last)))
    }

    fn add(&mut self, day: &OpeningDay) -> Result<(), StoreError> {
        let row = std::iter::once((day.date(), day.clone()));
        insert_all(&mut self.tables.days, row)
    }

    fn put(&mut self, day: &OpeningDay) -> Result<(), StoreError> {
        Arc::make_mut(&mut self.tables.days).insert(day.date(), day.clone());
        Ok(())
    }

    fn holidays(&mut self) -> Result<Holidays, StoreError> {
        let periods = self.tables.holidays.values().cloned();
        let years = self.tables.holiday_years.iter().copied();
        Ok(Holidays::new(periods, years))
    }

    fn put_holidays(&mut self, year: i32, periods: &[HolidayPeriod]) -> Result<(), StoreError> {
        Arc::make_mut(&mut self.tables.holiday_years).insert(year);
        let holidays = Arc::make_mut(&mut self.tables.holidays);
        holidays.retain(|first, _| first.year() != year);
        holidays.extend(
            periods
                .iter()
                .map(|period| (period.first(), period.clone())),
        );
        Ok(())
    }
}

impl QuotaStore for Draft {
    fn lock_day(&mut self, date: VisitDate) -> Result<Vec<Quota>, StoreError> {
        self.locks.quotas(date)?;
        Ok(self.tables.quotas_in(&(date..=date)))
    }

    fn save(&mut self, quotas: &[Quota]) -> Result<(), StoreError> {
        for quota in quotas {
            self.locks.holds_quotas(quota.key().date)?;
            let stored = Arc::make_mut(&mut self.tables.quotas).get_mut(quota.key());
            let stored = stored.ok_or_else(|| {
                StoreError::Fault("a quota is saved that was never inserted".to_owned())
            })?;
            stored.clone_from(quota);
        }
        Ok(())
    }

    fn insert(&mut self, quotas: &[Quota]) -> Result<(), StoreError> {
        let rows = quotas
            .iter()
            .map(|quota| (quota.key().clone(), quota.clone()));
        insert_all(&mut self.tables.quotas, rows)
    }
}

/// Adds rows, all or none, to a table whose key is their only one.
pub(super) fn insert_all<K: Ord + Clone, V: Clone>(
    table: &mut Arc<BTreeMap<K, V>>,
    rows: impl Iterator<Item = (K, V)>,
) -> Result<(), StoreError> {
    let mut longer = BTreeMap::clone(table);
    for (key, row) in rows {
        if longer.insert(key, row).is_some() {
            return Err(StoreError::Duplicate(UniqueKey::Other));
        }
    }
    *table = Arc::new(longer);
    Ok(())
}

impl CatalogueStore for Draft {
    fn sessions(&mut self) -> Result<Vec<Session>, StoreError> {
        Ok(self.tables.sessions_by_position())
    }

    fn venues(&mut self) -> Result<Vec<Venue>, StoreError> {
        Ok(self.tables.venues_by_position())
    }

    fn prices(&mut self) -> Result<PriceList, StoreError> {
        Ok(self.tables.price_list())
    }

    fn put_sessions(&mut self, sessions: &[Session]) -> Result<(), StoreError> {
        let rows = sessions
            .iter()
            .map(|session| (session.code().clone(), session.clone()));
        Arc::make_mut(&mut self.tables.sessions).extend(rows);
        Ok(())
    }

    fn put_venues(&mut self, venues: &[Venue]) -> Result<(), StoreError> {
        let rows = venues
            .iter()
            .map(|venue| (venue.code().clone(), venue.clone()));
        Arc::make_mut(&mut self.tables.venues).extend(rows);
        Ok(())
    }

    fn put_prices(&mut self, prices: &[(PriceKey, Fen)]) -> Result<(), StoreError> {
        Arc::make_mut(&mut self.tables.prices).extend(prices.iter().cloned());
        Ok(())
    }
}
