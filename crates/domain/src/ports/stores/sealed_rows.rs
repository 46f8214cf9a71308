//! All rows that hold sealed texts, whatever they mean, for the rotation of keys.

use uuid::Uuid;

use crate::key_rotation::{KeyUse, Resealed, Rotation, SealedRow, SealedTable};

use super::Stored;

/// Sealed texts by row, and how far their rotation has come (rule 10.1).
pub trait SealedRowStore {
    /// The tables that hold sealed texts.
    fn sealed_tables(&mut self) -> Vec<SealedTable>;
    /// At most `limit` rows with an id greater than `after`, by id, without a lock, erased ones
    /// included.
    fn sealed_rows(
        &mut self,
        table: SealedTable,
        after: Option<Uuid>,
        limit: u32,
    ) -> Stored<Vec<SealedRow>>;
    /// Writes what each text becomes, where the row still holds what it was; how many did. A row
    /// that was changed, erased or deleted since it was read stays as it is.
    fn reseal(&mut self, table: SealedTable, changes: &[Resealed]) -> Stored<u64>;
    /// How many rows each key is needed for, by table and key. Reads every row.
    fn key_uses(&mut self) -> Stored<Vec<KeyUse>>;
    /// How far the rotation of `table` to the key has come, if it was begun.
    fn rotation(&mut self, table: SealedTable, key_id: &str) -> Stored<Option<Rotation>>;
    /// Writes how far it has come.
    fn save_rotation(&mut self, rotation: &Rotation) -> Stored<()>;
}
