//! How a command can end badly.

use api_kit::settings::SettingsError;
use assembly::AssemblyError;
use domain::ports::StoreError;
use persistence::MigrationFailed;
use thiserror::Error;

/// Why a command did not do what it was asked. The text is for the operator.
#[derive(Debug, Error)]
pub(crate) enum Failure {
    /// What was typed cannot be right.
    #[error("{0}")]
    Usage(String),
    /// It was tried, and failed.
    #[error("{0}")]
    Failed(String),
    /// The settings are not sound.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// What the settings lead to cannot be used.
    #[error(transparent)]
    Assembly(#[from] AssemblyError),
    /// The database failed.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// The tables could not be brought up to date, or described.
    #[error(transparent)]
    Migration(#[from] MigrationFailed),
}

impl Failure {
    pub(crate) fn usage(text: impl Into<String>) -> Self {
        Self::Usage(text.into())
    }

    pub(crate) fn failed(text: impl Into<String>) -> Self {
        Self::Failed(text.into())
    }

    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Usage(_) => 2,
            Self::Failed(_)
            | Self::Settings(_)
            | Self::Assembly(_)
            | Self::Store(_)
            | Self::Migration(_) => 1,
        }
    }
}
