//! Which key documents are hashed with, and every hash there is (rule 10.1).

use chrono::{DateTime, NaiveDateTime, Utc};
use diesel::mysql::Mysql;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{BigInt, Binary, Nullable, Text};
use domain::identity::{DocumentType, Nationality};
use domain::ports::{DocumentHashStore, StoreError};
use domain::rehashing::{HashKeyId, HashKeys, HashedRow, HashedTable, Orphans, Rehashed};
use domain::sealed::{DocumentHash, Sealed};
use uuid::Uuid;

use super::key_rows::{FOLLOWING, HASHED, LONGEST_CASE, case, list};
use crate::errors::fault;
use crate::ids::{DbHash, DbId};
use crate::mapping::{already_there, corrupt, expect_rows};
use crate::schema::document_hash_keys;
use crate::transaction::Transaction;

/// The table has one row.
const THE_ROW: u8 = 1;

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = document_hash_keys, check_for_backend(Mysql), treat_none_as_null = true)]
struct KeysRow {
    id: u8,
    current_key: DbHash,
    next_key: Option<DbHash>,
    changed_at: NaiveDateTime,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct DocumentRow {
    #[diesel(sql_type = Binary)]
    id: DbId,
    #[diesel(sql_type = Text)]
    document_type: String,
    #[diesel(sql_type = Nullable<Text>)]
    nationality: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    document_hash: Option<DbHash>,
    #[diesel(sql_type = Nullable<Text>)]
    sealed_key_id: Option<String>,
    #[diesel(sql_type = Nullable<Binary>)]
    sealed_identity: Option<Vec<u8>>,
}

#[derive(QueryableByName)]
#[diesel(check_for_backend(Mysql))]
struct CountRow {
    #[diesel(sql_type = BigInt)]
    found: i64,
}

impl KeysRow {
    fn new(keys: HashKeys, at: DateTime<Utc>) -> Self {
        Self {
            id: THE_ROW,
            current_key: DbHash(keys.current.0),
            next_key: keys.next.map(|HashKeyId(key)| DbHash(key)),
            changed_at: at.naive_utc(),
        }
    }
}

impl From<KeysRow> for HashKeys {
    fn from(row: KeysRow) -> Self {
        Self {
            current: HashKeyId(row.current_key.0),
            next: row.next_key.map(|DbHash(key)| HashKeyId(key)),
        }
    }
}

impl TryFrom<DocumentRow> for HashedRow {
    type Error = StoreError;

    fn try_from(row: DocumentRow) -> Result<Self, StoreError> {
        let nationality = row.nationality.as_deref().map(Nationality::parse);
        let identity = row.sealed_key_id.zip(row.sealed_identity);
        Ok(Self {
            owner: row.id.into(),
            document_type: DocumentType::parse(&row.document_type)
                .map_err(|_| corrupt("a document_type"))?,
            nationality: nationality
                .transpose()
                .map_err(|_| corrupt("a nationality"))?,
            hash: row.document_hash.map(DocumentHash::from),
            identity: identity.map(|(key_id, bytes)| Sealed { key_id, bytes }),
        })
    }
}

/// No-shows that lead to a sealed number.
const KNOWN_NO_SHOWS: &str = "\
    FROM no_shows n JOIN tickets t ON t.id = n.ticket_id WHERE t.sealed_identity IS NOT NULL";

impl Transaction<'_> {
    fn count(&mut self, statement: String) -> Result<u64, StoreError> {
        let row: CountRow = self.run(|connection| sql_query(statement).get_result(connection))?;
        Ok(u64::try_from(row.found).unwrap_or(0))
    }
}

