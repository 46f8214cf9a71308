//! Erasing personal data that have served their time (rule 10.3).
//!
//! Rows are found without locks and changed by their primary keys, so that few are locked at a
//! time and in the order that everybody keeps.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::dsl::{exists, not};
use diesel::mysql::Mysql;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Date};
use domain::id::InvoiceId;
use domain::mail::MailKind;
use domain::ports::{ErasureStore, StoreError};
use domain::visit_date::VisitDate;

use crate::ids::{DbHash, DbId};
use crate::mapping::{LONGEST_IN_LIST, already_there};
use crate::schema::{annual_passes, bans, erased_days, invoices, mails, no_shows, orders, tickets};
use crate::transaction::Transaction;

/// The dates are skipped through an index that begins with them, so that this costs as much as
/// there are dates, not tickets.
const DATES_SQL: &str = "\
    SELECT d.visit_date AS visit_date \
    FROM (SELECT DISTINCT visit_date FROM tickets WHERE visit_date <= ?) d \
    LEFT JOIN erased_days e ON e.visit_date = d.visit_date \
    WHERE e.visit_date IS NULL ORDER BY d.visit_date LIMIT ?";

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct DateRow {
    #[diesel(sql_type = Date)]
    visit_date: NaiveDate,
}

fn rows(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// From the few that are sealed still, through an index that begins with their key, to their
/// orders: the other way would read all old orders.
const INVOICES_SQL: &str = "\
    SELECT STRAIGHT_JOIN i.id AS id, i.order_id AS order_id \
    FROM invoices i JOIN orders o ON o.id = i.order_id \
    WHERE i.sealed_key_id IS NOT NULL AND o.visit_date <= ? LIMIT ?";

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct InvoiceRow {
    #[diesel(sql_type = Binary)]
    id: DbId,
    #[diesel(sql_type = Binary)]
    order_id: DbId,
}

impl Transaction<'_> {
    /// Whoever issues one of these invoices meanwhile comes before this or finds it erased, so
    /// that no mail about it is left over.
    fn lock_orders_of(&mut self, invoices: &[InvoiceRow]) -> Result<(), StoreError> {
        let ids = invoices.iter().map(|row| row.order_id);
        let locked: Vec<DbId> = self.run(|connection| {
            orders::table
                .filter(orders::id.eq_any(ids))
                .order(orders::id)
                .select(orders::id)
                .for_update()
                .load(connection)
        })?;
        drop(locked);
        Ok(())
    }

    fn erase_details(&mut self, ids: &[DbId]) -> Result<(), StoreError> {
        self.run(|connection| {
            diesel::update(invoices::table.filter(invoices::id.eq_any(ids)))
                .set((
                    invoices::sealed_key_id.eq(None::<String>),
                    invoices::sealed_details.eq(None::<Vec<u8>>),
                ))
                .execute(connection)
        })?;
        Ok(())
    }

    fn erase_mails_about(&mut self, ids: &[DbId]) -> Result<(), StoreError> {
        let references = ids.iter().map(|id| InvoiceId::from(*id).to_string());
        let mut found: Vec<DbId> = self.run(|connection| {
            mails::table
                .filter(mails::kind.eq(MailKind::InvoiceIssued.code()))
                .filter(mails::reference.eq_any(references))
                .select(mails::id)
                .load(connection)
        })?;
        found.sort_unstable();
        self.run(|connection| {
            diesel::update(mails::table.filter(mails::id.eq_any(&found)))
                .set((
                    mails::sealed_key_id.eq(None::<String>),
                    mails::sealed_letter.eq(None::<Vec<u8>>),
                    mails::attachment_name.eq(None::<String>),
                    mails::attachment.eq(None::<Vec<u8>>),
                ))
                .execute(connection)
        })?;
        Ok(())
    }
}

