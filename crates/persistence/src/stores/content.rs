//! Banners and exhibitions; notices are in a file of their own.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use diesel::dsl::DuplicatedKeys;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::content::{
    AppId, Banner, BannerAction, Body, ContentCode, Exhibition, ExhibitionDays, Notice, PagePath,
    Period, PicturePath, Title,
};
use domain::ports::{ContentStore, StoreError};
use domain::venue::VenueCode;
use domain::visit_date::VisitDate;

use crate::mapping::{corrupt, instant};
use crate::schema::{banners, exhibitions, notices};
use crate::transaction::Transaction;

/// What is absent is written as NULL: a banner is put whole.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = banners, check_for_backend(Mysql), treat_none_as_null = true)]
pub(crate) struct BannerRow {
    code: String,
    title_zh: String,
    title_en: String,
    picture: Option<String>,
    action: String,
    page: Option<String>,
    notice_code: Option<String>,
    app_id: Option<String>,
    shown_from: Option<NaiveDateTime>,
    shown_until: Option<NaiveDateTime>,
    position: u16,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = exhibitions, check_for_backend(Mysql), treat_none_as_null = true)]
pub(crate) struct ExhibitionRow {
    code: String,
    venue_code: String,
    title_zh: String,
    title_en: String,
    body_zh: String,
    body_en: String,
    picture: Option<String>,
    first_day: NaiveDate,
    last_day: Option<NaiveDate>,
    position: u16,
}

impl From<&Banner> for BannerRow {
    fn from(banner: &Banner) -> Self {
        let (action, page, notice_code, app_id) = match &banner.action {
            BannerAction::None => ("none", None, None, None),
            BannerAction::Page(page) => ("page", Some(page), None, None),
            BannerAction::Notice(code) => ("notice", None, Some(code), None),
            BannerAction::MiniProgram { app, page } => {
                ("mini_program", page.as_ref(), None, Some(app))
            }
        };
        let naive = |at: Option<DateTime<Utc>>| at.map(|at| at.naive_utc());
        Self {
            code: banner.code.to_string(),
            title_zh: banner.title.text().zh().to_owned(),
            title_en: banner.title.text().en().to_owned(),
            picture: banner.picture.as_ref().map(|it| it.as_str().to_owned()),
            action: action.to_owned(),
            page: page.map(|page| page.as_str().to_owned()),
            notice_code: notice_code.map(ContentCode::to_string),
            app_id: app_id.map(|app| app.as_str().to_owned()),
            shown_from: naive(banner.period.from()),
            shown_until: naive(banner.period.until()),
            position: banner.position,
        }
    }
}

impl TryFrom<BannerRow> for Banner {
    type Error = StoreError;

    fn try_from(row: BannerRow) -> Result<Self, StoreError> {
        let (from, until) = (instant(row.shown_from), instant(row.shown_until));
        let of_action = (row.page, row.notice_code, row.app_id);
        Ok(Self {
            code: code(&row.code)?,
            title: title(&row.title_zh, &row.title_en)?,
            picture: row.picture.as_deref().map(picture).transpose()?,
            action: action(&row.action, of_action)?,
            period: Period::new(from, until).map_err(|_| corrupt("banners.shown_from"))?,
            position: row.position,
        })
    }
}

/// The columns that belong to an action: page, notice, mini-program.
type OfAction = (Option<String>, Option<String>, Option<String>);

fn action(kind: &str, of_action: OfAction) -> Result<BannerAction, StoreError> {
    let wrong = || corrupt("banners.action");
    let page = |page: String| PagePath::parse(&page).map_err(|_| corrupt("banners.page"));
    Ok(match (kind, of_action) {
        ("none", (None, None, None)) => BannerAction::None,
        ("page", (Some(path), None, None)) => BannerAction::Page(page(path)?),
        ("notice", (None, Some(notice), None)) => BannerAction::Notice(code(&notice)?),
        ("mini_program", (path, None, Some(app))) => BannerAction::MiniProgram {
            app: AppId::parse(&app).map_err(|_| corrupt("banners.app_id"))?,
            page: path.map(page).transpose()?,
        },
        _ => return Err(wrong()),
    })
}

impl From<&Exhibition> for ExhibitionRow {
    fn from(exhibition: &Exhibition) -> Self {
        Self {
            code: exhibition.code.to_string(),
            venue_code: exhibition.venue.to_string(),
            title_zh: exhibition.title.text().zh().to_owned(),
            title_en: exhibition.title.text().en().to_owned(),
            body_zh: exhibition.body.text().zh().to_owned(),
            body_en: exhibition.body.text().en().to_owned(),
            picture: exhibition.picture.as_ref().map(|it| it.as_str().to_owned()),
            first_day: exhibition.days.first().date(),
            last_day: exhibition.days.last().map(VisitDate::date),
            position: exhibition.position,
        }
    }
}

