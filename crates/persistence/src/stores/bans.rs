//! No-shows and bans, by document (section 7 of the rules).

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::dsl::DuplicatedKeys;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::id::TicketId;
use domain::no_show::{Ban, NoShow, NoShowCause, NoShowHistory, Waiver, WaiverCause};
use domain::ports::{BanStore, StoreError};
use domain::sealed::DocumentHash;
use domain::visit_date::VisitDate;

use super::locks;
use crate::ids::{DbHash, DbId};
use crate::mapping::{LONGEST_IN_LIST, LONGEST_INSERT, corrupt};
use crate::schema::{bans, no_shows};
use crate::transaction::Transaction;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = no_shows, check_for_backend(Mysql))]
pub(crate) struct NoShowRow {
    document_hash: DbHash,
    visit_date: NaiveDate,
    cause: String,
    ticket_id: DbId,
    recorded_at: NaiveDateTime,
    waived_at: Option<NaiveDateTime>,
    waiver_cause: Option<String>,
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
            cause: no_show.cause.code().to_owned(),
            ticket_id: no_show.ticket.into(),
            recorded_at: no_show.recorded_at.naive_utc(),
            waived_at: no_show.waiver.map(|waiver| waiver.at.naive_utc()),
            waiver_cause: no_show.waiver.map(|waiver| waiver.cause.code().to_owned()),
        }
    }
}

impl TryFrom<NoShowRow> for NoShow {
    type Error = StoreError;

