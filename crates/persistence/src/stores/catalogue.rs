//! Sessions, venues and prices.

use chrono::NaiveTime;
use diesel::dsl::DuplicatedKeys;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::category::Category;
use domain::money::Fen;
use domain::ports::{CatalogueStore, StoreError};
use domain::season::Season;
use domain::session::{Session, SessionCode};
use domain::text::LocalText;
use domain::ticket_type::{PriceKey, PriceList};
use domain::venue::{Venue, VenueCode, VenueKind};

use crate::mapping::{corrupt, fen};
use crate::schema::{sessions as session_rows, ticket_prices, venues as venue_rows};
use crate::transaction::Transaction;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = session_rows, check_for_backend(Mysql), treat_none_as_null = true)]
pub(crate) struct SessionRow {
    code: String,
    name_zh: String,
    name_en: String,
    entry_from: Option<NaiveTime>,
    entry_until: Option<NaiveTime>,
    position: u16,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = venue_rows, check_for_backend(Mysql))]
pub(crate) struct VenueRow {
    code: String,
    name_zh: String,
    name_en: String,
    kind: String,
    position: u16,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = ticket_prices, check_for_backend(Mysql))]
pub(crate) struct PriceRow {
    venue_code: String,
    category: String,
    season: String,
    price_fen: i64,
}

impl From<&Session> for SessionRow {
    fn from(session: &Session) -> Self {
        Self {
            code: session.code().as_str().to_owned(),
            name_zh: session.name().zh().to_owned(),
            name_en: session.name().en().to_owned(),
            entry_from: session.entry_from(),
            entry_until: session.entry_until(),
            position: session.position(),
        }
    }
}

impl TryFrom<SessionRow> for Session {
    type Error = StoreError;

    fn try_from(row: SessionRow) -> Result<Self, StoreError> {
        Self::new(
            SessionCode::parse(&row.code).map_err(|_| corrupt("sessions.code"))?,
            LocalText::new(row.name_zh, row.name_en),
            row.entry_from,
            row.entry_until,
            row.position,
        )
        .map_err(|_| corrupt("sessions.entry_from"))
    }
}

impl From<&Venue> for VenueRow {
    fn from(venue: &Venue) -> Self {
        Self {
            code: venue.code().as_str().to_owned(),
            name_zh: venue.name().zh().to_owned(),
            name_en: venue.name().en().to_owned(),
            kind: venue.kind().code().to_owned(),
            position: venue.position(),
        }
    }
}

impl TryFrom<VenueRow> for Venue {
    type Error = StoreError;

    fn try_from(row: VenueRow) -> Result<Self, StoreError> {
        Ok(Self::new(
            VenueCode::parse(&row.code).map_err(|_| corrupt("venues.code"))?,
            LocalText::new(row.name_zh, row.name_en),
            VenueKind::parse(&row.kind).map_err(|_| corrupt("venues.kind"))?,
            row.position,
        ))
    }
}

impl TryFrom<PriceRow> for (PriceKey, Fen) {
    type Error = StoreError;

    fn try_from(row: PriceRow) -> Result<Self, StoreError> {
        let key = PriceKey {
            venue: VenueCode::parse(&row.venue_code)
                .map_err(|_| corrupt("ticket_prices.venue_code"))?,
            category: Category::parse(&row.category)
                .map_err(|_| corrupt("ticket_prices.category"))?,
            season: Season::parse(&row.season).map_err(|_| corrupt("ticket_prices.season"))?,
        };
        Ok((key, fen(row.price_fen)?))
    }
}

/// The sessions, by position.
pub(crate) fn sessions(connection: &mut MysqlConnection) -> QueryResult<Vec<SessionRow>> {
    session_rows::table
        .order((session_rows::position, session_rows::code))
        .select(SessionRow::as_select())
        .load(connection)
}

/// The venues, by position.
pub(crate) fn venues(connection: &mut MysqlConnection) -> QueryResult<Vec<VenueRow>> {
    venue_rows::table
        .order((venue_rows::position, venue_rows::code))
        .select(VenueRow::as_select())
        .load(connection)
}

/// All prices, in no order that means anything.
pub(crate) fn prices(connection: &mut MysqlConnection) -> QueryResult<Vec<PriceRow>> {
    ticket_prices::table
        .select(PriceRow::as_select())
        .load(connection)
}

/// The price list of these rows.
pub(crate) fn price_list(rows: Vec<PriceRow>) -> Result<PriceList, StoreError> {
    let rows: Result<Vec<_>, _> = rows.into_iter().map(<(PriceKey, Fen)>::try_from).collect();
    Ok(PriceList::new(rows?))
}

impl CatalogueStore for Transaction<'_> {
    fn sessions(&mut self) -> Result<Vec<Session>, StoreError> {
        let rows = self.run(sessions)?;
        rows.into_iter().map(Session::try_from).collect()
    }

    fn venues(&mut self) -> Result<Vec<Venue>, StoreError> {
        let rows = self.run(venues)?;
        rows.into_iter().map(Venue::try_from).collect()
    }

    fn prices(&mut self) -> Result<PriceList, StoreError> {
        price_list(self.run(prices)?)
    }

    fn put_sessions(&mut self, sessions: &[Session]) -> Result<(), StoreError> {
        for row in sessions.iter().map(SessionRow::from) {
            self.run(|connection| {
                diesel::insert_into(session_rows::table)
                    .values(&row)
                    .on_conflict(DuplicatedKeys)
                    .do_update()
                    .set(&row)
                    .execute(connection)
            })?;
        }
        Ok(())
    }

    fn put_venues(&mut self, venues: &[Venue]) -> Result<(), StoreError> {
        for row in venues.iter().map(VenueRow::from) {
            self.run(|connection| {
                diesel::insert_into(venue_rows::table)
                    .values(&row)
                    .on_conflict(DuplicatedKeys)
                    .do_update()
                    .set(&row)
                    .execute(connection)
            })?;
        }
        Ok(())
    }

    fn put_prices(&mut self, prices: &[(PriceKey, Fen)]) -> Result<(), StoreError> {
        for (key, price) in prices {
            let row = PriceRow {
                venue_code: key.venue.as_str().to_owned(),
                category: key.category.code().to_owned(),
                season: key.season.code().to_owned(),
                price_fen: price.amount(),
            };
            self.run(|connection| {
                diesel::insert_into(ticket_prices::table)
                    .values(&row)
                    .on_conflict(DuplicatedKeys)
                    .do_update()
                    .set(ticket_prices::price_fen.eq(row.price_fen))
                    .execute(connection)
            })?;
        }
        Ok(())
    }
}
