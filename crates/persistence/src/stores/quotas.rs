//! Quotas.

use chrono::NaiveDate;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::ports::{QuotaStore, StoreError};
use domain::quota::{Quota, QuotaKey};
use domain::session::SessionCode;
use domain::venue::VenueCode;
use domain::visit_date::VisitDate;

use super::locks;
use crate::mapping::{LONGEST_INSERT, corrupt, expect_rows};
use crate::schema::quotas;
use crate::transaction::Transaction;

#[derive(Queryable, QueryableByName, Selectable, Insertable)]
#[diesel(table_name = quotas, check_for_backend(Mysql))]
pub(crate) struct QuotaRow {
    visit_date: NaiveDate,
    session_code: String,
    venue_code: String,
    capacity: u32,
    ceiling: u32,
    taken: u32,
}

impl From<&Quota> for QuotaRow {
    fn from(quota: &Quota) -> Self {
        let key = quota.key();
        Self {
            visit_date: key.date.date(),
            session_code: key.session.as_str().to_owned(),
            venue_code: key.venue.as_str().to_owned(),
            capacity: quota.capacity(),
            ceiling: quota.ceiling(),
            taken: quota.taken(),
        }
    }
}

impl TryFrom<QuotaRow> for Quota {
    type Error = StoreError;

    fn try_from(row: QuotaRow) -> Result<Self, StoreError> {
        let key = QuotaKey {
            date: VisitDate::new(row.visit_date),
            session: SessionCode::parse(&row.session_code)
                .map_err(|_| corrupt("quotas.session_code"))?,
            venue: VenueCode::parse(&row.venue_code).map_err(|_| corrupt("quotas.venue_code"))?,
        };
        Self::restore(key, row.capacity, row.ceiling, row.taken)
            .map_err(|_| corrupt("quotas.taken"))
    }
}

/// The quotas of the days from `first` to `last`, both inclusive, in the order of their keys.
pub(crate) fn range(
    connection: &mut MysqlConnection,
    first: VisitDate,
    last: VisitDate,
) -> QueryResult<Vec<QuotaRow>> {
    quotas::table
        .filter(quotas::visit_date.between(first.date(), last.date()))
        .order((quotas::visit_date, quotas::session_code, quotas::venue_code))
        .select(QuotaRow::as_select())
        .load(connection)
}

impl QuotaStore for Transaction<'_> {
    fn lock_day(&mut self, date: VisitDate) -> Result<Vec<Quota>, StoreError> {
        let rows = self.run(|connection| locks::quotas_of(connection, date.date()))?;
        rows.into_iter().map(Quota::try_from).collect()
    }

    fn save(&mut self, quotas: &[Quota]) -> Result<(), StoreError> {
        for row in quotas.iter().map(QuotaRow::from) {
            let key = (row.visit_date, &row.session_code, &row.venue_code);
            let found = self.run(|connection| {
                diesel::update(quotas::table.find(key))
                    .set((
                        quotas::capacity.eq(row.capacity),
                        quotas::ceiling.eq(row.ceiling),
                        quotas::taken.eq(row.taken),
                    ))
                    .execute(connection)
            })?;
            expect_rows("quotas", 1, found)?;
        }
        Ok(())
    }

    fn insert(&mut self, quotas: &[Quota]) -> Result<(), StoreError> {
        for chunk in quotas.chunks(LONGEST_INSERT) {
            let rows: Vec<QuotaRow> = chunk.iter().map(QuotaRow::from).collect();
            self.run(|connection| {
                diesel::insert_into(quotas::table)
                    .values(rows)
                    .execute(connection)
            })?;
        }
        Ok(())
    }
}
