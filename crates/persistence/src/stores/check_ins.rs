//! Check-ins that admitted somebody.

use chrono::NaiveDateTime;
use diesel::mysql::Mysql;
use diesel::prelude::*;
use domain::check_in::{CheckIn, Verdict};
use domain::id::{RequestKey, TicketId};
use domain::ports::{CheckInStore, StoreError};

use super::order_rows::venue;
use crate::ids::{DbDigest, DbId};
use crate::mapping::corrupt;
use crate::schema::{check_in_tickets, check_ins};
use crate::transaction::Transaction;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = check_ins, check_for_backend(Mysql))]
struct CheckInRow {
    request_key: DbDigest,
    body_digest: DbDigest,
    order_id: DbId,
    gate: String,
    venue_code: String,
    checked_in_at: NaiveDateTime,
}

#[derive(Insertable)]
#[diesel(table_name = check_in_tickets)]
struct TicketRow<'a> {
    request_key: DbDigest,
    position: u8,
    ticket_id: DbId,
    verdict: &'static str,
    admitted_venue: Option<&'a str>,
}

impl From<&CheckIn> for CheckInRow {
    fn from(check_in: &CheckIn) -> Self {
        Self {
            request_key: check_in.request_key.into(),
            body_digest: check_in.body_digest.into(),
            order_id: check_in.order.into(),
            gate: check_in.gate.clone(),
            venue_code: check_in.venue.as_str().to_owned(),
            checked_in_at: check_in.at.naive_utc(),
        }
    }
}

impl CheckInRow {
    fn with(self, verdicts: Vec<(TicketId, Verdict)>) -> Result<CheckIn, StoreError> {
        Ok(CheckIn {
            request_key: self.request_key.into(),
            body_digest: self.body_digest.into(),
            order: self.order_id.into(),
            gate: self.gate,
            venue: venue(&self.venue_code, "check_ins.venue_code")?,
            at: self.checked_in_at.and_utc(),
            verdicts,
        })
    }
}

fn ticket_rows(check_in: &CheckIn) -> Vec<TicketRow<'_>> {
    let verdicts = (0_u8..).zip(&check_in.verdicts);
    let rows = verdicts.map(|(position, (ticket, verdict))| TicketRow {
        request_key: check_in.request_key.into(),
        position,
        ticket_id: (*ticket).into(),
        verdict: verdict.code(),
        admitted_venue: (*verdict == Verdict::Admitted).then(|| check_in.venue.as_str()),
    });
    rows.collect()
}

impl Transaction<'_> {
    fn verdicts_of(&mut self, key: DbDigest) -> Result<Vec<(TicketId, Verdict)>, StoreError> {
        let rows: Vec<(DbId, String)> = self.run(|connection| {
            check_in_tickets::table
                .filter(check_in_tickets::request_key.eq(key))
                .order(check_in_tickets::position)
                .select((check_in_tickets::ticket_id, check_in_tickets::verdict))
                .load(connection)
        })?;
        let verdicts = rows.into_iter().map(|(ticket, code)| {
            let verdict = Verdict::parse(&code);
            let verdict = verdict.map_err(|_| corrupt("check_in_tickets.verdict"))?;
            Ok((ticket.into(), verdict))
        });
        verdicts.collect()
    }
}

impl CheckInStore for Transaction<'_> {
    fn find(&mut self, key: &RequestKey) -> Result<Option<CheckIn>, StoreError> {
        let key = DbDigest::from(*key);
        let row: Option<CheckInRow> = self.run(|connection| {
            check_ins::table
                .find(key)
                .select(CheckInRow::as_select())
                .first(connection)
                .optional()
        })?;
        let Some(row) = row else {
            return Ok(None);
        };
        let verdicts = self.verdicts_of(key)?;
        row.with(verdicts).map(Some)
    }

    fn insert(&mut self, check_in: &CheckIn) -> Result<(), StoreError> {
        self.run(|connection| {
            diesel::insert_into(check_ins::table)
                .values(CheckInRow::from(check_in))
                .execute(connection)
        })?;
        let rows = ticket_rows(check_in);
        self.run(|connection| {
            diesel::insert_into(check_in_tickets::table)
                .values(&rows)
                .execute(connection)
        })?;
        Ok(())
    }
}
