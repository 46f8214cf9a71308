//! Tokens that are refused though they have not expired.

use chrono::{DateTime, Utc};
use diesel::mysql::MysqlConnection;
use diesel::prelude::*;
use domain::ports::{RevocationStore, StoreError};

use crate::mapping::already_there;
use crate::schema::revoked_tokens;
use crate::transaction::Transaction;

/// The ids of all tokens that are revoked and not expired at `now`.
pub(crate) fn revoked(
    connection: &mut MysqlConnection,
    now: DateTime<Utc>,
) -> QueryResult<Vec<String>> {
    revoked_tokens::table
        .filter(revoked_tokens::expires_at.ge(now.naive_utc()))
        .order((revoked_tokens::expires_at, revoked_tokens::token_id))
        .select(revoked_tokens::token_id)
        .load(connection)
}

impl RevocationStore for Transaction<'_> {
    fn revoke(&mut self, token: &str, expires_at: DateTime<Utc>) -> Result<(), StoreError> {
        already_there(self.run(|connection| {
            diesel::insert_into(revoked_tokens::table)
                .values((
                    revoked_tokens::token_id.eq(token),
                    revoked_tokens::expires_at.eq(expires_at.naive_utc()),
                ))
                .execute(connection)
        }))
    }

    fn forget_expired(&mut self, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let forgotten = self.run(|connection| {
            diesel::delete(revoked_tokens::table)
                .filter(revoked_tokens::expires_at.lt(now.naive_utc()))
                .execute(connection)
        })?;
        Ok(u64::try_from(forgotten).unwrap_or(u64::MAX))
    }
}
