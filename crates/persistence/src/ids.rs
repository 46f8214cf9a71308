//! Fixed-width binary columns: ids, document hashes, request keys and digests.

use std::fmt;
use std::io::Write;

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::mysql::Mysql;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::Binary;
use domain::gate::GateKeyHash;
use domain::id::{
    AccountId, AddOnId, AnnualPassId, BodyDigest, GateId, InvoiceId, MailId, OrderId, RefundId,
    RequestKey, SavedVisitorId, TicketId,
};
use domain::sealed::DocumentHash;
use uuid::Uuid;

/// An id as `BINARY(16)`, whose order in the database is that of the ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub(crate) struct DbId(pub(crate) Uuid);

/// A document's hash as `BINARY(16)`.
#[derive(Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub(crate) struct DbHash(pub(crate) [u8; 16]);

/// A request key, a body's digest or the hash of a gate's key as `BINARY(32)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsExpression, FromSqlRow)]
#[diesel(sql_type = Binary)]
pub(crate) struct DbDigest(pub(crate) [u8; 32]);

/// Shows nothing, as the domain's [`DocumentHash`] does, whose reason is ours.
impl fmt::Debug for DbHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("DbHash(…)")
    }
}

impl ToSql<Binary, Mysql> for DbId {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Mysql>) -> serialize::Result {
        out.write_all(self.0.as_bytes())?;
        Ok(IsNull::No)
    }
}

impl FromSql<Binary, Mysql> for DbId {
    fn from_sql(value: <Mysql as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(Self(Uuid::from_bytes(value.as_bytes().try_into()?)))
    }
}

macro_rules! binary {
    ($name:ident) => {
        impl ToSql<Binary, Mysql> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Mysql>) -> serialize::Result {
                out.write_all(&self.0)?;
                Ok(IsNull::No)
            }
        }

        impl FromSql<Binary, Mysql> for $name {
            fn from_sql(value: <Mysql as Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                Ok(Self(value.as_bytes().try_into()?))
            }
        }
    };
}

binary!(DbHash);
binary!(DbDigest);

impl From<Uuid> for DbId {
    fn from(id: Uuid) -> Self {
        Self(id)
    }
}

impl From<DbId> for Uuid {
    fn from(id: DbId) -> Self {
        id.0
    }
}

macro_rules! typed {
    ($($name:ident),+) => {$(
        impl From<$name> for DbId {
            fn from(id: $name) -> Self {
                Self(id.uuid())
            }
        }

        impl From<DbId> for $name {
            fn from(id: DbId) -> Self {
                Self::new(id.0)
            }
        }
    )+};
}

typed!(
    AccountId,
    AddOnId,
    AnnualPassId,
    GateId,
    InvoiceId,
    MailId,
    OrderId,
    RefundId,
    SavedVisitorId,
    TicketId
);

macro_rules! bytes {
    ($($name:ident as $column:ident),+) => {$(
        impl From<$name> for $column {
            fn from(bytes: $name) -> Self {
                Self(bytes.0)
            }
        }

        impl From<$column> for $name {
            fn from(bytes: $column) -> Self {
                Self(bytes.0)
            }
        }
    )+};
}

bytes!(
    DocumentHash as DbHash,
    RequestKey as DbDigest,
    BodyDigest as DbDigest,
    GateKeyHash as DbDigest
);
