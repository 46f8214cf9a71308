//! Annual passes and the visits registered on them.

use diesel::mysql::Mysql;
use diesel::prelude::*;
use domain::annual_pass::AnnualPass;
use domain::id::{AccountId, AnnualPassId};
use domain::order::Order;
use domain::ports::{AnnualPassQueries, StoreError};
use domain::sealed::DocumentHash;

use super::MysqlQueries;
use crate::ids::{DbHash, DbId};
use crate::mapping::LONGEST_IN_LIST;
use crate::schema::{annual_passes, orders};
use crate::stores::annual_passes::{AnnualPassRow, by_ids as passes_by_ids};
use crate::stores::whole_orders::{assemble, by_ids};

impl AnnualPassQueries for MysqlQueries {
    fn annual_pass(&self, id: AnnualPassId) -> Result<Option<AnnualPass>, StoreError> {
        let mut rows = self.run(|connection| passes_by_ids(connection, &[id.into()]))?;
        rows.pop().map(AnnualPass::try_from).transpose()
    }

    fn annual_passes(&self, documents: &[DocumentHash]) -> Result<Vec<AnnualPass>, StoreError> {
        let mut passes = Vec::new();
        for documents in documents.chunks(LONGEST_IN_LIST) {
            let hashes = documents.iter().copied().map(DbHash::from);
            let rows: Vec<AnnualPassRow> = self.run(|connection| {
                annual_passes::table
                    .filter(annual_passes::document_hash.eq_any(hashes))
                    .order((annual_passes::year.desc(), annual_passes::id))
                    .select(AnnualPassRow::as_select())
                    .load(connection)
            })?;
            for row in rows {
                passes.push(AnnualPass::try_from(row)?);
            }
        }
        passes.sort_by_key(|pass| (std::cmp::Reverse(pass.year), pass.id));
        Ok(passes)
    }

    fn pass_visits(
        &self,
        passes: &[AnnualPassId],
        account: Option<AccountId>,
    ) -> Result<Vec<Order>, StoreError> {
        let passes: Vec<DbId> = passes.iter().copied().map(DbId::from).collect();
        let mut visits = Vec::new();
        for passes in passes.chunks(LONGEST_IN_LIST) {
            let mut query = orders::table
                .filter(orders::annual_pass_id.eq_any(passes))
                .order(orders::id)
                .select(orders::id)
                .into_boxed::<Mysql>();
            if let Some(account) = account {
                query = query.filter(orders::account_id.eq(DbId::from(account)));
            }
            let ids: Vec<DbId> = self.run(|connection| query.load(connection))?;
            for ids in ids.chunks(LONGEST_IN_LIST) {
                let lines = self.run(|connection| by_ids(connection, ids))?;
                visits.extend(assemble(lines)?);
            }
        }
        visits.sort_by_key(|order| (order.date, order.id));
        Ok(visits)
    }
}
