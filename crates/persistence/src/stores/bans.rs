//! No-shows and bans, by document (section 7 of the rules).

use chrono::{NaiveDate, NaiveDateTime};
use diesel::dsl::{exists, not};
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::no_show::{Ban, NoShow};
use domain::ports::{BanStore, StoreError};
use domain::sealed::DocumentHash;
use domain::visit_date::VisitDate;

use crate::ids::{DbHash, DbId};
use crate::mapping::{LONGEST_IN_LIST, already_there};
use crate::schema::{bans, no_shows};
use crate::transaction::Transaction;

#[derive(Insertable)]
#[diesel(table_name = no_shows, check_for_backend(Mysql))]
struct NoShowRow {
    document_hash: DbHash,
    visit_date: NaiveDate,
    cause: &'static str,
    ticket_id: DbId,
    recorded_at: NaiveDateTime,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = bans, check_for_backend(Mysql))]
struct BanRow {
    document_hash: DbHash,
    third_day: NaiveDate,
    last_day: NaiveDate,
}

impl From<&NoShow> for NoShowRow {
    fn from(no_show: &NoShow) -> Self {
        Self {
            document_hash: no_show.document.into(),
            visit_date: no_show.date.date(),
            cause: no_show.cause.code(),
            ticket_id: no_show.ticket.into(),
            recorded_at: no_show.recorded_at.naive_utc(),
        }
    }
}

impl From<&Ban> for BanRow {
    fn from(ban: &Ban) -> Self {
        Self {
            document_hash: ban.document.into(),
            third_day: ban.third.date(),
            last_day: ban.last_day.date(),
        }
    }
}

impl From<BanRow> for Ban {
    fn from(row: BanRow) -> Self {
        Self {
            document: row.document_hash.into(),
            third: VisitDate::new(row.third_day),
            last_day: VisitDate::new(row.last_day),
        }
    }
}

/// The bans of these documents whose last day is `day` or later.
pub(crate) fn bans_since(
    connection: &mut MysqlConnection,
    documents: &[DocumentHash],
    day: VisitDate,
) -> QueryResult<Vec<Ban>> {
    let mut found = Vec::new();
    for chunk in documents.chunks(LONGEST_IN_LIST) {
        let rows: Vec<BanRow> = bans::table
            .filter(bans::document_hash.eq_any(chunk.iter().copied().map(DbHash::from)))
            .filter(bans::last_day.ge(day.date()))
            .order((bans::third_day, bans::document_hash))
            .select(BanRow::as_select())
            .load(connection)?;
        found.extend(rows.into_iter().map(Ban::from));
    }
    Ok(found)
}

/// The no-show days of these documents since `first`, in date order. A ban consumes those that
/// led to it (rule 7.2): all until its third day.
pub(crate) fn no_show_days(
    connection: &mut MysqlConnection,
    documents: &[DocumentHash],
    first: VisitDate,
) -> QueryResult<Vec<(DocumentHash, VisitDate)>> {
    let mut found = Vec::new();
    for chunk in documents.chunks(LONGEST_IN_LIST) {
        let consuming = bans::table
            .filter(bans::document_hash.eq(no_shows::document_hash))
            .filter(bans::third_day.ge(no_shows::visit_date));
        let rows: Vec<(NaiveDate, DbHash)> = no_shows::table
            .filter(no_shows::document_hash.eq_any(chunk.iter().copied().map(DbHash::from)))
            .filter(no_shows::visit_date.ge(first.date()))
            .filter(not(exists(consuming)))
            .order((no_shows::visit_date, no_shows::document_hash))
            .select((no_shows::visit_date, no_shows::document_hash))
            .load(connection)?;
        let days = rows.into_iter();
        found.extend(days.map(|(day, document)| (document.into(), VisitDate::new(day))));
    }
    found.sort_by_key(|(document, day)| (*day, *document));
    Ok(found)
}

impl BanStore for Transaction<'_> {
    fn bans(&mut self, documents: &[DocumentHash], day: VisitDate) -> Result<Vec<Ban>, StoreError> {
        self.run(|connection| bans_since(connection, documents, day))
    }

    fn no_shows(
        &mut self,
        documents: &[DocumentHash],
        first: VisitDate,
    ) -> Result<Vec<(DocumentHash, VisitDate)>, StoreError> {
        self.run(|connection| no_show_days(connection, documents, first))
    }

    fn record(&mut self, no_show: &NoShow) -> Result<(), StoreError> {
        already_there(self.run(|connection| {
            diesel::insert_into(no_shows::table)
                .values(NoShowRow::from(no_show))
                .execute(connection)
        }))
    }

    fn ban(&mut self, ban: &Ban) -> Result<(), StoreError> {
        already_there(self.run(|connection| {
            diesel::insert_into(bans::table)
                .values(BanRow::from(ban))
                .execute(connection)
        }))
    }
}