impl TryFrom<ExhibitionRow> for Exhibition {
    type Error = StoreError;

    fn try_from(row: ExhibitionRow) -> Result<Self, StoreError> {
        let last = row.last_day.map(VisitDate::new);
        Ok(Self {
            code: code(&row.code)?,
            venue: VenueCode::parse(&row.venue_code)
                .map_err(|_| corrupt("exhibitions.venue_code"))?,
            title: title(&row.title_zh, &row.title_en)?,
            body: body(&row.body_zh, &row.body_en)?,
            picture: row.picture.as_deref().map(picture).transpose()?,
            days: ExhibitionDays::new(VisitDate::new(row.first_day), last)
                .map_err(|_| corrupt("exhibitions.last_day"))?,
            position: row.position,
        })
    }
}

pub(crate) fn code(text: &str) -> Result<ContentCode, StoreError> {
    ContentCode::parse(text).map_err(|_| corrupt("the code of a piece of content"))
}

pub(super) fn title(zh: &str, en: &str) -> Result<Title, StoreError> {
    Title::parse(zh, en).map_err(|_| corrupt("the title of a piece of content"))
}

pub(super) fn body(zh: &str, en: &str) -> Result<Body, StoreError> {
    Body::parse(zh, en).map_err(|_| corrupt("the body of a piece of content"))
}

pub(super) fn picture(path: &str) -> Result<PicturePath, StoreError> {
    PicturePath::parse(path).map_err(|_| corrupt("the picture of a piece of content"))
}

fn codes(rows: Vec<String>) -> Result<Vec<ContentCode>, StoreError> {
    rows.iter().map(|row| code(row)).collect()
}

/// The banners that are shown at `now`, by position and code.
pub(crate) fn shown_banners(
    connection: &mut MysqlConnection,
    now: DateTime<Utc>,
) -> QueryResult<Vec<BannerRow>> {
    let now = now.naive_utc();
    let has_begun = banners::shown_from
        .is_null()
        .or(banners::shown_from.le(now));
    let has_not_ended = banners::shown_until
        .is_null()
        .or(banners::shown_until.gt(now));
    banners::table
        .filter(has_begun.and(has_not_ended))
        .order((banners::position, banners::code))
        .select(BannerRow::as_select())
        .load(connection)
}

/// The exhibitions that are not over on `date`, by position and code.
pub(crate) fn exhibitions_on(
    connection: &mut MysqlConnection,
    date: VisitDate,
) -> QueryResult<Vec<ExhibitionRow>> {
    let last_day = exhibitions::last_day;
    exhibitions::table
        .filter(last_day.is_null().or(last_day.ge(date.date())))
        .order((exhibitions::position, exhibitions::code))
        .select(ExhibitionRow::as_select())
        .load(connection)
}

impl ContentStore for Transaction<'_> {
    fn banner_codes(&mut self) -> Result<Vec<ContentCode>, StoreError> {
        codes(self.run(|connection| {
            let all = banners::table.order(banners::code);
            all.select(banners::code).load(connection)
        })?)
    }

    fn notice_codes(&mut self) -> Result<Vec<ContentCode>, StoreError> {
        codes(self.run(|connection| {
            let all = notices::table.order(notices::code);
            all.select(notices::code).load(connection)
        })?)
    }

    fn exhibition_codes(&mut self) -> Result<Vec<ContentCode>, StoreError> {
        codes(self.run(|connection| {
            let all = exhibitions::table.order(exhibitions::code);
            all.select(exhibitions::code).load(connection)
        })?)
    }

    fn put_banner(&mut self, banner: &Banner) -> Result<(), StoreError> {
        let row = BannerRow::from(banner);
        self.run(|connection| {
            diesel::insert_into(banners::table)
                .values(&row)
                .on_conflict(DuplicatedKeys)
                .do_update()
                .set(&row)
                .execute(connection)
        })?;
        Ok(())
    }

    fn put_notice(&mut self, notice: &Notice) -> Result<(), StoreError> {
        self.write_notice(notice)
    }

    fn put_exhibition(&mut self, exhibition: &Exhibition) -> Result<(), StoreError> {
        let row = ExhibitionRow::from(exhibition);
        self.run(|connection| {
            diesel::insert_into(exhibitions::table)
                .values(&row)
                .on_conflict(DuplicatedKeys)
                .do_update()
                .set(&row)
                .execute(connection)
        })?;
        Ok(())
    }
}
