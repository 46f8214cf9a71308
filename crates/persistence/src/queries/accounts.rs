//! Accounts, their visitors, and what is known of documents, for pages.

use chrono::{DateTime, Utc};
use domain::account::{Account, SavedVisitor};
use domain::id::AccountId;
use domain::no_show::NoShowHistory;
use domain::ports::{AccountQueries, ListedNoShow, StoreError};
use domain::sealed::DocumentHash;
use domain::visit_date::VisitDate;

use super::{MysqlQueries, listed_no_shows};
use crate::stores::{accounts, bans, revocations, visitors};

impl AccountQueries for MysqlQueries {
    fn account(&self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let row = self.run(|connection| accounts::find(connection, id))?;
        row.map(Account::try_from).transpose()
    }

    fn visitors(&self, account: AccountId) -> Result<Vec<SavedVisitor>, StoreError> {
        let rows = self.run(|connection| visitors::of_account(connection, account))?;
        rows.into_iter().map(SavedVisitor::try_from).collect()
    }

    fn no_show_history(&self, document: DocumentHash) -> Result<NoShowHistory, StoreError> {
        let mut found = self.run(|connection| bans::histories(connection, &[document]))?;
        Ok(found.pop().unwrap_or(NoShowHistory::clean(document)))
    }

    fn no_shows_on(&self, date: VisitDate, limit: u32) -> Result<Vec<ListedNoShow>, StoreError> {
        let rows = self.run(|connection| listed_no_shows::on(connection, date, limit))?;
        rows.into_iter().map(ListedNoShow::try_from).collect()
    }

    fn revoked_tokens(&self, now: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
        self.run(|connection| revocations::revoked(connection, now))
    }
}
