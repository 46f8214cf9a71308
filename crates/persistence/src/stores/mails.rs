//! Mail that waits to be sent.

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::id::MailId;
use domain::mail::{Attachment, Mail, MailKind, MailState};
use domain::ports::{MailStore, StoreError};
use domain::sealed::Sealed;

use crate::ids::DbId;
use crate::mapping::{LONGEST_IN_LIST, corrupt, instant};
use crate::schema::mails;
use crate::transaction::Transaction;

/// A mail without its attachment.
#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = mails, check_for_backend(Mysql))]
pub(crate) struct MailRow {
    id: DbId,
    kind: String,
    reference: String,
    sealed_key_id: Option<String>,
    sealed_letter: Option<Vec<u8>>,
    state: String,
    attempts: u32,
    next_attempt_at: NaiveDateTime,
    last_error: Option<String>,
    created_at: NaiveDateTime,
    sent_at: Option<NaiveDateTime>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = mails, check_for_backend(Mysql))]
struct AttachmentRow {
    attachment_name: Option<String>,
    attachment: Option<Vec<u8>>,
}

/// The most characters that the column takes.
const LONGEST_ERROR: usize = 200;

impl From<&Mail> for MailRow {
    fn from(mail: &Mail) -> Self {
        let letter = mail.letter.as_ref();
        Self {
            id: mail.id.into(),
            kind: mail.kind.code().to_owned(),
            reference: mail.reference.clone(),
            sealed_key_id: letter.map(|sealed| sealed.key_id.clone()),
            sealed_letter: letter.map(|sealed| sealed.bytes.clone()),
            state: mail.state.code().to_owned(),
            attempts: mail.attempts,
            next_attempt_at: mail.next_attempt_at.naive_utc(),
            last_error: shortened(mail.last_error.as_deref()),
            created_at: mail.created_at.naive_utc(),
            sent_at: mail.sent_at.map(|at| at.naive_utc()),
        }
    }
}

impl TryFrom<MailRow> for Mail {
    type Error = StoreError;

    fn try_from(row: MailRow) -> Result<Self, StoreError> {
        let letter = row.sealed_key_id.zip(row.sealed_letter);
        Ok(Self {
            id: row.id.into(),
            kind: MailKind::parse(&row.kind).map_err(|_| corrupt("mails.kind"))?,
            reference: row.reference,
            letter: letter.map(|(key_id, bytes)| Sealed { key_id, bytes }),
            attachment: None,
            state: MailState::parse(&row.state).map_err(|_| corrupt("mails.state"))?,
            attempts: row.attempts,
            next_attempt_at: row.next_attempt_at.and_utc(),
            last_error: row.last_error,
            created_at: row.created_at.and_utc(),
            sent_at: instant(row.sent_at),
        })
    }
}

fn shortened(error: Option<&str>) -> Option<String> {
    error.map(|error| error.chars().take(LONGEST_ERROR).collect())
}

fn whole(row: MailRow, attachment: AttachmentRow) -> Result<Mail, StoreError> {
    let attachment = attachment.attachment_name.zip(attachment.attachment);
    let attachment = attachment.map(|(name, bytes)| Attachment::pdf(&name, bytes));
    Ok(Mail {
        attachment: attachment
            .transpose()
            .map_err(|_| corrupt("mails.attachment"))?,
        ..row.try_into()?
    })
}

/// At most `limit` mails, the newest first, without their attachments.
pub(crate) fn list(
    connection: &mut MysqlConnection,
    state: Option<MailState>,
    limit: u32,
) -> QueryResult<Vec<MailRow>> {
    let mut list = mails::table
        .order((mails::created_at.desc(), mails::id.desc()))
        .limit(i64::from(limit))
        .select(MailRow::as_select())
        .into_boxed::<Mysql>();
    if let Some(state) = state {
        list = list.filter(mails::state.eq(state.code()));
    }
    list.load(connection)
}

