//! Gates.

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::gate::{Gate, GateName};
use domain::id::GateId;
use domain::ports::{GateStore, StoreError};

use super::order_rows::venue;
use crate::ids::{DbDigest, DbId};
use crate::mapping::{corrupt, instant};
use crate::schema::gates;
use crate::transaction::Transaction;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = gates, check_for_backend(Mysql))]
pub(crate) struct GateRow {
    id: DbId,
    name: String,
    venue_code: String,
    key_hash: DbDigest,
    created_at: NaiveDateTime,
    revoked_at: Option<NaiveDateTime>,
}

impl From<&Gate> for GateRow {
    fn from(gate: &Gate) -> Self {
        Self {
            id: gate.id.into(),
            name: gate.name.as_str().to_owned(),
            venue_code: gate.venue.as_str().to_owned(),
            key_hash: gate.key_hash.clone().into(),
            created_at: gate.created_at.naive_utc(),
            revoked_at: gate.revoked_at.map(|at| at.naive_utc()),
        }
    }
}

impl TryFrom<GateRow> for Gate {
    type Error = StoreError;

    fn try_from(row: GateRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id.into(),
            name: GateName::parse(&row.name).map_err(|_| corrupt("gates.name"))?,
            venue: venue(&row.venue_code, "gates.venue_code")?,
            key_hash: row.key_hash.into(),
            created_at: row.created_at.and_utc(),
            revoked_at: instant(row.revoked_at),
        })
    }
}

/// The gate of that id.
pub(crate) fn find(connection: &mut MysqlConnection, id: GateId) -> QueryResult<Option<GateRow>> {
    gates::table
        .find(DbId::from(id))
        .select(GateRow::as_select())
        .first(connection)
        .optional()
}

/// All gates, by name.
pub(crate) fn all(connection: &mut MysqlConnection) -> QueryResult<Vec<GateRow>> {
    gates::table
        .order(gates::name)
        .select(GateRow::as_select())
        .load(connection)
}

impl GateStore for Transaction<'_> {
    fn insert(&mut self, gate: &Gate) -> Result<(), StoreError> {
        self.run(|connection| {
            diesel::insert_into(gates::table)
                .values(GateRow::from(gate))
                .execute(connection)
        })?;
        Ok(())
    }

    fn revoke(&mut self, name: &GateName, at: DateTime<Utc>) -> Result<bool, StoreError> {
        let revoked = self.run(|connection| {
            let open = gates::table
                .filter(gates::name.eq(name.as_str()))
                .filter(gates::revoked_at.is_null());
            diesel::update(open)
                .set(gates::revoked_at.eq(at.naive_utc()))
                .execute(connection)
        })?;
        Ok(revoked > 0)
    }
}
