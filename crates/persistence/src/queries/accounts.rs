//! Accounts, their visitors, and what is known of documents, for pages.

use chrono::{DateTime, Utc};
use domain::account::{Account, SavedVisitor};
use domain::id::AccountId;
use domain::no_show::Ban;
use domain::ports::{AccountQueries, StoreError};
use domain::sealed::DocumentHash;
use domain::visit_date::VisitDate;

use super::MysqlQueries;
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

    fn no_show_days(
        &self,
        document: DocumentHash,
        first: VisitDate,
    ) -> Result<Vec<VisitDate>, StoreError> {
        let days = self.run(|connection| bans::no_show_days(connection, &[document], first))?;
        Ok(days.into_iter().map(|(_, day)| day).collect())
    }

    fn bans(&self, document: DocumentHash, day: VisitDate) -> Result<Vec<Ban>, StoreError> {
        self.run(|connection| bans::bans_since(connection, &[document], day))
    }

    fn revoked_tokens(&self, now: DateTime<Utc>) -> Result<Vec<String>, StoreError> {
        self.run(|connection| revocations::revoked(connection, now))
    }
}