impl MailStore for Transaction<'_> {
    fn add(&mut self, mail: &Mail) -> Result<(), StoreError> {
        let attachment = mail.attachment.as_ref();
        self.run(|connection| {
            diesel::insert_into(mails::table)
                .values((
                    MailRow::from(mail),
                    mails::attachment_name.eq(attachment.map(Attachment::name)),
                    mails::attachment.eq(attachment.map(Attachment::bytes)),
                ))
                .execute(connection)
        })?;
        Ok(())
    }

    /// What another unit has locked, to claim it or to settle it, is left for the next round
    /// rather than waited for.
    fn claim_due(
        &mut self,
        now: DateTime<Utc>,
        pause: TimeDelta,
        limit: u32,
    ) -> Result<Vec<Mail>, StoreError> {
        let mut rows: Vec<(MailRow, AttachmentRow)> = self.run(|connection| {
            mails::table
                .filter(mails::state.eq(MailState::Queued.code()))
                .filter(mails::next_attempt_at.le(now.naive_utc()))
                .order((mails::next_attempt_at, mails::id))
                .limit(i64::from(limit))
                .select((MailRow::as_select(), AttachmentRow::as_select()))
                .for_update()
                .skip_locked()
                .load(connection)
        })?;
        let due_again = (now + pause).naive_utc();
        for (row, _) in &mut rows {
            row.next_attempt_at = due_again;
        }
        for chunk in rows.chunks(LONGEST_IN_LIST) {
            let ids = chunk.iter().map(|(row, _)| row.id);
            self.run(|connection| {
                diesel::update(mails::table)
                    .filter(mails::id.eq_any(ids))
                    .set(mails::next_attempt_at.eq(due_again))
                    .execute(connection)
            })?;
        }
        let mails = rows.into_iter();
        mails
            .map(|(row, attachment)| whole(row, attachment))
            .collect()
    }

    /// The guard on the state makes a late answer of a slow server harmless.
    fn settle(&mut self, mail: &Mail) -> Result<bool, StoreError> {
        let settled = self.run(|connection| {
            diesel::update(mails::table.find(DbId::from(mail.id)))
                .filter(mails::state.eq(MailState::Queued.code()))
                .set((
                    mails::state.eq(mail.state.code()),
                    mails::attempts.eq(mail.attempts),
                    mails::next_attempt_at.eq(mail.next_attempt_at.naive_utc()),
                    mails::last_error.eq(shortened(mail.last_error.as_deref())),
                    mails::sent_at.eq(mail.sent_at.map(|at| at.naive_utc())),
                ))
                .execute(connection)
        })?;
        if settled > 0 && mail.state == MailState::Sent {
            self.run(|connection| {
                diesel::update(mails::table.find(DbId::from(mail.id)))
                    .set((
                        mails::attachment_name.eq(None::<String>),
                        mails::attachment.eq(None::<Vec<u8>>),
                    ))
                    .execute(connection)
            })?;
        }
        Ok(settled > 0)
    }

    fn reopen(&mut self, id: MailId, now: DateTime<Utc>) -> Result<bool, StoreError> {
        let reopened = self.run(|connection| {
            diesel::update(mails::table.find(DbId::from(id)))
                .filter(mails::state.eq(MailState::Dead.code()))
                .set((
                    mails::state.eq(MailState::Queued.code()),
                    mails::attempts.eq(0),
                    mails::next_attempt_at.eq(now.naive_utc()),
                ))
                .execute(connection)
        })?;
        Ok(reopened > 0)
    }

    fn dead(&mut self) -> Result<u64, StoreError> {
        let dead: i64 = self.run(|connection| {
            mails::table
                .filter(mails::state.eq(MailState::Dead.code()))
                .count()
                .get_result(connection)
        })?;
        u64::try_from(dead).map_err(|_| corrupt("a count of mails"))
    }
}
