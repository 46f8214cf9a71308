//! Saved visitors (rule 4.9).

use chrono::{NaiveDate, NaiveDateTime};
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::account::SavedVisitor;
use domain::id::{AccountId, SavedVisitorId};
use domain::identity::{DocumentType, Nationality};
use domain::ports::{StoreError, VisitorStore};
use domain::sealed::Sealed;

use crate::ids::{DbHash, DbId};
use crate::mapping::{corrupt, expect_rows};
use crate::schema::saved_visitors;
use crate::transaction::Transaction;

/// `AsChangeset` writes an absent nationality or birth date as NULL: a visitor is saved whole.
#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = saved_visitors, check_for_backend(Mysql), treat_none_as_null = true)]
pub(crate) struct SavedVisitorRow {
    id: DbId,
    account_id: DbId,
    document_type: String,
    nationality: Option<String>,
    document_hash: DbHash,
    sealed_key_id: String,
    sealed_identity: Vec<u8>,
    birth_date: Option<NaiveDate>,
    created_at: NaiveDateTime,
}

impl From<&SavedVisitor> for SavedVisitorRow {
    fn from(visitor: &SavedVisitor) -> Self {
        let nationality = visitor.nationality.as_ref().map(Nationality::as_str);
        Self {
            id: visitor.id.into(),
            account_id: visitor.account.into(),
            document_type: visitor.document_type.code().to_owned(),
            nationality: nationality.map(str::to_owned),
            document_hash: visitor.document_hash.into(),
            sealed_key_id: visitor.identity.key_id.clone(),
            sealed_identity: visitor.identity.bytes.clone(),
            birth_date: visitor.birth_date,
            created_at: visitor.created_at.naive_utc(),
        }
    }
}

impl TryFrom<SavedVisitorRow> for SavedVisitor {
    type Error = StoreError;

    fn try_from(row: SavedVisitorRow) -> Result<Self, StoreError> {
        let nationality = row.nationality.as_deref().map(Nationality::parse);
        Ok(Self {
            id: row.id.into(),
            account: row.account_id.into(),
            document_type: DocumentType::parse(&row.document_type)
                .map_err(|_| corrupt("saved_visitors.document_type"))?,
            nationality: nationality
                .transpose()
                .map_err(|_| corrupt("saved_visitors.nationality"))?,
            document_hash: row.document_hash.into(),
            identity: Sealed {
                key_id: row.sealed_key_id,
                bytes: row.sealed_identity,
            },
            birth_date: row.birth_date,
            created_at: row.created_at.and_utc(),
        })
    }
}

/// The rows of an account, the oldest first.
pub(crate) fn of_account(
    connection: &mut MysqlConnection,
    account: AccountId,
) -> QueryResult<Vec<SavedVisitorRow>> {
    saved_visitors::table
        .filter(saved_visitors::account_id.eq(DbId::from(account)))
        .order((saved_visitors::created_at, saved_visitors::id))
        .select(SavedVisitorRow::as_select())
        .load(connection)
}

impl VisitorStore for Transaction<'_> {
    fn of_account(&mut self, account: AccountId) -> Result<Vec<SavedVisitor>, StoreError> {
        let rows = self.run(|connection| of_account(connection, account))?;
        rows.into_iter().map(SavedVisitor::try_from).collect()
    }

    fn insert(&mut self, visitor: &SavedVisitor) -> Result<(), StoreError> {
        self.run(|connection| {
            diesel::insert_into(saved_visitors::table)
                .values(SavedVisitorRow::from(visitor))
                .execute(connection)
        })?;
        Ok(())
    }

    fn save(&mut self, visitor: &SavedVisitor) -> Result<(), StoreError> {
        let found = self.run(|connection| {
            diesel::update(saved_visitors::table)
                .filter(saved_visitors::id.eq(DbId::from(visitor.id)))
                .filter(saved_visitors::account_id.eq(DbId::from(visitor.account)))
                .set(SavedVisitorRow::from(visitor))
                .execute(connection)
        })?;
        expect_rows("saved_visitors", 1, found)
    }

    fn delete(&mut self, account: AccountId, id: SavedVisitorId) -> Result<bool, StoreError> {
        let deleted = self.run(|connection| {
            diesel::delete(saved_visitors::table)
                .filter(saved_visitors::id.eq(DbId::from(id)))
                .filter(saved_visitors::account_id.eq(DbId::from(account)))
                .execute(connection)
        })?;
        Ok(deleted > 0)
    }
}
