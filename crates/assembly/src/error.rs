//! Why a port cannot be put on its feet.

use std::path::Path;

use domain::use_cases::hash_key::HashKeyFault;
use thiserror::Error;

/// What the settings lead to cannot be used. Tells no secret.
#[derive(Debug, Error)]
pub enum AssemblyError {
    /// A file that a setting names cannot be read.
    #[error("{setting}: {path} cannot be read: {cause}")]
    File {
        /// The setting.
        setting: &'static str,
        /// The file.
        path: String,
        /// Why.
        cause: std::io::Error,
    },
    /// A setting that a gateway does not accept.
    #[error(transparent)]
    Gateway(#[from] gateways::settings::SettingsError),
    /// The database cannot be reached.
    #[error(transparent)]
    Database(#[from] persistence::ConnectFailed),
    /// Documents must not be looked up with the configured key, or not now.
    #[error("secrets.document_hash_key: {0}")]
    HashKey(#[from] HashKeyFault),
    /// In production a commit must be on disk before it is answered.
    #[error("the database's innodb_flush_log_at_trx_commit must be 1 in production")]
    UnsafeCommits,
}

/// The text of the file that `setting` names.
pub(crate) fn read(setting: &'static str, path: &Path) -> Result<String, AssemblyError> {
    std::fs::read_to_string(path).map_err(|cause| AssemblyError::File {
        setting,
        path: path.display().to_string(),
        cause,
    })
}
