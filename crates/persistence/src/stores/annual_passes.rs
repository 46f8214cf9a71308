//! Annual passes (section 8 of the rules).

use chrono::{NaiveDate, NaiveDateTime};
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::annual_pass::AnnualPass;
use domain::id::AnnualPassId;
use domain::identity::{DocumentType, Nationality};
use domain::ports::{AnnualPassStore, StoreError};
use domain::sealed::{DocumentHash, Sealed};

use super::locks;
use crate::ids::{DbHash, DbId};
use crate::mapping::{LONGEST_IN_LIST, corrupt, expect_rows, instant};
use crate::schema::annual_passes;
use crate::transaction::Transaction;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = annual_passes, check_for_backend(Mysql))]
pub(crate) struct AnnualPassRow {
    id: DbId,
    document_type: String,
    nationality: Option<String>,
    document_hash: Option<DbHash>,
    sealed_key_id: Option<String>,
    sealed_identity: Option<Vec<u8>>,
    birth_date: Option<NaiveDate>,
    year: i32,
    entries: u16,
    reserved: u16,
    used: u16,
    granted_at: NaiveDateTime,
    voided_at: Option<NaiveDateTime>,
}

impl From<&AnnualPass> for AnnualPassRow {
    fn from(pass: &AnnualPass) -> Self {
        let nationality = pass.nationality.as_ref().map(Nationality::as_str);
        let identity = pass.identity.as_ref();
        Self {
            id: pass.id.into(),
            document_type: pass.document_type.code().to_owned(),
            nationality: nationality.map(str::to_owned),
            document_hash: pass.document_hash.map(DbHash::from),
            sealed_key_id: identity.map(|sealed| sealed.key_id.clone()),
            sealed_identity: identity.map(|sealed| sealed.bytes.clone()),
            birth_date: pass.birth_date,
            year: pass.year,
            entries: pass.entries,
            reserved: pass.reserved,
            used: pass.used,
            granted_at: pass.granted_at.naive_utc(),
            voided_at: pass.voided_at.map(|at| at.naive_utc()),
        }
    }
}

impl TryFrom<AnnualPassRow> for AnnualPass {
    type Error = StoreError;

    fn try_from(row: AnnualPassRow) -> Result<Self, StoreError> {
        let nationality = row.nationality.as_deref().map(Nationality::parse);
        let identity = row.sealed_key_id.zip(row.sealed_identity);
        Ok(Self {
            id: row.id.into(),
            document_type: DocumentType::parse(&row.document_type)
                .map_err(|_| corrupt("annual_passes.document_type"))?,
            nationality: nationality
                .transpose()
                .map_err(|_| corrupt("annual_passes.nationality"))?,
            document_hash: row.document_hash.map(DocumentHash::from),
            identity: identity.map(|(key_id, bytes)| Sealed { key_id, bytes }),
            birth_date: row.birth_date,
            year: row.year,
            entries: row.entries,
            reserved: row.reserved,
            used: row.used,
            granted_at: row.granted_at.and_utc(),
            voided_at: instant(row.voided_at),
        })
    }
}

/// The passes with these ids, by id.
pub(crate) fn by_ids(
    connection: &mut MysqlConnection,
    ids: &[DbId],
) -> QueryResult<Vec<AnnualPassRow>> {
    annual_passes::table
        .filter(annual_passes::id.eq_any(ids))
        .order(annual_passes::id)
        .select(AnnualPassRow::as_select())
        .load(connection)
}

impl AnnualPassStore for Transaction<'_> {
    fn of_document(
        &mut self,
        document: DocumentHash,
        year: i32,
    ) -> Result<Option<AnnualPass>, StoreError> {
        let row = self.run(|connection| {
            annual_passes::table
                .filter(annual_passes::document_hash.eq(DbHash::from(document)))
                .filter(annual_passes::year.eq(year))
                .select(AnnualPassRow::as_select())
                .first(connection)
                .optional()
        })?;
        row.map(AnnualPass::try_from).transpose()
    }

    /// Locks in ascending order over all chunks, then reads: what is read after the lock is what
    /// the lock holds.
    fn lock(&mut self, ids: &[AnnualPassId]) -> Result<Vec<AnnualPass>, StoreError> {
        let mut ids: Vec<DbId> = ids.iter().copied().map(DbId::from).collect();
        ids.sort_unstable();
        ids.dedup();
        let mut locked = Vec::new();
        for ids in ids.chunks(LONGEST_IN_LIST) {
            let ids = self.run(|connection| locks::annual_passes(connection, ids))?;
            let rows = self.run(|connection| by_ids(connection, &ids))?;
            for row in rows {
                locked.push(AnnualPass::try_from(row)?);
            }
        }
        Ok(locked)
    }

    fn insert(&mut self, pass: &AnnualPass) -> Result<(), StoreError> {
        self.run(|connection| {
            diesel::insert_into(annual_passes::table)
                .values(AnnualPassRow::from(pass))
                .execute(connection)
        })?;
        Ok(())
    }

    fn save(&mut self, passes: &[AnnualPass]) -> Result<(), StoreError> {
        for pass in passes {
            let found = self.run(|connection| {
                diesel::update(annual_passes::table.find(DbId::from(pass.id)))
                    .set((
                        annual_passes::reserved.eq(pass.reserved),
                        annual_passes::used.eq(pass.used),
                        annual_passes::voided_at.eq(pass.voided_at.map(|at| at.naive_utc())),
                    ))
                    .execute(connection)
            })?;
            expect_rows("annual_passes", 1, found)?;
        }
        Ok(())
    }

    fn not_void(&mut self, last_year: i32, limit: u32) -> Result<Vec<AnnualPassId>, StoreError> {
        let ids: Vec<DbId> = self.run(|connection| {
            annual_passes::table
                .filter(annual_passes::voided_at.is_null())
                .filter(annual_passes::year.le(last_year))
                .order(annual_passes::id)
                .limit(limit.into())
                .select(annual_passes::id)
                .load(connection)
        })?;
        Ok(ids.into_iter().map(AnnualPassId::from).collect())
    }
}
