//! Parts of UPDATE statements that give each of many rows a value of its own: by hand, for diesel
//! has no CASE over a list.

use diesel::mysql::Mysql;
use diesel::query_builder::{BoxedSqlQuery, SqlQuery};
use diesel::serialize::ToSql;
use diesel::sql_types::{Binary, HasSqlType};

use crate::ids::DbId;

/// The most rows of one such statement: each row looks through the whole list.
pub(super) const LONGEST_CASE: usize = 128;

/// A statement that is being put together.
type Update<'v> = BoxedSqlQuery<'v, Mysql, SqlQuery>;

/// So many placeholders.
pub(super) fn marks(count: usize) -> String {
    vec!["?"; count].join(", ")
}

/// The value that belongs to the row's `key`, of `count` pairs of a key and a value that are bound
/// one after the other.
pub(super) fn each(key: &str, count: usize) -> String {
    format!("CASE {key}{} END", " WHEN ? THEN ?".repeat(count))
}

/// What a column of some rows becomes, in the order of the rows.
pub(super) enum Column<T> {
    /// The same in all of them.
    Same(T),
    /// In each something else.
    Each(Vec<T>),
}

impl<T: PartialEq> Column<T> {
    /// The column that becomes these values, of which there is at least one.
    pub(super) fn of(values: impl Iterator<Item = T>) -> Self {
        let mut values: Vec<T> = values.collect();
        match values.split_first() {
            Some((first, others)) if others.iter().all(|other| other == first) => {
                Self::Same(values.swap_remove(0))
            }
            _ => Self::Each(values),
        }
    }
}

impl<T> Column<T> {
    /// Its new value as SQL, over a table whose key is `id`.
    pub(super) fn sql(&self) -> String {
        match self {
            Self::Same(_) => "?".to_owned(),
            Self::Each(values) => each("id", values.len()),
        }
    }

    /// Binds what [`sql`](Self::sql) leaves open; `ids` are those of the rows.
    pub(super) fn bind<'v, S>(
        self,
        query: Update<'v>,
        ids: impl Iterator<Item = DbId>,
    ) -> Update<'v>
    where
        Mysql: HasSqlType<S>,
        S: Send + 'v,
        T: ToSql<S, Mysql> + Send + 'v,
    {
        match self {
            Self::Same(value) => query.bind::<S, _>(value),
            Self::Each(values) => ids.zip(values).fold(query, |query, (id, value)| {
                query.bind::<Binary, _>(id).bind::<S, _>(value)
            }),
        }
    }
}