impl DocumentHashStore for Transaction<'_> {
    fn hash_keys(&mut self) -> Result<Option<HashKeys>, StoreError> {
        let row: Option<KeysRow> = self.run(|connection| {
            document_hash_keys::table
                .find(THE_ROW)
                .select(KeysRow::as_select())
                .first(connection)
                .optional()
        })?;
        Ok(row.map(HashKeys::from))
    }

    fn adopt_hash_key(&mut self, key: HashKeyId, at: DateTime<Utc>) -> Result<(), StoreError> {
        let keys = HashKeys {
            current: key,
            next: None,
        };
        already_there(self.run(|connection| {
            diesel::insert_into(document_hash_keys::table)
                .values(KeysRow::new(keys, at))
                .execute(connection)
        }))
    }

    fn put_hash_keys(&mut self, keys: HashKeys, at: DateTime<Utc>) -> Result<(), StoreError> {
        let found = self.run(|connection| {
            diesel::update(document_hash_keys::table.find(THE_ROW))
                .set(KeysRow::new(keys, at))
                .execute(connection)
        })?;
        expect_rows("document_hash_keys", 1, found)
    }

    fn hashed_tables(&mut self) -> Vec<HashedTable> {
        HASHED.iter().map(|(table, _)| *table).collect()
    }

    fn hashed_rows(
        &mut self,
        table: HashedTable,
        after: Option<Uuid>,
        limit: u32,
    ) -> Result<Vec<HashedRow>, StoreError> {
        let statement = format!(
            "SELECT id, document_type, nationality, document_hash, sealed_key_id, \
             sealed_identity FROM {} WHERE id > ? ORDER BY id LIMIT ?",
            table.name()
        );
        // The nil id is nobody's.
        let after = DbId(after.unwrap_or(Uuid::nil()));
        let rows: Vec<DocumentRow> = self.run(|connection| {
            sql_query(statement)
                .bind::<Binary, _>(after)
                .bind::<BigInt, _>(i64::from(limit))
                .load(connection)
        })?;
        rows.into_iter().map(HashedRow::try_from).collect()
    }

    fn rehash(&mut self, table: HashedTable, changes: &[Rehashed]) -> Result<(), StoreError> {
        let known = HASHED.iter().find(|(known, _)| *known == table);
        let (_, columns) = known.ok_or_else(|| fault("there is no such table of hashes"))?;
        for changes in changes.chunks(LONGEST_CASE) {
            let statement = rehash_sql(table.name(), columns, changes);
            let found = self.run(|connection| sql_query(statement).execute(connection))?;
            expect_rows(table.name(), changes.len(), found)?;
            for following in FOLLOWING {
                let statement = follow_sql(following, changes);
                self.run(|connection| sql_query(statement).execute(connection))?;
            }
        }
        Ok(())
    }

    fn orphans(&mut self) -> Result<Orphans, StoreError> {
        let known = format!("SELECT n.ticket_id {KNOWN_NO_SHOWS}");
        let no_shows = self.count(format!(
            "SELECT COUNT(*) AS found FROM no_shows WHERE ticket_id NOT IN ({known})"
        ))?;
        let bans = self.count(format!(
            "SELECT COUNT(*) AS found FROM bans b \
             WHERE NOT EXISTS (SELECT 1 {KNOWN_NO_SHOWS} AND n.document_hash = b.document_hash)"
        ))?;
        Ok(Orphans { no_shows, bans })
    }
}

/// Writes the new hashes into every column that holds the former one.
fn rehash_sql(table: &str, columns: &[&str], changes: &[Rehashed]) -> String {
    let written: Vec<String> = columns
        .iter()
        .map(|column| format!("{column} = {}", new_hash(column, changes)))
        .collect();
    let owners: Vec<[u8; 16]> = changes
        .iter()
        .map(|change| change.owner.into_bytes())
        .collect();
    format!(
        "UPDATE {table} SET {} WHERE id IN ({})",
        written.join(", "),
        list(owners.iter().map(<[u8; 16]>::as_slice))
    )
}

/// Has rows without a document of their own follow it.
fn follow_sql(table: &str, changes: &[Rehashed]) -> String {
    format!(
        "UPDATE {table} SET document_hash = {} WHERE document_hash IN ({})",
        new_hash("document_hash", changes),
        list(changes.iter().map(|change| change.was.0.as_slice()))
    )
}

fn new_hash(column: &str, changes: &[Rehashed]) -> String {
    let hash = |change: &'_ Rehashed| (change.was, change.becomes);
    let hashes: Vec<(DocumentHash, DocumentHash)> = changes.iter().map(hash).collect();
    let hashes = hashes
        .iter()
        .map(|(was, becomes)| (was.0.as_slice(), becomes.0.as_slice()));
    case(column, hashes, Some(column))
}