    fn try_from(row: NoShowRow) -> Result<Self, StoreError> {
        let waiver = row.waived_at.zip(row.waiver_cause).map(|(at, cause)| {
            let cause = WaiverCause::parse(&cause);
            cause.map(|cause| Waiver {
                cause,
                at: at.and_utc(),
            })
        });
        Ok(Self {
            document: row.document_hash.into(),
            date: VisitDate::new(row.visit_date),
            cause: NoShowCause::parse(&row.cause).map_err(|_| corrupt("no_shows.cause"))?,
            ticket: row.ticket_id.into(),
            recorded_at: row.recorded_at.and_utc(),
            waiver: waiver
                .transpose()
                .map_err(|_| corrupt("no_shows.waiver_cause"))?,
        })
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

/// The bans of these documents that were not lifted and whose last day is `day` or later, by
/// third day; all of them without `day`.
fn bans_since(
    connection: &mut MysqlConnection,
    documents: &[DocumentHash],
    day: Option<VisitDate>,
) -> QueryResult<Vec<Ban>> {
    let mut found = Vec::new();
    for chunk in documents.chunks(LONGEST_IN_LIST) {
        let mut query = bans::table
            .filter(bans::document_hash.eq_any(chunk.iter().copied().map(DbHash::from)))
            .filter(bans::lifted_at.is_null())
            .order((bans::third_day, bans::document_hash))
            .select(BanRow::as_select())
            .into_boxed::<Mysql>();
        if let Some(day) = day {
            query = query.filter(bans::last_day.ge(day.date()));
        }
        let rows: Vec<BanRow> = query.load(connection)?;
        found.extend(rows.into_iter().map(Ban::from));
    }
    Ok(found)
}

/// The days of the no-shows of these documents that were not waived, in date order.
fn counting_days(
    connection: &mut MysqlConnection,
    documents: &[DocumentHash],
) -> QueryResult<Vec<(DocumentHash, VisitDate)>> {
    let mut found = Vec::new();
    for chunk in documents.chunks(LONGEST_IN_LIST) {
        let rows: Vec<(DbHash, NaiveDate)> = no_shows::table
            .filter(no_shows::document_hash.eq_any(chunk.iter().copied().map(DbHash::from)))
            .filter(no_shows::waived_at.is_null())
            .order((no_shows::document_hash, no_shows::visit_date))
            .select((no_shows::document_hash, no_shows::visit_date))
            .load(connection)?;
        let days = rows.into_iter();
        found.extend(days.map(|(document, day)| (document.into(), VisitDate::new(day))));
    }
    Ok(found)
}

/// What counts of those of these documents that have anything, by document.
pub(crate) fn histories(
    connection: &mut MysqlConnection,
    documents: &[DocumentHash],
) -> QueryResult<Vec<NoShowHistory>> {
    let mut histories: BTreeMap<DocumentHash, NoShowHistory> = BTreeMap::new();
    for (document, day) in counting_days(connection, documents)? {
        let history = histories.entry(document);
        let history = history.or_insert_with(|| NoShowHistory::clean(document));
        history.days.push(day);
    }
    for ban in bans_since(connection, documents, None)? {
        let history = histories.entry(ban.document);
        let history = history.or_insert_with(|| NoShowHistory::clean(ban.document));
        history.bans.push(ban);
    }
    Ok(histories.into_values().collect())
}

impl BanStore for Transaction<'_> {
    fn bans(&mut self, documents: &[DocumentHash], day: VisitDate) -> Result<Vec<Ban>, StoreError> {
        self.run(|connection| bans_since(connection, documents, Some(day)))
    }

    fn histories(&mut self, documents: &[DocumentHash]) -> Result<Vec<NoShowHistory>, StoreError> {
        self.run(|connection| histories(connection, documents))
    }

    fn lock(&mut self, documents: &[DocumentHash]) -> Result<Vec<NoShowHistory>, StoreError> {
        let mut documents = documents.to_vec();
        documents.sort_unstable();
        documents.dedup();
        for chunk in documents.chunks(LONGEST_IN_LIST) {
            let hashes: Vec<DbHash> = chunk.iter().copied().map(DbHash::from).collect();
            self.run(|connection| locks::no_shows(connection, &hashes))?;
        }
        self.histories(&documents)
    }

    fn of_tickets(&mut self, tickets: &[TicketId]) -> Result<Vec<NoShow>, StoreError> {
        let tickets: Vec<DbId> = tickets.iter().copied().map(DbId::from).collect();
        let mut found = Vec::new();
        for tickets in tickets.chunks(LONGEST_IN_LIST) {
            let rows: Vec<NoShowRow> = self.run(|connection| {
                no_shows::table
                    .filter(no_shows::ticket_id.eq_any(tickets))
                    .select(NoShowRow::as_select())
                    .load(connection)
            })?;
            for row in rows {
                found.push(NoShow::try_from(row)?);
            }
        }
        found.sort_by_key(|no_show| no_show.ticket);
        Ok(found)
    }

    fn counting_on(&mut self, date: VisitDate, limit: u32) -> Result<Vec<NoShow>, StoreError> {
        let rows: Vec<NoShowRow> = self.run(|connection| {
            no_shows::table
                .filter(no_shows::visit_date.eq(date.date()))
                .filter(no_shows::waived_at.is_null())
                .order(no_shows::document_hash)
                .limit(limit.into())
                .select(NoShowRow::as_select())
                .load(connection)
        })?;
        rows.into_iter().map(NoShow::try_from).collect()
    }

    fn record(&mut self, no_show: &NoShow) -> Result<bool, StoreError> {
        let inserted = self.run(|connection| {
            diesel::insert_into(no_shows::table)
                .values(NoShowRow::from(no_show))
                .execute(connection)
        });
        match inserted {
            Ok(_) => Ok(true),
            Err(StoreError::Duplicate(_)) => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// One statement where all are new, which is the rule; else the server has undone it whole.
    fn record_all(&mut self, no_shows: &[NoShow]) -> Result<Vec<bool>, StoreError> {
        let mut new = Vec::with_capacity(no_shows.len());
        for chunk in no_shows.chunks(LONGEST_INSERT) {
            let rows: Vec<NoShowRow> = chunk.iter().map(NoShowRow::from).collect();
            let inserted = self.run(|connection| {
                diesel::insert_into(no_shows::table)
                    .values(&rows)
                    .execute(connection)
            });
            match inserted {
                Ok(_) => new.extend(chunk.iter().map(|_| true)),
                Err(StoreError::Duplicate(_)) => {
                    for no_show in chunk {
                        new.push(self.record(no_show)?);
                    }
                }
                Err(error) => return Err(error),
            }
        }
        Ok(new)
    }

    fn waive(&mut self, ticket: TicketId, waiver: Waiver) -> Result<bool, StoreError> {
        let counting = no_shows::table
            .filter(no_shows::ticket_id.eq(DbId::from(ticket)))
            .filter(no_shows::waived_at.is_null());
        let waived = self.run(|connection| {
            diesel::update(counting)
                .set((
                    no_shows::waived_at.eq(waiver.at.naive_utc()),
                    no_shows::waiver_cause.eq(waiver.cause.code()),
                ))
                .execute(connection)
        })?;
        Ok(waived > 0)
    }

    fn ban(&mut self, ban: &Ban) -> Result<(), StoreError> {
        self.run(|connection| {
            diesel::insert_into(bans::table)
                .values(BanRow::from(ban))
                .on_conflict(DuplicatedKeys)
                .do_update()
                .set(bans::lifted_at.eq(None::<NaiveDateTime>))
                .execute(connection)
        })?;
        Ok(())
    }

    fn lift(&mut self, ban: &Ban, at: DateTime<Utc>) -> Result<(), StoreError> {
        let key = (DbHash::from(ban.document), ban.third.date());
        let running = bans::table.find(key).filter(bans::lifted_at.is_null());
        self.run(|connection| {
            diesel::update(running)
                .set(bans::lifted_at.eq(at.naive_utc()))
                .execute(connection)
        })?;
        Ok(())
    }
}
