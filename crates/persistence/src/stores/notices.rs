//! Notices with their pictures.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::dsl::DuplicatedKeys;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::content::{ContentCode, Notice, NoticeKind, PicturePath};
use domain::ports::StoreError;

use super::content::{body, code, picture, title};
use crate::mapping::corrupt;
use crate::schema::{notice_pictures, notices};
use crate::transaction::Transaction;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = notices, check_for_backend(Mysql))]
pub(crate) struct NoticeRow {
    code: String,
    kind: String,
    title_zh: String,
    title_en: String,
    body_zh: String,
    body_en: String,
    pinned: bool,
    position: u16,
    published_at: NaiveDateTime,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = notice_pictures, check_for_backend(Mysql))]
pub(crate) struct PictureRow {
    notice_code: String,
    position: u16,
    path: String,
}

impl From<&Notice> for NoticeRow {
    fn from(notice: &Notice) -> Self {
        Self {
            code: notice.code.to_string(),
            kind: notice.kind.code().to_owned(),
            title_zh: notice.title.text().zh().to_owned(),
            title_en: notice.title.text().en().to_owned(),
            body_zh: notice.body.text().zh().to_owned(),
            body_en: notice.body.text().en().to_owned(),
            pinned: notice.pinned,
            position: notice.position,
            published_at: notice.published_at.naive_utc(),
        }
    }
}

impl NoticeRow {
    fn with_pictures(self, pictures: Vec<PicturePath>) -> Result<Notice, StoreError> {
        Ok(Notice {
            code: code(&self.code)?,
            kind: NoticeKind::parse(&self.kind).map_err(|_| corrupt("notices.kind"))?,
            title: title(&self.title_zh, &self.title_en)?,
            body: body(&self.body_zh, &self.body_en)?,
            pictures,
            pinned: self.pinned,
            position: self.position,
            published_at: self.published_at.and_utc(),
        })
    }
}

/// Notices and the pictures of all of them, each in their order.
pub(crate) type NoticeRows = (Vec<NoticeRow>, Vec<PictureRow>);

/// The notices of these rows, in the order of theirs.
pub(crate) fn assemble((notices, pictures): NoticeRows) -> Result<Vec<Notice>, StoreError> {
    let mut of_notice: BTreeMap<String, Vec<PicturePath>> = BTreeMap::new();
    for row in pictures {
        let path = picture(&row.path)?;
        of_notice.entry(row.notice_code).or_default().push(path);
    }
    let notices = notices.into_iter().map(|row| {
        let pictures = of_notice.remove(&row.code).unwrap_or_default();
        row.with_pictures(pictures)
    });
    notices.collect()
}

/// The notices that are published at `now`, in the order that pages show.
pub(crate) fn published(
    connection: &mut MysqlConnection,
    now: DateTime<Utc>,
) -> QueryResult<NoticeRows> {
    let rows: Vec<NoticeRow> = notices::table
        .filter(notices::published_at.le(now.naive_utc()))
        .order((
            notices::pinned.desc(),
            notices::position,
            notices::published_at.desc(),
            notices::code,
        ))
        .select(NoticeRow::as_select())
        .load(connection)?;
    let pictures = pictures_of(connection, &rows)?;
    Ok((rows, pictures))
}

/// The notice of that code, if it is published at `now`.
pub(crate) fn one(
    connection: &mut MysqlConnection,
    code: &ContentCode,
    now: DateTime<Utc>,
) -> QueryResult<NoticeRows> {
    let rows: Vec<NoticeRow> = notices::table
        .filter(notices::code.eq(code.as_str()))
        .filter(notices::published_at.le(now.naive_utc()))
        .select(NoticeRow::as_select())
        .load(connection)?;
    let pictures = pictures_of(connection, &rows)?;
    Ok((rows, pictures))
}

fn pictures_of(
    connection: &mut MysqlConnection,
    notices: &[NoticeRow],
) -> QueryResult<Vec<PictureRow>> {
    let codes = notices.iter().map(|row| row.code.as_str());
    notice_pictures::table
        .filter(notice_pictures::notice_code.eq_any(codes))
        .order((notice_pictures::notice_code, notice_pictures::position))
        .select(PictureRow::as_select())
        .load(connection)
}

impl Transaction<'_> {
    /// Writes a notice, and its pictures instead of those it had.
    pub(super) fn write_notice(&mut self, notice: &Notice) -> Result<(), StoreError> {
        let row = NoticeRow::from(notice);
        let pictures: Vec<PictureRow> = (0_u16..)
            .zip(&notice.pictures)
            .map(|(position, path)| PictureRow {
                notice_code: row.code.clone(),
                position,
                path: path.as_str().to_owned(),
            })
            .collect();
        self.run(|connection| {
            diesel::insert_into(notices::table)
                .values(&row)
                .on_conflict(DuplicatedKeys)
                .do_update()
                .set(&row)
                .execute(connection)?;
            let had = notice_pictures::notice_code.eq(&row.code);
            diesel::delete(notice_pictures::table.filter(had)).execute(connection)?;
            diesel::insert_into(notice_pictures::table)
                .values(&pictures)
                .execute(connection)
        })?;
        Ok(())
    }
}