impl ErasureStore for Transaction<'_> {
    fn dates_to_erase(
        &mut self,
        last: VisitDate,
        limit: u32,
    ) -> Result<Vec<VisitDate>, StoreError> {
        let found: Vec<DateRow> = self.run(|connection| {
            sql_query(DATES_SQL)
                .bind::<Date, _>(last.date())
                .bind::<BigInt, _>(i64::from(limit))
                .load(connection)
        })?;
        let dates = found.into_iter().map(|row| VisitDate::new(row.visit_date));
        Ok(dates.collect())
    }

    fn erase_tickets(&mut self, date: VisitDate, limit: u32) -> Result<u64, StoreError> {
        let known = tickets::document_hash
            .is_not_null()
            .or(tickets::sealed_identity.is_not_null());
        let mut ids: Vec<DbId> = self.run(|connection| {
            tickets::table
                .filter(tickets::visit_date.eq(date.date()))
                .filter(known)
                .limit(i64::from(limit))
                .select(tickets::id)
                .load(connection)
        })?;
        ids.sort_unstable();
        for ids in ids.chunks(LONGEST_IN_LIST) {
            self.run(|connection| {
                diesel::update(tickets::table.filter(tickets::id.eq_any(ids)))
                    .set((
                        tickets::document_hash.eq(None::<DbHash>),
                        tickets::active_document.eq(None::<DbHash>),
                        tickets::sealed_key_id.eq(None::<String>),
                        tickets::sealed_identity.eq(None::<Vec<u8>>),
                    ))
                    .execute(connection)
            })?;
        }
        Ok(rows(ids.len()))
    }

    fn erase_phones(&mut self, date: VisitDate, limit: u32) -> Result<u64, StoreError> {
        let mut ids: Vec<DbId> = self.run(|connection| {
            orders::table
                .filter(orders::visit_date.eq(date.date()))
                .filter(orders::phone.is_not_null())
                .limit(i64::from(limit))
                .select(orders::id)
                .load(connection)
        })?;
        ids.sort_unstable();
        for ids in ids.chunks(LONGEST_IN_LIST) {
            self.run(|connection| {
                diesel::update(orders::table.filter(orders::id.eq_any(ids)))
                    .set(orders::phone.eq(None::<String>))
                    .execute(connection)
            })?;
        }
        Ok(rows(ids.len()))
    }

    fn erase_invoices(&mut self, last: VisitDate, limit: u32) -> Result<u64, StoreError> {
        let mut found: Vec<InvoiceRow> = self.run(|connection| {
            sql_query(INVOICES_SQL)
                .bind::<Date, _>(last.date())
                .bind::<BigInt, _>(i64::from(limit))
                .load(connection)
        })?;
        found.sort_unstable_by_key(|row| row.order_id);
        for found in found.chunks(LONGEST_IN_LIST) {
            self.lock_orders_of(found)?;
            let ids: Vec<DbId> = found.iter().map(|row| row.id).collect();
            self.erase_details(&ids)?;
            self.erase_mails_about(&ids)?;
        }
        Ok(rows(found.len()))
    }

    fn erase_passes(&mut self, last_year: i32, limit: u32) -> Result<u64, StoreError> {
        let known = annual_passes::document_hash
            .is_not_null()
            .or(annual_passes::sealed_identity.is_not_null())
            .or(annual_passes::birth_date.is_not_null());
        let mut ids: Vec<DbId> = self.run(|connection| {
            annual_passes::table
                .filter(annual_passes::year.le(last_year))
                .filter(known)
                .limit(i64::from(limit))
                .select(annual_passes::id)
                .load(connection)
        })?;
        ids.sort_unstable();
        for ids in ids.chunks(LONGEST_IN_LIST) {
            self.run(|connection| {
                diesel::update(annual_passes::table.filter(annual_passes::id.eq_any(ids)))
                    .set((
                        annual_passes::document_hash.eq(None::<DbHash>),
                        annual_passes::sealed_key_id.eq(None::<String>),
                        annual_passes::sealed_identity.eq(None::<Vec<u8>>),
                        annual_passes::birth_date.eq(None::<NaiveDate>),
                    ))
                    .execute(connection)
            })?;
        }
        Ok(rows(ids.len()))
    }

    fn note_erased(&mut self, date: VisitDate, at: DateTime<Utc>) -> Result<(), StoreError> {
        already_there(self.run(|connection| {
            diesel::insert_into(erased_days::table)
                .values((
                    erased_days::visit_date.eq(date.date()),
                    erased_days::erased_at.eq(at.naive_utc()),
                ))
                .execute(connection)
        }))
    }

    fn delete_no_shows(
        &mut self,
        last: VisitDate,
        today: VisitDate,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let running = bans::table
            .filter(bans::document_hash.eq(no_shows::document_hash))
            .filter(bans::third_day.ge(no_shows::visit_date))
            .filter(bans::last_day.ge(today.date()))
            .filter(bans::lifted_at.is_null());
        let keys: Vec<(DbHash, NaiveDate)> = self.run(|connection| {
            no_shows::table
                .filter(no_shows::visit_date.le(last.date()))
                .filter(not(exists(running)))
                .order((no_shows::document_hash, no_shows::visit_date))
                .limit(i64::from(limit))
                .select((no_shows::document_hash, no_shows::visit_date))
                .load(connection)
        })?;
        for (document, date) in &keys {
            self.run(|connection| {
                diesel::delete(no_shows::table.find((document, date))).execute(connection)
            })?;
        }
        Ok(rows(keys.len()))
    }

    fn delete_bans(
        &mut self,
        last: VisitDate,
        today: VisitDate,
        limit: u32,
    ) -> Result<u64, StoreError> {
        let keys: Vec<(DbHash, NaiveDate)> = self.run(|connection| {
            bans::table
                .filter(bans::third_day.le(last.date()))
                .filter(bans::last_day.lt(today.date()))
                .order((bans::document_hash, bans::third_day))
                .limit(i64::from(limit))
                .select((bans::document_hash, bans::third_day))
                .load(connection)
        })?;
        for (document, third) in &keys {
            self.run(|connection| {
                diesel::delete(bans::table.find((document, third))).execute(connection)
            })?;
        }
        Ok(rows(keys.len()))
    }
}
