//! Sealed texts by row, and how far their rotation has come (rule 10.1).

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use diesel::mysql::Mysql;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use domain::key_rotation::{KeyUse, Resealed, Rotation, SealedRow, SealedTable};
use domain::ports::{SealedRowStore, StoreError};
use domain::sealed::Sealed;
use uuid::Uuid;

use super::key_rows::{LONGEST_CASE, SEALED, case, list};
use crate::errors::fault;
use crate::ids::DbId;
use crate::schema::key_rotations;
use crate::transaction::Transaction;

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct TextRow {
    #[diesel(sql_type = Binary)]
    id: DbId,
    #[diesel(sql_type = Nullable<Text>)]
    key_id: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    sealed: Option<Vec<u8>>,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct UseRow {
    #[diesel(sql_type = Text)]
    key_id: String,
    #[diesel(sql_type = BigInt)]
    held: i64,
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = key_rotations, check_for_backend(Mysql), treat_none_as_null = true)]
struct RotationRow {
    table_name: String,
    key_id: String,
    last_id: Option<DbId>,
    resealed: u64,
    started_at: NaiveDateTime,
    finished_at: Option<NaiveDateTime>,
}

impl From<TextRow> for SealedRow {
    fn from(row: TextRow) -> Self {
        let sealed = row.key_id.zip(row.sealed);
        Self {
            owner: row.id.into(),
            sealed: sealed.map(|(key_id, bytes)| Sealed { key_id, bytes }),
        }
    }
}

impl From<&Rotation> for RotationRow {
    fn from(rotation: &Rotation) -> Self {
        Self {
            table_name: rotation.table.name().to_owned(),
            key_id: rotation.key_id.clone(),
            last_id: rotation.last.map(DbId),
            resealed: rotation.resealed,
            started_at: rotation.started_at.naive_utc(),
            finished_at: rotation.finished_at.map(|at| at.naive_utc()),
        }
    }
}

impl RotationRow {
    fn into_rotation(self, table: SealedTable) -> Rotation {
        Rotation {
            table,
            key_id: self.key_id,
            last: self.last_id.map(Uuid::from),
            resealed: self.resealed,
            started_at: self.started_at.and_utc(),
            finished_at: self.finished_at.map(|at| at.and_utc()),
        }
    }
}

/// The column of `table` that holds sealed texts.
fn column(table: SealedTable) -> Result<&'static str, StoreError> {
    let found = SEALED.iter().find(|(known, _)| *known == table);
    let (_, column) = found.ok_or_else(|| fault("there is no such table of sealed texts"))?;
    Ok(column)
}

impl SealedRowStore for Transaction<'_> {
    fn sealed_tables(&mut self) -> Vec<SealedTable> {
        SEALED.iter().map(|(table, _)| *table).collect()
    }

    fn sealed_rows(
        &mut self,
        table: SealedTable,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<SealedRow>, StoreError> {
        let (name, column) = (table.name(), column(table)?);
        // The nil id is nobody's.
        let after = DbId(after.unwrap_or(Uuid::nil()));
        let statement = format!(
            "SELECT id, sealed_key_id AS key_id, {column} AS sealed FROM {name} \
             WHERE id > ? ORDER BY id LIMIT ?"
        );
        let rows: Vec<TextRow> = self.run(|connection| {
            sql_query(statement)
                .bind::<Binary, _>(after)
                .bind::<BigInt, _>(i64::from(limit))
                .load(connection)
        })?;
        Ok(rows.into_iter().map(SealedRow::from).collect())
    }

    fn reseal(&mut self, table: SealedTable, changes: &[Resealed]) -> Result<u64, StoreError> {
        let column = column(table)?;
        let mut by_key: BTreeMap<&str, Vec<&Resealed>> = BTreeMap::new();
        for change in changes {
            let key = change.becomes.key_id.as_str();
            by_key.entry(key).or_default().push(change);
        }
        let mut written = 0_u64;
        for (key, changes) in by_key {
            for changes in changes.chunks(LONGEST_CASE) {
                let statement = reseal_sql(table.name(), column, changes);
                let found = self.run(|connection| {
                    let update = sql_query(statement).bind::<Text, _>(key);
                    update.execute(connection)
                })?;
                written = written.saturating_add(u64::try_from(found).unwrap_or(u64::MAX));
            }
        }
        Ok(written)
    }

    fn key_uses(&mut self) -> Result<Vec<KeyUse>, StoreError> {
        let mut uses = Vec::new();
        for (table, _) in SEALED {
            let statement = format!(
                "SELECT sealed_key_id AS key_id, COUNT(*) AS held FROM {} \
                 WHERE sealed_key_id IS NOT NULL GROUP BY sealed_key_id ORDER BY sealed_key_id",
                table.name()
            );
            let rows: Vec<UseRow> = self.run(|connection| sql_query(statement).load(connection))?;
            uses.extend(rows.into_iter().map(|row| KeyUse {
                table: *table,
                key_id: row.key_id,
                rows: u64::try_from(row.held).unwrap_or(0),
            }));
        }
        Ok(uses)
    }

    fn rotation(
        &mut self,
        table: SealedTable,
        key_id: &str,
    ) -> Result<Option<Rotation>, StoreError> {
        let row: Option<RotationRow> = self.run(|connection| {
            key_rotations::table
                .find((table.name(), key_id))
                .select(RotationRow::as_select())
                .first(connection)
                .optional()
        })?;
        Ok(row.map(|row| row.into_rotation(table)))
    }

    fn save_rotation(&mut self, rotation: &Rotation) -> Result<(), StoreError> {
        let row = RotationRow::from(rotation);
        let key = (rotation.table.name(), rotation.key_id.as_str());
        let found = self.run(|connection| {
            diesel::update(key_rotations::table.find(key))
                .set(&row)
                .execute(connection)
        })?;
        if found == 0 {
            self.run(|connection| {
                diesel::insert_into(key_rotations::table)
                    .values(&row)
                    .execute(connection)
            })?;
        }
        Ok(())
    }
}

/// Writes each row's text where it still is what it was; two different texts never have the same
/// bytes, for each begins with a nonce of its own. The placeholder is the new key's id.
fn reseal_sql(table: &str, column: &str, changes: &[&Resealed]) -> String {
    let owner = |change: &'_ &Resealed| change.owner.into_bytes();
    let owners: Vec<[u8; 16]> = changes.iter().map(owner).collect();
    let owned = || owners.iter().map(<[u8; 16]>::as_slice);
    let becomes = changes.iter().map(|change| change.becomes.bytes.as_slice());
    let was = changes.iter().map(|change| change.was.bytes.as_slice());
    format!(
        "UPDATE {table} SET sealed_key_id = ?, {column} = {} WHERE id IN ({}) AND {column} = {}",
        case("id", owned().zip(becomes), None),
        list(owned()),
        case("id", owned().zip(was), None),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_replaced_where_it_is_what_it_was() {
        let sealed = |byte| Sealed {
            key_id: "k".to_owned(),
            bytes: vec![byte],
        };
        let change = Resealed {
            owner: Uuid::nil(),
            was: sealed(1),
            becomes: sealed(2),
        };
        let id = "X'00000000000000000000000000000000'";
        let expected = format!(
            "UPDATE t SET sealed_key_id = ?, c = CASE id WHEN {id} THEN X'02' END \
             WHERE id IN ({id}) AND c = CASE id WHEN {id} THEN X'01' END"
        );
        assert_eq!(reseal_sql("t", "c", &[&change]), expected);
    }
}
