//! All hashes of documents, for the offline change of their key.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::rehashing::{HashKeyId, HashKeys, HashedRow, HashedTable, Orphans, Rehashed};

use super::Stored;

/// Which key documents are hashed with, and every hash there is (rule 10.1).
pub trait DocumentHashStore {
    /// The key of the stored hashes; `None` as long as none was adopted.
    fn hash_keys(&mut self) -> Stored<Option<HashKeys>>;
    /// Notes the key of all hashes to come; one that is noted already stays.
    fn adopt_hash_key(&mut self, key: HashKeyId, at: DateTime<Utc>) -> Stored<()>;
    /// Replaces what is noted. [`StoreError::Fault`](crate::ports::StoreError::Fault) if nothing
    /// is.
    fn put_hash_keys(&mut self, keys: HashKeys, at: DateTime<Utc>) -> Stored<()>;
    /// The tables whose rows hold a hash and the sealed document that it is made from.
    fn hashed_tables(&mut self) -> Vec<HashedTable>;
    /// At most `limit` rows with an id greater than `after`, by id, erased ones included.
    fn hashed_rows(
        &mut self,
        table: HashedTable,
        after: Option<Uuid>,
        limit: u32,
    ) -> Stored<Vec<HashedRow>>;
    /// Writes the new hashes to these rows, and to every no-show and ban that has one of the old
    /// ones.
    fn rehash(&mut self, table: HashedTable, changes: &[Rehashed]) -> Stored<()>;
    /// The no-shows and bans that no row leads to.
    fn orphans(&mut self) -> Stored<Orphans>;
}
