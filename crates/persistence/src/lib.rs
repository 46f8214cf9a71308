//! The ports of the domain over MySQL and MariaDB, with diesel; the only crate that knows SQL.
//!
//! [`Database`] is the door: it gives the unit of work, the read models and what start-up and
//! readiness ask of a server. Within the crate every statement of a unit of work goes through
//! `Transaction::run`, which refuses to go on after a deadlock (see `transaction.rs`).

mod database;
mod errors;
mod ids;
mod mapping;
mod migrate;
mod pool;
mod queries;
mod schema;
mod schema_dump;
mod settings;
mod stores;
mod sweep;
#[cfg(any(test, feature = "testing"))]
pub mod test_support;
mod transaction;
mod unit_of_work;

pub use database::Database;
pub use migrate::{MigrationFailed, migrate, pending_migrations, revert_all};
pub use pool::ConnectFailed;
pub use queries::MysqlQueries;
pub use schema_dump::schema_dump;
pub use settings::{PoolSettings, Settings};
pub use unit_of_work::MysqlUnitOfWork;
