//! Accounts.

use chrono::NaiveDateTime;
use diesel::mysql::{Mysql, MysqlConnection};
use diesel::prelude::*;
use domain::account::{Account, OpenId};
use domain::id::AccountId;
use domain::phone::Phone;
use domain::ports::{AccountStore, StoreError};

use crate::ids::DbId;
use crate::mapping::{corrupt, expect_rows};
use crate::schema::accounts;
use crate::transaction::Transaction;

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = accounts, check_for_backend(Mysql))]
pub(crate) struct AccountRow {
    id: DbId,
    open_id: String,
    phone: Option<String>,
    phone_verified: bool,
    registered_at: NaiveDateTime,
}

impl From<&Account> for AccountRow {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.into(),
            open_id: account.open_id.as_str().to_owned(),
            phone: account
                .phone
                .as_ref()
                .map(|phone| phone.as_str().to_owned()),
            phone_verified: account.phone_verified,
            registered_at: account.registered_at.naive_utc(),
        }
    }
}

impl TryFrom<AccountRow> for Account {
    type Error = StoreError;

    fn try_from(row: AccountRow) -> Result<Self, StoreError> {
        let phone = row.phone.as_deref().map(Phone::parse).transpose();
        Ok(Self {
            id: row.id.into(),
            open_id: OpenId::parse(&row.open_id).map_err(|_| corrupt("accounts.open_id"))?,
            phone: phone.map_err(|_| corrupt("accounts.phone"))?,
            phone_verified: row.phone_verified,
            registered_at: row.registered_at.and_utc(),
        })
    }
}

/// The account's row, without a lock.
pub(crate) fn find(
    connection: &mut MysqlConnection,
    id: AccountId,
) -> QueryResult<Option<AccountRow>> {
    accounts::table
        .find(DbId::from(id))
        .select(AccountRow::as_select())
        .first(connection)
        .optional()
}

impl AccountStore for Transaction<'_> {
    fn find(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let row = self.run(|connection| find(connection, id))?;
        row.map(Account::try_from).transpose()
    }

    fn find_open_id(&mut self, open_id: &OpenId) -> Result<Option<Account>, StoreError> {
        let row = self.run(|connection| {
            accounts::table
                .filter(accounts::open_id.eq(open_id.as_str()))
                .select(AccountRow::as_select())
                .first(connection)
                .optional()
        })?;
        row.map(Account::try_from).transpose()
    }

    fn verified_with(&mut self, phone: &Phone) -> Result<Vec<Account>, StoreError> {
        let rows: Vec<AccountRow> = self.run(|connection| {
            accounts::table
                .filter(accounts::phone.eq(phone.as_str()))
                .filter(accounts::phone_verified.eq(true))
                .order(accounts::id)
                .select(AccountRow::as_select())
                .load(connection)
        })?;
        rows.into_iter().map(Account::try_from).collect()
    }

    fn insert(&mut self, account: &Account) -> Result<(), StoreError> {
        self.run(|connection| {
            diesel::insert_into(accounts::table)
                .values(AccountRow::from(account))
                .execute(connection)
        })?;
        Ok(())
    }

    fn save_phone(&mut self, account: &Account) -> Result<(), StoreError> {
        let phone = account.phone.as_ref().map(Phone::as_str);
        let found = self.run(|connection| {
            diesel::update(accounts::table.find(DbId::from(account.id)))
                .set((
                    accounts::phone.eq(phone),
                    accounts::phone_verified.eq(account.phone_verified),
                ))
                .execute(connection)
        })?;
        expect_rows("accounts", 1, found)
    }

    fn lock(&mut self, id: AccountId) -> Result<Option<Account>, StoreError> {
        let row = self.run(|connection| {
            accounts::table
                .find(DbId::from(id))
                .select(AccountRow::as_select())
                .for_update()
                .first(connection)
                .optional()
        })?;
        row.map(Account::try_from).transpose()
    }
}
