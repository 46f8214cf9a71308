//! Opening days and holidays.

use chrono::{NaiveDate, NaiveTime};
use diesel::dsl::DuplicatedKeys;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::calendar::{DayState, Hours, OpeningDay};
use domain::holiday::{HolidayPeriod, Holidays};
use domain::ports::{DayStore, StoreError};
use domain::text::LocalText;
use domain::visit_date::VisitDate;

use crate::errors::fault;
use crate::mapping::{corrupt, local_text};
use crate::schema::{holiday_periods, holiday_years, opening_days};
use crate::transaction::Transaction;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = opening_days, check_for_backend(Mysql), treat_none_as_null = true)]
pub(crate) struct DayRow {
    visit_date: NaiveDate,
    state: String,
    opens: NaiveTime,
    last_entry: NaiveTime,
    closes: NaiveTime,
    note_zh: Option<String>,
    note_en: Option<String>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = holiday_periods, check_for_backend(Mysql))]
struct PeriodRow {
    first_day: NaiveDate,
    last_day: NaiveDate,
    name_zh: String,
    name_en: String,
    eve: Option<NaiveDate>,
}

impl From<&OpeningDay> for DayRow {
    fn from(day: &OpeningDay) -> Self {
        Self {
            visit_date: day.date().date(),
            state: day.state().code().to_owned(),
            opens: day.hours().opens(),
            last_entry: day.hours().last_entry(),
            closes: day.hours().closes(),
            note_zh: day.note().map(|note| note.zh().to_owned()),
            note_en: day.note().map(|note| note.en().to_owned()),
        }
    }
}

impl TryFrom<DayRow> for OpeningDay {
    type Error = StoreError;

    fn try_from(row: DayRow) -> Result<Self, StoreError> {
        Ok(Self::new(
            VisitDate::new(row.visit_date),
            DayState::parse(&row.state).map_err(|_| corrupt("opening_days.state"))?,
            Hours::new(row.opens, row.last_entry, row.closes)
                .map_err(|_| corrupt("opening_days.opens"))?,
            local_text(row.note_zh, row.note_en),
        ))
    }
}

impl From<&HolidayPeriod> for PeriodRow {
    fn from(period: &HolidayPeriod) -> Self {
        Self {
            first_day: period.first().date(),
            last_day: period.last().date(),
            name_zh: period.name().zh().to_owned(),
            name_en: period.name().en().to_owned(),
            eve: period.eve().map(VisitDate::date),
        }
    }
}

impl TryFrom<PeriodRow> for HolidayPeriod {
    type Error = StoreError;

    fn try_from(row: PeriodRow) -> Result<Self, StoreError> {
        Self::new(
            VisitDate::new(row.first_day),
            VisitDate::new(row.last_day),
            LocalText::new(row.name_zh, row.name_en),
            row.eve.map(VisitDate::new),
        )
        .map_err(|_| corrupt("holiday_periods.last_day"))
    }
}

/// The days from `first` to `last`, both inclusive, that have a row, in order.
pub(crate) fn range(
    connection: &mut MysqlConnection,
    first: VisitDate,
    last: VisitDate,
) -> QueryResult<Vec<DayRow>> {
    opening_days::table
        .filter(opening_days::visit_date.between(first.date(), last.date()))
        .order(opening_days::visit_date)
        .select(DayRow::as_select())
        .load(connection)
}

impl DayStore for Transaction<'_> {
    fn take(&mut self, date: VisitDate) -> Result<Option<OpeningDay>, StoreError> {
        // A write, not SELECT … FOR UPDATE: Galera certifies what was written, not what was
        // locked.
        let row = self.run(|connection| {
            diesel::update(opening_days::table.find(date.date()))
                .set(opening_days::version.eq(opening_days::version + 1))
                .execute(connection)?;
            opening_days::table
                .find(date.date())
                .select(DayRow::as_select())
                .first(connection)
                .optional()
        })?;
        row.map(OpeningDay::try_from).transpose()
    }

    fn range(&mut self, first: VisitDate, last: VisitDate) -> Result<Vec<OpeningDay>, StoreError> {
        let rows = self.run(|connection| range(connection, first, last))?;
        rows.into_iter().map(OpeningDay::try_from).collect()
    }

    fn add(&mut self, day: &OpeningDay) -> Result<(), StoreError> {
        self.run(|connection| {
            diesel::insert_into(opening_days::table)
                .values((DayRow::from(day), opening_days::version.eq(0)))
                .execute(connection)
        })?;
        Ok(())
    }

    fn put(&mut self, day: &OpeningDay) -> Result<(), StoreError> {
        let row = DayRow::from(day);
        self.run(|connection| {
            diesel::insert_into(opening_days::table)
                .values((&row, opening_days::version.eq(0)))
                .on_conflict(DuplicatedKeys)
                .do_update()
                .set(&row)
                .execute(connection)
        })?;
        Ok(())
    }

    fn holidays(&mut self) -> Result<Holidays, StoreError> {
        let periods: Vec<PeriodRow> = self.run(|connection| {
            holiday_periods::table
                .order(holiday_periods::first_day)
                .select(PeriodRow::as_select())
                .load(connection)
        })?;
        let years: Vec<i32> = self.run(|connection| {
            holiday_years::table
                .order(holiday_years::year)
                .select(holiday_years::year)
                .load(connection)
        })?;
        let periods: Result<Vec<_>, _> = periods.into_iter().map(HolidayPeriod::try_from).collect();
        Ok(Holidays::new(periods?, years))
    }

    fn put_holidays(&mut self, year: i32, periods: &[HolidayPeriod]) -> Result<(), StoreError> {
        let bounds = (
            NaiveDate::from_ymd_opt(year, 1, 1),
            NaiveDate::from_ymd_opt(year, 12, 31),
        );
        let (Some(first), Some(last)) = bounds else {
            return Err(fault("a year outside the calendar"));
        };
        let rows: Vec<PeriodRow> = periods.iter().map(PeriodRow::from).collect();
        self.run(|connection| {
            diesel::insert_into(holiday_years::table)
                .values(holiday_years::year.eq(year))
                .on_conflict(DuplicatedKeys)
                .do_update()
                .set(holiday_years::year.eq(year))
                .execute(connection)
        })?;
        self.run(|connection| {
            let of_year = holiday_periods::first_day.between(first, last);
            diesel::delete(holiday_periods::table.filter(of_year)).execute(connection)
        })?;
        if rows.is_empty() {
            return Ok(());
        }
        self.run(|connection| {
            diesel::insert_into(holiday_periods::table)
                .values(rows)
                .execute(connection)
        })?;
        Ok(())
    }
}
